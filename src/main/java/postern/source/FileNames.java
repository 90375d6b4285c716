package postern.source;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** File names as configurations hold them, one character for each byte. */
public final class FileNames {
  private static final Charset PLATFORM =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private FileNames() {}

  /**
   * The file of that name. A name that cannot be said to the system in this locale, as Java has no
   * bytes there, stands for a file that does not exist; it is never a failure.
   */
  public static Path path(String name) {
    int nul = name.indexOf('\0');
    String whole = nul < 0 ? name : name.substring(0, nul);
    if (whole.chars().allMatch(c -> c < 0x80)) {
      return Path.of(whole);
    }
    try {
      byte[] bytes = whole.getBytes(StandardCharsets.ISO_8859_1);
      return Path.of(PLATFORM.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException | InvalidPathException e) {
      return Path.of(escaped(whole));
    }
  }

  private static String escaped(String name) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      out.append(c < 0x80 ? String.valueOf(c) : "%" + Integer.toHexString(c));
    }
    return out.toString();
  }
}
