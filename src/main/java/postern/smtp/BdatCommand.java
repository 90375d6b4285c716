package postern.smtp;

import java.util.Locale;

/**
 * BDAT (RFC 3030 section 2): so many octets follow the line.
 *
 * @param size octets, or {@link #BEYOND_COUNTING}
 * @param last whether the message ends with them
 */
public record BdatCommand(long size, boolean last) {
  /** Stands for a size that no counter holds. */
  public static final long BEYOND_COUNTING = -1;

  private static final int MOST_DIGITS = 18;

  /** Reads the argument of BDAT. */
  public static Parsed<BdatCommand> parse(String argument) {
    int end = 0;
    while (end < argument.length() && argument.charAt(end) >= '0' && argument.charAt(end) <= '9') {
      end++;
    }
    String word = argument.substring(end).strip();
    boolean last = word.toUpperCase(Locale.ROOT).equals("LAST");
    boolean parted = word.isEmpty() || (last && argument.charAt(end) <= ' ');
    if (end == 0 || !parted) {
      return Parsed.bad(501, "5.5.4", "Syntax error in BDAT parameters");
    }
    int zeros = 0;
    while (zeros < end - 1 && argument.charAt(zeros) == '0') {
      zeros++;
    }
    boolean countable = end - zeros <= MOST_DIGITS;
    long size = countable ? Long.parseLong(argument.substring(zeros, end)) : BEYOND_COUNTING;
    return new Parsed.Good<>(new BdatCommand(size, last));
  }
}
