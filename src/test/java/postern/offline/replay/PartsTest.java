package postern.offline.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import postern.offline.Hook;
import postern.offline.log.LogCountsForTests;
import postern.offline.session.Answered;
import postern.offline.session.RecordedSession;

class PartsTest {
  private static final Top.Sample NONE = new Top.Sample("", "", "");

  @Test
  void countsAreExactUntilThereAreTooManyNames() {
    Top top = new Top(10);
    for (int i = 0; i < 20; i++) {
      for (int k = 0; k <= i; k++) {
        top.add("name" + i, k, () -> NONE);
      }
    }
    assertTrue(top.isExact());
    assertEquals("name19", top.largest(1).get(0).name());
    assertEquals(20, top.largest(1).get(0).count());
    top.add("one more", 5, () -> NONE);
    assertFalse(top.isExact());
    assertEquals(20, top.largest(1).get(0).count());
    Top.Cell late =
        top.largest(100).stream().filter(c -> c.name().equals("one more")).findAny().orElseThrow();
    assertEquals(1, late.count() - late.error());
  }

  @Test
  void timeGrowsInBoundedSteps() {
    Timeline line = new Timeline();
    long start = 1_795_000_000_000L;
    for (int hour = 0; hour < 24 * 400; hour++) {
      line.add(Timeline.Series.REFUSED, start + hour * 3600_000L);
    }
    line.add(Timeline.Series.REFUSED, start - 3600_000L);
    long sum = 0;
    for (int i = 0; i < line.steps(); i++) {
      sum += line.count(Timeline.Series.REFUSED, i);
    }
    assertEquals(24 * 400 + 1, sum);
    assertTrue(line.steps() <= 2048, "steps: " + line.steps());
    assertTrue(line.begin(0) <= start - 3600_000L);
  }

  @Test
  void whatWasHeldThenCountsAsHeld() throws Exception {
    RecordedSession session = RealLogsTest.sessions("sendmail-14.log").get(0);
    RecordedSession held =
        new RecordedSession(
            session.facts(),
            List.of(Answered.of(Hook.CHECK_MAIL, "<a@b>", "quarantine odd")),
            false,
            "log",
            1);
    assertEquals(Kind.QUARANTINE, Tally.then(held).kind());
  }

  @Test
  void reportsHoldEverythingAndNeedNothing() throws Exception {
    Tally tally = new Tally(false);
    for (RecordedSession session : RealLogsTest.sessions("sendmail-14.log")) {
      // A policy that refuses everybody, in words that want to break out.
      Ruling ruling =
          new Ruling(
              Kind.REFUSE,
              Hook.CHECK_MAIL,
              "550 <script>alert(1)</script>",
              "=cmd:1",
              "",
              List.of(),
              0);
      tally.add(session, ruling, Tally.then(session));
    }
    Summary summary =
        new Summary("<b>", "the log", tally, LogCountsForTests.none(), 1, false, ZoneOffset.UTC);
    String html = HtmlReport.of(summary);
    assertFalse(html.contains("<script>"), html);
    assertFalse(html.contains("http"), "nothing is fetched");
    assertTrue(html.contains("name=\"viewport\""));
    assertTrue(html.contains("<svg"));
    assertTrue(html.contains("mx.bank.example"));
    String csv = DataReport.csv(summary);
    assertTrue(csv.contains("newlyRefusedByRule,\"'=cmd:1\",24,"), csv);
    String json = DataReport.json(summary);
    assertTrue(json.contains("\"newlyRefused\":24"), json);
    assertTrue(TextReport.of(summary).contains("newly refused"));
  }
}
