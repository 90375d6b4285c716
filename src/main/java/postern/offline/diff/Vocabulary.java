package postern.offline.diff;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import postern.cf.Configuration;
import postern.map.MapEntry;
import postern.offline.MapLine;
import postern.offline.MapLines;
import postern.offline.Requirement;
import postern.rule.Program;
import postern.rule.Rule;
import postern.text.MacroNames;
import postern.text.Meta;
import postern.text.Symbols;

/**
 * What configurations have words for: names, addresses, numbers and macros of their rules, classes
 * and map files. Words of lines that only one of them has come first.
 */
final class Vocabulary {
  private static final int MOST_MEMBERS = 60;

  final Set<String> hosts = new LinkedHashSet<>();
  final Set<String> addresses = new LinkedHashSet<>();
  final Set<String> mailboxes = new LinkedHashSet<>();
  final Set<String> users = new LinkedHashSet<>();
  final Set<String> words = new LinkedHashSet<>();
  final Set<Integer> numbers = new TreeSet<>();
  final Set<String> commonNames = new LinkedHashSet<>();
  final Set<String> subjects = new LinkedHashSet<>();
  final Set<String> issuers = new LinkedHashSet<>();
  final Set<String> mechanisms = new LinkedHashSet<>();

  /** Texts of left-hand sides that are no words: {@code Evil+20CA}, {@code AA:BB:CC}. */
  final Set<String> phrases = new LinkedHashSet<>();

  /** Whether only one of the two looks at upper and lower case in the keys of some map. */
  private boolean cases;

  /** Run-time macros that some rule reads, without braces. */
  final Set<String> macros = new HashSet<>();

  private Vocabulary() {}

  static Vocabulary of(Configuration one, Configuration two) {
    Vocabulary all = new Vocabulary();
    for (boolean shared : new boolean[] {false, true}) {
      all.add(one, two, shared);
      all.add(two, one, shared);
    }
    all.cases = !keptCases(one).equals(keptCases(two));
    return all;
  }

  private static Set<String> keptCases(Configuration configuration) {
    Set<String> names = new HashSet<>();
    for (MapEntry map : configuration.program().maps().all()) {
      if (map.flags().keepCase()) {
        names.add(map.name());
      }
    }
    return names;
  }

  /** Whether names are to be tried in capitals, too. */
  boolean casesMatter() {
    return cases;
  }

  private void add(Configuration configuration, Configuration other, boolean shared) {
    rules(configuration, other, shared);
    lines(configuration, other, shared);
    classes(configuration, other, shared);
  }

  // ---- rules

  private static Set<String> texts(Configuration configuration) {
    Set<String> texts = new HashSet<>();
    Program program = configuration.program();
    for (int number = 0; number < Program.LIMIT; number++) {
      for (Rule rule : program.ruleSet(number).rules()) {
        texts.add(program.ruleSet(number).name() + text(program.symbols(), rule));
      }
    }
    return texts;
  }

  private static String text(Symbols symbols, Rule rule) {
    StringBuilder text = new StringBuilder();
    for (int token : rule.lhs()) {
      text.append(' ').append(symbols.text(token));
    }
    text.append('\t');
    for (int token : rule.rhs()) {
      text.append(' ').append(symbols.text(token));
    }
    return text.toString();
  }

  private void rules(Configuration configuration, Configuration other, boolean shared) {
    Set<String> there = texts(other);
    Program program = configuration.program();
    for (int number = 0; number < Program.LIMIT; number++) {
      for (Rule rule : program.ruleSet(number).rules()) {
        boolean known =
            there.contains(program.ruleSet(number).name() + text(program.symbols(), rule));
        if (known == shared) {
          side(program, rule.lhs(), true);
          side(program, rule.rhs(), false);
        }
      }
    }
  }

  private void side(Program program, int[] tokens, boolean left) {
    Symbols symbols = program.symbols();
    StringBuilder run = new StringBuilder();
    for (int token : tokens) {
      int kind = symbols.first(token);
      if (kind == Meta.DEXPAND && symbols.length(token) > 1) {
        String shown = program.names().display(symbols.at(token, 1));
        macros.add(shown.replace("{", "").replace("}", ""));
      }
      if (kind < 0 || Meta.isMeta(kind)) {
        phrase(run.toString(), left);
        run.setLength(0);
      } else {
        String word = symbols.text(token);
        if (word.matches("[0-9]{1,9}")) {
          numbers.add(Integer.parseInt(word));
        }
        run.append(word);
      }
    }
    phrase(run.toString(), left);
  }

