package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.policy.ServerFeatures;
import postern.policy.Verdict;
import postern.smtp.MailCommand;
import postern.smtp.RcptCommand;
import postern.smtp.SmtpCommand;
import postern.smtp.SmtpReply;
import postern.smtp.server.Dialogue.State;

/** Every row: where the session stands, what the client says, what is to be done. */
class DialogueTest {
  private static final ServerSettings SETTINGS = ServerSettings.defaults("gw.test");

  private static Dialogue fresh(ServerSettings settings, String modifiers) {
    Listener listener =
        Listener.on("MTA", InetSocketAddress.createUnresolved("any", 25), modifiers);
    Dialogue dialogue =
        new Dialogue(settings, listener, new Words("gw.test"), "c.test [192.0.2.1]");
    dialogue.begin(ServerFeatures.DEFAULT, true, false, "PLAIN");
    return dialogue;
  }

  private static Dialogue in(State state) {
    Dialogue dialogue = fresh(SETTINGS, "");
    if (state == State.CONNECTED) {
      return dialogue;
    }
    accept(dialogue, "EHLO c.test");
    if (state == State.GREETED) {
      return dialogue;
    }
    accept(dialogue, "MAIL FROM:<a@b.test>");
    if (state != State.MAIL) {
      accept(dialogue, "RCPT TO:<u@d.test>");
    }
    if (state == State.CHUNKS) {
      dialogue.chunking();
    }
    assertEquals(state, dialogue.state());
    return dialogue;
  }

  /** Says {@code line} and lets every check pass; returns the reply or the kind of step. */
  private static String accept(Dialogue dialogue, String line) {
    return outcome(dialogue, dialogue.step(SmtpCommand.parse(line)));
  }

  private static String outcome(Dialogue dialogue, Step step) {
    if (step instanceof Step.Say say) {
      return say.reply().toString();
    } else if (step instanceof Step.Reset reset) {
      return reset.reply().toString();
    } else if (step instanceof Step.Finish finish) {
      return finish.reply() + " and close";
    } else if (step instanceof Step.Other other) {
      return other.reply().toString();
    } else if (step instanceof Step.Hello hello && hello.refusal() != null) {
      return hello.refusal().toString();
    } else if (step instanceof Step.Hello hello) {
      return dialogue.hello(hello).line(0);
    } else if (step instanceof Step.Mail mail) {
      return dialogue.mail(mail.command(), Verdict.accept(), true).toString();
    } else if (step instanceof Step.Rcpt rcpt) {
      return dialogue.rcpt(rcpt.command().path().given(), null).toString();
    } else if (step instanceof Step.Slow slow) {
      return "after " + slow.seconds() + " s: " + outcome(dialogue, slow.then());
    } else if (step instanceof Step.Chunk chunk) {
      return "Chunk " + chunk.size() + (chunk.last() ? " LAST " : " ") + chunk.refusal();
    }
    return step.getClass().getSimpleName();
  }

