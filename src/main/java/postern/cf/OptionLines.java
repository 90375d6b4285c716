package postern.cf;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.source.Diagnostic.Code;
import postern.text.MacroNames;

/** {@code O} lines and the options of the command line: which option is meant, and who wins. */
final class OptionLines {
  private static final List<String> OLD_TIMEOUTS =
      List.of("mail", "rcpt", "datainit", "datablock", "datafinal", "command");

  private final Compiler in;
  private final OptionValues values;
  private boolean fromCommandLine;

  OptionLines(Compiler in) {
    this.in = in;
    values = new OptionValues(in);
  }

  void commandLine(Compiler.Setting setting) {
    fromCommandLine = true;
    try {
      if (setting.letter()) {
        byLetter(setting.name().isEmpty() ? 0 : setting.name().charAt(0), setting.value());
      } else {
        named(setting.name(), setting.value());
      }
    } finally {
      fromCommandLine = false;
    }
  }

  /** Text behind the {@code O}. */
  void line(String text) {
    if (text.isEmpty() || text.charAt(0) != ' ') {
      byLetter(text.isEmpty() ? 0 : text.charAt(0), text.isEmpty() ? "" : text.substring(1));
      return;
    }
    String rest = text.substring(1);
    int equals = rest.indexOf('=');
    named(
        equals < 0 ? rest : rest.substring(0, equals),
        equals < 0 ? "" : rest.substring(equals + 1));
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
    Option option = letter == 0 ? null : OptionTable.byLetter((char) letter);
    if (letter == 'M') {
      macro(value);
    } else if (letter == 'g') {
      if (claim("g")) {
        values.defaultGroup(value, 'g');
      }
    } else if (option == null) {
      in.error(
          Code.BAD_OPTION, "readcf: unknown option name 0x" + Integer.toHexString(letter & 0xff));
    } else {
      set(option, null, value);
    }
  }

  private void macro(String value) {
    MacroNames.Parsed parsed = in.names.parse(value, 0, in::error);
    if (parsed.id() != MacroNames.BAD) {
      in.macros.set(parsed.id(), value.substring(parsed.end()));
    }
  }

  private void named(String given, String rawValue) {
    if (given.isEmpty()) {
      in.error(Code.BAD_OPTION, "readcf: null option name");
      return;
    }
    String whole = trimRight(given);
    String value = trimLeft(rawValue);
    int dot = whole.indexOf('.');
    String name = dot < 0 ? whole : whole.substring(0, dot);
    Option option = find(name);
    if (option != null) {
      set(option, dot < 0 ? null : whole.substring(dot + 1), value);
    }
  }

  private @Nullable Option find(String name) {
    Option exact = OptionTable.byName(name);
    if (exact != null) {
      return exact;
    }
    List<Option> candidates = OptionTable.byPrefix(name);
    if (candidates.isEmpty()) {
      in.errorAt(
          Code.BAD_OPTION,
          1,
          1 + name.length(),
          "readcf: unknown option name " + Compiler.shown(name));
      return null;
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
      return null;
    }
    in.fault(
        Code.ABBREVIATED_OPTION,
        "Option " + name + " used as abbreviation for " + candidates.get(0).name(),
        "");
    return candidates.get(0);
  }

  private void set(Option option, @Nullable String sub, String value) {
    switch (option.name()) {
      case "Timeout" -> timeouts(sub, value);
      case "QueueTimeout" -> {
        if (claim(option.name())) {
          queueTimeout(value);
        }
      }
      case "Milter" -> values.milter(sub, value);
      // These two collect, whoever sets them.
      case "PrivacyOptions", "DontBlameSendmail" -> {
        if (mayChange(option.name())) {
          values.set(option, value);
        }
      }
      default -> {
        if (claim(option.name())) {
          values.set(option, value);
        }
      }
    }
  }

  /** Whether the option may be set now: the command line wins over the file. */
  private boolean claim(String name) {
    boolean may = mayChange(name);
    if (fromCommandLine) {
      in.sticky.add(name.toLowerCase(Locale.ROOT));
    }
    return may;
  }

  private boolean mayChange(String name) {
    return fromCommandLine || !in.sticky.contains(name.toLowerCase(Locale.ROOT));
  }

  /** {@code return[/warn]}. */
  private void queueTimeout(String value) {
    int slash = value.indexOf('/');
    if (slash >= 0) {
      timeout("queuewarn", value.substring(slash + 1));
    }
    timeout("queuereturn", slash < 0 ? value : value.substring(0, slash));
  }

  private void timeouts(@Nullable String sub, String value) {
    if (sub != null) {
      timeout(sub, value);
      return;
    }
    // O Timeout=5m sets a group of them, O Timeout=mail:5m,rcpt=1h single ones.
    for (String part : value.split(",")) {
      String one = part.stripLeading();
      int at = one.indexOf(':') >= 0 ? one.indexOf(':') : one.indexOf('=');
      if (!one.isEmpty() && one.charAt(0) >= '0' && one.charAt(0) <= '9') {
        in.checkTime(one, Option.Kind.MINUTES);
        for (String name : OLD_TIMEOUTS) {
          in.options.put("Timeout." + name, one);
          if (fromCommandLine) {
            in.sticky.add("timeout." + name);
          }
        }
      } else if (at >= 0) {
        timeout(one.substring(0, at), one.substring(at + 1));
      }
    }
  }

  private void timeout(String sub, String value) {
    String name = sub.toLowerCase(Locale.ROOT);
    Option.@Nullable Kind unit = OptionTable.TIMEOUTS.get(name);
    if (unit == null) {
      in.error(Code.BAD_OPTION, "settimeout: invalid timeout " + Compiler.shown(sub));
      return;
    }
    if (!mayChange("timeout." + name)) {
      return;
    }
    // sendmail reads the value in minutes first, and complains each time it reads it.
    in.checkTime(value, Option.Kind.MINUTES);
    if (unit != Option.Kind.MINUTES && unit != Option.Kind.INTEGER) {
      in.checkTime(value, unit);
    }
    String plain = name.endsWith(".*") ? name.substring(0, name.length() - 2) : name;
    in.options.put("Timeout." + plain, value);
    if (fromCommandLine) {
      stick(plain);
    }
  }

  private void stick(String name) {
    in.sticky.add("timeout." + name);
    if (name.equals("queuewarn") || name.equals("queuereturn")) {
      in.sticky.addAll(List.of("timeout." + name + ".normal", "timeout." + name + ".urgent"));
    } else if (name.startsWith("resolver.") && name.indexOf('.', 9) < 0) {
      in.sticky.addAll(List.of("timeout." + name + ".normal", "timeout." + name + ".first"));
    }
  }
}
