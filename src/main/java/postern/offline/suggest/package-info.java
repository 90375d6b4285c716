/** Lines for an access map, drawn from what peers did. Proposals only. */
@NullMarked
package postern.offline.suggest;

import org.jspecify.annotations.NullMarked;
