package postern.sasl;

import com.ongres.saslprep.SASLprep;
import com.ongres.stringprep.Profile;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Names and passwords as text: UTF-8, then SASLprep (RFC 4013), so that spellings compare. */
final class Text {
  private static final Profile PROFILE = new SASLprep();

  private Text() {}

  /** The text that {@code octets} hold, or null if they are no UTF-8 or too many. */
  static @Nullable String decode(byte[] octets) {
    if (octets.length > 8 * Exchange.LONGEST) {
      return null;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /**
   * {@code text} prepared for comparison, or null if it is empty, too long, or holds what may not
   * be in a name or a password.
   */
  static @Nullable String prepare(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > Exchange.LONGEST) {
      return null;
    }
    try {
      String prepared = PROFILE.prepareStored(text);
      return prepared.isEmpty() ? null : prepared;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
