package postern.policy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * This moment as mail headers and macros have it; the texts are made once a second. Safe for many
 * threads.
 */
public final class MailDate {
  private static final DateTimeFormatter HEADER =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT);
  private static final DateTimeFormatter NUMERIC =
      DateTimeFormatter.ofPattern("yyyyMMddHHmm", Locale.ROOT);

  /** The texts of one second. */
  private record Texts(long second, String header, String numeric) {}

  private volatile Texts current = new Texts(Long.MIN_VALUE, "", "");

  private Texts texts() {
    long second = System.currentTimeMillis() / 1000;
    Texts known = current;
    if (known.second == second) {
      return known;
    }
    ZonedDateTime time =
        ZonedDateTime.ofInstant(Instant.ofEpochSecond(second), ZoneId.systemDefault());
    Texts made =
        new Texts(
            second, HEADER.format(time), NUMERIC.format(time.withZoneSameInstant(ZoneOffset.UTC)));
    current = made;
    return made;
  }

  /** In the local time zone (RFC 5322 section 3.3), for {@code $a} and {@code $b}. */
  public String header() {
    return texts().header;
  }

  /** {@code YYYYMMDDhhmm} in UTC, for {@code $t}. */
  public String numeric() {
    return texts().numeric;
  }

  /** The header form, for callers that ask once. */
  public static String now() {
    return new MailDate().header();
  }
}
