package postern.cf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ShownTextTest {
  /** "O AliasWait=\x80\xff": sendmail 8.17 prints the unit as a NUL, and nothing behind it. */
  @Test
  void aNulEndsIt() {
    assertEquals("Invalid time unit `", Compiler.shown("Invalid time unit `\u0080'"));
    assertEquals("unknown user \u007f", Compiler.shown("unknown user \u00ff\u0080\u00ff"));
  }
}
