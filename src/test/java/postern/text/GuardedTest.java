package postern.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GuardedTest {
  private static String octets(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Test
  void everyOctetComesBack() {
    StringBuilder all = new StringBuilder();
    for (char c = 0; c < 0xfe; c++) {
      all.append(c);
    }
    String text = all.toString();
    String guarded = Guarded.in(text);
    assertTrue(guarded.chars().noneMatch(Meta::isMeta));
    assertEquals(text, Guarded.out(guarded));
    assertEquals(guarded, Guarded.in(guarded));
  }

  @Test
  void bytesInPlace() {
    Bytes bytes = Bytes.of(octets("Übung@例え.テスト"));
    String before = bytes.toString();
    Guarded.in(bytes);
    assertEquals(Guarded.in(before), bytes.toString());
    assertNotEquals(before, bytes.toString());
    assertTrue(Guarded.out(bytes));
    assertEquals(before, bytes.toString());
    assertFalse(Guarded.out(bytes));
  }

  @Test
  void plainTextIsNotCopied() {
    String text = "user@host.example";
    assertSame(text, Guarded.in(text));
    assertSame(text, Guarded.out(text));
  }
}
