package postern.offline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** Decisions for programs. */
public final class DecisionJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private DecisionJson() {}

  /**
   * Writes the decisions of one session as one object and a line end.
   *
   * @param decisions in order; the last one is the outcome
   * @param turns what would turn the outcome
   * @param steps lines of a trace, may be empty
   */
  public static void write(
      SessionRecord record,
      List<Decision> decisions,
      List<WhatIf.Turn> turns,
      List<String> steps,
      Writer out)
      throws IOException {
    Decision last = decisions.get(decisions.size() - 1);
    try (JsonGenerator g = FACTORY.createGenerator(out)) {
      g.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      g.writeStartObject();
      g.writeStringField("outcome", last.refuses() ? "refused" : "accepted");
      g.writeStringField("explanation", new Explanation(record, last, turns).reason());
      g.writeArrayFieldStart("decisions");
      for (Decision decision : decisions) {
        decision(decision, g);
      }
      g.writeEndArray();
      g.writeArrayFieldStart("turns");
      for (WhatIf.Turn turn : turns) {
        g.writeStartObject();
        g.writeArrayFieldStart("changes");
        for (String change : turn.changes()) {
          g.writeString(change);
        }
        g.writeEndArray();
        g.writeStringField("answer", turn.decision().answer());
        g.writeEndObject();
      }
      g.writeEndArray();
      if (!steps.isEmpty()) {
        g.writeArrayFieldStart("trace");
        for (String step : steps) {
          g.writeString(step);
        }
        g.writeEndArray();
      }
      g.writeEndObject();
    }
    out.write('\n');
  }

  private static void decision(Decision decision, JsonGenerator g) throws IOException {
    g.writeStartObject();
    g.writeStringField("hook", decision.hook().text());
    g.writeStringField("answer", decision.answer());
    Place rule = decision.rule();
    if (rule != null) {
      g.writeFieldName("rule");
      place(rule, g);
      g.writeArrayFieldStart("path");
      for (Place each : decision.path()) {
        place(each, g);
      }
      g.writeEndArray();
    }
    g.writeArrayFieldStart("entries");
    for (Decision.Found found : decision.entries()) {
      g.writeStartObject();
      g.writeStringField("map", found.map());
      g.writeStringField("key", found.key());
      g.writeStringField("value", found.value());
      MapLine line = found.line();
      if (line != null) {
        g.writeStringField("file", line.file());
        g.writeNumberField("line", line.line());
      }
      g.writeEndObject();
    }
    g.writeEndArray();
    if (!decision.faults().isEmpty()) {
      g.writeArrayFieldStart("faults");
      for (String fault : decision.faults()) {
        g.writeString(fault);
      }
      g.writeEndArray();
    }
    g.writeEndObject();
  }

  private static void place(Place place, JsonGenerator g) throws IOException {
    g.writeStartObject();
    g.writeStringField("ruleSet", place.ruleSet());
    g.writeStringField("file", place.file());
    g.writeNumberField("line", place.line());
    g.writeStringField("source", place.source());
    g.writeEndObject();
  }
}
