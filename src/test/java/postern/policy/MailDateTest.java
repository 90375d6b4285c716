package postern.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MailDateTest {
  private static final DateTimeFormatter HEADER =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT);
  private static final DateTimeFormatter NUMERIC =
      DateTimeFormatter.ofPattern("yyyyMMddHHmm", Locale.ROOT);

  @Test
  void writesWhatTheFormatterOfJavaWrites() {
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      long second = Integer.toUnsignedLong(random.nextInt());
      int offset = (random.nextInt(14 * 120) - 14 * 60) * 60;
      Instant instant = Instant.ofEpochSecond(second);
      assertEquals(
          HEADER.format(instant.atOffset(ZoneOffset.ofTotalSeconds(offset))),
          MailDate.header(second, offset));
      assertEquals(NUMERIC.format(instant.atOffset(ZoneOffset.UTC)), MailDate.numeric(second));
    }
  }
}
