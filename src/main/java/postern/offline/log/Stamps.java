package postern.offline.log;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * Time stamps of log lines: BSD syslog's {@code Nov 23 13:53:07} (RFC 3164) and RFC 3339's {@code
 * 2026-11-23T13:53:07.123+01:00}. BSD stamps have no year: it is that of the file, and moves on
 * when the months begin again.
 */
final class Stamps {
  /** No time stamp here. */
  static final long NONE = Long.MIN_VALUE;

  private static final int BSD = 15;
  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  private final ZoneId zone;
  private int year;
  private int lastMonth;
  private final byte[] seen = new byte[BSD];
  private long seenTime = NONE;
  private long minute = -1;
  private long minuteTime;
  private int end;

  /**
   * Stamps of one set of logs.
   *
   * @param zone where stamps without an offset come from
   */
  Stamps(ZoneId zone) {
    this.zone = zone;
  }

  /** A new file begins; its last line was written in this month. */
  void newest(int newestYear, int month) {
    year = newestYear;
    lastMonth = 0;
    newestMonth = month;
    seenTime = NONE;
  }

  private int newestMonth = 12;

  /** Where the stamp that was read last ends. */
  int end() {
    return end;
  }

  /** The time at {@code from} in milliseconds since 1970, or {@link #NONE}. */
  long read(byte[] in, int from, int to) {
    if (to - from < BSD) {
      return NONE;
    }
    if (in[from] >= '0' && in[from] <= '9') {
      return iso(in, from, to);
    }
    end = from + BSD;
    if (seenTime != NONE && Arrays.equals(seen, 0, BSD, in, from, end)) {
      return seenTime;
    }
    long time = bsd(in, from);
    if (time != NONE) {
      System.arraycopy(in, from, seen, 0, BSD);
      seenTime = time;
    }
    return time;
  }

  private long bsd(byte[] in, int from) {
    int month = month(in, from);
    int day = two(in, from + 4, true);
    int hour = two(in, from + 7, false);
    int min = two(in, from + 10, false);
    int second = two(in, from + 13, false);
    if (month == 0
        || in[from + 3] != ' '
        || in[from + 6] != ' '
        || in[from + 9] != ':'
        || in[from + 12] != ':'
        || day < 1
        || day > 31
        || hour < 0
        || hour > 23
        || min < 0
        || min > 59
        || second < 0
        || second > 60) {
      return NONE;
    }
    int of = yearOf(month);
    long key = (((of * 13L + month) * 32 + day) * 24 + hour) * 60 + min;
    if (key != minute) {
      LocalDateTime local;
      try {
        local = LocalDateTime.of(of, month, day, hour, min);
      } catch (java.time.DateTimeException e) {
        return NONE; // February 30
      }
      minute = key;
      minuteTime = local.atZone(zone).toEpochSecond() * 1000;
    }
    return minuteTime + second * 1000L;
  }

  private int yearOf(int month) {
    if (lastMonth == 0 && month > newestMonth) {
      year--; // the file began before New Year
    }
    if (lastMonth - month > 6) {
      year++;
    } else if (lastMonth != 0 && month - lastMonth > 6) {
      return year - 1; // a straggler from before New Year
    }
    lastMonth = month;
    return year;
  }

  private static int month(byte[] in, int from) {
    for (int m = 0; m < 12; m++) {
      if (in[from] == MONTHS.charAt(3 * m)
          && in[from + 1] == MONTHS.charAt(3 * m + 1)
          && in[from + 2] == MONTHS.charAt(3 * m + 2)) {
        return m + 1;
      }
    }
    return 0;
  }

  private static int two(byte[] in, int at, boolean blank) {
    int tens = blank && in[at] == ' ' ? 0 : in[at] - '0';
    int ones = in[at + 1] - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
  }

  /** {@code 2026-11-23T13:53:07.123456+01:00}; the offset may be {@code Z} or missing. */
  private long iso(byte[] in, int from, int to) {
    if (to - from < 19 || in[from + 4] != '-' || in[from + 7] != '-' || in[from + 13] != ':') {
      return NONE;
    }
    char between = (char) in[from + 10];
    int century = two(in, from, false);
    int years = two(in, from + 2, false);
    int month = two(in, from + 5, false);
    int day = two(in, from + 8, false);
    int hour = two(in, from + 11, false);
    int min = two(in, from + 14, false);
    int second = two(in, from + 17, false);
    if ((between != 'T' && between != ' ') || century < 0 || years < 0 || min < 0 || second < 0) {
      return NONE;
    }
    int at = from + 19;
    int millis = 0;
    if (at < to && (in[at] == '.' || in[at] == ',')) {
      int unit = 100;
      at++;
      while (at < to && in[at] >= '0' && in[at] <= '9') {
        millis += unit * (in[at] - '0');
        unit /= 10;
        at++;
      }
    }
    boolean zoned = false;
    int offset = 0;
    if (at < to && (in[at] == 'Z' || in[at] == 'z')) {
      zoned = true;
      at++;
    } else if (at + 5 < to && (in[at] == '+' || in[at] == '-')) {
      int hours = two(in, at + 1, false);
      int minutes = two(in, in[at + 3] == ':' ? at + 4 : at + 3, false);
      if (hours < 0 || minutes < 0) {
        return NONE;
      }
      offset = (in[at] == '-' ? -1 : 1) * (hours * 60 + minutes);
      zoned = true;
      at += in[at + 3] == ':' ? 6 : 5;
    }
    end = at;
    long key =
        ((((century * 100L + years) * 13 + month) * 32 + day) * 24 + hour) * 60
            + min
            + (zoned ? (offset + 1000L) << 40 : 0);
    if (key != minute) {
      try {
        LocalDateTime local = LocalDateTime.of(century * 100 + years, month, day, hour, min);
        minuteTime =
            zoned
                ? local.toEpochSecond(ZoneOffset.UTC) * 1000 - offset * 60_000L
                : local.atZone(zone).toEpochSecond() * 1000;
      } catch (java.time.DateTimeException e) {
        return NONE;
      }
      minute = key;
    }
    return minuteTime + second * 1000L + millis;
  }
}
