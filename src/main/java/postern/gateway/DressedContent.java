package postern.gateway;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import postern.policy.AddressForms;

/**
 * A message whose header shows addresses the way a mailer does. Only the header section is held in
 * memory, and only up to a limit: a longer one passes as it is.
 */
final class DressedContent {
  private static final int LIMIT = 1 << 20;

  private DressedContent() {}

  /**
   * Opens a message.
   *
   * @param source the message as it is spooled; closed with the stream returned
   * @throws IOException if it cannot be read
   */
  static InputStream open(InputStream source, AddressForms forms) throws IOException {
    PushbackInputStream in = new PushbackInputStream(source, 1);
    ByteArrayOutputStream head = new ByteArrayOutputStream(4096);
    boolean whole = false;
    try {
      whole = header(in, head);
    } catch (IOException e) {
      in.close();
      throw e;
    }
    byte[] bytes = head.toByteArray();
    if (whole) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      String dressed = new HeaderDress(forms).section(text);
      bytes = dressed.getBytes(StandardCharsets.ISO_8859_1);
    }
    return new SequenceInputStream(new ByteArrayInputStream(bytes), in);
  }

  /** Reads up to the line that ends the header; false if the limit came first. */
  private static boolean header(PushbackInputStream in, ByteArrayOutputStream head)
      throws IOException {
    int line = 0;
    while (head.size() < LIMIT) {
      int b = in.read();
      if (b < 0) {
        return true;
      }
      if (line == 0 && (b == '\r' || b == '\n')) {
        in.unread(b);
        return true;
      }
      head.write(b);
      line = b == '\n' ? 0 : line + 1;
    }
    return false;
  }
}