  /** Words of a rule that stand next to each other. */
  private void phrase(String text, boolean left) {
    String bare = text.replaceAll("^[.@<>:!]+|[.@<>:!]+$", "");
    if (bare.isEmpty() || bare.indexOf('"') >= 0) {
      return;
    }
    if (!left && bare.indexOf('.') < 0) {
      return; // words of replies and marks
    }
    if (text.matches("@[^@]*") && bare.indexOf('.') >= 0) {
      hosts.add(lower(bare));
    } else if (bare.indexOf('@') > 0) {
      mailboxes.add(lower(bare));
    } else if (text.endsWith("@")) {
      users.add(lower(bare));
    } else if (bare.matches("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+")) {
      if (bare.matches("[0-9.]+")) {
        if (left) { // on the right they are codes of replies
          address(bare);
        }
      } else {
        hosts.add(lower(bare));
      }
    } else if (left && bare.matches("[A-Za-z0-9_.-]+")) {
      words.add(bare);
    } else if (left && bare.matches("/[A-Za-z]+=.*")) {
      subjects.add(bare);
      issuers.add(bare);
    } else if (left && bare.matches("[!-~]*[A-Za-z0-9][!-~]*")) {
      phrases.add(bare);
    }
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** An address, or a whole one that begins with these parts. */
  private void address(String start) {
    if (start.matches("[0-9]+(\\.[0-9]+){0,3}")) {
      StringBuilder whole = new StringBuilder(start);
      for (int parts = start.split("\\.", -1).length; parts < 4; parts++) {
        whole.append(".9");
      }
      addresses.add(whole.toString());
    } else if (start.toLowerCase(Locale.ROOT).startsWith("ipv6:")) {
      StringBuilder whole = new StringBuilder(start);
      for (int parts = start.split(":", -1).length - 1; parts < 8; parts++) {
        whole.append(":9");
      }
      addresses.add(whole.toString());
    }
  }

  // ---- map files

  private static Set<String> lineTexts(Configuration configuration) {
    Set<String> texts = new HashSet<>();
    MapLines lines = new MapLines();
    for (MapEntry map : configuration.program().maps().all()) {
      lines.lines(map).forEach(line -> texts.add(map.name() + " " + line.text()));
    }
    return texts;
  }

  private void lines(Configuration configuration, Configuration other, boolean shared) {
    Set<String> there = lineTexts(other);
    MapLines lines = new MapLines();
    for (MapEntry map : configuration.program().maps().all()) {
      for (MapLine line : lines.lines(map)) {
        if (there.contains(map.name() + " " + line.text()) == shared) {
          line(line, configuration, lines);
        }
      }
    }
  }

  private void line(MapLine line, Configuration configuration, MapLines lines) {
    int colon = line.key().indexOf(':');
    boolean v6 = line.key().toLowerCase(Locale.ROOT).startsWith("ipv6:");
    String tag = colon < 0 || v6 ? "" : lower(line.key().substring(0, colon));
    String key = v6 ? line.key() : line.key().substring(colon + 1);
    switch (tag) {
      case "certissuer" -> issuers.add(key);
      case "certsubject" -> subjects.add(key);
      default -> key(key);
    }
    if (line.value().matches("[0-9]{1,9}")) {
      numbers.add(Integer.parseInt(line.value())); // a rate
    }
    Requirement requirement = Requirement.parse(line.value());
    if (requirement == null) {
      return;
    }
    if (requirement.leastBits() > 0) {
      numbers.add(requirement.leastBits());
    }
    for (Requirement.Extension extension : requirement.extensions()) {
      switch (extension.kind()) {
        case "CN" -> commonNames.add(extension.name());
        case "CS" -> subjects.add(extension.name());
        case "CI" -> issuers.add(extension.name());
        case "CITAG" -> tagged(extension.name(), configuration, lines);
        default -> {}
      }
    }
  }

  private void tagged(String tag, Configuration configuration, MapLines lines) {
    for (MapEntry map : configuration.program().maps().all()) {
      for (MapLine line : lines.lines(map)) {
        if (lower(line.key()).startsWith(lower(tag) + ":")) {
          issuers.add(line.key().substring(tag.length() + 1));
        }
      }
    }
  }

  private void key(String key) {
    if (key.isEmpty()) {
      return;
    }
    if (key.endsWith("@")) {
      users.add(lower(key.substring(0, key.length() - 1)));
    } else if (key.indexOf('@') > 0) {
      mailboxes.add(lower(key));
    } else if (key.matches("[0-9.]+") || lower(key).startsWith("ipv6:")) {
      address(key);
    } else if (key.matches("\\[.*\\]|[A-Za-z0-9_.-]+")) {
      hosts.add(lower(key));
    }
  }

  // ---- classes

  private void classes(Configuration configuration, Configuration other, boolean shared) {
    Program program = configuration.program();
    for (int id = 1; id < MacroNames.LIMIT; id++) {
      String shown = program.names().display(id);
      int known = shown.length() > 2 ? other.program().names().known(bare(shown)) : id;
      Collection<String> there =
          known == MacroNames.BAD
              ? List.of()
              : new HashSet<>(other.program().classes().list(known));
      List<String> members = new ArrayList<>(program.classes().list(id));
      members.sort(null);
      int taken = 0;
      for (String member : members) {
        if (there.contains(member) == shared && taken++ < MOST_MEMBERS) {
          member(bare(shown), member);
        }
      }
    }
  }

  private static String bare(String shown) {
    return shown.replace("{", "").replace("}", "");
  }

  private void member(String set, String member) {
    if (set.equals("TrustAuthMech")) {
      mechanisms.add(member);
    } else if (member.matches("\\[?[0-9.]+\\]?")) {
      address(member.replaceAll("[\\[\\]]", ""));
    } else if (member.matches("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+")) {
      hosts.add(lower(member));
    } else if (member.matches("[A-Za-z0-9_-]{2,}")) {
      words.add(member);
    }
  }
}
