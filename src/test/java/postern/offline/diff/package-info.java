@NullMarked
package postern.offline.diff;

import org.jspecify.annotations.NullMarked;
