package postern.smtp;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * RCPT TO with its parameters, checked.
 *
 * @param path the forward path
 * @param parameters upper-case keyword to value (empty if it has none), in order
 * @param dsnNotify {@code NEVER} or a comma list of SUCCESS, FAILURE, DELAY; empty if not given
 * @param orcpt {@code type;xtext} as given, or empty
 */
public record RcptCommand(
    SmtpPath path, Map<String, String> parameters, String dsnNotify, String orcpt) {

  /** Reads the argument of RCPT; texts of refusals are sendmail's. */
  public static Parsed<RcptCommand> parse(String argument, Extensions offered, boolean utf8) {
    Parsed<SmtpPath> path = SmtpPath.parse("TO", argument, utf8);
    if (path instanceof Parsed.Bad<SmtpPath> bad) {
      return new Parsed.Bad<>(bad.reply());
    }
    SmtpPath given = ((Parsed.Good<SmtpPath>) path).value();
    if (given.parameters().isEmpty()) {
      return new Parsed.Good<>(new RcptCommand(given, Map.of(), "", ""));
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (EsmtpParameters.Parameter p : EsmtpParameters.parse(given.parameters())) {
      String value = p.value();
      Parsed<RcptCommand> refusal =
          switch (p.name()) {
            case "NOTIFY" -> dsnNotify(value, offered, parameters);
            case "ORCPT" -> orcpt(value, offered, parameters);
            default -> EsmtpParameters.unrecognized(p.keyword());
          };
      if (refusal != null) {
        return refusal;
      }
      if (p.fault() != null) {
        return new Parsed.Bad<>(p.fault());
      }
      parameters.put(p.name(), value == null ? "" : value);
    }
    return new Parsed.Good<>(
        new RcptCommand(
            given,
            parameters,
            parameters.getOrDefault("NOTIFY", "").toUpperCase(Locale.ROOT),
            parameters.getOrDefault("ORCPT", "")));
  }

  private static @Nullable Parsed<RcptCommand> dsnNotify(
      @Nullable String value, Extensions offered, Map<String, String> before) {
    if (!offered.dsn()) {
      return EsmtpParameters.noDsn("NOTIFY");
    }
    if (value == null) {
      return EsmtpParameters.noValue("NOTIFY");
    }
    if (before.containsKey("NOTIFY")) {
      return EsmtpParameters.duplicate("NOTIFY");
    }
    String[] words = value.split(",", -1);
    for (String word : words) {
      boolean known =
          switch (word.toUpperCase(Locale.ROOT)) {
            case "NEVER" -> words.length == 1;
            case "SUCCESS", "FAILURE", "DELAY" -> true;
            default -> false;
          };
      if (!known) {
        // two blanks, as sendmail writes it
        return Parsed.bad(501, "5.5.4", "Bad argument \"" + Echo.shorten(word) + "\"  to NOTIFY");
      }
    }
    return null;
  }

  /** Whether the type of the address in ORCPT is an atom (RFC 3461 section 4.2). */
  private static boolean isAtom(String value, int end) {
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      if (c <= ' ' || c >= 127 || "()<>@,;:\\\".[]".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Parsed<RcptCommand> orcpt(
      @Nullable String value, Extensions offered, Map<String, String> before) {
    if (!offered.dsn()) {
      return EsmtpParameters.noDsn("ORCPT");
    }
    if (value == null) {
      return EsmtpParameters.noValue("ORCPT");
    }
    int semicolon = value.indexOf(';');
    if (semicolon < 1
        || !isAtom(value, semicolon)
        || !Xtext.isValid(value.substring(semicolon + 1))) {
      return EsmtpParameters.badValue("ORCPT");
    }
    if (before.containsKey("ORCPT")) {
      return EsmtpParameters.duplicate("ORCPT");
    }
    return null;
  }
}
