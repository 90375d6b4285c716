package postern.offline.session;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postern.offline.Hook;
import postern.offline.RecordException;
import postern.offline.RecordJson;
import postern.offline.SessionRecord;

/**
 * Recorded sessions as JSON: session records (docs/session-record.md) with a field {@code
 * decisions}, which holds what each hook answered and why.
 */
public final class SessionJson {
  private static final String DECISIONS = "decisions";

  private SessionJson() {}

  /** Writes one session and a line end. */
  public static void write(SessionRecord facts, List<Decided> decisions, Writer out)
      throws IOException {
    RecordJson.write(
        facts,
        g -> {
          g.writeArrayFieldStart(DECISIONS);
          for (Decided decision : decisions) {
            write(decision, g);
          }
          g.writeEndArray();
        },
        out);
  }

  private static void write(Decided decision, JsonGenerator g) throws IOException {
    Answered answer = decision.answer();
    g.writeStartObject();
    g.writeStringField("hook", answer.hook().text());
    text(g, "argument", answer.argument());
    g.writeStringField("reply", answer.reply());
    text(g, "rule", answer.rule());
    text(g, "entry", answer.entry());
    if (!decision.macros().isEmpty()) {
      g.writeObjectFieldStart("macros");
      for (Map.Entry<String, String> macro : decision.macros().entrySet()) {
        g.writeStringField(macro.getKey(), macro.getValue());
      }
      g.writeEndObject();
    }
    g.writeEndObject();
  }

  private static void text(JsonGenerator g, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      g.writeStringField(name, value);
    }
  }

  /**
   * A decision with the values of the macros that rules read for it.
   *
   * @param macros names as they are written behind the dollar sign, {@code {verify}}
   */
  public record Decided(Answered answer, Map<String, String> macros) {
    public Decided {
      macros = new LinkedHashMap<>(macros);
    }
  }

  /** Takes the sessions of a stream, one after the other. */
  public static final class Reader {
    private final String name;
    private final RecordJson.Reader records;

    /**
     * Reads from {@code in}.
     *
     * @param name what messages call the stream
     */
    public Reader(String name, InputStream in) throws IOException {
      this.name = name;
      records = new RecordJson.Reader(name, in);
    }

    /**
     * The next session, or null behind the last one.
     *
     * @throws RecordException if the text is no record; the message says where and why
     */
    public @Nullable RecordedSession next() throws IOException, RecordException {
      List<Answered> answers = new ArrayList<>();
      boolean[] complete = {false};
      SessionRecord facts =
          records.next(
              (field, p) -> {
                if (!field.equals(DECISIONS) || p.currentToken() != JsonToken.START_ARRAY) {
                  return false;
                }
                complete[0] = true;
                while (p.nextToken() == JsonToken.START_OBJECT) {
                  Answered answer = answer(p);
                  if (answer != null) {
                    answers.add(answer);
                  }
                }
                return true;
              });
      if (facts == null) {
        return null;
      }
      Hook hook = Hook.of(facts.past().hook());
      if (answers.isEmpty() && hook != null) {
        answers.add(Answered.of(hook, "", facts.past().reply()));
      }
      return new RecordedSession(facts, answers, complete[0], name, records.line());
    }

    /** One decision; null if a later version knows a hook that this one does not. */
    private static @Nullable Answered answer(JsonParser p) throws IOException {
      Map<String, String> texts = new LinkedHashMap<>();
      while (p.nextToken() != JsonToken.END_OBJECT) {
        String field = p.currentName();
        if (p.nextToken() == JsonToken.VALUE_STRING) {
          texts.put(field, p.getText());
        } else {
          p.skipChildren();
        }
      }
      Hook hook = Hook.of(texts.getOrDefault("hook", ""));
      return hook == null
          ? null
          : new Answered(
              hook,
              texts.getOrDefault("argument", ""),
              texts.getOrDefault("reply", ""),
              texts.getOrDefault("rule", ""),
              texts.getOrDefault("entry", ""));
    }
  }
}
