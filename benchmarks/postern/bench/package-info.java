/** Benchmarks: what rule evaluation costs, measured with JMH. Run with {@code mvn -Pbench}. */
@NullMarked
package postern.bench;

import org.jspecify.annotations.NullMarked;
