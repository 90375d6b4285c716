package postern.offline.diff;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import postern.offline.Decision;
import postern.offline.Place;
import postern.offline.RecordJson;

/** Differences for programs. */
public final class DifferenceJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private DifferenceJson() {}

  /** Writes the result as one object and a line end. */
  public static void write(Differ.Result result, Writer out) throws IOException {
    try (JsonGenerator g = FACTORY.createGenerator(out)) {
      g.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      g.writeStartObject();
      g.writeBooleanField("same", result.differences().isEmpty());
      g.writeBooleanField("exhaustive", result.exhaustive());
      g.writeBooleanField("complete", result.complete());
      g.writeNumberField("tried", result.tried());
      g.writeArrayFieldStart("hooks");
      for (Differ.Coverage hook : result.hooks()) {
        g.writeStartObject();
        g.writeStringField("hook", hook.hook().text());
        g.writeNumberField("combinations", hook.combinations());
        g.writeNumberField("tried", hook.tried());
        g.writeBooleanField("sampled", hook.sampled());
        g.writeEndObject();
      }
      g.writeEndArray();
      g.writeArrayFieldStart("differences");
      for (Difference each : result.differences()) {
        difference(each, g);
      }
      g.writeEndArray();
      g.writeEndObject();
    }
    out.write('\n');
  }

  private static void difference(Difference each, JsonGenerator g) throws IOException {
    g.writeStartObject();
    g.writeStringField("kind", each.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    g.writeStringField("hook", each.hook().text());
    g.writeNumberField("cases", each.cases());
    g.writeObjectFieldStart("facts");
    for (Map.Entry<String, String> fact : new TreeMap<>(each.facts()).entrySet()) {
      g.writeStringField(fact.getKey(), fact.getValue());
    }
    g.writeEndObject();
    decision("old", each.before(), g);
    decision("new", each.after(), g);
    StringWriter session = new StringWriter();
    RecordJson.write(each.session(), session);
    g.writeFieldName("session");
    g.writeRawValue(session.toString().strip());
    g.writeEndObject();
  }

  private static void decision(String name, Decision decision, JsonGenerator g) throws IOException {
    g.writeObjectFieldStart(name);
    g.writeStringField("answer", decision.answer());
    Place rule = decision.rule();
    if (rule != null) {
      g.writeStringField("rule", rule.toString());
      g.writeStringField("ruleSet", rule.ruleSet());
      g.writeStringField("source", rule.source());
    }
    Decision.Found entry = decision.entry();
    if (entry != null) {
      g.writeStringField("entry", entry.key() + " " + entry.value());
    }
    g.writeEndObject();
  }
}
