package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import postern.policy.PeerFacts;
import postern.policy.SessionPolicy;
import postern.policy.Verdict;
import postern.smtp.Envelope;

/** What a session owes its client, its rule sets and its store. */
@SuppressWarnings("StringConcatToTextBlock") // replies are read line by line, ends included
class SmtpSessionTest {
  private static final String OK = "250 2.0.0 OK\n";

  /** A policy whose every answer takes a worker. */
  private static final class Slow extends KitPolicy {
    Slow() {
      super(Talk.HOST);
    }

    @Override
    public SessionPolicy session(PeerFacts peer) {
      return new Session(peer) {
        @Override
        public boolean mayBlock() {
          return true;
        }
      };
    }
  }

  private static Talk slow() {
    Talk.Setup setup = new Talk.Setup();
    setup.policy = new Slow();
    return setup.begin();
  }

  private static void begin(Talk talk) {
    talk.ask("MAIL FROM:<a@b.test>");
    talk.ask("RCPT TO:<u@sink.test>");
    assertEquals("354 End data with <CR><LF>.<CR><LF>\n", talk.ask("DATA"));
  }

  // ---- the store

  @Test
  void theClientIsToldOnlyWhenTheMessageIsDurable() {
    try (Talk talk = Talk.begin()) {
      talk.intake.manual = true;
      begin(talk);
      talk.say("Subject: x\r\n\r\nbody\r\n.\r\nNOOP\r\n");
      assertEquals("", talk.heard());
      assertEquals(List.of(), talk.intake.stored);
      java.util.Objects.requireNonNull(talk.intake.committing).complete("done");
      talk.turn();
      String heard = talk.heard();
      assertTrue(heard.matches("250 2.0.0 \\S{14} Message accepted for delivery\n" + OK), heard);
      assertEquals(1, talk.intake.stored.size());
      assertTrue(
          talk.log.get(talk.log.size() - 1).contains("from=<a@b.test>, size=20, nrcpts=1"),
          talk.log.toString());
    }
  }

  @Test
  void aRecipientNamedTwiceCountsOnceInTheLog() {
    try (Talk talk = Talk.begin()) {
      talk.ask("MAIL FROM:<a@b.test>");
      talk.ask("RCPT TO:<u@sink.test>");
      talk.ask("RCPT TO:u@sink.test");
      talk.ask("DATA");
      talk.ask("Subject: x\r\n\r\nbody\r\n.");
      assertTrue(
          talk.log.get(talk.log.size() - 1).contains("from=<a@b.test>, size=20, nrcpts=1"),
          talk.log.toString());
    }
  }

  @Test
  void aClientThatLeavesBeforeTheAnswerHasStillSentItsMessage() {
    try (Talk talk = Talk.begin()) {
      talk.intake.manual = true;
      begin(talk);
      talk.say("Subject: x\r\n\r\nbody\r\n.\r\n");
      talk.leave();
      java.util.Objects.requireNonNull(talk.intake.committing).complete("done");
      talk.turn();
      assertEquals(1, talk.intake.stored.size());
      assertEquals(0, talk.intake.open);
    }
  }

  @Test
  void aFullStoreIs452AndABrokenOne451() {
    try (Talk talk = Talk.begin()) {
      MessageIntake.NoRoom full = new MessageIntake.NoRoom("full");
      assertEquals(0, full.getStackTrace().length, "one line in the log of a full disk");
      talk.intake.failure = new CompletionException(full);
      begin(talk);
      talk.say("\r\nbody\r\n.\r\n");
      assertTrue(talk.log.contains("FAULT message not stored: " + full), talk.log.toString());
      assertEquals("452 4.4.5 Insufficient disk space; try again later\n", talk.heard());
      talk.intake.failure = new IllegalStateException("broken");
      begin(talk);
      talk.say("\r\nbody\r\n.\r\n");
      assertEquals("451 4.3.0 Message cannot be stored now; try again later\n", talk.heard());
      talk.intake.room = false;
      assertEquals(
          "452 4.4.5 Insufficient disk space; try again later\n",
          talk.ask("MAIL FROM:<a@b.test> SIZE=5"));
      assertEquals(List.of(), talk.intake.stored);
    }
  }

