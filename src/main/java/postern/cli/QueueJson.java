package postern.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.queue.QueueDesk;
import postern.queue.QueueEntry;
import postern.queue.QueueReason;
import postern.queue.Spool;

/** The queue as JSON: one document a command, times in ISO 8601. */
final class QueueJson {
  private final PrintStream out;
  private final boolean served;
  private final Instant now;
  private @Nullable JsonGenerator list;

  QueueJson(PrintStream out, boolean served, Instant now) {
    this.out = out;
    this.served = served;
    this.now = now;
  }

  private JsonGenerator begin() throws IOException {
    JsonGenerator json = new JsonFactory().createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.writeStartObject();
    return json;
  }

  private void finish(JsonGenerator json) throws IOException {
    json.writeEndObject();
    json.close();
    out.println();
  }

  void beginList(Spool.Size size) throws IOException {
    JsonGenerator json = begin();
    totals(json, size);
    json.writeArrayFieldStart("queue");
    list = json;
  }

  private void totals(JsonGenerator json, Spool.Size size) throws IOException {
    json.writeNumberField("messages", size.messages());
    json.writeNumberField("recipients", size.recipients());
    json.writeBooleanField("served", served);
  }

  void message(QueueEntry entry) throws IOException {
    JsonGenerator json = java.util.Objects.requireNonNull(list);
    json.writeStartObject();
    envelope(json, entry);
    json.writeArrayFieldStart("to");
    for (QueueEntry.Waiting waiting : entry.waiting()) {
      json.writeStartObject();
      recipient(json, waiting);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  void end() throws IOException {
    JsonGenerator json = java.util.Objects.requireNonNull(list);
    json.writeEndArray();
    finish(json);
  }

  private void envelope(JsonGenerator json, QueueEntry entry) throws IOException {
    var envelope = entry.message().envelope();
    json.writeStringField("id", envelope.id());
    json.writeStringField("why", QueueReason.sentence(entry, now, served));
    json.writeStringField("arrived", envelope.arrived().toString());
    json.writeNumberField("size", entry.message().size());
    json.writeStringField("sender", envelope.sender());
    json.writeStringField("body", envelope.body());
    json.writeStringField("ret", envelope.ret());
    json.writeStringField("envid", envelope.envid());
    json.writeBooleanField("requiretls", envelope.requireTls());
    json.writeBooleanField("smtputf8", envelope.smtpUtf8());
    json.writeStringField("held", envelope.quarantine());
    json.writeBooleanField("warned", entry.warned());
  }

  private static void recipient(JsonGenerator json, QueueEntry.Waiting waiting) throws IOException {
    var recipient = waiting.recipient();
    json.writeStringField("address", recipient.address());
    json.writeStringField("mailer", recipient.route().mailer());
    json.writeStringField("host", recipient.route().host());
    json.writeStringField("notify", recipient.dsnNotify());
    json.writeStringField("orcpt", recipient.orcpt());
    time(json, "next", waiting.due(), Instant.MAX);
    json.writeNumberField("tries", waiting.tries());
    time(json, "tried", waiting.tried(), Instant.EPOCH);
    json.writeStringField("dsn", waiting.dsn());
    json.writeStringField("reason", waiting.reason());
  }

  private static void time(JsonGenerator json, String name, Instant time, Instant none)
      throws IOException {
    if (time.equals(none)) {
      json.writeNullField(name);
    } else {
      json.writeStringField(name, time.toString());
    }
  }

  void shown(QueueEntry entry, String header, List<QueueEntry.Attempt> attempts)
      throws IOException {
    JsonGenerator json = begin();
    envelope(json, entry);
    json.writeArrayFieldStart("to");
    for (QueueEntry.Waiting waiting : entry.waiting()) {
      json.writeStartObject();
      recipient(json, waiting);
      json.writeArrayFieldStart("attempts");
      for (QueueEntry.Attempt attempt : attempts) {
        if (attempt.row() == waiting.row()) {
          attempt(json, attempt);
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField("header", header);
    finish(json);
  }

  private static void attempt(JsonGenerator json, QueueEntry.Attempt attempt) throws IOException {
    json.writeStartObject();
    json.writeNumberField("no", attempt.no());
    json.writeStringField("at", attempt.at().toString());
    json.writeStringField("relay", attempt.relay());
    json.writeStringField("tls", attempt.tls());
    json.writeStringField("dsn", attempt.dsn());
    json.writeStringField("reply", attempt.reply());
    json.writeStringField("stat", attempt.stat());
    json.writeEndObject();
  }

  void summary(Spool.Size size, List<QueueDesk.Destination> destinations) throws IOException {
    JsonGenerator json = begin();
    totals(json, size);
    json.writeArrayFieldStart("destinations");
    for (QueueDesk.Destination one : destinations) {
      json.writeStartObject();
      int blank = one.lane().indexOf(' ');
      json.writeStringField("mailer", blank < 0 ? one.lane() : one.lane().substring(0, blank));
      json.writeStringField("host", one.lane().substring(blank + 1));
      json.writeNumberField("recipients", one.recipients());
      time(json, "next", one.due(), Instant.MAX);
      json.writeStringField("reason", one.reason());
      json.writeEndObject();
    }
    json.writeEndArray();
    finish(json);
  }
}
