package postern.offline.lint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

/** Findings for programs. */
public final class FindingJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private FindingJson() {}

  /** Writes all findings as one object and a line end. */
  public static void write(Lint.Report report, Writer out) throws IOException {
    try (JsonGenerator g = FACTORY.createGenerator(out)) {
      g.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      g.writeStartObject();
      g.writeNumberField("errors", report.count(LintCode.Level.ERROR));
      g.writeNumberField("warnings", report.count(LintCode.Level.WARNING));
      g.writeNumberField("notes", report.count(LintCode.Level.NOTE));
      g.writeArrayFieldStart("findings");
      for (Finding finding : report.findings()) {
        g.writeStartObject();
        g.writeStringField("code", finding.code());
        g.writeStringField("level", finding.level().name().toLowerCase(Locale.ROOT));
        g.writeStringField("file", finding.file());
        if (finding.span().line() > 0) {
          g.writeNumberField("line", finding.span().line());
          g.writeNumberField("column", finding.span().column());
          g.writeNumberField("length", finding.span().length());
        }
        g.writeStringField("message", finding.message());
        g.writeEndObject();
      }
      g.writeEndArray();
      g.writeEndObject();
    }
    out.write('\n');
  }
}