  @Test
  void readingPausesWhileTheStoreIsBehind() {
    try (Talk talk = Talk.begin()) {
      talk.intake.manual = true;
      talk.intake.mostUntilBehind = 50_000;
      begin(talk);
      String block = "0123456789abcde\r\n".repeat(4000);
      talk.say("Subject: x\r\n\r\n" + block);
      assertTrue(talk.intake.waiting != null, "the store asked for a pause");
      talk.say(block);
      assertFalse(talk.channel().config().isAutoRead(), "and nothing more is read");
      Runnable ready = talk.intake.waiting;
      talk.intake.mostUntilBehind = Integer.MAX_VALUE;
      talk.intake.manual = false;
      java.util.Objects.requireNonNull(ready).run();
      talk.turn();
      assertTrue(talk.channel().config().isAutoRead());
      talk.say(".\r\n");
      assertTrue(talk.heard().startsWith("250 2.0.0"));
      String content = talk.intake.stored.get(0).content();
      assertTrue(content.endsWith("Subject: x\r\n\r\n" + block + block), "all arrived, in order");
    }
  }

  @Test
  void aMessageCutOffIsForgotten() {
    try (Talk talk = Talk.begin()) {
      begin(talk);
      talk.say("Subject: x\r\n\r\nhalf\r\n.");
      assertEquals(1, talk.intake.open);
      talk.leave();
      assertEquals(0, talk.intake.open);
      assertEquals(List.of(), talk.intake.stored);
      String last = talk.log.get(talk.log.size() - 1);
      assertTrue(last.endsWith("from=<a@b.test>, info=unexpected close"), last);
    }
  }

  @Test
  void tooMuchContentIsReadDroppedAndForgotten() {
    Talk.Setup setup = new Talk.Setup();
    setup.settings = setup.settings.with(setup.settings.limits().withMessageSize(1000));
    try (Talk talk = setup.begin()) {
      begin(talk);
      talk.say("Subject: x\r\n\r\n" + "0123456789\r\n".repeat(200));
      assertEquals(0, talk.intake.open, "given up at once, not at the end");
      assertEquals("", talk.heard());
      talk.say(".\r\n");
      assertEquals("552 5.2.3 Message exceeds maximum fixed size (1000)\n", talk.heard());
      assertEquals(OK, talk.ask("NOOP"));
    }
  }

  // ---- the message

  @Test
  void envelopeAndContentAreHandedOver() {
    try (Talk talk = Talk.begin()) {
      talk.ask("EHLO c.test");
      talk.ask("MAIL FROM:<a@b.test> BODY=8BITMIME RET=HDRS ENVID=e1");
      talk.ask("RCPT TO:<u@sink.test> NOTIFY=DELAY ORCPT=rfc822;u@sink.test");
      talk.ask("RCPT TO:<@relay.test:v@sink.test>");
      talk.ask("DATA");
      talk.say("Subject: x\r\n\r\n..dot\r\ncaf\u00e9\r\n.\r\n");
      MemoryIntake.Stored stored = talk.intake.stored.get(0);
      Envelope envelope = stored.envelope();
      assertEquals("a@b.test", envelope.sender());
      assertEquals("8BITMIME", envelope.body());
      assertEquals("HDRS", envelope.ret());
      assertEquals("e1", envelope.envid());
      assertEquals(
          "[Recipient[address=u@sink.test, dsnNotify=DELAY, orcpt=rfc822;u@sink.test,"
              + " route=Route[mailer=esmtp, host=[127.0.0.1], user=u@sink.test]],"
              + " Recipient[address=v@sink.test, dsnNotify=, orcpt=,"
              + " route=Route[mailer=esmtp, host=[127.0.0.1], user=@relay.test:v@sink.test]]]",
          envelope.recipients().toString());
      assertTrue(stored.content().startsWith("Received: from c.test "), stored.content());
      assertTrue(
          stored.content().endsWith("\r\nSubject: x\r\n\r\n.dot\r\ncaf\u00e9\r\n"),
          stored.content());
      assertTrue(talk.heard().contains(envelope.id()), "the reply names the queue id");
    }
  }

