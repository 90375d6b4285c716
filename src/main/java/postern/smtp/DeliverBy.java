package postern.smtp;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How soon a message wants to be there (RFC 2852).
 *
 * @param seconds from its arrival on; may be negative with mode N: it is late already
 * @param returns mode R: it bounces when the time is over; else (N) its sender is told of the delay
 * @param trace T was given
 */
public record DeliverBy(long seconds, boolean returns, boolean trace) {
  /** What nine digits can say. */
  private static final long MOST = 999_999_999;

  /**
   * Reads the value of {@code BY=}; texts of refusals are sendmail's.
   *
   * @param least {@code DeliverByMin}, seconds that mode R must leave
   */
  public static Parsed<DeliverBy> parse(String value, long least) {
    int semicolon = value.indexOf(';');
    if (semicolon < 0 || !value.substring(0, semicolon).matches("([-+]?[0-9]+)?")) {
      return Parsed.bad(501, "5.5.2", "BY= missing ';'");
    }
    String number = value.substring(0, semicolon);
    if (number.length() > 10 || (number.length() == 10 && isDigit(number.charAt(0)))) {
      return Parsed.bad(501, "5.5.2", "BY=" + Echo.shorten(value) + " out of range");
    }
    long seconds = number.isEmpty() ? 0 : Long.parseLong(number);
    String mode = value.substring(semicolon + 1);
    char by = mode.isEmpty() ? ' ' : upper(mode.charAt(0));
    if (by != 'R' && by != 'N') {
      return Parsed.bad(
          501,
          "5.5.2",
          "illegal by-mode '" + Echo.shorten(mode.substring(0, Math.min(1, mode.length()))) + "'");
    }
    if (mode.length() > 2 || (mode.length() == 2 && upper(mode.charAt(1)) != 'T')) {
      return Parsed.bad(
          501, "5.5.2", "illegal by-trace '" + Echo.shorten(mode.substring(1, 2)) + "'");
    }
    if (by == 'R' && seconds <= 0) {
      return Parsed.bad(501, "5.5.4", "mode R requires BY time > 0");
    }
    if (by == 'R' && seconds < least) {
      return Parsed.bad(555, "5.5.2", "time " + seconds + " less than " + least);
    }
    return new Parsed.Good<>(new DeliverBy(seconds, by == 'R', mode.length() == 2));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static char upper(char c) {
    return c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
  }

  /** The same in the form of the parameter's value: {@code 120;RT}. */
  public String text() {
    return seconds + ";" + (returns ? "R" : "N") + (trace ? "T" : "");
  }

  /** What {@link #text} wrote; null for nothing. */
  public static @Nullable DeliverBy of(String text) {
    return parse(text, 0) instanceof Parsed.Good<DeliverBy> good ? good.value() : null;
  }

  /** When the time is over. */
  public Instant deadline(Instant arrived) {
    return arrived.plusSeconds(seconds);
  }

  /** What is left of it at {@code now}, to be asked of the next server. */
  public DeliverBy left(Instant arrived, Instant now) {
    long gone = Duration.between(arrived, now).toSeconds();
    return new DeliverBy(Math.max(-MOST, seconds - Math.max(0, gone)), returns, trace);
  }
}
