package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.policy.ServerFeatures.LineEnd;
import postern.smtp.server.ContentDecoder.Event;

class ContentDecoderTest {
  /** What became of some input. */
  private record Outcome(Event event, int used, String content) {}

  private static Outcome decode(ContentDecoder decoder, String wire, int... cuts) {
    byte[] data = wire.getBytes(StandardCharsets.ISO_8859_1);
    StringBuilder content = new StringBuilder();
    ContentDecoder.Sink sink =
        (bytes, from, to) -> {
          assertTrue(from < to, "an empty stretch");
          content.append(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
        };
    int at = 0;
    int[] ends = Arrays.copyOf(cuts, cuts.length + 1);
    ends[cuts.length] = data.length;
    for (int end : ends) {
      if (decoder.event() == Event.MORE && end > at) {
        // a fresh array for each piece: what is behind it must not matter
        byte[] piece = Arrays.copyOfRange(data, at, end);
        at += decoder.decode(piece, 0, piece.length, sink);
      }
    }
    return new Outcome(decoder.event(), at, content.toString());
  }

  private static ContentDecoder strict() {
    return new ContentDecoder(LineEnd.REFUSE, LineEnd.REFUSE, true, true);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a;;.;;NOOP            | a;;            | NOOP
          .;;                   | ''             | ''
          ..;;...;;.x;;a.;;.;;  | .;;..;;x;;a.;; | ''
          ;;;;.;;.;;            | ;;;;           | .;;
          """)
  void contentUpToTheDot(String wire, String content, String rest) {
    Outcome outcome = decode(strict(), wire.replace(";;", "\r\n"));
    assertEquals(Event.END, outcome.event());
    assertEquals(content.replace(";;", "\r\n"), outcome.content());
    int left = rest.replace(";;", "\r\n").length();
    assertEquals(wire.replace(";;", "\r\n").length() - left, outcome.used());
  }

  /** The table of the hardening section: what each setting makes of odd line ends. */
  @ParameterizedTest(name = "{0} lf={1} cr={2} strict={3}")
  @CsvSource({
    // bare LF
    "a\\nb,          REFUSE,  REFUSE,  true,  BARE_LF, a",
    "a\\nb,          ACCEPT,  REFUSE,  true,  END, a\\r\\nb\\r\\n",
    "a\\nb,          REPLACE, REFUSE,  true,  END, a b\\r\\n",
    "a\\nb,          REFUSE,  ACCEPT,  true,  BARE_LF, a",
    "a\\nb,          REFUSE,  REPLACE, true,  BARE_LF, a",
    "a\\nb,          ACCEPT,  ACCEPT,  false, END, a\\r\\nb\\r\\n",
    // bare CR
    "a\\rb,          REFUSE,  REFUSE,  true,  BARE_CR, a",
    "a\\rb,          ACCEPT,  REFUSE,  true,  BARE_CR, a",
    "a\\rb,          REFUSE,  ACCEPT,  true,  END, a\\rb\\r\\n",
    "a\\rb,          REFUSE,  REPLACE, true,  END, a b\\r\\n",
    // LF . LF
    "a\\n.\\nb,      REFUSE,  REFUSE,  true,  BARE_LF, a",
    "a\\n.\\nb,      ACCEPT,  REFUSE,  true,  END, a\\r\\n.\\r\\nb\\r\\n",
    "a\\n.\\nb,      REPLACE, REFUSE,  true,  END, a . b\\r\\n",
    "a\\n.\\nb,      REPLACE, REFUSE,  false, END, a . b\\r\\n",
    // LF . CRLF
    "a\\n.\\r\\nb,   REFUSE,  REFUSE,  true,  BARE_LF, a",
    "a\\n.\\r\\nb,   ACCEPT,  REFUSE,  true,  END, a\\r\\n.\\r\\nb\\r\\n",
    "a\\n.\\r\\nb,   REPLACE, REFUSE,  true,  END, a .\\r\\nb\\r\\n",
    // CRLF . LF: the dot is unstuffed
    "a\\r\\n.\\nb,   REFUSE,  REFUSE,  true,  BARE_LF, a\\r\\n",
    "a\\r\\n.\\nb,   ACCEPT,  REFUSE,  true,  END, a\\r\\n\\r\\nb\\r\\n",
    "a\\r\\n.\\nb,   REPLACE, REFUSE,  true,  END, a\\r\\n b\\r\\n",
    // CRLF . CR x and CR . CRLF
    "a\\r\\n.\\rb,   REFUSE,  REFUSE,  true,  BARE_CR, a\\r\\n",
    "a\\r\\n.\\r\\r\\nb, REFUSE, REFUSE, true, BARE_CR, a\\r\\n",
    "a\\r.\\r\\nb,   REFUSE,  REFUSE,  true,  BARE_CR, a",
  })
  void oddLineEnds(
      String wire, LineEnd lf, LineEnd cr, boolean strict, Event event, String content) {
    ContentDecoder decoder = new ContentDecoder(lf, cr, strict, true);
    Outcome outcome = decode(decoder, plain(wire) + "\r\n.\r\n");
    assertEquals(event + " " + content, outcome.event() + " " + shown(outcome.content()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"a\\n.\\n", "a\\n.\\r\\n", "a\\r\\n.\\n"})
  void withoutStrictDotsAndWithBareLfTheMessageEndsEarly(String wire) {
    ContentDecoder decoder = new ContentDecoder(LineEnd.ACCEPT, LineEnd.ACCEPT, false, true);
    Outcome outcome = decode(decoder, plain(wire) + "NOOP\r\n");
    assertEquals(Event.END, outcome.event());
    assertEquals(plain(wire).length(), outcome.used());
    assertEquals("a\r\n", outcome.content());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "\\r\\n\\x2e\\0\\r\\n",
    "\\r\\n\\0.\\r\\n",
    "\\r\\n.\\t\\r\\n",
    "\\r\\n .\\r\\n",
  })
  void lookalikesAreContent(String wire) {
    String text = plain(wire).replace("\\x2e", ".");
    Outcome outcome = decode(strict(), "a" + text + "b\r\n.\r\n");
    assertEquals(Event.END, outcome.event());
    assertTrue(outcome.content().endsWith("b\r\n"), shown(outcome.content()));
  }

  @Test
  void countedContentKnowsNoDots() {
    ContentDecoder decoder = new ContentDecoder(LineEnd.REFUSE, LineEnd.REFUSE, true, false);
    Outcome outcome = decode(decoder, "a\r\n.\r\n..b\r\n");
    assertEquals(Event.MORE, outcome.event());
    assertEquals("a\r\n.\r\n..b\r\n", outcome.content());
    assertTrue(decoder.atLineStart());
  }

  @Test
  void aCrAtTheVeryEndOfCountedContentStandsAlone() {
    ContentDecoder decoder = new ContentDecoder(LineEnd.REFUSE, LineEnd.REFUSE, true, false);
    decode(decoder, "a\r");
    assertEquals(Event.MORE, decoder.event());
    decoder.finish((data, from, to) -> {});
    assertEquals(Event.BARE_CR, decoder.event());
  }

  @Test
  void nulIsNoticed() {
    ContentDecoder decoder = strict();
    decode(decoder, "clean\r\n");
    assertFalse(decoder.sawNul());
    decode(decoder, "12345678\0x\r\n");
    assertTrue(decoder.sawNul());
  }

  /** A plain, octet by octet reading of the rule, to hold the fast one against. */
  private static Outcome reference(String wire) {
    StringBuilder content = new StringBuilder();
    int at = 0;
    while (at < wire.length()) {
      int lf = wire.indexOf('\n', at);
      String line = lf < 0 ? wire.substring(at) : wire.substring(at, lf + 1);
      int cr = line.indexOf('\r');
      boolean whole = line.endsWith("\r\n");
      if (whole && cr == line.length() - 2) {
        at += line.length();
        if (line.equals(".\r\n")) {
          return new Outcome(Event.END, at, content.toString());
        }
        content.append(line.startsWith(".") ? line.substring(1) : line);
        continue;
      }
      if (cr >= 0 && cr < line.length() - 1) {
        return new Outcome(Event.BARE_CR, 0, "");
      }
      return new Outcome(lf < 0 ? Event.MORE : Event.BARE_LF, 0, "");
    }
    return new Outcome(Event.MORE, at, content.toString());
  }

  @Property(tries = 2000)
  void readsAsTheRuleSaysHoweverItIsCut(
      @ForAll("wires") String wire, @ForAll("cuts") List<Integer> cuts) {
    int[] at = cuts.stream().mapToInt(c -> Math.min(c, wire.length())).sorted().toArray();
    Outcome whole = decode(strict(), wire);
    Outcome cut = decode(strict(), wire, at);
    assertEquals(whole, cut);
    Outcome expected = reference(wire);
    assertEquals(expected.event(), whole.event(), () -> shown(wire));
    if (expected.event() == Event.END) {
      assertEquals(expected, whole, () -> shown(wire));
    }
  }

  @Property(tries = 1000)
  void anySettingGivesTheSameHoweverItIsCut(
      @ForAll LineEnd lf,
      @ForAll LineEnd cr,
      @ForAll boolean strict,
      @ForAll boolean dots,
      @ForAll("wires") String wire,
      @ForAll("cuts") List<Integer> cuts) {
    int[] at = cuts.stream().mapToInt(c -> Math.min(c, wire.length())).sorted().toArray();
    Outcome whole = decode(new ContentDecoder(lf, cr, strict, dots), wire);
    assertEquals(whole, decode(new ContentDecoder(lf, cr, strict, dots), wire, at));
  }

  @Property(tries = 500)
  void whatIsPassedOnHasNoLoneLf(
      @ForAll LineEnd lf, @ForAll LineEnd cr, @ForAll("wires") String wire) {
    String content = decode(new ContentDecoder(lf, cr, true, true), wire).content();
    assertFalse(content.matches("(?s)(.*[^\r])?\n.*"), () -> shown(content));
  }

  @Provide
  Arbitrary<String> wires() {
    return Arbitraries.of("\r\n", "\r\n", "\r", "\n", ".", "..", "a", "\0", "twelve bytes")
        .list()
        .ofMaxSize(14)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<List<Integer>> cuts() {
    return Arbitraries.integers().between(0, 60).list().ofMaxSize(5);
  }

  static String plain(String escaped) {
    return escaped
        .replace("\\r", "\r")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\0", "\0");
  }

  static String shown(String text) {
    return text.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
  }
}
