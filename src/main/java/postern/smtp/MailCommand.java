package postern.smtp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * MAIL FROM with its parameters, checked.
 *
 * @param path the reverse path
 * @param parameters upper-case keyword to value (empty if it has none), in order
 * @param size {@code SIZE=}, 0 if not given
 * @param body {@code 7BIT}, {@code 8BITMIME} or empty
 * @param ret {@code FULL}, {@code HDRS} or empty
 * @param envid xtext as given, or empty
 * @param requireTls REQUIRETLS was given
 * @param deliverBy {@code BY=}, null if not given
 */
public record MailCommand(
    SmtpPath path,
    Map<String, String> parameters,
    long size,
    String body,
    String ret,
    String envid,
    boolean requireTls,
    @Nullable DeliverBy deliverBy) {

  /** Reads the argument of MAIL; texts of refusals are sendmail's. */
  public static Parsed<MailCommand> parse(String argument, Extensions offered) {
    // SMTPUTF8 stands behind the path that it allows: look ahead, judge in order
    boolean utf8 = offered.smtpUtf8() && argument.toUpperCase(Locale.ROOT).contains(" SMTPUTF8");
    Parsed<SmtpPath> path = SmtpPath.parse("FROM", argument, utf8);
    if (path instanceof Parsed.Bad<SmtpPath> bad) {
      return new Parsed.Bad<>(bad.reply());
    }
    SmtpPath given = ((Parsed.Good<SmtpPath>) path).value();
    if (given.parameters().isEmpty()) {
      return new Parsed.Good<>(new MailCommand(given, Map.of(), 0, "", "", "", false, null));
    }
    return new Reader(given, offered).read(EsmtpParameters.parse(given.parameters()));
  }

  private static final class Reader {
    private final SmtpPath path;
    private final Extensions offered;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private long size;
    private String body = "";
    private String ret = "";
    private String envid = "";
    private boolean requireTls;
    private @Nullable DeliverBy deliverBy;

    Reader(SmtpPath path, Extensions offered) {
      this.path = path;
      this.offered = offered;
    }

    Parsed<MailCommand> read(List<EsmtpParameters.Parameter> list) {
      for (EsmtpParameters.Parameter parameter : list) {
        Parsed<MailCommand> refusal = take(parameter);
        if (refusal != null) {
          return refusal;
        }
        if (parameter.fault() != null) {
          return new Parsed.Bad<>(parameter.fault());
        }
        String value = parameter.value();
        parameters.put(parameter.name(), value == null ? "" : value);
      }
      return new Parsed.Good<>(
          new MailCommand(path, parameters, size, body, ret, envid, requireTls, deliverBy));
    }

    private @Nullable Parsed<MailCommand> take(EsmtpParameters.Parameter parameter) {
      String value = parameter.value();
      return switch (parameter.name()) {
        case "SIZE" -> value == null ? EsmtpParameters.noValue("SIZE") : size(value);
        case "BODY" -> value == null ? EsmtpParameters.noValue("BODY") : body(value);
        case "RET" -> ret(value);
        case "ENVID" -> envid(value);
        case "AUTH" -> auth(value);
        case "BY" -> by(parameter);
        case "SMTPUTF8" -> flag(parameter, offered.smtpUtf8());
        case "REQUIRETLS" -> {
          requireTls = true;
          yield flag(parameter, offered.requireTls());
        }
        default -> EsmtpParameters.unrecognized(parameter.keyword());
      };
    }

    private @Nullable Parsed<MailCommand> size(String value) {
      if (value.startsWith("-") && number(value.substring(1))) {
        return Parsed.bad(552, "5.2.3", "Message size invalid");
      }
      if (!number(value)) {
        return EsmtpParameters.badValue("SIZE");
      }
      if (value.length() > 18) {
        return Parsed.bad(552, "5.2.3", "Message size exceeds maximum value");
      }
      size = Long.parseLong(value);
      return null;
    }

    private static boolean number(String value) {
      for (int i = 0; i < value.length(); i++) {
        if (value.charAt(i) < '0' || value.charAt(i) > '9') {
          return false;
        }
      }
      return !value.isEmpty();
    }

    private @Nullable Parsed<MailCommand> body(String value) {
      String type = value.toUpperCase(Locale.ROOT);
      if (!type.equals("7BIT") && !type.equals("8BITMIME")) {
        return Parsed.bad(501, "5.5.4", "Unknown BODY type " + Echo.shorten(value));
      }
      body = type;
      return null;
    }

    private @Nullable Parsed<MailCommand> ret(@Nullable String value) {
      if (!offered.dsn()) {
        return EsmtpParameters.noDsn("RET");
      }
      if (value == null) {
        return EsmtpParameters.noValue("RET");
      }
      if (parameters.containsKey("RET")) {
        return EsmtpParameters.duplicate("RET");
      }
      ret = value.toUpperCase(Locale.ROOT);
      if (!ret.equals("FULL") && !ret.equals("HDRS")) {
        return Parsed.bad(501, "5.5.2", "Bad argument \"" + Echo.shorten(value) + "\" to RET");
      }
      return null;
    }

    private @Nullable Parsed<MailCommand> envid(@Nullable String value) {
      if (!offered.dsn()) {
        return EsmtpParameters.noDsn("ENVID");
      }
      if (value == null) {
        return EsmtpParameters.noValue("ENVID");
      }
      if (!Xtext.isValid(value)) {
        return EsmtpParameters.badValue("ENVID");
      }
      if (parameters.containsKey("ENVID")) {
        return EsmtpParameters.duplicate("ENVID");
      }
      envid = value;
      return null;
    }

    private @Nullable Parsed<MailCommand> by(EsmtpParameters.Parameter parameter) {
      String value = parameter.value();
      if (offered.deliverByMin() < 0) {
        return EsmtpParameters.unrecognized(parameter.keyword());
      }
      if (value == null) {
        return EsmtpParameters.noValue("BY=");
      }
      if (parameters.containsKey("BY")) {
        return EsmtpParameters.duplicate("BY");
      }
      Parsed<DeliverBy> parsed = DeliverBy.parse(value, offered.deliverByMin());
      if (parsed instanceof Parsed.Bad<DeliverBy> bad) {
        return new Parsed.Bad<>(bad.reply());
      }
      deliverBy = ((Parsed.Good<DeliverBy>) parsed).value();
      return null;
    }

    private @Nullable Parsed<MailCommand> auth(@Nullable String value) {
      if (value == null) {
        return EsmtpParameters.noValue("AUTH=");
      }
      if (parameters.containsKey("AUTH")) {
        return EsmtpParameters.duplicate("AUTH");
      }
      return Xtext.isValid(value) ? null : EsmtpParameters.badValue("AUTH");
    }

    private static @Nullable Parsed<MailCommand> flag(
        EsmtpParameters.Parameter parameter, boolean known) {
      if (!known) {
        return EsmtpParameters.unrecognized(parameter.keyword());
      }
      return parameter.value() == null
          ? null
          : Parsed.bad(501, "5.5.4", parameter.name() + " does not take a value");
    }
  }
}
