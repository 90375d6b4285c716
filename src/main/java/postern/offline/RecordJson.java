package postern.offline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;

/**
 * Session records as JSON, one object after the other (one a line when written). The form is
 * described in docs/session-record.md; fields that a later version adds are passed over.
 */
public final class RecordJson {
  /** Version of the form: the number behind {@code "postern-session"}. */
  public static final int VERSION = 1;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(1 << 16)
                  .maxNestingDepth(16)
                  .maxNumberLength(20)
                  .build())
          .build();

  private RecordJson() {}

  // ---- writing

  /** Writes fields that a room above adds to a record. */
  public interface MoreFields {
    void write(JsonGenerator g) throws IOException;
  }

  /** Reads a field that records themselves do not have: its value, or nothing at all. */
  public interface OtherField {
    /**
     * Takes a field; the parser stands at its value. What is left of the value is passed over.
     *
     * @return whether the value was taken
     */
    boolean read(String name, JsonParser p) throws IOException;
  }

  /** Writes one record and a line end. */
  public static void write(SessionRecord record, Writer out) throws IOException {
    write(record, g -> {}, out);
  }

  /** Writes one record with {@code more} fields, and a line end. */
  public static void write(SessionRecord record, MoreFields more, Writer out) throws IOException {
    try (JsonGenerator g = FACTORY.createGenerator(out)) {
      g.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      g.writeStartObject();
      g.writeNumberField("postern-session", VERSION);
      Instant time = record.time();
      if (time != null) {
        g.writeStringField("time", time.toString());
      }
      g.writeStringField("role", record.role().text());
      peer(record, g);
      text(g, "helo", record.helo());
      tls(record.tls(), g);
      if (!record.login().mechanism().isEmpty()) {
        g.writeObjectFieldStart("auth");
        text(g, "mechanism", record.login().mechanism());
        text(g, "identity", record.login().identity());
        number(g, "strength", record.login().strength());
        g.writeEndObject();
      }
      message(record.message(), g);
      if (!record.unknown().isEmpty()) {
        g.writeArrayFieldStart("unknown");
        for (Fact fact : record.unknown()) {
          g.writeString(fact.path());
        }
        g.writeEndArray();
      }
      if (!record.past().reply().isEmpty()) {
        g.writeObjectFieldStart("past");
        text(g, "hook", record.past().hook());
        text(g, "reply", record.past().reply());
        g.writeEndObject();
      }
      more.write(g);
      g.writeEndObject();
    }
    out.write('\n');
  }

  private static void peer(SessionRecord record, JsonGenerator g) throws IOException {
    PeerFacts peer = record.peer();
    g.writeObjectFieldStart("peer");
    g.writeStringField("name", peer.name());
    g.writeStringField("address", peer.address());
    if (record.role() == Role.SERVER) {
      if (!peer.ptr().equals(peer.name())) {
        g.writeStringField("ptr", peer.ptr());
      }
      g.writeStringField("resolve", peer.resolve().name());
      number(g, "port", peer.port());
      text(g, "daemonName", peer.daemonName());
      text(g, "daemonFlags", peer.daemonFlags());
      text(g, "daemonAddress", peer.daemonAddress());
      number(g, "daemonPort", peer.daemonPort());
      number(g, "connections", peer.connections());
      number(g, "rate", peer.rate());
      number(g, "totalRate", peer.totalRate());
    }
    g.writeEndObject();
  }

  private static void tls(@Nullable TlsFacts tls, JsonGenerator g) throws IOException {
    if (tls == null) {
      return;
    }
    g.writeObjectFieldStart("tls");
    g.writeStringField("verify", tls.verify().text());
    text(g, "version", tls.version());
    text(g, "cipher", tls.cipher());
    if (tls.active()) {
      g.writeNumberField("bits", tls.cipherBits());
      if (tls.algorithmBits() != tls.cipherBits()) {
        g.writeNumberField("algBits", tls.algorithmBits());
      }
    }
    text(g, "certSubject", tls.certSubject());
    text(g, "certIssuer", tls.certIssuer());
    text(g, "cnSubject", tls.cnSubject());
    text(g, "cnIssuer", tls.cnIssuer());
    text(g, "fingerprint", tls.fingerprint());
    list(g, "altNames", tls.altNames());
    text(g, "verifyMessage", tls.verifyMessage());
    g.writeEndObject();
  }

  private static void message(SessionRecord.Message message, JsonGenerator g) throws IOException {
    if (message.equals(SessionRecord.Message.NONE)) {
      return;
    }
    g.writeObjectFieldStart("message");
    text(g, "id", message.id());
    text(g, "from", message.sender());
    list(g, "to", message.recipients());
    if (!message.parameters().isEmpty()) {
      g.writeObjectFieldStart("parameters");
      for (Map.Entry<String, String> p : message.parameters().entrySet()) {
        g.writeStringField(p.getKey(), p.getValue());
      }
      g.writeEndObject();
    }
    if (message.size() > 0) {
      g.writeNumberField("size", message.size());
    }
    g.writeEndObject();
  }

  private static void text(JsonGenerator g, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      g.writeStringField(name, value);
    }
  }

  private static void number(JsonGenerator g, String name, int value) throws IOException {
    if (value != 0) {
      g.writeNumberField(name, value);
    }
  }

  private static void list(JsonGenerator g, String name, List<String> values) throws IOException {
    if (!values.isEmpty()) {
      g.writeArrayFieldStart(name);
      for (String value : values) {
        g.writeString(value);
      }
      g.writeEndArray();
    }
  }

  // ---- reading

  /** Takes the records of a stream, one after the other. */
  public static final class Reader implements AutoCloseable {
    private final String name;
    private final JsonParser parser;

    /**
     * Reads from {@code in}.
     *
     * @param name what messages call the stream
     */
    public Reader(String name, InputStream in) throws IOException {
      this.name = name;
      parser = FACTORY.createParser(in);
    }

    /**
     * The next record, or null behind the last one.
     *
     * @throws RecordException if the text is no record; the message says where and why
     * @throws IOException if the stream cannot be read
     */
    public @Nullable SessionRecord next() throws IOException, RecordException {
      return next((field, p) -> false);
    }

    /** The same; {@code other} is shown the fields that records do not have. */
    public @Nullable SessionRecord next(OtherField other) throws IOException, RecordException {
      try {
        JsonToken token = parser.nextToken();
        if (token == null) {
          return null;
        }
        if (token != JsonToken.START_OBJECT) {
          throw wrong("a record is an object, { ... }");
        }
        return new RecordDraft(this, other).read(parser);
      } catch (JsonParseException e) {
        throw wrong(e.getOriginalMessage());
      }
    }

    /** The line at which the parser stands. */
    public int line() {
      return parser.currentTokenLocation().getLineNr();
    }

    RecordException wrong(String message) {
      var at = parser.currentTokenLocation();
      return new RecordException(
          name + ":" + at.getLineNr() + ":" + at.getColumnNr() + ": " + message);
    }

    @Override
    public void close() throws IOException {
      parser.close();
    }
  }
}
