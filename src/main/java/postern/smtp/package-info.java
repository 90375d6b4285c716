/** The protocol's words: commands, replies, enhanced codes, envelopes. Knows nothing else. */
@NullMarked
package postern.smtp;

import org.jspecify.annotations.NullMarked;
