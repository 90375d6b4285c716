/** Data base files, read and written. */
@NullMarked
package postern.map.db;

import org.jspecify.annotations.NullMarked;
