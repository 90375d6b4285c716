package postern.offline.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import postern.offline.Hook;
import postern.offline.log.Unused;

/** A replay's findings for programs: JSON, or a table of all that changes as CSV (RFC 4180). */
public final class DataReport {
  private static final int MOST = 1000;

  private DataReport() {}

  /** One JSON object and a line end. */
  public static String json(Summary summary) throws IOException {
    StringWriter text = new StringWriter();
    Tally tally = summary.tally();
    try (JsonGenerator g = new JsonFactory().createGenerator(text)) {
      g.writeStartObject();
      g.writeNumberField("postern-replay", 1);
      g.writeStringField("policy", summary.policy());
      g.writeStringField("baseline", summary.baseline());
      g.writeBooleanField("stopped", summary.stopped());
      g.writeNumberField("sessions", tally.sessions());
      time(g, "first", tally.first(), summary);
      time(g, "last", tally.last(), summary);
      g.writeObjectFieldStart("lines");
      g.writeNumberField("read", summary.counts().lines());
      g.writeNumberField("used", summary.counts().used());
      for (Unused reason : Unused.values()) {
        g.writeNumberField(name(reason), summary.counts().unused(reason));
      }
      g.writeEndObject();
      g.writeArrayFieldStart("broken");
      for (String log : summary.counts().broken()) {
        g.writeString(log);
      }
      g.writeEndArray();
      g.writeNumberField("incompleteMessages", summary.counts().incomplete());
      g.writeNumberField("deliveriesWithoutTlsLines", summary.counts().withoutTlsLines());
      g.writeObjectFieldStart("now");
      for (Kind kind : Kind.values()) {
        g.writeNumberField(name(kind), tally.now(kind));
      }
      g.writeEndObject();
      g.writeObjectFieldStart("before");
      for (Kind kind : Kind.values()) {
        g.writeNumberField(name(kind), tally.before(kind));
      }
      g.writeEndObject();
      g.writeObjectFieldStart("changes");
      for (Tally.Change change : Tally.Change.values()) {
        g.writeNumberField(name(change), tally.changed(change));
      }
      g.writeEndObject();
      g.writeNumberField("partlyRefused", tally.partlyRefused());
      g.writeObjectFieldStart("refusedAt");
      for (Map.Entry<Hook, Long> hook : tally.refusedAt().entrySet()) {
        g.writeNumberField(hook.getKey().text(), hook.getValue());
      }
      g.writeEndObject();
      for (Map.Entry<String, Top> top : tops(tally).entrySet()) {
        top(g, top.getKey(), top.getValue(), summary);
      }
      g.writeEndObject();
    }
    return text.append('\n').toString();
  }

  private static Map<String, Top> tops(Tally tally) {
    Map<String, Top> tops = new LinkedHashMap<>();
    tops.put("newlyRefusedByAccessLine", tally.newEntries());
    tops.put("newlyRefusedByRule", tally.newRules());
    tops.put("newlyRefusedByDestination", tally.newDestinations());
    tops.put("newlyRefusedByPeer", tally.newPeers());
    tops.put("newlyRefusedByReason", tally.newReasons());
    tops.put("perhaps", tally.open());
    tops.put("newlyPassedByPeer", tally.passedPeers());
    tops.put("refusedByReason", tally.reasons());
    tops.put("refusedByPeer", tally.peers());
    return tops;
  }

  private static void top(JsonGenerator g, String name, Top top, Summary summary)
      throws IOException {
    g.writeObjectFieldStart(name);
    g.writeBooleanField("exact", top.isExact());
    g.writeNumberField("names", top.size());
    g.writeArrayFieldStart("largest");
    for (Top.Cell cell : top.largest(MOST)) {
      g.writeStartObject();
      g.writeStringField("name", cell.name());
      g.writeNumberField("sessions", cell.count());
      if (cell.error() > 0) {
        g.writeNumberField("atMostTooMany", cell.error());
      }
      time(g, "first", cell.first(), summary);
      time(g, "last", cell.last(), summary);
      g.writeArrayFieldStart("samples");
      for (Top.Sample sample : cell.samples()) {
        g.writeStartObject();
        g.writeStringField("place", sample.place());
        g.writeStringField("session", sample.session());
        g.writeStringField("ruling", sample.ruling());
        g.writeEndObject();
      }
      g.writeEndArray();
      g.writeEndObject();
    }
    g.writeEndArray();
    g.writeEndObject();
  }

  private static void time(JsonGenerator g, String name, long millis, Summary summary)
      throws IOException {
    String text = TextReport.time(millis, summary.zone());
    if (!text.isEmpty()) {
      g.writeStringField(name, text);
    }
  }

  private static String name(Enum<?> value) {
    StringBuilder name = new StringBuilder();
    for (String word : value.name().toLowerCase(Locale.ROOT).split("_", -1)) {
      name.append(
          name.length() == 0
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return name.toString();
  }

  /**
   * A table: what is counted, its name, sessions, first and last time. Rows {@code incomplete} say
   * that not all was read, and why.
   */
  public static String csv(Summary summary) {
    StringBuilder text = new StringBuilder("what,name,sessions,at_most_too_many,first,last\r\n");
    if (summary.stopped()) {
      text.append("incomplete,\"stopped early\",0,0,,\r\n");
    }
    for (String log : summary.counts().broken()) {
      text.append("incomplete,").append(quoted(log)).append(",0,0,,\r\n");
    }
    for (Map.Entry<String, Top> top : tops(summary.tally()).entrySet()) {
      for (Top.Cell cell : top.getValue().largest(MOST)) {
        text.append(top.getKey()).append(',').append(quoted(cell.name())).append(',');
        text.append(cell.count()).append(',').append(cell.error()).append(',');
        text.append(TextReport.time(cell.first(), summary.zone())).append(',');
        text.append(TextReport.time(cell.last(), summary.zone())).append("\r\n");
      }
    }
    return text.toString();
  }

  /** A field; what a spreadsheet would take for a formula is kept from being one. */
  private static String quoted(String field) {
    char first = field.isEmpty() ? 'x' : field.charAt(0);
    String safe = "=+-@\t\r".indexOf(first) >= 0 ? "'" + field : field;
    return '"' + safe.replace("\"", "\"\"") + '"';
  }
}