  @ParameterizedTest(name = "{0} + {1} -> {2} {3}")
  @CsvSource({
    "CONNECTED, EHLO c.test,          250-gw.test Hello c.test [192.0.2.1]?, GREETED",
    "CONNECTED, HELO c.test,          250 gw.test Hello c.test [192.0.2.1]?, GREETED",
    "CONNECTED, EHLO,                 501 5.0.0 EHLO requires domain address, CONNECTED",
    "CONNECTED, EHLO a b,             501 5.0.0 Invalid domain name, CONNECTED",
    "CONNECTED, EHLO a!,              501 5.0.0 Invalid domain name, CONNECTED",
    "CONNECTED, EHLO [IPv6:2001:db8::1], 250-gw.test Hello c.test [192.0.2.1]?, GREETED",
    "CONNECTED, MAIL FROM:<a@b.test>, 250 2.1.0 <a@b.test>... Sender ok, MAIL",
    "CONNECTED, RCPT TO:<u@d.test>,   503 5.0.0 Need MAIL before RCPT, CONNECTED",
    "CONNECTED, DATA,                 503 5.0.0 Need MAIL command, CONNECTED",
    "CONNECTED, BDAT 5,               Chunk 5 503 5.0.0 Need MAIL command, CONNECTED",
    "CONNECTED, STARTTLS,             StartTls, CONNECTED",
    "CONNECTED, STARTTLS now,         501 5.5.2 Syntax error (no parameters allowed), CONNECTED",
    "CONNECTED, QUIT,                 221 2.0.0 gw.test closing connection and close, CLOSING",
    "CONNECTED, RSET,                 250 2.0.0 Reset state, CONNECTED",
    "CONNECTED, NOOP,                 250 2.0.0 OK, CONNECTED",
    "CONNECTED, VERB,                 250 2.0.0 Verbose mode, CONNECTED",
    "CONNECTED, VRFY,                 501 5.5.2 Argument required, CONNECTED",
    "CONNECTED, VRFY u,               Query, CONNECTED",
    "CONNECTED, ETRN,                 500 5.5.2 Parameter required, CONNECTED",
    "CONNECTED, ETRN d.test,          Query, CONNECTED",
    "CONNECTED, AUTH PLAIN,           Auth, CONNECTED",
    "CONNECTED, AUTH FOO,             504 5.3.3 AUTH mechanism FOO not available, CONNECTED",
    "CONNECTED, SOML FROM:<a@b>,      502 5.5.1 Command not implemented: \"SOML FROM:<a@b>\", CONNECTED",
    "CONNECTED, FOO,                  500 5.5.1 Command unrecognized: \"FOO\", CONNECTED",
    "CONNECTED, USER,                 421 4.7.0 gw.test Rejecting open proxy c.test [192.0.2.1] and close, CLOSING",
    "CONNECTED, GET / HTTP/1.0,       421 4.7.0 gw.test Rejecting open proxy c.test [192.0.2.1] and close, CLOSING",
    "GREETED,   GET / HTTP/1.0,       500 5.5.1 Command unrecognized: \"GET / HTTP/1.0\", GREETED",
    "GREETED,   MAIL FROM:<a@b.test>, 250 2.1.0 <a@b.test>... Sender ok, MAIL",
    "GREETED,   MAIL FROM:<a@b.test> FOO, 555 5.5.4 FOO parameter unrecognized, GREETED",
    "GREETED,   STARTTLS,             StartTls, GREETED",
    "MAIL,      MAIL FROM:<c@d.test>, 503 5.5.0 Sender already specified, MAIL",
    "MAIL,      RCPT TO:<u@d.test>,   250 2.1.5 <u@d.test>... Recipient ok, RCPT",
    "MAIL,      DATA,                 503 5.0.0 Need RCPT (recipient), MAIL",
    "MAIL,      BDAT 5 LAST,          Chunk 5 LAST 503 5.0.0 Need RCPT (recipient), MAIL",
    "MAIL,      STARTTLS,             503 5.5.0 TLS not permitted during a mail transaction, MAIL",
    "MAIL,      AUTH PLAIN,           503 5.5.0 AUTH not permitted during a mail transaction, MAIL",
    "MAIL,      EHLO,                 501 5.0.0 EHLO requires domain address, MAIL",
    "MAIL,      EHLO c.test,          250-gw.test Hello c.test [192.0.2.1]?, GREETED",
    "MAIL,      RSET,                 250 2.0.0 Reset state, GREETED",
    "MAIL,      NOOP,                 250 2.0.0 OK, MAIL",
    "RCPT,      RCPT TO:<v@d.test>,   250 2.1.5 <v@d.test>... Recipient ok, RCPT",
    "RCPT,      DATA,                 Data, RCPT",
    "RCPT,      DATA now,             501 5.5.2 Syntax error (no parameters allowed), RCPT",
    "RCPT,      BDAT 5,               Chunk 5 null, RCPT",
    "RCPT,      BDAT 5 last,          Chunk 5 LAST null, RCPT",
    "RCPT,      BDAT,                 501 5.5.4 Syntax error in BDAT parameters, RCPT",
    "RCPT,      BDAT 5LAST,           501 5.5.4 Syntax error in BDAT parameters, RCPT",
    "RCPT,      BDAT -5,              501 5.5.4 Syntax error in BDAT parameters, RCPT",
    "RCPT,      BDAT 99999999999999999999, 552 5.2.3 Message size exceeds maximum value and close, CLOSING",
    "RCPT,      RSET,                 250 2.0.0 Reset state, GREETED",
    "RCPT,      QUIT,                 221 2.0.0 gw.test closing connection and close, CLOSING",
    "CHUNKS,    MAIL FROM:<c@d.test>, 503 5.5.0 Sender already specified, CHUNKS",
    "CHUNKS,    RCPT TO:<u@d.test>,   503 5.5.0 Recipients not permitted after BDAT, CHUNKS",
    "CHUNKS,    DATA,                 503 5.5.0 DATA not permitted after BDAT, CHUNKS",
    "CHUNKS,    STARTTLS,             503 5.5.0 TLS not permitted during a mail transaction, CHUNKS",
    "CHUNKS,    BDAT 0 LAST,          Chunk 0 LAST null, CHUNKS",
    "CHUNKS,    RSET,                 250 2.0.0 Reset state, GREETED",
  })
  void step(State state, String line, String outcome, State next) {
    Dialogue dialogue = in(state);
    String expected = outcome.replace("?", ", pleased to meet you");
    assertEquals(expected + " " + next, accept(dialogue, line) + " " + dialogue.state());
  }

