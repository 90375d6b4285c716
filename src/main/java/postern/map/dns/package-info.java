/** The name service as maps ask it: one question, an answer within a time limit. */
@NullMarked
package postern.map.dns;

import org.jspecify.annotations.NullMarked;
