package postern.offline;

import java.util.List;
import java.util.Locale;

/**
 * Pieces of HTML pages that stand alone: no script, no font, nothing fetched; readable on a phone
 * and with a screen reader, in light and in dark.
 */
public final class Html {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --soft: #f0f2f5;
        --line: #c4cad2; --dim: #57606a; --good: #1a6b34; --bad: #a4161a; --mark: #fff1b8;
        --rule: #2f5d9b; --map: #8a5a00; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #15181c;
        --soft: #22272e; --line: #454c56; --dim: #a3acb7; --good: #6fd08c; --bad: #ff9a9d;
        --mark: #5a4a00; --rule: #8fb8f0; --map: #e0b050; } }
      * { box-sizing: border-box; }
      body { margin: 0 auto; max-width: 70rem; padding: 1rem; color: var(--ink);
        background: var(--paper); font: 1rem/1.5 system-ui, sans-serif; }
      h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2rem; }
      code, pre, .work { font-family: ui-monospace, monospace; font-size: .9rem; }
      code, p, li, td:last-child { overflow-wrap: anywhere; }
      .scroll { overflow-x: auto; } figure { margin: 0; }
      table { border-collapse: collapse; min-width: 20rem; }
      caption { text-align: left; font-weight: 600; padding: .5rem 0; }
      th, td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top;
        border-bottom: 1px solid var(--line); }
      th[scope=row] { overflow-wrap: anywhere; min-width: 6rem; }
      @media (max-width: 30rem) { th, td { font-size: .85rem; padding-right: .5rem; }
        th[scope=row] { min-width: 8.5rem; } }
      .dim { color: var(--dim); } .good { color: var(--good); } .bad { color: var(--bad); }
      """;

  private Html() {}

  /**
   * A bar of a picture.
   *
   * @param share its length, 0 to 1
   * @param detail shown when one points at it
   * @param kind {@code rule} or {@code map}: its colour
   */
  public record Bar(String label, double share, String detail, String kind) {}

  /** {@code text} as the content of an element or attribute. */
  public static String text(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c < ' ' && c != '\n' && c != '\t' ? '\ufffd' : c);
      }
    }
    return out.toString();
  }

  /** A whole page. */
  public static String page(String title, String body) {
    return page(title, "", body);
  }

  /** A whole page with more style. */
  public static String page(String title, String style, String body) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        + text(title)
        + "</title>\n<style>\n"
        + STYLE
        + style
        + "</style>\n</head>\n<body>\n<main>\n"
        + body
        + "</main>\n</body>\n</html>\n";
  }

  /** A table with a caption; the first column names its row. */
  public static String table(String caption, List<String> heads, List<List<String>> rows) {
    StringBuilder out = new StringBuilder("<div class=\"scroll\" role=\"region\" tabindex=\"0\"");
    out.append(" aria-label=\"").append(text(caption)).append("\"><table><caption>");
    out.append(text(caption)).append("</caption>\n<thead><tr>");
    heads.forEach(h -> out.append("<th scope=\"col\">").append(text(h)).append("</th>"));
    out.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      out.append("<tr>");
      for (int i = 0; i < row.size(); i++) {
        out.append(i == 0 ? "<th scope=\"row\">" : "<td>").append(text(row.get(i)));
        out.append(i == 0 ? "</th>" : "</td>");
      }
      out.append("</tr>\n");
    }
    return out.append("</tbody></table></div>\n").toString();
  }

  /** A picture of bars, the longest first; its title and texts can be read aloud. */
  public static String bars(String title, List<Bar> bars) {
    int row = 36;
    int width = 420;
    double most = bars.stream().mapToDouble(Bar::share).max().orElse(1);
    StringBuilder out = new StringBuilder();
    out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 ");
    out.append(width).append(' ').append(Math.max(1, bars.size()) * row);
    out.append(
        "\" style=\"width:100%;max-width:34rem\" font-family=\"monospace\" font-size=\"13\">\n");
    out.append("<title>").append(text(title)).append("</title>\n");
    if (bars.isEmpty()) {
      out.append("<text x=\"0\" y=\"12\" fill=\"currentColor\">Nothing was measured.</text>\n");
    }
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      int y = i * row;
      long length = Math.max(1, Math.round((width - 70) * bar.share() / Math.max(most, 1e-9)));
      String fill = bar.kind().equals("map") ? "#b5790a" : "#4a7dc0";
      out.append("<g><title>").append(text(bar.label() + ": " + bar.detail())).append("</title>");
      out.append("<text x=\"0\" y=\"").append(y + 12).append("\" fill=\"currentColor\">");
      out.append(text(Words.cut(bar.label(), 50))).append("</text><rect x=\"0\" y=\"");
      out.append(y + 16).append("\" width=\"").append(length).append("\" height=\"14\" fill=\"");
      out.append(fill).append("\"/>");
      out.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%d\" y=\"%d\" fill=\"currentColor\">%.1f %%</text></g>%n",
              length + 6,
              y + 28,
              bar.share() * 100));
    }
    return out.append("</svg>\n").toString();
  }
}