  @Test
  void textWithoutHeaderIsPartedFromOurs() {
    try (Talk talk = Talk.begin()) {
      begin(talk);
      talk.say("just text\r\n.\r\n");
      assertTrue(talk.intake.stored.get(0).content().endsWith("; now\r\n\r\njust text\r\n"));
    }
  }

  @Test
  void heldMessagesSayWhy() {
    try (Talk talk = Talk.begin()) {
      talk.ask("MAIL FROM:<a@b.test>");
      talk.ask("RCPT TO:<held@sink.test>");
      talk.ask("DATA");
      talk.say("\r\nx\r\n.\r\n");
      assertEquals("looked at", talk.intake.stored.get(0).envelope().quarantine());
    }
  }

  @Test
  void aSecondMessageBeginsClean() {
    try (Talk talk = Talk.begin()) {
      begin(talk);
      talk.say(
          "X-A: 1\r\n\r\none\r\n.\r\nMAIL FROM:<c@d.test>\r\nRCPT TO:<v@sink.test>\r\nDATA\r\n");
      talk.say("X-B: 2\r\n\r\ntwo\r\n.\r\n");
      assertEquals(2, talk.intake.stored.size());
      MemoryIntake.Stored second = talk.intake.stored.get(1);
      assertEquals("c@d.test", second.envelope().sender());
      assertEquals(1, second.envelope().recipients().size());
      assertFalse(second.content().contains("X-A"));
      assertFalse(second.envelope().id().equals(talk.intake.stored.get(0).envelope().id()));
    }
  }

  // ---- rule sets that may block

  @Test
  void rulesThatMayBlockRunOnAWorkerAndInOrder() {
    try (Talk talk = slow()) {
      assertEquals("", talk.heard(), "no greeting before check_relay has answered");
      talk.works();
      assertTrue(talk.heard().startsWith("220 "));
      talk.say("MAIL FROM:<a@b.test>\r\nRCPT TO:<u@sink.test>\r\nDATA\r\n");
      assertEquals("", talk.heard());
      talk.works();
      assertEquals(
          "250 2.1.0 <a@b.test>... Sender ok\n"
              + "250 2.1.5 <u@sink.test>... Recipient ok\n"
              + "354 End data with <CR><LF>.<CR><LF>\n",
          talk.heard());
      talk.say("Subject: x\r\n\r\nx\r\n.\r\nQUIT\r\n");
      talk.works();
      assertTrue(talk.heard().endsWith("closing connection\n"));
      assertEquals(1, talk.intake.stored.size());
    }
  }

  @Test
  void contentSentWhileCheckDataIsAskedIsOutOfTurn() {
    try (Talk talk = slow()) {
      talk.works().heard();
      talk.say("MAIL FROM:<a@b.test>\r\nRCPT TO:<u@sink.test>\r\n");
      talk.works().heard();
      talk.say("DATA\r\nSubject: x\r\n\r\nx\r\n.\r\n");
      talk.works();
      assertEquals("554 5.5.0 SMTP protocol error\n", talk.heard());
      assertTrue(talk.isClosed());
    }
  }

  @Test
  void aClientMayLeaveWhileItsRulesAreAsked() {
    try (Talk talk = slow()) {
      talk.works().heard();
      talk.say("MAIL FROM:<a@b.test>\r\n");
      talk.leave();
      talk.works();
      assertFalse(talk.log.toString().contains("FAULT"), talk.log.toString());
    }
  }

  @Test
  void nobodyMakesAWaitingSessionGrow() {
    try (Talk talk = slow()) {
      for (int i = 0; i < 40; i++) {
        if (talk.channel().config().isAutoRead()) {
          talk.say("x".repeat(1000) + "\r\n");
        }
      }
      assertFalse(talk.channel().config().isAutoRead());
      talk.works();
      assertTrue(talk.channel().config().isAutoRead());
      assertTrue(talk.heard().startsWith("220 "));
    }
  }

