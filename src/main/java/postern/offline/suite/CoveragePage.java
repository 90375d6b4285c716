package postern.offline.suite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import postern.offline.Html;
import postern.offline.Words;
import postern.source.SourceText;

/** Coverage as a page: each rule with whether a test made it match. */
public final class CoveragePage {
  private static final String STYLE =
      """
      .rules td, .rules th { padding: .1rem .6rem .1rem 0; border: 0; font-weight: normal; }
      .rules tr.no td { background: var(--mark); }
      .rules code { white-space: pre-wrap; tab-size: 4; }
      """;

  private CoveragePage() {}

  /** The page on what these runs covered. */
  public static String of(List<SuiteRunner.Run> runs) {
    Coverage coverage = new Coverage(runs);
    StringBuilder body = new StringBuilder("<h1>Rules that tests make match</h1>\n<p>");
    body.append(Words.number(coverage.rulesMatched())).append(" of ");
    body.append(Words.count(coverage.rules(), "rule")).append(" matched, ");
    body.append(Words.number(coverage.lines() - coverage.linesUnused().size())).append(" of ");
    body.append(Words.count(coverage.lines(), "access line")).append(" used, in ");
    long tests = runs.stream().mapToLong(r -> r.results().size()).sum();
    body.append(Words.count(tests, "test")).append(".</p>\n");
    Set<String> files = new LinkedHashSet<>();
    coverage.ruleSets().forEach(set -> files.add(set.file()));
    boolean one = files.size() == 1; // then each row need not name it
    List<String> columns = new ArrayList<>(List.of("Rule set", "Rules", "Matched", "Share"));
    columns.addAll(one ? List.of() : List.of("File"));
    List<List<String>> rows = new ArrayList<>();
    for (Coverage.SetCoverage set : coverage.ruleSets()) {
      int all = set.matched().size() + set.unmatched().size();
      List<String> row =
          new ArrayList<>(
              List.of(
                  set.name(),
                  String.valueOf(all),
                  String.valueOf(set.matched().size()),
                  set.entered() ? set.matched().size() * 100 / all + " %" : "no test reaches it"));
      row.addAll(one ? List.of() : List.of(Words.path(set.file())));
      rows.add(row);
    }
    body.append(Html.table("Rule sets", columns, rows));
    if (!coverage.linesUnused().isEmpty()) {
      body.append("<h2>Access lines that no test used</h2>\n<ul>\n");
      coverage
          .linesUnused()
          .forEach(
              line ->
                  body.append("<li><code>")
                      .append(Html.text(Words.path(line)))
                      .append("</code></li>\n"));
      body.append("</ul>\n");
    }
    Map<String, SourceText> texts = new HashMap<>();
    for (SuiteRunner.Run run : runs) {
      run.configuration().sources().forEach(text -> texts.putIfAbsent(text.name(), text));
    }
    for (String file : files) {
      SourceText text = texts.get(file);
      if (text != null) {
        file(text, coverage, body);
      }
    }
    return Html.page("Rules that tests make match", STYLE, body.toString());
  }

  private static void file(SourceText text, Coverage coverage, StringBuilder out) {
    out.append("<h2>").append(Html.text(Words.path(text.name()))).append("</h2>\n");
    Set<Integer> matched = new HashSet<>();
    for (Coverage.SetCoverage set : coverage.ruleSets()) {
      if (set.file().equals(text.name())) {
        matched.addAll(set.matched());
      }
    }
    for (Coverage.SetCoverage set : coverage.ruleSets()) {
      if (!set.file().equals(text.name())) {
        continue;
      }
      List<Integer> lines = new ArrayList<>(set.matched());
      lines.addAll(set.unmatched());
      lines.sort(null);
      out.append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Rules of ");
      out.append(Html.text(set.name())).append("\"><table class=\"rules\"><caption>");
      out.append(Html.text(set.name()))
          .append("</caption>\n<thead><tr><th scope=\"col\">Line</th>");
      out.append("<th scope=\"col\">Matched</th><th scope=\"col\">Rule</th></tr></thead><tbody>\n");
      for (int line : lines) {
        boolean yes = matched.contains(line);
        out.append(yes ? "<tr>" : "<tr class=\"no\">").append("<td>").append(line);
        out.append("</td><td>").append(yes ? "yes" : "never").append("</td><td><code>");
        out.append(Html.text(text.line(line))).append("</code></td></tr>\n");
      }
      out.append("</tbody></table></div>\n");
    }
  }
}
