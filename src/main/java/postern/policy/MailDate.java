package postern.policy;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Dates as mail headers have them (RFC 5322 section 3.3). */
public final class MailDate {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT);

  private MailDate() {}

  /** This moment in the local time zone. */
  public static String now() {
    return FORM.format(ZonedDateTime.now());
  }
}