  @Test
  void aFaultInARuleSetIs421() {
    Talk.Setup setup = new Talk.Setup();
    setup.policy =
        new KitPolicy(Talk.HOST) {
          @Override
          public SessionPolicy session(PeerFacts peer) {
            return new Session(peer) {
              @Override
              public Verdict mail(String id, String argument, Map<String, String> parameters) {
                throw new IllegalStateException("surprise");
              }
            };
          }
        };
    try (Talk talk = setup.begin()) {
      assertEquals(
          "421 4.3.0 gw.example.test Internal error, closing connection\n",
          talk.ask("MAIL FROM:<a@b.test>"));
      assertTrue(talk.isClosed());
      assertTrue(talk.log.get(0).contains("surprise"), talk.log.toString());
    }
  }

  // ---- turns, ends, limits

  @Test
  void earlyTalkBeforeAnUnhurriedGreetingIsAnsweredInTurn() {
    try (Talk talk = slow()) {
      talk.say("EHLO c.test\r\nMAIL FROM:<a@b.test>\r\n");
      talk.works();
      assertEquals(
          "220 gw.example.test ESMTP Postern\n"
              + "554 5.5.0 SMTP protocol error\n"
              + "550 5.0.0 Command rejected\n",
          talk.heard());
    }
  }

  @Test
  void whatComesWhileThePeerIsLookedUpIsAnsweredAfterTheGreeting() {
    Talk.Setup setup = new Talk.Setup();
    setup.peerKnown = false;
    try (Talk talk = setup.begin()) {
      talk.line("NOOP");
      assertEquals("", talk.heard());
      talk.identify();
      assertEquals("220 gw.example.test ESMTP Postern\n" + OK, talk.heard());
    }
    Talk.Setup impatient = new Talk.Setup();
    impatient.peerKnown = false;
    impatient.from = "127.0.0.60";
    try (Talk talk = impatient.begin()) {
      talk.line("NOOP");
      talk.identify();
      assertEquals("554 gw.example.test ESMTP not accepting messages\n" + OK, talk.heard());
    }
  }

  @Test
  void aHandshakeThatComesWhileThePeerIsLookedUpIsNotLost() {
    Talk.Setup setup = new Talk.Setup();
    setup.peerKnown = false;
    setup.modifiers = "s";
    try (Talk talk = setup.begin()) {
      talk.beginHandshake();
      talk.identify();
      talk.handshaken();
      assertEquals("220 gw.example.test ESMTP Postern\n", talk.heard());
    }
  }

  @Test
  void whoNeverReadsDoesNotStay() {
    Talk.Setup setup = new Talk.Setup();
    setup.settings = setup.settings.with(new ServerSettings.Timeouts(3000, 3000, 3000));
    try (Talk talk = setup.begin()) {
      talk.heard();
      talk.channel()
          .pipeline()
          .addFirst(
              new io.netty.channel.ChannelOutboundHandlerAdapter() {
                @Override
                public void write(
                    io.netty.channel.ChannelHandlerContext ctx,
                    Object message,
                    io.netty.channel.ChannelPromise promise) {
                  io.netty.util.ReferenceCountUtil.release(message); // and never says it is done
                }
              });
      talk.line("NOOP");
      talk.elapse(3100);
      assertFalse(talk.isClosed());
      talk.elapse(10_000);
      assertTrue(talk.isClosed());
    }
  }

  @Test
  void aHalfClosedConnectionStillGetsItsAnswers() {
    try (Talk talk = Talk.begin()) {
      talk.heard();
      talk.say("NOOP\r\nRSET\r\n");
      talk.channel()
          .pipeline()
          .fireUserEventTriggered(io.netty.channel.socket.ChannelInputShutdownEvent.INSTANCE);
      assertEquals(OK + "250 2.0.0 Reset state\n", talk.heard());
      assertTrue(talk.isClosed());
    }
  }

  @Test
  void nothingBehindQuitIsAnswered() {
    try (Talk talk = Talk.begin()) {
      talk.heard();
      talk.say("NOOP\r\nQUIT\r\nNOOP\r\n");
      assertEquals(OK + "221 2.0.0 gw.example.test closing connection\n", talk.heard());
    }
  }

