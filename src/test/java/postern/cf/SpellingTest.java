package postern.cf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
  private static final List<String> KNOWN = List.of("MaxMessageSize", "Timeout", "QueueLA");

  @ParameterizedTest
  @CsvSource({
    "MaxMesageSize, ' (MaxMessageSize?)'",
    "maxmessagesize, ' (MaxMessageSize?)'",
    "Tiemout, ' (Timeout?)'",
    "QeueuLA, ' (QueueLA?)'",
    "Frobnicate, ''",
    "T, ''"
  })
  void aWordAFewSlipsAwayIsNamed(String typed, String suggestion) {
    assertEquals(suggestion, Spelling.suggestion(typed, KNOWN));
  }
}
