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

/**
 * Looks for what the compiler lets pass. A comment {@code # postern: allow CODE} at the end of a
 * line or on the line above keeps a finding quiet.
 */
public final class Lint {
  private static final Pattern ALLOW =
      Pattern.compile("#\\s*postern:\\s*allow\\s+([A-Z_][A-Z_, ]*)");

  private final Configuration configuration;
  private final Map<String, SourceText> texts = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  private Lint(Configuration configuration) {
    this.configuration = configuration;
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
    return new Lint(configuration).run();
  }

  private Report run() {
    for (Diagnostic diagnostic : configuration.diagnostics()) {
      findings.add(Finding.of(diagnostic));
    }
    MapLines lines = new MapLines();
    findings.addAll(RuleLints.of(configuration));
    for (SourceText text : configuration.sources()) {
      findings.addAll(TextLints.of(text, configuration));
    }
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
        findings.stream().filter(f -> !allowed(f)).sorted(Finding.BY_PLACE).distinct().toList();
    return new Report(shown, texts);
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
