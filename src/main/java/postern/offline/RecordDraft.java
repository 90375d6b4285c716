package postern.offline;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/** A record of {@link RecordJson} while it is read. */
final class RecordDraft {
  private final RecordJson.Reader reader;
  private final RecordJson.OtherField other;
  private @Nullable Instant time;
  private Role role = Role.SERVER;
  private boolean versioned;
  private PeerFacts peer = SessionRecord.peer("", "", PeerFacts.Resolve.OK);
  private String helo = "";
  private @Nullable TlsFacts tls;
  private SessionRecord.Login login = SessionRecord.Login.NONE;
  private SessionRecord.Message message = SessionRecord.Message.NONE;
  private final Set<Fact> unknown = EnumSet.noneOf(Fact.class);
  private SessionRecord.Past past = SessionRecord.Past.UNKNOWN;

  RecordDraft(RecordJson.Reader reader, RecordJson.OtherField other) {
    this.reader = reader;
    this.other = other;
  }

  SessionRecord read(JsonParser p) throws IOException, RecordException {
    while (p.nextToken() != JsonToken.END_OBJECT) {
      String field = p.currentName();
      p.nextToken();
      switch (field) {
        case "postern-session" -> {
          if (p.getIntValue() != RecordJson.VERSION) {
            throw reader.wrong(
                "version "
                    + p.getIntValue()
                    + " of the form; this program reads "
                    + RecordJson.VERSION);
          }
          versioned = true;
        }
        case "time" -> time = time(p.getText());
        case "role" -> role = role(p.getText());
        case "peer" -> peer = peer(values(p));
        case "helo" -> helo = p.getText();
        case "tls" -> tls = p.currentToken() == JsonToken.VALUE_NULL ? null : tls(values(p));
        case "auth" -> {
          Values v = values(p);
          login =
              new SessionRecord.Login(
                  v.text("mechanism"), v.text("identity"), v.number("strength", 0));
        }
        case "message" -> {
          Values v = values(p);
          message =
              new SessionRecord.Message(
                  v.text("id"),
                  v.text("from"),
                  v.list("to"),
                  v.inner("parameters"),
                  v.number("size", 0));
        }
        case "unknown" -> {
          for (String path : strings(p)) {
            Fact fact = Fact.of(path);
            if (fact != null) {
              unknown.add(fact);
            }
          }
        }
        case "past" -> {
          Values v = values(p);
          past = new SessionRecord.Past(v.text("hook"), v.text("reply"));
        }
        default -> {
          if (!other.read(field, p)) {
            p.skipChildren();
          }
        }
      }
    }
    if (!versioned) {
      throw reader.wrong("no \"postern-session\": " + RecordJson.VERSION + " in this object");
    }
    return new SessionRecord(time, role, peer, helo, tls, login, message, unknown, past);
  }

  private Instant time(String text) throws RecordException {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw reader.wrong("time is like 2026-11-23T13:53:07Z, not " + text);
    }
  }

  private Role role(String text) throws RecordException {
    for (Role each : Role.values()) {
      if (each.text().equals(text)) {
        return each;
      }
    }
    throw reader.wrong("role is server or client, not " + text);
  }

  private PeerFacts peer(Values v) throws RecordException {
    String name = v.text("name");
    String word = v.texts.getOrDefault("resolve", "OK");
    PeerFacts.Resolve resolve = Facts.resolve(word);
    if (resolve == null) {
      throw reader.wrong("resolve is OK, FAIL, FORGED or TEMP, not " + word);
    }
    return new PeerFacts(
        v.text("address"),
        v.number("port", 0),
        name,
        v.texts.getOrDefault("ptr", name),
        resolve,
        v.text("daemonName"),
        v.text("daemonFlags"),
        v.text("daemonAddress"),
        v.number("daemonPort", 0),
        v.number("connections", 0),
        v.number("rate", 0),
        v.number("totalRate", 0));
  }

  private TlsFacts tls(Values v) throws RecordException {
    Verify verify = Facts.verify(v.text("verify"));
    if (verify == null) {
      throw reader.wrong("no such value of verify: " + v.text("verify"));
    }
    int bits = v.number("bits", 0);
    return new TlsFacts(
        verify,
        v.text("version"),
        v.text("cipher"),
        bits,
        v.number("algBits", bits),
        v.text("certSubject"),
        v.text("certIssuer"),
        v.text("cnSubject"),
        v.text("cnIssuer"),
        v.text("fingerprint"),
        v.list("altNames"),
        v.text("verifyMessage"));
  }

  private Values values(JsonParser p) throws IOException, RecordException {
    if (p.currentToken() != JsonToken.START_OBJECT) {
      throw reader.wrong("an object is expected here");
    }
    Values v = new Values(reader);
    while (p.nextToken() != JsonToken.END_OBJECT) {
      String field = p.currentName();
      JsonToken token = p.nextToken();
      if (token == JsonToken.START_ARRAY) {
        v.lists.put(field, strings(p));
      } else if (token == JsonToken.START_OBJECT) {
        v.inners.put(field, values(p).texts);
      } else if (token != JsonToken.VALUE_NULL) {
        v.texts.put(field, p.getText());
      }
    }
    return v;
  }

  private List<String> strings(JsonParser p) throws IOException, RecordException {
    if (p.currentToken() != JsonToken.START_ARRAY) {
      throw reader.wrong("a list is expected here");
    }
    List<String> list = new ArrayList<>();
    while (p.nextToken() != JsonToken.END_ARRAY) {
      if (!p.currentToken().isScalarValue()) {
        throw reader.wrong("texts are expected in this list");
      }
      list.add(p.getText());
    }
    return list;
  }

  /** The fields of an inner object. */
  private static final class Values {
    private final RecordJson.Reader reader;
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Map<String, List<String>> lists = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> inners = new LinkedHashMap<>();

    Values(RecordJson.Reader reader) {
      this.reader = reader;
    }

    String text(String field) {
      return texts.getOrDefault(field, "");
    }

    int number(String field, int otherwise) throws RecordException {
      String text = texts.get(field);
      if (text == null) {
        return otherwise;
      }
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw reader.wrong(field + " is a number, not " + text);
      }
    }

    List<String> list(String field) {
      return lists.getOrDefault(field, List.of());
    }

    Map<String, String> inner(String field) {
      return inners.getOrDefault(field, Map.of());
    }
  }
}
