package postern.offline.lint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import postern.offline.Words;

/**
 * Findings in the Static Analysis Results Interchange Format (SARIF 2.1.0), which code hosts and
 * editors read.
 */
public final class Sarif {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Sarif() {}

  /**
   * Writes one run with all findings.
   *
   * @param version of this program
   */
  public static void write(Lint.Report report, String version, Writer out) throws IOException {
    List<String> codes = report.findings().stream().map(Finding::code).distinct().sorted().toList();
    try (JsonGenerator g = FACTORY.createGenerator(out)) {
      g.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      g.useDefaultPrettyPrinter();
      g.writeStartObject();
      g.writeStringField("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
      g.writeStringField("version", "2.1.0");
      g.writeArrayFieldStart("runs");
      g.writeStartObject();
      g.writeObjectFieldStart("tool");
      g.writeObjectFieldStart("driver");
      g.writeStringField("name", "postern check");
      g.writeStringField("version", version);
      g.writeArrayFieldStart("rules");
      for (String code : codes) {
        rule(code, g);
      }
      g.writeEndArray();
      g.writeEndObject();
      g.writeEndObject();
      g.writeStringField("columnKind", "utf16CodeUnits");
      g.writeArrayFieldStart("results");
      for (Finding finding : report.findings()) {
        result(finding, codes.indexOf(finding.code()), g);
      }
      g.writeEndArray();
      g.writeEndObject();
      g.writeEndArray();
      g.writeEndObject();
    }
    out.write('\n');
  }

  private static void rule(String code, JsonGenerator g) throws IOException {
    g.writeStartObject();
    g.writeStringField("id", code);
    String section = CodePages.section(code);
    if (section != null) {
      String text = section.substring(section.indexOf('\n') + 1).strip();
      int end = text.indexOf("\n\n");
      String first = (end < 0 ? text : text.substring(0, end)).replace('\n', ' ');
      g.writeObjectFieldStart("shortDescription");
      g.writeStringField("text", first);
      g.writeEndObject();
      g.writeObjectFieldStart("help");
      g.writeStringField("text", text);
      g.writeStringField("markdown", text);
      g.writeEndObject();
    }
    g.writeEndObject();
  }

  private static void result(Finding finding, int rule, JsonGenerator g) throws IOException {
    g.writeStartObject();
    g.writeStringField("ruleId", finding.code());
    g.writeNumberField("ruleIndex", rule);
    g.writeStringField("level", finding.level().name().toLowerCase(Locale.ROOT));
    g.writeObjectFieldStart("message");
    g.writeStringField("text", finding.message());
    g.writeEndObject();
    if (!finding.file().isEmpty()) {
      g.writeArrayFieldStart("locations");
      g.writeStartObject();
      g.writeObjectFieldStart("physicalLocation");
      g.writeObjectFieldStart("artifactLocation");
      g.writeStringField("uri", uri(finding.file()));
      g.writeEndObject();
      if (finding.span().line() > 0) {
        g.writeObjectFieldStart("region");
        g.writeNumberField("startLine", finding.span().line());
        g.writeNumberField("startColumn", finding.span().column());
        g.writeNumberField("endColumn", finding.span().column() + finding.span().length());
        g.writeEndObject();
      }
      g.writeEndObject();
      g.writeEndObject();
      g.writeEndArray();
    }
    g.writeEndObject();
  }

  /** A relative reference if the file lies below the current folder, else a {@code file:} URI. */
  private static String uri(String file) {
    String shown = Words.path(file);
    URI whole = Path.of(shown).toUri();
    return Path.of(shown).isAbsolute()
        ? whole.toString()
        : Path.of("").toUri().relativize(whole).toString();
  }
}
