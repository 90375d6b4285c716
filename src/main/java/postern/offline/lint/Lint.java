package postern.offline.lint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.map.FileFault;
import postern.offline.MapLines;
import postern.source.Diagnostic;
import postern.source.SourceText;
import postern.source.Span;

/**
 * Looks for what the compiler lets pass. A comment {@code # postern: allow CODE} at the end of a
 * line or on the line above keeps a finding quiet.
 */
public final class Lint {
  private static final Pattern ALLOW =
      Pattern.compile("#\\s*postern:\\s*allow\\s+([A-Z_][A-Z_, ]*)");

  private final Configuration configuration;
  private final Origins origins;
  private final Map<String, SourceText> texts = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  private Lint(Configuration configuration, Origins origins) {
    this.configuration = configuration;
    this.origins = origins;
    configuration.sources().forEach(text -> texts.put(text.name(), text));
  }

  /** Findings with the files they are about, for quoting. */
  public record Report(List<Finding> findings, Map<String, SourceText> texts) {
    public Report {
      findings = List.copyOf(findings);
      texts = Map.copyOf(texts);
    }

    public long count(LintCode.Level level) {
      return findings.stream().filter(f -> f.level() == level).count();
    }
  }

  /** All that can be said of {@code configuration} and its map files, by place. */
  public static Report check(Configuration configuration) {
    return check(configuration, Origins.NONE);
  }

  /** The same for a configuration that was put together from several files. */
  public static Report check(Configuration configuration, Origins origins) {
    return new Lint(configuration, origins).run();
  }

  private Report run() {
    MapLines lines = new MapLines();
    findings.addAll(RuleLints.of(configuration));
    List<SourceText> rules = ruleTexts();
    for (SourceText text : rules) {
      findings.addAll(TextLints.of(text, configuration));
      findings.addAll(OptionLints.of(text));
    }
    findings.addAll(MacroLints.of(configuration, rules));
    findings.addAll(NameLints.of(configuration));
    AccessLints access = new AccessLints(configuration, lines);
    findings.addAll(access.run());
    access.files().forEach(texts::putIfAbsent);
    for (FileFault fault : configuration.program().maps().check()) {
      if (fault.diagnostic().code() != Diagnostic.Code.MISSING_MAP_FILE) {
        findings.add(Finding.of(fault.diagnostic())); // a missing file is told at its K line
        texts.putIfAbsent(fault.text().name(), fault.text());
      }
    }
    List<Finding> shown =
        new ArrayList<>(findings.stream().filter(f -> !allowed(f)).map(origins::placed).toList());
    for (Diagnostic diagnostic : configuration.diagnostics()) {
      Finding finding = placed(Finding.of(diagnostic));
      if (!allowed(finding)) {
        shown.add(finding);
      }
    }
    origins.texts().forEach(text -> texts.put(text.name(), text));
    return new Report(shown.stream().sorted(Finding.BY_PLACE).distinct().toList(), texts);
  }

  /** What is told at the end of a file, at the line that it is about. */
  private Finding placed(Finding finding) {
    if (finding.span().line() > 0) {
      return finding;
    }
    Pattern line =
        switch (finding.code()) {
          case "OLD_VERSION", "BAD_VERSION", "UNTOLD_VERSION" -> Pattern.compile("V[0-9]+");
          case "UNQUALIFIED_HOST" -> Pattern.compile("Dj.*");
          case "BAD_MAILBOX_DATABASE" -> Pattern.compile("O\\s+MailboxDatabase.*");
          case "OPTION_IGNORED" ->
              Pattern.compile("O\\s+(SuperSafe|HostStatus\\w+|SingleThread\\w+).*");
          default -> null;
        };
    SourceText text = texts.get(finding.file());
    if (line == null || text == null) {
      return finding;
    }
    for (int number = 1; number <= text.lineStarts().size(); number++) {
      Matcher matcher = line.matcher(text.line(number));
      if (matcher.lookingAt()
          && (matcher.groupCount() == 0 || finding.message().contains(matcher.group(1)))) {
        return new Finding(
            finding.code(),
            finding.level(),
            finding.file(),
            new Span(number, 1, matcher.end()),
            finding.message());
      }
    }
    return finding;
  }

  /** The texts that hold lines of a {@code .cf}, as they were compiled. */
  private List<SourceText> ruleTexts() {
    return configuration.sources().stream()
        .filter(text -> origins.joined().isEmpty() || text.name().equals(origins.joined()))
        .toList();
  }

  private boolean allowed(Finding finding) {
    SourceText text = texts.get(finding.file());
    int line = finding.span().line();
    return text != null
        && line > 0
        && finding.level() != LintCode.Level.ERROR
        && (allows(text.line(line), finding.code())
            || (line > 1
                && text.line(line - 1).startsWith("#")
                && allows(text.line(line - 1), finding.code())));
  }

  private static boolean allows(@Nullable String line, String code) {
    Matcher matcher = ALLOW.matcher(line == null ? "" : line);
    return matcher.find() && List.of(matcher.group(1).split("[ ,]+")).contains(code);
  }
}
