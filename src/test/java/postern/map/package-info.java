/** What answers for K lines. */
@NullMarked
package postern.map;

import org.jspecify.annotations.NullMarked;
