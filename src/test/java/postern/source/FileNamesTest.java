package postern.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
  @Test
  void plainNamesAreThemselves() {
    assertEquals(Path.of("/etc/mail/access"), FileNames.path("/etc/mail/access"));
  }

  @Test
  void aNameEndsAtAZeroByteAsInC() {
    assertEquals(Path.of("/etc/a"), FileNames.path("/etc/a\0b"));
  }

  /** Whatever the locale of the process can say. */
  @ParameterizedTest
  @ValueSource(strings = {"/no/\u0085", "/no/\u00e9\u00ff", "/no/\u00c3\u00a9", "\u00ff"})
  void anyBytesAreANameOfAFile(String name) {
    assertFalse(Files.exists(FileNames.path(name)));
  }
}