  @ParameterizedTest(name = "rejected session: {0}")
  @CsvSource({
    "EHLO c.test, 250-gw.test Hello c.test [192.0.2.1]?",
    "NOOP,        250 2.0.0 OK",
    "RSET,        250 2.0.0 Reset state",
    "QUIT,        221 2.0.0 gw.test closing connection and close",
    "FOO,         500 5.5.1 Command unrecognized: \"FOO\"",
    "MAIL FROM:<a@b.test>, 550 5.7.1 Access denied",
    "RCPT TO:<a@b.test>,   550 5.7.1 Access denied",
    "DATA,        550 5.7.1 Access denied",
    "VRFY,        550 5.7.1 Access denied",
    "ETRN,        550 5.7.1 Access denied",
    "HELP,        550 5.7.1 Access denied",
    "AUTH,        550 5.7.1 Access denied",
    "STARTTLS,    550 5.7.1 Access denied",
    "TURN,        550 5.7.1 Access denied",
    "BDAT 7 LAST, Chunk 7 LAST 550 5.7.1 Access denied",
  })
  void standingRejection(String line, String outcome) {
    Dialogue dialogue = fresh(SETTINGS, "");
    dialogue.reject(SmtpReply.of(550, "5.7.1", "Access denied"));
    assertEquals(outcome.replace("?", ", pleased to meet you"), accept(dialogue, line));
  }

  @Test
  void rejectedCommandsAreCountedAsBadOnes() {
    Dialogue dialogue = fresh(SETTINGS, "");
    dialogue.reject(SmtpReply.of(550, "5.7.1", "Access denied"));
    for (int i = 0; i < 25; i++) {
      assertEquals("550 5.7.1 Access denied", accept(dialogue, "MAIL FROM:<a@b>"));
    }
    assertEquals(
        "421 4.7.0 gw.test Too many bad commands; closing connection and close",
        accept(dialogue, "MAIL FROM:<a@b>"));
  }

  @Test
  void starttlsIsAnsweredInTheOrderOfItsChecks() {
    Dialogue off = fresh(SETTINGS, "S");
    assertEquals("501 5.5.2 Syntax error (no parameters allowed)", accept(off, "STARTTLS x"));
    assertEquals("503 5.5.0 TLS not available", accept(off, "STARTTLS"));
    Dialogue without = fresh(SETTINGS, "");
    without.begin(ServerFeatures.DEFAULT, false, false, "");
    accept(without, "MAIL FROM:<a@b.test>");
    assertEquals("454 4.3.3 TLS not available after start", accept(without, "STARTTLS"));
    Dialogue secure = fresh(SETTINGS, "");
    secure.tlsStarted("");
    assertEquals("454 4.3.3 TLS not available after start", accept(secure, "STARTTLS"));
  }

  @Test
  void bogusNamesAreAcceptedWhereTheOptionAllows() {
    Dialogue dialogue = fresh(SETTINGS.with(false, true, true, false), "");
    assertEquals(
        "250 gw.test Hello c.test [192.0.2.1], accepting invalid domain name",
        accept(dialogue, "HELO a@b"));
    assertEquals(
        "250 gw.test Hello c.test [192.0.2.1], pleased to meet you",
        accept(dialogue, "HELO a b@c"),
        "the first word counts");
    Dialogue other = fresh(SETTINGS.with(false, true, true, false), "");
    assertEquals("501 5.0.0 Invalid domain name", accept(other, "HELO " + "x".repeat(257)));
    assertTrue(accept(fresh(SETTINGS, ""), "HELO " + "x".repeat(256)).startsWith("250"));
  }

  @Test
  void tlsForgetsTheGreetingAndTheCounters() {
    ServerSettings needHelo = SETTINGS.with(EnumSet.of(ServerSettings.Privacy.NEEDMAILHELO));
    Dialogue dialogue = fresh(needHelo, "");
    accept(dialogue, "EHLO c.test");
    accept(dialogue, "EHLO c.test");
    dialogue.tlsStarted("");
    assertEquals(State.CONNECTED, dialogue.state());
    assertEquals(
        "503 5.0.0 Polite people say HELO first", accept(dialogue, "MAIL FROM:<a@b.test>"));
    assertEquals(
        "250-gw.test Hello c.test [192.0.2.1], pleased to meet you",
        accept(dialogue, "EHLO c.test"));
    assertEquals("250 2.1.0 <a@b.test>... Sender ok", accept(dialogue, "MAIL FROM:<a@b.test>"));
  }

