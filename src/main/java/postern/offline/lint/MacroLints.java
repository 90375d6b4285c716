package postern.offline.lint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import postern.cf.Configuration;
import postern.rule.Program;
import postern.source.SourceText;
import postern.source.Span;
import postern.text.MacroNames;

/** Macros and classes that are used and not defined, or defined and not used. */
final class MacroLints {
  private static final Pattern DEFINITION =
      Pattern.compile("([CDEF])(?:\\{([A-Za-z_0-9]+)\\}|(\\S))");
  private static final Pattern MACRO =
      Pattern.compile("(?<!\\$)\\$([&?]?)(?:\\{([A-Za-z_0-9]+)\\}|([A-Za-z_]))");
  private static final Pattern CLASS =
      Pattern.compile("(?<!\\$)\\$([=~])(?:\\{([A-Za-z_0-9]+)\\}|(\\S))");

  /** A name that a rule gives to a map: the map stores a value under it. */
  private static final Pattern STORED = Pattern.compile("(?<![$&?=~CDEF])\\{([A-Za-z_0-9]+)\\}");

  /** What the program defines while it runs, besides what a session defines. */
  private static final Set<String> PROGRAM =
      Set.of(
          "bodytype",
          "client_flags",
          "deliveryMode",
          "dsn_envid",
          "dsn_notify",
          "dsn_ret",
          "envid",
          "hdrlen",
          "if_addr",
          "if_addr_out",
          "if_family",
          "if_family_out",
          "if_name",
          "if_name_out",
          "load_avg",
          "msg_id",
          "ntries",
          "opMode",
          "quarantine",
          "queue_interval",
          "sendmailMTACluster",
          "sts_sni",
          "time");

  /** Classes that the program itself reads. */
  private static final Set<String> READ_CLASSES =
      Set.of("LocalPersistentMacros", "persistentMacros", "tls", "TlsVerified", "cert_altnames");

  private final Program program;
  private final Set<String> stored = new HashSet<>();
  private final Set<String> macros = new HashSet<>();
  private final Set<String> classes = new HashSet<>();
  private final Map<String, Finding> undefined = new LinkedHashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  private MacroLints(Configuration configuration) {
    program = configuration.program();
  }

  static List<Finding> of(Configuration configuration, List<SourceText> texts) {
    MacroLints lints = new MacroLints(configuration);
    texts.forEach(lints::stored);
    texts.forEach(lints::uses);
    texts.forEach(lints::definitions);
    lints.findings.addAll(lints.undefined.values());
    return lints.findings;
  }

  private static String name(Matcher matcher, int group) {
    return matcher.group(group) == null ? matcher.group(group + 1) : matcher.group(group);
  }

  private void stored(SourceText text) {
    for (int number = 1; number <= text.lineStarts().size(); number++) {
      String line = text.line(number);
      if (line.startsWith("R") || line.startsWith("\t") || line.startsWith(" ")) {
        Matcher each = STORED.matcher(line);
        while (each.find()) {
          stored.add(each.group(1));
        }
      }
    }
  }

  private void uses(SourceText text) {
    for (int number = 1; number <= text.lineStarts().size(); number++) {
      String line = text.line(number);
      if (line.startsWith("#")) {
        continue;
      }
      boolean rule = line.startsWith("R") || line.startsWith("\t");
      int end = rule ? TextLints.noteStart(line, !line.startsWith("R")) : line.length();
      Matcher macro = MACRO.matcher(line).region(0, end);
      Set<String> asked = new HashSet<>();
      while (macro.find()) {
        String name = name(macro, 2);
        macros.add(name);
        if (macro.group(1).equals("?")) {
          asked.add(name); // such a line knows that it may not be defined
        } else if (rule && !asked.contains(name) && !defined(name)) {
          String shown = name.length() == 1 ? name : "{" + name + "}";
          undefined.putIfAbsent(
              name,
              Finding.of(
                  LintCode.UNDEFINED_MACRO,
                  text.name(),
                  new Span(number, macro.start() + 1, macro.end() - macro.start()),
                  "nothing defines macro %s: no D line, no -M, no rule and no session"
                      .formatted(shown)));
        }
      }
      Matcher set = CLASS.matcher(line).region(0, end);
      while (set.find()) {
        classes.add(name(set, 2));
      }
    }
  }

  private boolean defined(String name) {
    if (name.length() == 1 && !Character.isUpperCase(name.charAt(0))) {
      return true; // the program's own
    }
    int id = name.length() == 1 ? name.charAt(0) : program.names().known(name);
    return TextLints.SESSION.contains(name)
        || PROGRAM.contains(name)
        || stored.contains(name)
        || (id != MacroNames.BAD && program.macros().text(id) != null);
  }

  private void definitions(SourceText text) {
    Set<String> seen = new HashSet<>();
    for (int number = 1; number <= text.lineStarts().size(); number++) {
      String line = text.line(number);
      Matcher matcher = DEFINITION.matcher(line);
      if (!matcher.lookingAt()) {
        continue;
      }
      String name = name(matcher, 2);
      boolean macro = line.charAt(0) == 'D';
      if (line.charAt(0) == 'E' || !seen.add((macro ? "D" : "C") + name)) {
        continue;
      }
      boolean own =
          name.length() == 1
              ? !Character.isUpperCase(name.charAt(0))
              : macro
                  ? TextLints.SESSION.contains(name) || PROGRAM.contains(name)
                  : READ_CLASSES.contains(name) || name.startsWith("checkMIME");
      if (own || (macro ? macros : classes).contains(name)) {
        continue;
      }
      String shown = name.length() == 1 ? name : "{" + name + "}";
      findings.add(
          Finding.of(
              macro ? LintCode.UNUSED_MACRO : LintCode.UNUSED_CLASS,
              text.name(),
              new Span(number, 2, shown.length()),
              macro
                  ? "nothing uses macro " + shown
                  : "no rule asks whether something is in class " + shown));
    }
  }
}
