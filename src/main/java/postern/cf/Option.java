package postern.cf;

/**
 * An option that sendmail 8.17 knows.
 *
 * @param name long name
 * @param letter the one-character name, or 0 if it has none
 * @param kind how its value is read
 */
public record Option(String name, char letter, Kind kind) {

  /** How a value is read (operations guide, "O - Set Option"). */
  public enum Kind {
    /** Empty or {@code t T y Y} is true, all else false. */
    BOOLEAN,
    INTEGER,
    OCTAL,
    /** {@code 1h30m}; a number alone is weeks. */
    WEEKS,
    /** A number alone is days. */
    DAYS,
    /** A number alone is hours. */
    HOURS,
    /** A number alone is minutes. */
    MINUTES,
    /** A number alone is seconds. */
    SECONDS,
    /** Taken as it is. */
    STRING,
    /** Macros are expanded when it is read. */
    EXPANDED,
    /** Quotes and backslashes are worked in as in a {@code D} line. */
    MUNCHED,
    /** Sub-options with times of their own. */
    TIMEOUTS,
    /** Words, collected over all lines. */
    WORDS,
    /** {@code Key=value} lists, one for each line. */
    STRUCTURED
  }
}
