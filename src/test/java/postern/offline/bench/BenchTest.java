package postern.offline.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.offline.SessionRecord;
import postern.offline.diff.SampleSessions;
import postern.source.SourceText;

class BenchTest {
  private static final Configuration POLICY =
      Compiler.compile(
          SourceText.of(
              "bench.cf",
              """
              V10/Berkeley
              O OperatorChars=.:%@!^/[]+
              Mlocal, P=[LOCAL], F=l, A=LOCAL $u
              Klower dequote
              Stls_client
              R$* $| $*\t$: $1 $| $(lower $2 $)
              RFAIL $| $*\t$#error $@ 4.7.0 $: "454 no"
              Stls_server
              RFAIL\t$#error $@ 4.7.0 $: "454 no"
              """),
          Compiler.Settings.plain(new Host("gw.example.test", "gw.example.test", List.of())));

  private static final List<SessionRecord> SESSIONS = SampleSessions.of(POLICY, POLICY, 200, 7);

  @Test
  void theSameSeedMakesTheSameSessions() {
    assertEquals(SESSIONS, SampleSessions.of(POLICY, POLICY, 200, 7));
    assertEquals(200, SESSIONS.size());
    assertTrue(
        SESSIONS.stream().anyMatch(s -> s.tls() != null && s.message().recipients().size() == 1));
  }

  @Test
  void roundsAreMeasured() {
    Meter meter = new Meter(POLICY, SESSIONS);
    meter.warmUp(1_000_000, () -> false);
    meter.round(5_000_000, () -> false);
    meter.round(5_000_000, () -> false);
    Measurement measured = meter.measurement();
    assertTrue(measured.sessions() >= 128 && measured.evaluations() > measured.sessions());
    assertTrue(measured.slowest() > 0 && measured.slowest() <= measured.fastest());
    assertTrue(measured.p50() > 0 && measured.p50() <= measured.p99());
    assertTrue(measured.p99() <= measured.p999() && measured.bytes() > 0);
    assertEquals(25, new Measurement(80, 0, 0, 0, 0, 0, 0, 0, 0, 0).slowerThan(100), 1e-9);
  }

  @Test
  void aProfileCountsWhatHappens() {
    Profile profile = Profile.of(POLICY, SESSIONS, 1);
    Profile.HotRule first =
        profile.rules().stream().filter(r -> r.place().line() == 6).findFirst().orElseThrow();
    assertEquals("tls_client", first.place().ruleSet());
    assertTrue(first.tries() > 20 && first.matches() == first.tries());
    assertEquals(1, profile.maps().size());
    assertEquals(first.matches(), profile.maps().get(0).lookups());
    double shares = profile.rules().stream().mapToDouble(Profile.HotRule::share).sum();
    shares += profile.maps().get(0).share();
    assertEquals(1, shares, 1e-6);
  }

  @Test
  void reportsCanBeReadAgain() throws IOException {
    Meter meter = new Meter(POLICY, SESSIONS);
    meter.round(2_000_000, () -> false);
    BenchReport report =
        new BenchReport(
            "a<b>.cf", meter.measurement(), Profile.of(POLICY, SESSIONS, 0), null, null, true);
    StringWriter json = new StringWriter();
    report.json(json);
    assertEquals(
        (double) Math.round(meter.measurement().rate()),
        BenchReport.rateOf(json.toString()),
        json.toString());
    assertThrows(IOException.class, () -> BenchReport.rateOf("{\"x\":1}"));
    assertTrue(report.html().contains("a&lt;b&gt;.cf") && !report.html().contains("a<b>"));
    assertTrue(report.svg().startsWith("<svg ") && report.svg().contains("tls_client 6"));
  }

  @Test
  void reportsOfWorkThatWasStoppedSaySo() throws IOException {
    Meter meter = new Meter(POLICY, SESSIONS);
    meter.round(2_000_000, () -> true);
    BenchReport report =
        new BenchReport("a.cf", meter.measurement(), Profile.NONE, null, null, false);
    StringWriter json = new StringWriter();
    report.json(json);
    assertTrue(json.toString().contains("\"complete\":false"), json.toString());
    assertThrows(IOException.class, () -> BenchReport.rateOf(json.toString()));
    assertTrue(report.html().contains("stopped before its end"));
  }
}
