package postern.offline.replay;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import postern.offline.Words;
import postern.offline.log.Unused;

/**
 * A replay's findings as one HTML file that needs nothing else: no scripts, no fetches, pictures as
 * SVG in the text, each with its numbers in a table.
 */
public final class HtmlReport {
  private static final int ROWS = 10;
  private static final int HEAT_PEERS = 12;
  private static final int HEAT_REASONS = 8;
  private static final int BARS = 120;
  private static final int WIDTH = 720;
  private static final int HEIGHT = 170;
  private static final int BASE = 140;

  private static final String STYLE =
      """
      :root{--bg:#fff;--fg:#1a1c20;--dim:#555b66;--line:#c9ced6;--bad:#b3261e;--mid:#e08a85;\
      --ok:#8d99a8;--heat:179,38,30}
      @media(prefers-color-scheme:dark){:root{--bg:#15171a;--fg:#eceef1;--dim:#a9b0bb;--line:#3d434c;\
      --bad:#ff8a80;--mid:#9c4a44;--ok:#5f6b7a;--heat:255,110,100}}
      *{box-sizing:border-box}
      body{margin:0 auto;max-width:60rem;padding:1rem;background:var(--bg);color:var(--fg);\
      font:1rem/1.5 system-ui,sans-serif}
      li,h1{overflow-wrap:anywhere}
      h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}
      .dim{color:var(--dim)}
      .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:0}
      .cards div{border:1px solid var(--line);border-radius:.5rem;padding:.5rem .75rem}
      .cards dt{color:var(--dim);font-size:.9rem}.cards dd{margin:0;font-size:1.4rem}
      .bad dd{color:var(--bad);font-weight:bold}
      .wide{overflow-x:auto}
      table{border-collapse:collapse;width:100%}
      caption{text-align:left;color:var(--dim);padding:.25rem 0}
      th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}
      tbody th{min-width:9rem;overflow-wrap:break-word;font-weight:600}
      td svg{min-width:5rem;height:.9rem;margin-top:.3rem}
      td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
      .heat th,.heat td{font-size:.85rem;min-width:4.5rem}
      .heat tbody td{text-align:right}
      .heat thead th{overflow-wrap:anywhere;min-width:7.5rem}
      .heat th:first-child{position:sticky;left:0;background:var(--bg);min-width:9rem}
      svg{display:block;width:100%;height:auto;overflow:visible}
      svg text{fill:var(--dim);font-size:12px}
      @media(max-width:40rem){svg text{font-size:22px}}
      @media(max-width:30rem){th,td{font-size:.85rem;padding:.3rem .25rem}\
      tbody th{min-width:6.5rem;overflow-wrap:anywhere}td svg{min-width:2.5rem}}
      .all{fill:var(--ok)}.ref{fill:var(--mid)}.new{fill:var(--bad)}
      ul.key{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:1rem}
      .key svg{display:inline-block;width:1rem;height:1rem;vertical-align:-.15rem;margin-right:.35rem}
      """;

  private final Summary summary;
  private final Tally tally;
  private final StringBuilder out = new StringBuilder();
  private final DateTimeFormatter when;

  private HtmlReport(Summary summary) {
    this.summary = summary;
    tally = summary.tally();
    when = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(summary.zone());
  }

  /** The whole file. */
  public static String of(Summary summary) {
    HtmlReport report = new HtmlReport(summary);
    report.page();
    return report.out.toString();
  }

