package postern.offline.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import postern.offline.Requirement;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.source.SourceText;

/**
 * Makes mutants of rules and access lines: each is dropped, and altered in the ways that its text
 * offers. Only changes that can mean something are made; still a few will mean the same.
 */
final class Mutants {
  /** The last word of letters on a left-hand side: not part of a name, not a metasymbol. */
  private static final Pattern LAST_WORD =
      Pattern.compile(
          "(?<![\\w$&{=~])([A-Za-z][A-Za-z_]+)(?![\\w}])(?!.*(?<![\\w$&{=~])[A-Za-z][A-Za-z_]+(?![\\w}]))");

  private static final Pattern CLASS = Pattern.compile("\\$([=~])(?=\\{?\\w)");
  private static final Pattern CODE = Pattern.compile("\"([245])([0-9][0-9])(?= )");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*[A-Za-z])( ?)\"");
  private static final Pattern PARAMETER = Pattern.compile("\\$([1-9])");

  private Mutants() {}

  /** The mutants of one rule; none if it goes over several lines. */
  static List<Mutant> of(RuleSet set, Rule rule, SourceText source) {
    int number = rule.span().line();
    String line = source.line(number);
    if (rule.line() != number || !line.startsWith("R")) {
      return List.of();
    }
    int tab = line.indexOf('\t');
    if (tab < 0) {
      return List.of();
    }
    int right = tab;
    while (right < line.length() && line.charAt(right) == '\t') {
      right++;
    }
    int end = line.indexOf('\t', right);
    String lhs = line.substring(0, tab);
    String tabs = line.substring(tab, right);
    String rhs = end < 0 ? line.substring(right) : line.substring(right, end);
    List<Mutant> all = new ArrayList<>();
    add(all, set, source, number, "dropped", "#" + line);
    left(all, set, source, number, lhs, tabs + rhs);
    right(all, set, source, number, lhs + tabs, rhs);
    return all;
  }

  private static void add(
      List<Mutant> all, RuleSet set, SourceText source, int number, String what, String changed) {
    all.add(new Mutant(source.name(), number, set.name(), what, source.line(number), changed));
  }

  private static void left(
      List<Mutant> all, RuleSet set, SourceText source, int number, String lhs, String rest) {
    // With a new operator the parameters behind it would count differently; so only if there is
    // none
    // behind it.
    Matcher word = LAST_WORD.matcher(lhs.substring(1));
    if (word.find()) {
      String before = lhs.substring(0, 1 + word.start());
      String after = lhs.substring(1 + word.end());
      if (!after.matches(".*\\$[-+*=~].*")) {
        add(
            all,
            set,
            source,
            number,
            "any word for " + word.group(1),
            before + "$-" + after + rest);
      } else if (!after.contains("$&")) {
        add(
            all,
            set,
            source,
            number,
            "another word for " + word.group(1),
            before + word.group(1) + "x" + after + rest);
      }
    }
    Matcher member = CLASS.matcher(lhs);
    if (member.find()) {
      boolean in = member.group(1).equals("=");
      add(
          all,
          set,
          source,
          number,
          in ? "not in the class" : "in the class",
          lhs.substring(0, member.start())
              + (in ? "$~" : "$=")
              + lhs.substring(member.end())
              + rest);
    }
  }

  private static void right(
      List<Mutant> all, RuleSet set, SourceText source, int number, String before, String rhs) {
    if (rhs.startsWith("$#error") || rhs.startsWith("$# error")) {
      add(all, set, source, number, "accepts", before + "$@ OK");
    } else if (rhs.matches("\\$@ (OK|RELAY|NO)\\s*")) {
      add(all, set, source, number, "refuses", before + "$#error $@ 5.5.5 $: \"555 mutant\"");
    }
    Matcher code = CODE.matcher(rhs);
    Matcher quoted = QUOTED.matcher(rhs);
    if (code.find()) {
      String other = code.group(1).equals("4") ? "5" : "4";
      add(
          all,
          set,
          source,
          number,
          "another code",
          before + rhs.substring(0, code.start() + 1) + other + rhs.substring(code.end(1)));
    } else if (quoted.find()) {
      add(
          all,
          set,
          source,
          number,
          "another text",
          before + rhs.substring(0, quoted.end(1)) + "x" + rhs.substring(quoted.end(1)));
    }
    Matcher parameter = PARAMETER.matcher(rhs);
    int last = -1;
    while (parameter.find()) {
      last = parameter.start();
    }
    if (last >= 0) {
      add(
          all,
          set,
          source,
          number,
          "without " + rhs.substring(last, last + 2),
          before + rhs.substring(0, last) + rhs.substring(last + 2));
    }
  }

  /** The mutants of an access map's lines. */
  static List<Mutant> of(String file, Map<Integer, String> access) {
    List<Mutant> all = new ArrayList<>();
    for (Map.Entry<Integer, String> entry : access.entrySet()) {
      String line = entry.getValue();
      all.add(new Mutant(file, entry.getKey(), "", "dropped", line, ""));
      Matcher pair = Pattern.compile("(\\S+\\s+)(.*)").matcher(line);
      if (pair.matches()) {
        String value = pair.group(2).strip();
        String other = other(line.substring(0, Math.max(0, line.indexOf(':'))), value);
        if (!other.isEmpty()) {
          all.add(
              new Mutant(
                  file, entry.getKey(), "", other + " for " + value, line, pair.group(1) + other));
        }
      }
    }
    return all;
  }

  /**
   * Another value that means something else behind that tag; empty if none does. What is no
   * requirement becomes one; a tag that only has to be there (CITag) has no other value.
   */
  private static String other(String tag, String value) {
    Requirement requirement = Requirement.parse(value);
    if (requirement != null) {
      int bits = requirement.leastBits();
      return bits > 0
          ? value.replaceFirst(Integer.toString(bits), bits > 999 ? "1" : "9999")
          : "OK";
    }
    if (value.contains("<TMPF>")) {
      return "OK"; // a failed look-up, made an answer
    }
    if (value.matches("[0-9]+")) {
      return value + "9"; // a letter behind a number changes nothing
    }
    return switch (tag.toLowerCase(Locale.ROOT)) {
      case "tls_clt", "tls_srv", "tls_rcpt" -> "VERIFY:9999";
      case "spam" -> value.equalsIgnoreCase("FRIEND") ? "HATER" : "FRIEND";
      case "try_tls" -> value.equalsIgnoreCase("NO") ? "YES" : "NO";
      case "certissuer", "certsubject" -> value.equals("RELAY") ? "REJECT" : "RELAY";
      case "", "connect", "from", "to" ->
          switch (value) {
            case "REJECT" -> "OK";
            case "RELAY", "OK", "DISCARD" -> "REJECT";
            default -> value + "x";
          };
      default -> value.matches("OK|RELAY|REJECT") ? "" : value + "x";
    };
  }
}
