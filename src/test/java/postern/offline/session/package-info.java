@NullMarked
package postern.offline.session;

import org.jspecify.annotations.NullMarked;
