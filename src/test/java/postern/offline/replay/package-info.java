@NullMarked
package postern.offline.replay;

import org.jspecify.annotations.NullMarked;
