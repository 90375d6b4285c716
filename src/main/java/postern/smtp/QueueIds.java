package postern.smtp;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * Gives out queue ids of sendmail's form: year, month, day, hour, minute and second as one base-60
 * digit each, two such digits counting within the second, six decimal digits for the instance
 * ({@code 6ANDr7OL015993}). Ids of one generator never repeat; two generators are told apart by
 * their instance number, which should be random. Safe for concurrent use.
 */
public final class QueueIds {
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx";
  private static final int BASE = 60;
  private static final int INSTANCES = 1_000_000;

  private final Clock clock;
  private final int instance;
  private long second = Long.MIN_VALUE;
  private int count;
  private char[] stamp = new char[6];

  /**
   * A generator.
   *
   * @param instance 0 to 999,999
   */
  public QueueIds(Clock clock, int instance) {
    this.clock = clock;
    this.instance = Math.floorMod(instance, INSTANCES);
  }

  /** The next id, 14 letters and digits. */
  public synchronized String next() {
    long now = clock.millis() / 1000;
    if (now > second) { // a clock that was set back must not bring old ids again
      second = now;
      count = 0;
      stamp = stamp(now);
    }
    int within = count++;
    char[] id = new char[14];
    System.arraycopy(stamp, 0, id, 0, 6);
    id[6] = DIGITS.charAt(within / BASE % BASE);
    id[7] = DIGITS.charAt(within % BASE);
    // more than 3,600 in a second: the next instance number lends its own
    int number = (instance + within / (BASE * BASE)) % INSTANCES;
    for (int i = 13; i >= 8; i--) {
      id[i] = (char) ('0' + number % 10);
      number /= 10;
    }
    return new String(id);
  }

  private static char[] stamp(long second) {
    ZonedDateTime time = Instant.ofEpochSecond(second).atZone(ZoneOffset.UTC);
    return new char[] {
      digit(time.getYear() - 1900),
      digit(time.getMonthValue() - 1),
      digit(time.getDayOfMonth()),
      digit(time.getHour()),
      digit(time.getMinute()),
      digit(time.getSecond()),
    };
  }

  private static char digit(int value) {
    return DIGITS.charAt(Math.floorMod(value, BASE));
  }
}
