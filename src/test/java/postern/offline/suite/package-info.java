/** Tests of policy tests. */
@NullMarked
package postern.offline.suite;

import org.jspecify.annotations.NullMarked;
