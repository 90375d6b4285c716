/**
 * Data base files: Berkeley DB (read), cdb (read and write). Keys and values are bytes; what they
 * mean is not known here. A damaged file is a {@link postern.map.db.BadDatabaseException}, whatever
 * is wrong with it; memory is bounded by a small cache of pages.
 */
@NullMarked
package postern.map.db;

import org.jspecify.annotations.NullMarked;