  private void page() {
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.append("<title>Replay of ").append(escaped(summary.policy())).append("</title>\n");
    out.append("<style>\n")
        .append(STYLE)
        .append("</style>\n</head>\n<body>\n<main>\n<h1>Replay of ");
    out.append(escaped(summary.policy())).append(" against ");
    out.append(escaped(summary.baseline())).append("</h1>\n");
    head();
    if (tally.sessions() > 0) {
      timeline();
      breakdowns();
      heat();
      top("Biggest casualties", "Peers whose mail is newly refused", "Peer", tally.newPeers());
      top("Newly refused, by access line", "", "Access line", tally.newEntries());
      top("Newly refused, by rule", "", "Rule", tally.newRules());
      top("Newly refused, by destination", "", "Destination", tally.newDestinations());
      top(
          "Depends on facts that the log does not hold",
          "",
          "What would be answered",
          tally.open());
      top("Not refused any more", "Peers whose mail passes now", "Peer", tally.passedPeers());
      samples();
    }
    lines();
    out.append("</main>\n</body>\n</html>\n");
  }

  private void head() {
    out.append("<p class=\"dim\">").append(Words.count(tally.sessions(), "session"));
    if (tally.first() <= tally.last()) {
      out.append(", ").append(time(tally.first())).append(" to ").append(time(tally.last()));
      out.append(" (").append(escaped(summary.zone().getId())).append(")");
    }
    out.append(summary.stopped() ? ". Stopped early.</p>\n" : ".</p>\n");
    out.append("<dl class=\"cards\">\n");
    card("newly refused", tally.changed(Tally.Change.NEWLY_REFUSED), true);
    card("perhaps newly refused", tally.changed(Tally.Change.MAYBE), true);
    card("not refused any more", tally.changed(Tally.Change.NEWLY_PASSED), false);
    card("refused in all", tally.now(Kind.REFUSE), false);
    card("refused before", tally.before(Kind.REFUSE), false);
    if (tally.before(Kind.ELSEWHERE) > 0) {
      card(Kind.ELSEWHERE.words(), tally.before(Kind.ELSEWHERE), false);
    }
    out.append("</dl>\n");
  }

  private void card(String name, long value, boolean bad) {
    out.append(bad && value > 0 ? "<div class=\"bad\">" : "<div>");
    out.append("<dt>").append(name).append("</dt><dd>").append(Words.number(value));
    out.append("</dd></div>\n");
  }

  // ---- pictures

  private void timeline() {
    Timeline line = tally.timeline();
    int steps = line.steps();
    if (steps == 0) {
      return;
    }
    int group = Math.max(1, (steps + BARS - 1) / BARS);
    int bars = (steps + group - 1) / group;
    long most = 1;
    long[][] counts = new long[bars][2];
    for (int i = 0; i < steps; i++) {
      counts[i / group][0] += line.count(Timeline.Series.REFUSED, i);
      counts[i / group][1] += line.count(Timeline.Series.NEWLY_REFUSED, i);
      most = Math.max(most, Math.max(counts[i / group][0], counts[i / group][1]));
    }
    String step = Words.count(line.stepMillis() * group / 60_000, "minute");
    String begin = time(line.begin(0));
    String end = time(line.begin(steps));
    out.append("<h2>Refusals over time</h2>\n<svg viewBox=\"0 0 ").append(WIDTH).append(' ');
    out.append(HEIGHT).append("\" role=\"img\" aria-labelledby=\"tl-t tl-d\">");
    out.append(
        "<title id=\"tl-t\">Refusals over time</title><desc id=\"tl-d\">Refused sessions from ");
    out.append(begin).append(" to ").append(end).append(", at most ").append(Words.number(most));
    out.append(" in ").append(step).append(".</desc>\n");
    double width = (double) WIDTH / bars;
    for (int i = 0; i < bars; i++) {
      bar(i * width, width, counts[i][0], most, "ref");
      bar(i * width, width, Math.min(counts[i][1], counts[i][0]), most, "new");
    }
    out.append("<line x1=\"0\" x2=\"").append(WIDTH).append("\" y1=\"").append(BASE);
    out.append("\" y2=\"").append(BASE).append("\" stroke=\"currentColor\"/>");
    text(2, 12, "start", Words.number(most) + " in " + step);
    text(2, BASE + 18, "start", begin);
    text(WIDTH - 2, BASE + 18, "end", end);
    out.append("</svg>\n<ul class=\"key\">");
    key("new", "newly refused");
    key("ref", "refused, as before");
    out.append("</ul>\n");
  }

