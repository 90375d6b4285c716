package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What came in the clear must not act inside TLS (RFC 3207 section 4.2, RFC 3207 section 6). */
class StartTlsTest {
  private static final String READY = "220 2.0.0 Ready to start TLS\n";

  @Test
  void theHandlerIsThereBeforeTheReplyIsOut() {
    try (Talk talk = Talk.begin()) {
      talk.heard();
      talk.say("STARTTLS\r\n");
      assertNotNull(talk.channel().pipeline().get(SslHandler.class));
      assertEquals(READY, talk.heard());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "STARTTLS\r\nNOOP\r\n",
        "STARTTLS\r\nMAIL FROM:<evil@x.test>\r\nRCPT TO:<u@sink.test>\r\nDATA\r\n",
        "STARTTLS\r\nSTARTTLS\r\n",
        "STARTTLS\r\nQUIT\r\n",
        "STARTTLS\nMAIL FROM:<evil@x.test>\n",
        "STARTTLS\r\nXXXX",
        "STARTTLS\r\nMAIL FROM:<evil@cl",
        "STARTTLS\r\n\r",
      })
  void plaintextBehindStartTlsIsDropped(String said) {
    try (Talk talk = Talk.begin()) {
      talk.heard();
      talk.say(said);
      assertEquals(READY, talk.heard(), "one reply and no more");
      talk.handshake();
      assertEquals("", talk.heard(), "silence until the client speaks");
      assertEquals("503 5.0.0 Need MAIL before RCPT\n", talk.ask("RCPT TO:<u@sink.test>"));
      assertEquals("250 2.0.0 OK\n", talk.ask("NOOP"));
    }
  }

  /** Whether turns are insisted on or not, and whether the first read held more or not. */
  @ParameterizedTest(name = "from {0}: {1}")
  @CsvSource({
    "127.0.0.10, STARTTLS\\r\\n",
    "127.0.0.39, STARTTLS\\r\\n",
    "127.0.0.10, STARTTLS\\r\\nNO",
    "127.0.0.39, STARTTLS\\r\\nNOOP\\r\\n"
  })
  void plaintextInTheSameBatchOfReadsIsDroppedToo(String from, String first) {
    Talk.Setup setup = new Talk.Setup();
    setup.from = from;
    try (Talk talk = setup.begin()) {
      talk.heard();
      EmbeddedChannel channel = talk.channel();
      // two reads before the batch is complete: the second came before the 220, too
      var unused = channel.writeOneInbound(ascii(first.replace("\\r", "\r").replace("\\n", "\n")));
      assertNull(channel.pipeline().get(SslHandler.class));
      var unused2 = channel.writeOneInbound(ascii("MAIL FROM:<evil@x.test>\r\n"));
      channel.flushInbound();
      assertEquals(READY, talk.heard());
      talk.handshake();
      assertEquals("503 5.0.0 Need MAIL before RCPT\n", talk.ask("RCPT TO:<u@sink.test>"));
    }
  }

  @Test
  void plaintextBehindThe220BreaksTheHandshake() {
    try (Talk talk = Talk.begin()) {
      talk.heard();
      talk.say("STARTTLS\r\n");
      assertEquals(READY, talk.heard());
      talk.sayRaw("MAIL FROM:<evil@x.test>\r\n");
      assertTrue(talk.isClosed());
      assertFalse(talk.heard().contains("250"));
    }
  }

  @Test
  void aRefusedStartTlsLeavesThePlaintextBehindItAsItIs() {
    Talk.Setup setup = new Talk.Setup();
    setup.from = "127.0.0.21";
    try (Talk talk = setup.begin()) {
      talk.heard();
      talk.say("STARTTLS\r\nNOOP\r\n");
      assertEquals("503 5.5.0 TLS not available\n250 2.0.0 OK\n", talk.heard());
    }
  }

  @Test
  void nothingOfTheClearPhaseIsKept() {
    try (Talk talk = Talk.begin()) {
      talk.ask("EHLO before.test");
      talk.ask("STARTTLS");
      talk.handshake();
      talk.ask("MAIL FROM:<a@b.test>");
      String shown = talk.ask("RCPT TO:<show-helo@kit.test>");
      assertEquals("550 5.7.9 <show-helo@kit.test>... helo= proto=SMTP\n", shown);
      talk.ask("EHLO after.test");
      talk.ask("MAIL FROM:<a@b.test>");
      shown = talk.ask("RCPT TO:<show-helo@kit.test>");
      assertEquals("550 5.7.9 <show-helo@kit.test>... helo=after.test proto=ESMTPS\n", shown);
    }
  }

  @Test
  void repliesBeforeStartTlsComeInOrderAndInTheClear() {
    try (Talk talk = Talk.begin()) {
      talk.heard();
      talk.say("NOOP\r\nRSET\r\nSTARTTLS\r\n");
      assertEquals("250 2.0.0 OK\n250 2.0.0 Reset state\n" + READY, talk.heard());
      talk.handshake();
      assertEquals("250 2.0.0 OK\n", talk.ask("NOOP"));
    }
  }

  @Test
  void closeNotifyEndsTheSession() {
    try (Talk talk = Talk.begin()) {
      talk.ask("STARTTLS");
      talk.handshake();
      talk.ask("EHLO c.test");
      talk.closeNotify();
      assertTrue(talk.isClosed());
      assertEquals("", talk.heard());
    }
  }

  @Test
  void closeNotifyInsideContentStoresNothing() {
    try (Talk talk = Talk.begin()) {
      talk.ask("STARTTLS");
      talk.handshake();
      talk.ask("MAIL FROM:<a@b.test>");
      talk.ask("RCPT TO:<u@sink.test>");
      talk.ask("DATA");
      talk.say("Subject: x\r\n\r\npay 100 pounds\r\n");
      talk.closeNotify();
      assertTrue(talk.isClosed());
      assertEquals(List.of(), talk.intake.stored);
      assertEquals(0, talk.intake.open);
    }
  }

  @Test
  void aTransactionWorksInsideTlsInOneRecord() {
    try (Talk talk = Talk.begin()) {
      talk.ask("STARTTLS");
      talk.handshake();
      talk.ask("EHLO c.test");
      talk.say("MAIL FROM:<a@b.test>\r\nRCPT TO:<u@sink.test>\r\nDATA\r\n");
      assertTrue(talk.heard().endsWith("354 End data with <CR><LF>.<CR><LF>\n"));
      talk.say("Subject: x\r\n\r\n" + "0123456789\r\n".repeat(5000) + ".\r\nQUIT\r\n");
      assertTrue(talk.heard().endsWith("221 2.0.0 gw.example.test closing connection\n"));
      assertEquals(1, talk.intake.stored.size());
      String content = talk.intake.stored.get(0).content();
      assertTrue(content.contains("with ESMTPS"), content.substring(0, 200));
      assertTrue(content.endsWith("0123456789\r\n"));
    }
  }

  @Test
  void commandsPipelinedBehindEhloInsideTlsAreOutOfTurn() {
    try (Talk talk = Talk.begin()) {
      talk.ask("STARTTLS");
      talk.handshake();
      talk.say("EHLO c.test\r\nMAIL FROM:<a@b.test>\r\n");
      assertEquals("554 5.5.0 SMTP protocol error\n550 5.0.0 Command rejected\n", talk.heard());
    }
  }

  private static ByteBuf ascii(String text) {
    return Unpooled.copiedBuffer(text, java.nio.charset.StandardCharsets.US_ASCII);
  }
}
