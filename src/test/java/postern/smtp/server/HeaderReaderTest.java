package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import postern.smtp.server.HeaderReader.Progress;

class HeaderReaderTest {
  /** Reads {@code text} in pieces and tells header, body and fields apart. */
  private static String read(HeaderReader reader, String text, int piece) {
    byte[] data = text.getBytes(StandardCharsets.ISO_8859_1);
    StringBuilder body = new StringBuilder();
    for (int at = 0; at < data.length; at += piece) {
      int end = Math.min(at + piece, data.length);
      int from = reader.progress() == Progress.MORE ? reader.take(data, at, end) : at;
      body.append(new String(data, from, end - from, StandardCharsets.ISO_8859_1));
    }
    if (reader.progress() == Progress.MORE) {
      reader.finish();
    }
    if (reader.progress() == Progress.TOO_LARGE) {
      return "TOO_LARGE";
    }
    String rest = new String(reader.rest(), StandardCharsets.ISO_8859_1);
    return (reader.fields() + "|" + rest + body).replace("\r\n", ";");
  }

  private static String read(String text) {
    return read(new HeaderReader(1000), text, Integer.MAX_VALUE / 2);
  }

  @Test
  void fieldsAndBody() {
    assertEquals(
        "[Field[name=Subject, raw= a\n  folded], Field[name=X-Y, raw=]]|body;",
        read("Subject: a\r\n  folded\r\nX-Y :\r\n\r\nbody\r\n"));
  }

  @Test
  void aLineThatIsNoFieldBeginsTheBody() {
    assertEquals("[]|just text, no header;", read("just text, no header\r\n"));
    assertEquals("[Field[name=S, raw= x]]|text;more;", read("S: x\r\ntext\r\nmore\r\n"));
    assertEquals("[]| continued;", read(" continued\r\n"));
    assertEquals("[]|caf\u00e9: x;", read("caf\u00e9: x\r\n"));
    assertEquals("[]|: nameless;", read(": nameless\r\n"));
  }

  @Test
  void aMailboxSeparatorIsDropped() {
    assertEquals(
        "[Field[name=S, raw= x]]|", read("From a@b.test Mon Jan 1 00:00:00 2024\r\nS: x\r\n"));
  }

  @Test
  void emptyContentHasNoFields() {
    assertEquals("[]|", read(""));
    assertEquals("[]|x;", read("\r\nx\r\n"));
  }

  @Test
  void nulsAreLeftOutOfTheHeader() {
    HeaderReader reader = new HeaderReader(1000);
    assertEquals("[Field[name=Sub, raw= ab]]|x\0;", read(reader, "S\0ub: a\0b\r\n\r\nx\0\r\n", 99));
    assertEquals(2, reader.nuls());
  }

  @Test
  void theSectionIsBounded() {
    assertEquals("TOO_LARGE", read("X: y\r\n".repeat(200)));
    assertEquals("TOO_LARGE", read("X: " + "y".repeat(1000)));
    assertEquals("TOO_LARGE", read("X: y\r\n " + "y".repeat(1000)));
    // a line end counts as one octet
    assertEquals("TOO_LARGE", read("X: " + "y".repeat(996) + "\r\n"));
    assertTrue(read("X: " + "y".repeat(995) + "\r\n").startsWith("[Field"));
    assertTrue(read("X: y\r\n".repeat(199)).startsWith("[Field"));
    // but a long line that can be no field is body
    assertEquals("[]|" + "L".repeat(2000) + ";", read("L".repeat(2000) + "\r\n"));
  }

  @Property(tries = 300)
  void readsTheSameInPiecesOfAnySize(@ForAll @IntRange(min = 1, max = 40) int piece) {
    for (String text :
        new String[] {
          "Subject: a\r\n  folded\r\nX-Y :\r\n\r\nbody\r\n",
          "S: x\r\ntext\r\nmore\r\n",
          "From a@b\r\nS\0: x\r\n\r\n\r\nbody",
          "just text",
        }) {
      assertEquals(read(text), read(new HeaderReader(1000), text, piece));
    }
  }
}