  private void bar(double x, double width, long count, long most, String kind) {
    if (count > 0) {
      double height = Math.max(1.0, count * (BASE - 20.0) / most);
      out.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n",
              kind,
              x,
              BASE - height,
              Math.max(0.5, width * 0.9),
              height));
    }
  }

  private void text(int x, int y, String anchor, String text) {
    out.append("<text x=\"").append(x).append("\" y=\"").append(y).append("\" text-anchor=\"");
    out.append(anchor).append("\">").append(escaped(text)).append("</text>");
  }

  private void key(String kind, String words) {
    out.append("<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"").append(kind);
    out.append("\" width=\"10\" height=\"10\"/></svg>").append(words).append("</li>");
  }

  private void breakdowns() {
    for (Map.Entry<String, Map<String, Tally.Share>> each : tally.breakdowns().entrySet()) {
      out.append("<h2>By ").append(escaped(each.getKey())).append("</h2>\n");
      String caption = "Sessions by " + each.getKey();
      tableHead(caption, each.getKey(), "sessions", "refused", "newly", "");
      long most = 1;
      for (Tally.Share share : each.getValue().values()) {
        most = Math.max(most, share.sessions());
      }
      for (Map.Entry<String, Tally.Share> row : each.getValue().entrySet()) {
        Tally.Share share = row.getValue();
        out.append("<tr><th scope=\"row\">").append(escaped(row.getKey())).append("</th>");
        number(share.sessions());
        number(share.refused());
        number(share.newlyRefused());
        out.append("<td>");
        shareBar(share, most);
        out.append("</td></tr>\n");
      }
      out.append("</tbody></table></div>\n");
    }
  }

  private void shareBar(Tally.Share share, long most) {
    double all = 100.0 * share.sessions() / most;
    double refused = 100.0 * share.refused() / most;
    double newly = 100.0 * Math.min(share.newlyRefused(), share.refused()) / most;
    out.append("<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    out.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"all\" width=\"%.2f\" height=\"10\"/>"
                + "<rect class=\"ref\" width=\"%.2f\" height=\"10\"/>"
                + "<rect class=\"new\" width=\"%.2f\" height=\"10\"/></svg>",
            all,
            refused,
            newly));
  }

  private void heat() {
    List<Top.Cell> pairs = tally.pairs().largest(2000);
    Set<String> peers = new LinkedHashSet<>();
    tally.peers().largest(HEAT_PEERS).forEach(cell -> peers.add(cell.name()));
    List<String> reasons = new ArrayList<>();
    tally.reasons().largest(HEAT_REASONS).forEach(cell -> reasons.add(cell.name()));
    if (peers.isEmpty()) {
      return;
    }
    out.append("<h2>Who is refused why</h2>\n");
    out.append(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Peers and reasons\">");
    out.append("<table class=\"heat\"><caption>Refused sessions by peer and reason</caption>");
    out.append("<thead><tr><th scope=\"col\">Peer</th>");
    for (String reason : reasons) {
      out.append("<th scope=\"col\">")
          .append(escaped(Words.cut(brief(reason), 70)))
          .append("</th>");
    }
    out.append("</tr></thead><tbody>\n");
    long most = pairs.isEmpty() ? 1 : Math.max(1, pairs.get(0).count());
    for (String peer : peers) {
      out.append("<tr><th scope=\"row\">").append(escaped(peer)).append("</th>");
      for (String reason : reasons) {
        long count = 0;
        for (Top.Cell pair : pairs) {
          count = pair.name().equals(peer + '\0' + reason) ? pair.count() : count;
        }
        double depth = count == 0 ? 0 : 0.08 + 0.32 * count / most;
        out.append(
            String.format(Locale.ROOT, "<td style=\"background:rgba(var(--heat),%.2f)\">", depth));
        out.append(count == 0 ? "" : Words.number(count)).append("</td>");
      }
      out.append("</tr>\n");
    }
    out.append("</tbody></table></div>\n");
  }

  /** A reason without the folders of its file. */
  private static String brief(String reason) {
    int place = reason.indexOf(": ");
    return reason.substring(reason.lastIndexOf('/', place < 0 ? reason.length() : place) + 1);
  }

  // ---- tables

  private void tableHead(String caption, String... columns) {
    out.append("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
    out.append(escaped(caption)).append("\"><table><caption>").append(escaped(caption));
    out.append("</caption><thead><tr>");
    for (int i = 0; i < columns.length; i++) {
      if (columns[i].isEmpty()) {
        out.append("<td></td>");
      } else {
        out.append("<th scope=\"col\"").append(i == 0 ? ">" : " class=\"n\">");
        out.append(escaped(columns[i])).append("</th>");
      }
    }
    out.append("</tr></thead><tbody>\n");
  }

  private void number(long value) {
    out.append("<td class=\"n\">").append(Words.number(value)).append("</td>");
  }

  private void top(String title, String caption, String column, Top top) {
    List<Top.Cell> cells = top.largest(ROWS);
    if (cells.isEmpty()) {
      return;
    }
    out.append("<h2>").append(escaped(title)).append("</h2>\n");
    String words =
        (caption.isEmpty() ? title : caption)
            + (top.size() > cells.size()
                ? ": the first " + cells.size() + " of " + Words.number(top.size())
                : "")
            + (top.isExact() ? "" : "; some counts may be a little too high");
    tableHead(words, column, "sessions", "first", "last");
    for (Top.Cell cell : cells) {
      out.append("<tr><th scope=\"row\">");
      out.append(escaped(cell.name().isEmpty() ? "(none)" : cell.name())).append("</th>");
      number(cell.count());
      out.append("<td class=\"n\">").append(cell.first() > cell.last() ? "" : time(cell.first()));
      out.append("</td><td class=\"n\">");
      out.append(cell.first() > cell.last() ? "" : time(cell.last())).append("</td></tr>\n");
    }
    out.append("</tbody></table></div>\n");
  }

  private void samples() {
    List<Top.Cell> cells = new ArrayList<>(tally.newReasons().largest(ROWS));
    cells.addAll(tally.open().largest(ROWS));
    if (cells.isEmpty()) {
      return;
    }
    out.append("<h2>For example</h2>\n<ul>\n");
    for (Top.Cell cell : cells) {
      for (Top.Sample sample : cell.samples()) {
        out.append("<li>").append(escaped(sample.session())).append("<br>");
        out.append(escaped(sample.ruling())).append("<br><span class=\"dim\">");
        out.append(escaped(sample.place())).append("</span></li>\n");
      }
    }
    out.append("</ul>\n");
  }

  private void lines() {
    out.append("<h2>What was read</h2>\n<ul>\n<li>");
    out.append(Words.count(summary.counts().lines(), "line")).append("</li>\n");
    for (Unused reason : Unused.values()) {
      long many = summary.counts().unused(reason);
      if (many > 0) {
        out.append("<li>").append(Words.count(many, "line")).append(' ');
        out.append(escaped(reason.words())).append("</li>\n");
      }
    }
    for (String log : summary.counts().broken()) {
      out.append("<li>").append(escaped(log)).append("</li>\n");
    }
    if (summary.counts().incomplete() > 0) {
      out.append("<li>").append(Words.count(summary.counts().incomplete(), "message"));
      out.append(" of which the log does not name every recipient</li>\n");
    }
    out.append("</ul>\n");
  }

  private String time(long millis) {
    return when.format(Instant.ofEpochMilli(millis));
  }

  private static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        default -> safe.append(c < ' ' || c == 0x7f ? '\ufffd' : c);
      }
    }
    return safe.toString();
  }
}
