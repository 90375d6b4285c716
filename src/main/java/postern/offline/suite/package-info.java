/** Policy tests: declarative files, coverage of rules and access lines, mutation. */
@NullMarked
package postern.offline.suite;

import org.jspecify.annotations.NullMarked;
