package postern.offline.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.offline.Html;
import postern.offline.Words;

/**
 * A benchmark's result, for programs and as a picture.
 *
 * @param policy name of the policy
 * @param profile which rules and maps took the time
 * @param other name of the policy that it was compared with, or null
 * @param otherMeasurement its result, or null
 * @param complete false if it was stopped before its end
 */
public record BenchReport(
    String policy,
    Measurement measurement,
    Profile profile,
    @Nullable String other,
    @Nullable Measurement otherMeasurement,
    boolean complete) {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int MOST_BARS = 20;

  /** Writes everything as one object and a line end. */
  public void json(Writer out) throws IOException {
    try (JsonGenerator g = FACTORY.createGenerator(out)) {
      g.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      g.writeStartObject();
      g.writeNumberField("postern-bench", 1);
      g.writeBooleanField("complete", complete);
      measurement(policy, measurement, g);
      Measurement compared = otherMeasurement;
      if (compared != null && other != null) {
        g.writeObjectFieldStart("compared");
        measurement(other, compared, g);
        g.writeEndObject();
      }
      g.writeArrayFieldStart("rules");
      for (Profile.HotRule rule : profile.rules()) {
        g.writeStartObject();
        g.writeStringField("place", rule.place().toString());
        g.writeStringField("ruleSet", rule.place().ruleSet());
        g.writeStringField("source", rule.place().source());
        g.writeNumberField("tries", rule.tries());
        g.writeNumberField("matches", rule.matches());
        g.writeNumberField("share", rounded(rule.share()));
        g.writeEndObject();
      }
      g.writeEndArray();
      g.writeArrayFieldStart("maps");
      for (Profile.HotMap map : profile.maps()) {
        g.writeStartObject();
        g.writeStringField("name", map.name());
        g.writeStringField("class", map.className());
        g.writeNumberField("lookups", map.lookups());
        g.writeNumberField("found", map.found());
        g.writeNumberField("share", rounded(map.share()));
        g.writeEndObject();
      }
      g.writeEndArray();
      g.writeEndObject();
    }
    out.write('\n');
  }

  private static double rounded(double share) {
    return Math.round(share * 10_000) / 10_000.0;
  }

  private static void measurement(String name, Measurement m, JsonGenerator g) throws IOException {
    g.writeStringField("policy", name);
    g.writeNumberField("evaluationsPerSecond", Math.round(m.rate()));
    g.writeNumberField("slowestRound", Math.round(m.slowest()));
    g.writeNumberField("fastestRound", Math.round(m.fastest()));
    g.writeNumberField("evaluations", m.evaluations());
    g.writeNumberField("sessions", m.sessions());
    g.writeNumberField("p50Nanos", m.p50());
    g.writeNumberField("p99Nanos", m.p99());
    g.writeNumberField("p999Nanos", m.p999());
    g.writeNumberField("maxNanos", m.longest());
    g.writeNumberField("bytesPerSession", m.bytes());
  }

  /**
   * The rate of an earlier result.
   *
   * @throws IOException if this is none, or one that was stopped before its end
   */
  public static double rateOf(String json) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.FIELD_NAME
            && parser.currentName().equals("complete")
            && parser.nextToken() == JsonToken.VALUE_FALSE) {
          throw new IOException("this result of postern bench was stopped before its end");
        }
        if (parser.currentToken() == JsonToken.FIELD_NAME
            && parser.currentName().equals("evaluationsPerSecond")
            && parser.nextToken().isNumeric()) {
          return parser.getDoubleValue();
        }
      }
    } catch (JsonProcessingException e) {
      throw new IOException("no result of postern bench --json", e);
    }
    throw new IOException("no result of postern bench --json");
  }

  // ---- pictures

  /** The hottest rules and maps as bars. */
  public String svg() {
    List<Html.Bar> bars = new ArrayList<>();
    for (Profile.HotMap map : profile.maps()) {
      bars.add(
          new Html.Bar(
              "map " + map.name() + " (" + map.className() + ")",
              map.share(),
              "%s, %s found"
                  .formatted(Words.count(map.lookups(), "look-up"), Words.number(map.found())),
              "map"));
    }
    for (Profile.HotRule rule : profile.rules()) {
      bars.add(
          new Html.Bar(
              rule.place().ruleSet() + " " + rule.place().line(),
              rule.share(),
              "%s: %s tries, %s matches"
                  .formatted(
                      rule.place().source(),
                      Words.number(rule.tries()),
                      Words.number(rule.matches())),
              "rule"));
    }
    bars.sort((a, b) -> Double.compare(b.share(), a.share()));
    return Html.bars(
        "Share of time of the hottest rules and maps of " + policy,
        bars.subList(0, Math.min(MOST_BARS, bars.size())));
  }

  /** A page of its own. */
  public String html() {
    StringBuilder body = new StringBuilder();
    body.append("<h1>How fast ").append(Html.text(Words.path(policy))).append(" answers</h1>\n");
    List<List<String>> rows = new ArrayList<>();
    rows.add(row(policy, measurement));
    Measurement compared = otherMeasurement;
    if (compared != null && other != null) {
      rows.add(row(other, compared));
    }
    body.append(
        Html.table(
            "Measured",
            List.of("Policy", "evaluations/s", "p50", "p99", "p99.9", "bytes a session"),
            rows));
    if (!complete) {
      body.append("<p>It was stopped before its end: rules and maps were not measured.</p>\n");
      return Html.page("How fast " + Words.path(policy) + " answers", body.toString());
    }
    body.append("<h2>Where the time goes</h2>\n<figure>").append(svg()).append("</figure>\n");
    body.append(
        "<p>Measured under observation, which costs time itself: look at the shares. A rule's time"
            + " does not include the rule sets that it calls.</p>\n");
    List<List<String>> rules = new ArrayList<>();
    for (Profile.HotRule rule :
        profile.rules().subList(0, Math.min(2 * MOST_BARS, profile.rules().size()))) {
      rules.add(
          List.of(
              rule.place().ruleSet() + " " + rule.place().line(),
              rule.place().source(),
              Words.number(rule.tries()),
              Words.number(rule.matches()),
              percent(rule.share())));
    }
    body.append(Html.table("Rules", List.of("Rule", "Text", "Tries", "Matches", "Time"), rules));
    List<List<String>> maps = new ArrayList<>();
    for (Profile.HotMap map : profile.maps()) {
      maps.add(
          List.of(
              map.name(),
              map.className(),
              Words.number(map.lookups()),
              Words.number(map.found()),
              percent(map.share())));
    }
    body.append(Html.table("Maps", List.of("Map", "Class", "Look-ups", "Found", "Time"), maps));
    return Html.page("How fast " + Words.path(policy) + " answers", body.toString());
  }

  private static List<String> row(String policy, Measurement m) {
    return List.of(
        Words.path(policy),
        Words.number(Math.round(m.rate())),
        micros(m.p50()),
        micros(m.p99()),
        micros(m.p999()),
        Words.number(m.bytes()));
  }

  /** Nanoseconds as microseconds, {@code 12.3 µs}. */
  public static String micros(long nanos) {
    return String.format(Locale.ROOT, "%.1f µs", nanos / 1000.0);
  }

  /** {@code 12.3 %}. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }
}
