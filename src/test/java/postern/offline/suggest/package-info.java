@NullMarked
package postern.offline.suggest;

import org.jspecify.annotations.NullMarked;