  @Test
  void repeatedCommandsAreSlowedDown() {
    Dialogue dialogue = fresh(SETTINGS, "");
    assertTrue(accept(dialogue, "EHLO c.test").startsWith("250"));
    assertTrue(accept(dialogue, "EHLO c.test").startsWith("250"));
    assertTrue(accept(dialogue, "EHLO c.test").startsWith("after 1 s: 250"));
    assertTrue(accept(dialogue, "EHLO c.test").startsWith("after 2 s: 250"));
    assertTrue(accept(dialogue, "EHLO c.test").startsWith("after 4 s: 250"));
    for (int i = 0; i < 30; i++) {
      accept(dialogue, "EHLO c.test");
    }
    assertTrue(accept(dialogue, "EHLO c.test").startsWith("after 240 s: 250"));
  }

  @Test
  void refusedRecipientsAreThrottledAndThenEndTheSession() {
    ServerSettings.Limits d = ServerSettings.Limits.DEFAULT;
    ServerSettings.Limits few =
        new ServerSettings.Limits(
            0, 0, 2, 3, 0, 0, 0, 0, 60, d.hops(), d.headersLength(), d.noops(), d.badCommands());
    Dialogue dialogue = fresh(SETTINGS.with(few), "");
    accept(dialogue, "MAIL FROM:<a@b.test>");
    assertEquals(
        "501 5.1.7 Syntax error in mailbox address \"<a b>\"", accept(dialogue, "RCPT TO:<a b>"));
    assertEquals(
        "after 1 s: 501 5.1.7 Syntax error in mailbox address \"<a b>\"",
        accept(dialogue, "RCPT TO:<a b>"));
    assertEquals(
        "after 1 s: 501 5.1.7 Syntax error in mailbox address \"<a b>\"",
        accept(dialogue, "RCPT TO:<a b>"));
    assertEquals(
        "421 4.7.0 gw.test Too many bad recipients; closing connection and close",
        accept(dialogue, "RCPT TO:<a@b.test>"));
  }

  @Test
  void manyRefusedRecipientsAreBornByThoseWhoHaveAsManyGood() {
    Dialogue dialogue =
        fresh(SETTINGS.with(ServerSettings.Limits.DEFAULT.withBadRcptShutdown(3, 50)), "");
    accept(dialogue, "MAIL FROM:<a@b.test>");
    for (int i = 0; i < 4; i++) {
      accept(dialogue, "RCPT TO:<a@b.test>");
    }
    for (int i = 0; i < 4; i++) {
      assertTrue(accept(dialogue, "RCPT TO:<a b>").startsWith("501 "), "refused: " + i);
    }
    assertEquals( // half of them now
        "421 4.7.0 gw.test Too many bad recipients; closing connection and close",
        accept(dialogue, "RCPT TO:<a@b.test>"));
  }

  @Test
  void whatTheChecksDecideIsHeeded() {
    Dialogue dialogue = fresh(SETTINGS.with(SETTINGS.limits().withMessageSize(1000)), "");
    MailCommand mail = mail(dialogue, "MAIL FROM:<a@b.test> SIZE=2000");
    Verdict no = new Verdict.Reject(550, "5.7.1", "no");
    assertEquals("550 5.7.1 no", dialogue.mail(mail, no, true).toString());
    assertEquals(
        "552 5.2.3 Message size exceeds fixed maximum message size (1000)",
        dialogue.mail(mail, Verdict.accept(), true).toString());
    mail = mail(dialogue, "MAIL FROM:<a@b.test> SIZE=900");
    assertEquals(
        "452 4.4.5 Insufficient disk space; try again later",
        dialogue.mail(mail, Verdict.accept(), false).toString());
    assertEquals(State.CONNECTED, dialogue.state());
    assertTrue(dialogue.mail(mail, Verdict.discard(), true).positive());
    RcptCommand rcpt = ((Step.Rcpt) dialogue.step(SmtpCommand.parse("RCPT TO:<u@d>"))).command();
    SmtpReply refused = dialogue.rcpt(rcpt.path().given(), SmtpReply.of(550, "5.1.1", "who?"));
    assertEquals("550 5.1.1 who? MAIL", refused + " " + dialogue.state());
  }

  private static MailCommand mail(Dialogue dialogue, String line) {
    return ((Step.Mail) dialogue.step(SmtpCommand.parse(line))).command();
  }
}
