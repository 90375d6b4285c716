package postern.smtp.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Refusals as sendmail 8.17 logged them ({@code dsn=}, {@code stat=}), reply by reply. */
class StepTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          OPENING | 421 4.3.2 busy   | 4.5.0 | Deferred: 421 4.3.2 busy
          OPENING | 450 wait         | 4.5.0 | Deferred: 450 wait
          OPENING | 550 5.1.1 user   | 5.5.0 | Service unavailable
          MAIL    | 450 busy         | 4.2.0 | Deferred: 450 busy
          MAIL    | 451 x            | 4.3.0 | Deferred: 451 x
          MAIL    | 452 space        | 4.3.1 | Deferred: 452 space
          MAIL    | 454 tls          | 4.0.0 | Deferred: 454 tls
          MAIL    | 471 4.1.1 odd    | 4.1.1 | Deferred: 471 4.1.1 odd
          MAIL    | 500 huh          | 5.0.0 | Service unavailable
          MAIL    | 501 syntax       | 5.5.2 | Data format error
          MAIL    | 501 5.1.3 syntax | 5.1.3 | Data format error
          MAIL    | 502 no           | 5.0.0 | Service unavailable
          MAIL    | 550 5.1.1 user   | 5.1.1 | Service unavailable
          MAIL    | 552 full         | 5.3.4 | Service unavailable
          MAIL    | 553 bad          | 5.1.3 | Data format error
          MAIL    | 554 5.6.0 form   | 5.6.0 | Service unavailable
          RCPT    | 450 busy         | 4.2.0 | Deferred: 450 busy
          RCPT    | 500 huh          | 5.5.2 | Service unavailable
          RCPT    | 501 syntax       | 5.5.4 | Service unavailable
          RCPT    | 503 seq          | 5.5.1 | Service unavailable
          RCPT    | 530 auth         | 5.0.0 | Service unavailable
          RCPT    | 550 no user      | 5.1.1 | User unknown
          RCPT    | 550              | 5.1.1 | User unknown
          RCPT    | 550 5.7.1 denied | 5.7.1 | User unknown
          RCPT    | 550 5.1111.1 odd | 5.1.1 | User unknown
          RCPT    | 550 #5.7.1 hash  | 5.1.1 | User unknown
          RCPT    | 551 moved        | 5.1.6 | User unknown
          RCPT    | 552 full         | 5.2.2 | Service unavailable
          RCPT    | 553 bad          | 5.1.3 | User unknown
          RCPT    | 554 5.1.1 x      | 5.1.1 | Service unavailable
          DATA    | 451 x            | 4.0.0 | Deferred: 451 x
          DATA    | 554 nope         | 5.0.0 | Service unavailable
          CONTENT | 452 4.2.2 full   | 4.2.2 | Deferred: 452 4.2.2 full
          CONTENT | 500 huh          | 5.5.2 | Remote protocol error
          CONTENT | 521 5.3.2 none   | 5.3.2 | Remote protocol error
          CONTENT | 550 no user      | 5.2.0 | Service unavailable
          CONTENT | 553 bad          | 5.1.0 | Service unavailable
          CONTENT | 554 5.7.1 spam   | 5.7.1 | Service unavailable
          CONTENT | 556 null         | 5.0.0 | Service unavailable
          CONTENT | 571 odd          | 5.0.0 | Remote protocol error
          """)
  void sendmailsWords(Step step, String line, String dsn, String stat) {
    Reply reply = new Reply(Integer.parseInt(line.substring(0, 3)), List.of(text(line)));
    RecipientOutcome outcome = refused(step, reply);
    assertEquals(dsn, outcome.dsn());
    assertEquals(stat, outcome.stat());
    assertEquals(line, outcome.reply());
  }

  /** Sendmail heeds the enhanced code of the last line and shows the first. */
  @Test
  void severalLines() {
    Reply reply = new Reply(550, List.of("5.1.1 first", "5.7.1 other"));
    RecipientOutcome outcome = refused(Step.RCPT, reply);
    assertEquals("5.7.1", outcome.dsn());
    assertEquals("550 5.1.1 first", outcome.reply());
    assertEquals("550-5.1.1 first", outcome.diagnostic());
    assertEquals(
        List.of("... while talking to h:", ">>> X", "<<< 550-5.1.1 first", "<<< 550 5.7.1 other"),
        outcome.transcript());
    assertEquals(
        "Deferred: 451-first",
        refused(Step.MAIL, new Reply(451, List.of("first", "4.7.1 two"))).stat());
  }

  /** Sendmail believes an enhanced code of another class; a report must not contradict itself. */
  @Test
  void anEnhancedCodeOfAnotherClassIsNotBelieved() {
    assertEquals("4.2.0", refused(Step.RCPT, new Reply(450, List.of("5.2.0 class"))).dsn());
    assertEquals("5.0.0", refused(Step.MAIL, new Reply(550, List.of("4.2.0 class"))).dsn());
  }

  private static RecipientOutcome refused(Step step, Reply reply) {
    return Failure.refused("h", step, "X", reply, false).outcome("h", "", false);
  }

  private static String text(String line) {
    return line.length() > 4 ? line.substring(4) : "";
  }
}
