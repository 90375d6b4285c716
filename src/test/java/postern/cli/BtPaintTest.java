package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BtPaintTest {
  private static final String NAME = "\u001b[1mcheck_rcpt      \u001b[0m";
  private final BtPaint paint = new BtPaint(true);

  @Test
  void ruleSetsStandOut() {
    assertEquals(
        NAME + "\u001b[2m   input:\u001b[0m a @ b", paint.line("check_rcpt         input: a @ b"));
  }

  @Test
  void verdictsHaveTheColourOfWhatTheyDo() {
    String returns = NAME + "\u001b[2m returns:\u001b[0m ";
    assertEquals(
        returns + "\u001b[31m$# error $@ 5 . 7 . 1 $: no\u001b[0m",
        paint.line("check_rcpt       returns: $# error $@ 5 . 7 . 1 $: no"));
    assertEquals(
        returns + "\u001b[33m$# discard\u001b[0m",
        paint.line("check_rcpt       returns: $# discard"));
    assertEquals(
        returns + "\u001b[32m$# OK\u001b[0m", paint.line("check_rcpt       returns: $# OK"));
    assertEquals(returns + "OK", paint.line("check_rcpt       returns: OK"));
    // an input that looks like a verdict is none
    assertTrue(paint.line("check_rcpt         input: $# error").endsWith(" $# error"));
  }

  @Test
  void matchesAndComplaintsStandOut() {
    assertEquals("\u001b[32m-----rule matches: x\u001b[0m", paint.line("-----rule matches: x"));
    assertEquals("\u001b[2m----- rule fails\u001b[0m", paint.line("----- rule fails"));
    assertEquals("\u001b[33mUndefined ruleset x\u001b[0m", paint.line("Undefined ruleset x"));
  }

  @Test
  void nothingMovesTheCursor() {
    assertEquals("a^[]0;title^Gb\tc", paint.line("a\u001b]0;title\u0007b\tc"));
    assertEquals("a^[[2Jb", new BtPaint(false).line("a\u001b[2Jb"));
    assertEquals("\u001b[31mred", new BtPaint(false).line("\u001b[31mred"), "-dANSI may");
  }

  @Test
  void withoutColourLinesStayAsTheyAre() {
    assertEquals(
        "check_rcpt       returns: $# error",
        new BtPaint(false).line("check_rcpt       returns: $# error"));
    assertFalse(BtPaint.isWanted(Map.of("NO_COLOR", "1")));
    assertTrue(BtPaint.isWanted(Map.of("NO_COLOR", "")));
  }

  @Test
  void bytesArriveAsTheyAreAndTheNextPromptGetsItsOwnLine() throws IOException {
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    try (PaintedOutput out = new PaintedOutput(terminal, paint)) {
      out.write("gr\u00fc\u00df\n".getBytes(StandardCharsets.UTF_8));
      out.write("no end".getBytes(StandardCharsets.UTF_8));
      out.flush();
      out.endLine();
      out.endLine();
    }
    assertEquals("gr\u00fc\u00df\nno end\n", terminal.toString(StandardCharsets.UTF_8));
  }
}
