/**
 * Two policies compared by what they answer, not by their text: sessions made of the words that
 * either of them knows, differences grouped, each with a smallest session that shows it.
 */
@NullMarked
package postern.offline.diff;

import org.jspecify.annotations.NullMarked;
