package postern.offline.lint;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import postern.cf.Configuration;
import postern.cf.HeaderLine;
import postern.cf.Mailer;
import postern.map.MapEntry;
import postern.offline.MapLines;
import postern.rule.Program;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.source.Diagnostic;
import postern.source.SourceText;
import postern.source.Span;
import postern.text.Meta;

/** Rule sets and maps that are declared and not used, or used and not there. */
final class NameLints {
  /** Rule sets that the program itself asks. */
  private static final Set<String> HOOKS =
      Set.of(
          "canonify",
          "parse",
          "check_relay",
          "check_mail",
          "check_rcpt",
          "check_data",
          "check_compat",
          "check_eom",
          "check_eoh",
          "check_etrn",
          "check_expn",
          "check_vrfy",
          "check_other",
          "trust_auth",
          "tls_client",
          "tls_server",
          "tls_rcpt",
          "try_tls",
          "srv_features",
          "clt_features",
          "tls_srv_features",
          "tls_clt_features",
          "authinfo",
          "queuegroup",
          "greet_pause");

  private static final Pattern MAP_LINE = Pattern.compile("K([A-Za-z0-9][A-Za-z0-9_.]*)");

  private final Configuration configuration;
  private final Program program;
  private final List<Finding> findings = new ArrayList<>();
  private final Set<String> asked = new HashSet<>();
  private final Set<Integer> called = new HashSet<>();
  private boolean dynamic;

  private NameLints(Configuration configuration) {
    this.configuration = configuration;
    program = configuration.program();
  }

  static List<Finding> of(Configuration configuration) {
    NameLints lints = new NameLints(configuration);
    lints.collect();
    if (!lints.dynamic) {
      lints.ruleSets();
    }
    lints.maps();
    return lints.findings;
  }

  private void collect() {
    for (RuleSet set : Programs.ruleSets(program)) {
      for (Rule rule : set.rules()) {
        int[] rhs = rule.rhs();
        for (int i = 0; i + 1 < rhs.length; i++) {
          int kind = program.symbols().first(rhs[i]);
          String next = program.symbols().text(rhs[i + 1]);
          if (kind == Meta.CALL) {
            if (next.isEmpty() || Meta.isMeta(next.charAt(0))) {
              dynamic = true;
            } else {
              called.add(program.resolve(next.replace("\"", "")));
            }
          } else if (kind == Meta.LOOKUP) {
            asked.add(next.toLowerCase(Locale.ROOT));
          } else if (kind == Meta.HOST_BEGIN) {
            asked.add("host");
          }
        }
      }
    }
    for (Mailer mailer : configuration.mailers()) {
      called.add(mailer.senderEnvelope());
      called.add(mailer.senderHeader());
      called.add(mailer.recipientEnvelope());
      called.add(mailer.recipientHeader());
    }
    for (HeaderLine header : configuration.headers()) {
      if (!header.check().isEmpty()) {
        called.add(program.resolve(header.check()));
      }
    }
  }

  private void ruleSets() {
    for (Map.Entry<String, Integer> named : program.ruleSetNames().entrySet()) {
      RuleSet set = program.ruleSet(named.getValue());
      if (named.getValue() < Program.NUMBERED
          || set.isEmpty()
          || HOOKS.contains(named.getKey())
          || called.contains(named.getValue())) {
        continue;
      }
      Rule first = set.rules().get(0);
      findings.add(
          Finding.of(
              LintCode.UNUSED_RULE_SET,
              first.file(),
              first.span(),
              "no rule, mailer or header calls rule set " + named.getKey()));
    }
  }

  private static String where(MapEntry map) {
    String text = "the text " + MapLines.file(map);
    return map.className().equals("text") ? text : MapLines.database(map) + " or else " + text;
  }

  private void maps() {
    List<MapEntry> all = program.maps().all();
    for (MapEntry map : all) {
      Place place = place(map.name());
      if (MapLines.hasLines(map)
          && !map.flags().optional()
          && !Files.exists(MapLines.file(map))
          && !Files.exists(MapLines.database(map))) {
        findings.add(
            Finding.of(
                Diagnostic.Code.MISSING_MAP_FILE,
                place.file(),
                place.span(),
                "map %s is read from %s, which is not there: each look-up fails for now"
                    .formatted(map.name(), where(map))));
      }
      if (place.span().line() > 0
          && !asked.contains(map.name().toLowerCase(Locale.ROOT))
          && !isMember(map)) {
        findings.add(
            Finding.of(
                LintCode.UNUSED_MAP,
                place.file(),
                place.span(),
                "no rule looks anything up in map " + map.name()));
      }
    }
  }

  /** Whether the map may be part of a sequence, or one that the program itself asks. */
  private boolean isMember(MapEntry map) {
    String name = map.name().toLowerCase(Locale.ROOT);
    if (name.equals("aliases") || name.equals("users") || name.indexOf('.') > 0) {
      return true;
    }
    for (SourceText text : configuration.sources()) {
      Matcher sequence =
          Pattern.compile(
                  "(?im)^K\\S+\\s+(?:sequence|switch)\\s.*\\b" + Pattern.quote(map.name()) + "\\b")
              .matcher(text.text());
      if (sequence.find()) {
        return true;
      }
    }
    return false;
  }

  private record Place(String file, Span span) {}

  /** Where the K line of a map is. */
  private Place place(String name) {
    for (SourceText text : configuration.sources()) {
      for (int number = 1; number <= text.lineStarts().size(); number++) {
        Matcher line = MAP_LINE.matcher(text.line(number));
        if (line.lookingAt() && line.group(1).equalsIgnoreCase(name)) {
          return new Place(text.name(), new Span(number, 2, name.length()));
        }
      }
    }
    return new Place(
        configuration.sources().isEmpty() ? "" : configuration.sources().get(0).name(), Span.NONE);
  }
}
