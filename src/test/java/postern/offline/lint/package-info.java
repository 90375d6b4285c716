/** Tests of the lints. */
@NullMarked
package postern.offline.lint;

import org.jspecify.annotations.NullMarked;
