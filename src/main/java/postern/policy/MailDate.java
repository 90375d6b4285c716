package postern.policy;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.TimeZone;

/**
 * This moment as mail headers and macros have it; the texts are made once a second. Safe for many
 * threads.
 *
 * <p>Written without {@code java.time.format}, whose tables of languages and zones would be a good
 * part of the time that a short command takes.
 */
public final class MailDate {
  private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  private static final String[] MONTHS = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };

  /** The texts of one second. */
  private record Texts(long second, String header, String numeric) {}

  private volatile Texts current = new Texts(Long.MIN_VALUE, "", "");

  private Texts texts() {
    long second = System.currentTimeMillis() / 1000;
    Texts known = current;
    if (known.second == second) {
      return known;
    }
    int offset = TimeZone.getDefault().getOffset(second * 1000) / 1000;
    Texts made = new Texts(second, header(second, offset), numeric(second));
    current = made;
    return made;
  }

  /** The second {@code second} of the epoch in a zone {@code offset} seconds east of Greenwich. */
  static String header(long second, int offset) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(second + offset, 0, ZoneOffset.UTC);
    int minutes = Math.abs(offset) / 60;
    StringBuilder text = new StringBuilder(31);
    text.append(DAYS[time.getDayOfWeek().getValue() - 1]).append(", ");
    text.append(time.getDayOfMonth()).append(' ');
    text.append(MONTHS[time.getMonthValue() - 1]).append(' ');
    two(two(text, time.getYear() / 100), time.getYear() % 100).append(' ');
    two(text, time.getHour()).append(':');
    two(text, time.getMinute()).append(':');
    two(text, time.getSecond()).append(offset < 0 ? " -" : " +");
    return two(two(text, minutes / 60), minutes % 60).toString();
  }

  /** The second {@code second} of the epoch in UTC. */
  static String numeric(long second) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(12);
    two(two(text, time.getYear() / 100), time.getYear() % 100);
    two(two(text, time.getMonthValue()), time.getDayOfMonth());
    return two(two(text, time.getHour()), time.getMinute()).toString();
  }

  private static StringBuilder two(StringBuilder text, int number) {
    return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
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
