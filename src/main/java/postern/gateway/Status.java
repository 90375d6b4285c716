package postern.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the gateway is doing at one moment, and the forms in which others like to hear it.
 *
 * @param up since the start
 * @param sessions open now
 * @param queued messages in the spool
 * @param pending recipients in the spool that are not settled
 * @param heap in use, bytes
 * @param counts since the start, by name as {@link Counters} writes it
 * @param troubles why it is not well, one sentence each; empty if it is
 */
record Status(
    String host,
    Duration up,
    int sessions,
    long queued,
    long pending,
    long heap,
    Map<String, Long> counts,
    List<String> troubles) {
  private static final JsonFactory JSON = new JsonFactory();

  Status {
    counts = new TreeMap<>(counts);
    troubles = List.copyOf(troubles);
  }

  boolean well() {
    return troubles.isEmpty();
  }

  /** Prometheus' text format, version 0.0.4. */
  String metrics() {
    StringBuilder out = new StringBuilder();
    gauge(out, "postern_up", well() ? 1 : 0);
    gauge(out, "postern_uptime_seconds", up.toSeconds());
    gauge(out, "postern_sessions", sessions);
    gauge(out, "postern_queue_messages", queued);
    gauge(out, "postern_queue_recipients", pending);
    gauge(out, "postern_heap_bytes", heap);
    String family = "";
    for (Map.Entry<String, Long> count : counts.entrySet()) {
      String name = family(count.getKey());
      if (!name.equals(family)) {
        family = name;
        out.append("# TYPE ").append(name).append(" counter\n");
      }
      out.append(count.getKey()).append(' ').append(count.getValue()).append('\n');
    }
    return out.toString();
  }

  private static void gauge(StringBuilder out, String name, long value) {
    out.append("# TYPE ").append(name).append(" gauge\n");
    out.append(name).append(' ').append(value).append('\n');
  }

  private static String family(String name) {
    int brace = name.indexOf('{');
    return brace < 0 ? name : name.substring(0, brace);
  }

  /** One JSON object. */
  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("host", host);
      json.writeBooleanField("well", well());
      json.writeArrayFieldStart("troubles");
      for (String trouble : troubles) {
        json.writeString(trouble);
      }
      json.writeEndArray();
      json.writeNumberField("uptime_seconds", up.toSeconds());
      json.writeNumberField("sessions", sessions);
      json.writeNumberField("queue_messages", queued);
      json.writeNumberField("queue_recipients", pending);
      json.writeNumberField("heap_bytes", heap);
      json.writeObjectFieldStart("counts");
      for (Map.Entry<String, Long> count : counts.entrySet()) {
        json.writeNumberField(count.getKey(), count.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("a string cannot fail", e);
    }
    return text + "\n";
  }

  /** What {@code postern status} prints. */
  String text() {
    StringBuilder out = new StringBuilder();
    out.append(host).append(": ").append(well() ? "well" : String.join("; ", troubles));
    out.append(", up ").append(time(up)).append('\n');
    line(out, "sessions", sessions + " open, " + sum("postern_connections_total") + " in all");
    line(
        out,
        "handshakes",
        sum("postern_tls_handshakes_total") + ", " + sum("postern_tls_failures_total") + " failed");
    line(out, "queue", queued + " messages, " + pending + " recipients to go");
    line(
        out,
        "messages",
        sum("postern_messages_total") + ", " + sum("postern_message_bytes_total") + " bytes");
    line(out, "memory", heap / (1 << 20) + " MiB");
    for (String family :
        List.of(
            "postern_tls_handshakes_total",
            "postern_auth_total",
            "postern_verdicts_total",
            "postern_deliveries_total",
            "postern_reloads_total")) {
      counts.forEach(
          (name, count) -> {
            if (family(name).equals(family)) {
              String labels =
                  name.substring(family.length())
                      .replaceAll("[a-z]+=\"\"", "")
                      .replaceAll("[a-z]+=|[{}\"]", "")
                      .replaceAll(",+", " ");
              String kind = family.substring("postern_".length(), family.length() - 6);
              line(out, kind.replace('_', ' '), count + "  " + labels.strip());
            }
          });
    }
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append("  %-16s %s%n".formatted(name, value));
  }

  private long sum(String family) {
    return counts.entrySet().stream()
        .filter(count -> family(count.getKey()).equals(family))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private static String time(Duration time) {
    return "%dd %02d:%02d:%02d"
        .formatted(time.toDays(), time.toHoursPart(), time.toMinutesPart(), time.toSecondsPart());
  }
}
