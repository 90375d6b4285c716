@NullMarked
package postern.offline.bench;

import org.jspecify.annotations.NullMarked;
