package postern.cf;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.source.Diagnostic.Code;

/** {@code O} lines and the options of the command line. */
final class OptionLines {
  private final Compiler in;
  private boolean fromCommandLine;

  OptionLines(Compiler in) {
    this.in = in;
  }

  void commandLine(Compiler.Setting setting) {
    fromCommandLine = true;
    if (setting.letter()) {
      byLetter(setting.name().isEmpty() ? 0 : setting.name().charAt(0), setting.value());
    } else {
      named(setting.name(), setting.value());
    }
    fromCommandLine = false;
  }

  /** Text behind the {@code O}. */
  void line(String text) {
    if (text.isEmpty() || text.charAt(0) != ' ') {
      byLetter(text.isEmpty() ? 0 : text.charAt(0), text.isEmpty() ? "" : text.substring(1));
      return;
    }
    String rest = text.substring(1);
    int equals = rest.indexOf('=');
    String name = equals < 0 ? rest : rest.substring(0, equals);
    String value = equals < 0 ? "" : rest.substring(equals + 1);
    named(trimRight(name), value);
  }

  private static String trimRight(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  private static String trimLeft(String text) {
    int i = 0;
    while (i < text.length() && text.charAt(i) == ' ') {
      i++;
    }
    return text.substring(i);
  }

  private void byLetter(int letter, String value) {
    if (letter == 'M' && !value.isEmpty()) {
      in.macros.set(value.charAt(0), value.substring(1));
      return;
    }
    Option option = letter == 0 ? null : OptionTable.byLetter((char) letter);
    if (option == null && letter != 'g') {
      in.error(
          Code.BAD_OPTION, "readcf: unknown option name 0x" + Integer.toHexString(letter & 0xff));
      return;
    }
    if (option != null) {
      set(option, "", value);
    }
  }

  private void named(String given, String rawValue) {
    if (given.isEmpty()) {
      in.error(Code.BAD_OPTION, "readcf: null option name");
      return;
    }
    String value = trimLeft(rawValue);
    int dot = given.indexOf('.');
    String name = dot < 0 ? given : given.substring(0, dot);
    String sub = dot < 0 ? "" : given.substring(dot + 1);
    Option option = OptionTable.byName(name);
    if (option == null) {
      List<Option> candidates = OptionTable.byPrefix(name);
      if (candidates.isEmpty()) {
        in.errorAt(
            Code.BAD_OPTION,
            1,
            1 + name.length(),
            "readcf: unknown option name " + Compiler.shown(name));
        return;
      }
      if (candidates.size() > 1) {
        in.errorAt(
            Code.BAD_OPTION,
            1,
            1 + name.length(),
            "readcf: ambiguous option name "
                + name
                + " (matches "
                + candidates.get(0).name()
                + " and "
                + candidates.get(1).name()
                + ")");
        return;
      }
      option = candidates.get(0);
      in.fault(
          Code.ABBREVIATED_OPTION,
          "Option " + name + " used as abbreviation for " + option.name(),
          "");
    }
    set(option, sub, value);
  }

  private void set(Option option, String sub, String value) {
    switch (option.kind()) {
      case TIMEOUTS -> timeouts(sub, value);
      case WORDS -> {
        check(option, value);
        in.options.add(option.name(), value);
      }
      case STRUCTURED -> {
        if (option.name().equals("DaemonPortOptions") && !mayAdd(option.name())) {
          return;
        }
        in.options.add(option.name(), value);
      }
      default -> {
        if (!claim(option.name())) {
          return;
        }
        check(option, value);
        in.options.put(option.name(), cooked(option, value));
        if (option.name().equals("OperatorChars") && in.rules().settled()) {
          operatorsLate();
        }
      }
    }
  }

  private void operatorsLate() {
    in.warning(Code.OPTION_IGNORED, "Warning: OperatorChars is being redefined.");
    in.warning(Code.OPTION_IGNORED, "         It should only be set before ruleset definitions.");
  }

  /** Listeners of the command line replace those of the file. */
  private boolean mayAdd(String name) {
    if (fromCommandLine) {
      in.sticky.add(name);
      return true;
    }
    return !in.sticky.contains(name);
  }

  /** Whether the option may be set now: the command line wins over the file. */
  private boolean claim(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    if (fromCommandLine) {
      in.sticky.add(key);
      return true;
    }
    return !in.sticky.contains(key);
  }

  private String cooked(Option option, String value) {
    return switch (option.kind()) {
      case EXPANDED -> in.expand(value);
      case MUNCHED -> Munch.take(value, 0, (char) 0).text();
      default -> value;
    };
  }

  private void check(Option option, String value) {
    switch (option.kind()) {
      case DAYS, HOURS, MINUTES, SECONDS, WEEKS ->
          Options.seconds(value, option.kind(), m -> in.error(Code.BAD_OPTION_VALUE, m));
      default -> {}
    }
    switch (option.name()) {
      case "DeliveryMode" -> {
        String mode = value.isEmpty() ? "b" : value;
        if ("ibqd".indexOf(mode.charAt(0)) < 0) {
          in.error(Code.BAD_OPTION_VALUE, "Unknown delivery mode " + mode.charAt(0));
        }
      }
      case "TLSSrvOptions" -> {
        for (char c : value.toCharArray()) {
          if ("VC, \t".indexOf(c) < 0) {
            in.warning(
                Code.OPTION_IGNORED,
                "Warning: Option: TLSSrvOptions unknown parameter '" + c + "'");
          }
        }
      }
      default -> {}
    }
  }

  private void timeouts(String sub, String value) {
    if (!sub.isEmpty()) {
      timeout(sub, value);
      return;
    }
    // O Timeout=5m sets a group of them, O Timeout=mail:5m,rcpt=1h single ones.
    if (value.isEmpty() || Character.isDigit(value.charAt(0))) {
      for (String name : List.of("mail", "rcpt", "datainit", "datablock", "datafinal", "command")) {
        timeout(name, value);
      }
      return;
    }
    for (String part : value.split(",")) {
      int at = indexOfAny(part, ":=");
      if (at > 0) {
        timeout(part.substring(0, at).strip(), part.substring(at + 1).strip());
      }
    }
  }

  private static int indexOfAny(String text, String characters) {
    for (int i = 0; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private void timeout(String sub, String value) {
    String name = sub.toLowerCase(Locale.ROOT);
    Option.@Nullable Kind unit = OptionTable.TIMEOUTS.get(name);
    if (unit == null) {
      in.error(Code.BAD_OPTION, "settimeout: invalid timeout " + sub);
      return;
    }
    if (!claim("Timeout." + name)) {
      return;
    }
    if (unit != Option.Kind.INTEGER) {
      Options.seconds(value, unit, m -> in.error(Code.BAD_OPTION_VALUE, m));
    }
    in.options.put("Timeout." + name, value);
  }
}
