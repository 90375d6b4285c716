/** Keeps the benchmarks alive: every build runs each of them once. */
@NullMarked
package postern.bench;

import org.jspecify.annotations.NullMarked;
