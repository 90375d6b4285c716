package postern.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MacroTextTest {
  @ParameterizedTest
  @CsvSource({
    "plain.example.test, plain.example.test",
    "'Jane Q', Jane+20Q",
    "'a+b\\c(d)<e>\"f\"', a+2Bb+5Cc+28d+29+3Ce+3E+22f+22",
    "'=,/@;''$&{}', '=,/@;''$&{}'",
  })
  void encodesWhatMeansSomethingInHeaders(String raw, String encoded) {
    assertEquals(encoded, MacroText.encode(raw));
  }

  @Test
  void encodesBytesOutsidePrintableAscii() {
    assertEquals("Zo+C3+AB", MacroText.encode("Zoë".getBytes(StandardCharsets.UTF_8)));
    assertEquals("+00+0D+0A+7F+FF", MacroText.encode(new byte[] {0, 13, 10, 127, -1}));
  }

  @Test
  void joinsAFingerprintByColons() {
    assertEquals("00:0F:A0:FF", MacroText.fingerprint(new byte[] {0, 15, (byte) 0xa0, -1}));
  }
}
