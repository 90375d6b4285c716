package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import postern.policy.ServerFeatures.LineEnd;

/** Octets of any kind for the decoder of content and for whole sessions. */
class SmtpFuzzTest {
  private static final String ACCEPTED = "250 2.0.0 (\\S{14}) Message accepted for delivery";
  private static final LineEnd[] ENDS = LineEnd.values();

  /** First octet: how lone line ends are taken; second: where the network cuts. */
  @FuzzTest(maxDuration = "10m")
  void decoder(byte[] data) {
    if (data.length < 2) {
      return;
    }
    int kind = data[0] & 0xff;
    LineEnd lf = ENDS[kind % 3];
    LineEnd cr = ENDS[kind / 3 % 3];
    boolean strict = (kind & 64) == 0;
    boolean dots = (kind & 128) == 0;
    int cut = 2 + Math.min(data[1] & 0xff, data.length - 2);
    Decoded whole = decode(new ContentDecoder(lf, cr, strict, dots), data, 2, data.length);
    Decoded parts = decode(new ContentDecoder(lf, cr, strict, dots), data, 2, cut);
    if (parts.event == ContentDecoder.Event.MORE) {
      parts = decodeOn(parts, data, cut);
    }
    assertEquals(whole.event, parts.event);
    assertEquals(whole.used, parts.used);
    assertEquals(whole.text(), parts.text());
    if (lf == LineEnd.REFUSE && cr == LineEnd.REFUSE) {
      String bare = whole.text().replace("\r\n", "");
      assertFalse(bare.contains("\r") || bare.contains("\n"), "a lone line end came through");
    }
  }

  private static final class Decoded {
    final ContentDecoder decoder;
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    ContentDecoder.Event event = ContentDecoder.Event.MORE;
    int used;

    Decoded(ContentDecoder decoder) {
      this.decoder = decoder;
    }

    String text() {
      return out.toString(StandardCharsets.ISO_8859_1);
    }
  }

  private static Decoded decode(ContentDecoder decoder, byte[] data, int from, int to) {
    Decoded decoded = new Decoded(decoder);
    decodeOn(decoded, data, from, to);
    return decoded;
  }

  private static Decoded decodeOn(Decoded decoded, byte[] data, int from) {
    return decodeOn(decoded, data, from, data.length);
  }

  private static Decoded decodeOn(Decoded decoded, byte[] data, int from, int to) {
    decoded.used =
        decoded.decoder.decode(
            data, from, to, (bytes, start, end) -> decoded.out.write(bytes, start, end - start));
    decoded.event = decoded.decoder.event();
    return decoded;
  }

  /** A session with whatever the octets say, in pieces cut where 0xfe stands. */
  @FuzzTest(maxDuration = "10m")
  void session(byte[] data) {
    String said = new String(data, StandardCharsets.ISO_8859_1);
    try (Talk talk = Talk.begin()) {
      for (String piece : said.split("\u00fe", -1)) {
        if (!talk.isClosed() && !piece.isEmpty()) {
          talk.say(piece);
        }
      }
      talk.elapse(3_000_000);
      String heard = talk.heard();
      for (String line : heard.lines().toList()) {
        assertTrue(line.matches("[2-5][0-9][0-9][ -][\\t -~]*"), line);
      }
      Set<String> promised =
          heard
              .lines()
              .filter(line -> line.matches(ACCEPTED))
              .map(line -> line.replaceFirst(ACCEPTED, "$1"))
              .collect(Collectors.toSet());
      Set<String> stored =
          talk.intake.stored.stream().map(m -> m.envelope().id()).collect(Collectors.toSet());
      assertEquals(promised, stored);
      talk.leave();
      assertEquals(0, talk.intake.open);
      assertTrue(
          talk.log.stream().noneMatch(line -> line.startsWith("FAULT")), talk.log.toString());
    }
  }
}
