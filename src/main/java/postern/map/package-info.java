/**
 * Maps: what a {@code K} line declares and what answers for it. Three answers (found, not found,
 * temporary failure) behind one small interface. Knows nothing of rules or SMTP.
 */
@NullMarked
package postern.map;

import org.jspecify.annotations.NullMarked;
