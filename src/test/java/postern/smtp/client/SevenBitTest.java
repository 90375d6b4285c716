package postern.smtp.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SevenBitTest {
  private static InputStream in(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String convert(String text) throws IOException {
    SevenBit.Plan plan = SevenBit.scan(in(text));
    assertEquals("", plan.obstacle());
    try (InputStream converted = SevenBit.convert(in(text), plan)) {
      return new String(converted.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  @Test
  void sevenBitTextStaysAsItIs() throws IOException {
    String text = lines("Subject: x", "", "hello = there ", ".");
    assertFalse(SevenBit.scan(in(text)).eightBit());
    assertEquals(text, convert(text));
  }

  @Test
  void plainTextWithoutMimeGetsAMimeHeader() throws IOException {
    assertEquals(
        lines(
            "Subject: x",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=unknown-8bit",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            "caf=E9 =3D blank=20",
            "=2Edot"),
        convert(lines("Subject: x", "", "caf\u00e9 = blank ", ".dot")));
  }

  @Test
  void onlyThePartsThatNeedItAreEncoded() throws IOException {
    String[] before = {
      "MIME-Version: 1.0",
      "Content-Type: multipart/mixed;",
      "\tboundary=\"=_b 1\"",
      "Content-Transfer-Encoding: 8bit",
      "",
      "preamble \u00e9",
      "--=_b 1",
      "Content-Type: text/plain; charset=iso-8859-1",
      "Content-Transfer-Encoding: 8bit",
      "",
      "\u00e9",
      "--=_b 1",
      "",
      "a = b",
      "--=_b 1",
      "Content-Type: message/rfc822",
      "Content-Transfer-Encoding: 8bit",
      "",
      "Subject: inner",
      "",
      "\u00fc",
      "--=_b 1--",
      "epilogue"
    };
    String[] after = {
      "MIME-Version: 1.0",
      "Content-Type: multipart/mixed;",
      "\tboundary=\"=_b 1\"",
      "Content-Transfer-Encoding: 7bit",
      "",
      "preamble ?",
      "--=_b 1",
      "Content-Type: text/plain; charset=iso-8859-1",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "=E9",
      "--=_b 1",
      "",
      "a = b",
      "--=_b 1",
      "Content-Type: message/rfc822",
      "Content-Transfer-Encoding: 7bit",
      "",
      "Subject: inner",
      "Content-Type: text/plain; charset=unknown-8bit",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "=FC",
      "--=_b 1--",
      "epilogue"
    };
    assertEquals(lines(after), convert(lines(before)));
  }

  @Test
  void whatCannotBeConvertedIsSaid() throws IOException {
    assertEquals(
        "eight-bit characters in a header",
        SevenBit.scan(in(lines("Subject: caf\u00e9", "", "x"))).obstacle());
    assertEquals(
        "eight-bit characters in a part that says it has none",
        SevenBit.scan(in(lines("Content-Transfer-Encoding: base64", "", "\u00e9"))).obstacle());
  }

  /** Whatever comes in, what goes out has seven bits and short lines, and never fails. */
  @Test
  void anyContentBecomesSevenBits() throws IOException {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      String[] pieces = {
        "Content-Type: multipart/mixed; boundary=b\r\n",
        "\r\n",
        "--b\r\n",
        "--b--\r\n",
        "x\u00e9\r\n",
        "Content-Type: message/rfc822\r\n",
        "y".repeat(random.nextInt(9000)),
        "\n",
        "\r",
        "\u00ff",
        " "
      };
      for (int i = random.nextInt(40); i >= 0; i--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      String content = text.toString();
      SevenBit.Plan plan = SevenBit.scan(in(content));
      String converted =
          new String(
              SevenBit.convert(in(content), plan).readAllBytes(), StandardCharsets.ISO_8859_1);
      assertTrue(
          !plan.obstacle().isEmpty() || converted.chars().allMatch(c -> c < 128), "seed " + seed);
    }
  }
}
