@NullMarked
package postern.offline.log;

import org.jspecify.annotations.NullMarked;