  @Test
  void aLineWithoutEndIsCutOff() {
    try (Talk talk = Talk.begin()) {
      talk.heard();
      talk.say("A".repeat(2048));
      assertEquals("", talk.heard());
      talk.say("A");
      assertTrue(talk.heard().startsWith("421 4.7.0 gw.example.test Command too long"));
      assertTrue(talk.isClosed());
    }
  }

  @Test
  void halfALineDoesNotKeepABigBuffer() {
    try (Talk talk = Talk.begin()) {
      talk.ask("NOOP");
      talk.say("NOOP\r\n".repeat(15) + "NO");
      talk.heard();
      assertEquals(OK, talk.ask("OP"));
    }
  }

  @Test
  void stoppingWaitsForATransaction() {
    try (Talk talk = Talk.begin()) {
      begin(talk);
      talk.say("Subject: x\r\n\r\n");
      talk.stop();
      assertFalse(talk.isClosed());
      talk.say("x\r\n.\r\n");
      String heard = talk.heard();
      assertTrue(
          heard.matches(
              "250 2.0.0 \\S+ Message accepted for delivery\n"
                  + "421 4.3.2 gw.example.test Service is shutting down, closing connection\n"),
          heard);
      assertTrue(talk.isClosed());
      assertEquals(1, talk.intake.stored.size());
    }
  }

  @Test
  void stoppingEndsAnIdleSessionAtOnce() {
    try (Talk talk = Talk.begin()) {
      talk.ask("EHLO c.test");
      talk.stop();
      assertEquals(
          "421 4.3.2 gw.example.test Service is shutting down, closing connection\n", talk.heard());
    }
  }

  @Test
  void loneLineEndsAreLoggedWithTheirPlace() {
    String collect = ": collect: relay=%s, from=<a@b.test>, info=Bare %s not allowed, where=%s%s";
    try (Talk talk = Talk.begin()) {
      begin(talk);
      talk.say("S: x\r\n\r\na\nb\r\n");
      String relay = "client.example.test";
      String info = collect.formatted(relay, "linefeed (LF)", "body", ", status=tempfail");
      assertTrue(talk.log.get(0).endsWith(info), talk.log.toString());
    }
    Talk.Setup replacing = new Talk.Setup();
    replacing.from = "127.0.0.27";
    try (Talk talk = replacing.begin()) {
      begin(talk);
      talk.say("S: x\ny\r\n\r\na\nb\rc\r\n.\r\n");
      String relay = "[127.0.0.27]";
      String lf = collect.formatted(relay, "linefeed (LF)", "header+body", ", status=replaced");
      String cr = collect.formatted(relay, "carriage return (CR)", "body", ", status=replaced");
      assertTrue(talk.log.get(0).endsWith(lf), talk.log.toString());
      assertTrue(talk.log.get(1).endsWith(cr), talk.log.toString());
      assertTrue(talk.intake.stored.get(0).content().endsWith("S: x y\r\n\r\na b c\r\n"));
    }
    Talk.Setup taking = new Talk.Setup();
    taking.from = "127.0.0.26";
    try (Talk talk = taking.begin()) {
      begin(talk);
      talk.say("S: x\r\n\r\na\nb\r\n.\r\n");
      String info = collect.formatted("[127.0.0.26]", "linefeed (LF)", "body", "");
      assertTrue(talk.log.get(0).endsWith(info), talk.log.toString());
    }
  }

  @Test
  void odditiesAreLogged() {
    try (Talk talk = Talk.begin()) {
      talk.say("EHLO c.test\r\nNOOP\r\n");
      assertEquals(
          "rejecting server EHLO from client.example.test [127.0.0.10] due to traffic before"
              + " response",
          talk.log.get(0));
    }
    try (Talk talk = Talk.begin()) {
      talk.ask("NOOP");
      talk.leave();
      assertEquals(
          "client.example.test [127.0.0.10] did not issue MAIL/EXPN/VRFY/ETRN during connection"
              + " to MTA",
          talk.log.get(0));
    }
  }
}
