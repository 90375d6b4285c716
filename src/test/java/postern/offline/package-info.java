/** Tests of the offline tools. */
@NullMarked
package postern.offline;

import org.jspecify.annotations.NullMarked;
