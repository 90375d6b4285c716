/**
 * Tokens, symbols, macro and class tables: the words that rules are made of. Knows nothing of
 * files, rules or the network.
 */
@NullMarked
package postern.text;

import org.jspecify.annotations.NullMarked;
