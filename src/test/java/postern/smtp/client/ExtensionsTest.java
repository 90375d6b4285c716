package postern.smtp.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.policy.AuthInfo;
import postern.policy.Verify;
import postern.smtp.Envelope;
import postern.smtp.Route;

/** What the client does with a peer's extensions: CHUNKING, SMTPUTF8, REQUIRETLS, AUTH; LMTP. */
class ExtensionsTest {
  private static final String TEXT = "Subject: x\r\n\r\n.dot\r\nend\r\n";

  @SuppressWarnings("NullAway.Init")
  private static EventLoopGroup group;

  @SuppressWarnings("NullAway.Init")
  private static ExecutorService workers;

  @SuppressWarnings("NullAway.Init")
  private static SSLContext serverTls;

  private final List<String> log = new ArrayList<>();
  private final TestPolicy policy = new TestPolicy();
  private Verify verify = Verify.OK;
  private boolean named = true;
  private boolean requireTls;
  private boolean utf8;
  private boolean lmtp;
  private String sender = "s@client.test";
  private String content = TEXT;

  @SuppressWarnings("NullAway.Init")
  private ScriptedPeer peer;

  @BeforeAll
  static void start() throws Exception {
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    workers = Executors.newFixedThreadPool(2);
    serverTls = TestTls.serverContext();
  }

  @AfterAll
  static void stop() {
    var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    workers.shutdown();
  }

  @AfterEach
  void close() throws IOException {
    peer.close();
  }

  private List<String> deliver(String... recipients) throws Exception {
    return deliver("[127.0.0.1]", recipients);
  }

  private List<String> deliver(String host, String[] recipients) throws Exception {
    Envelope envelope =
        new Envelope(
            "q1",
            sender,
            Arrays.stream(recipients)
                .map(r -> new Envelope.Recipient(r, "", "", new Route("esmtp", host, r)))
                .toList(),
            "",
            "",
            "",
            requireTls,
            Instant.now(),
            "",
            utf8);
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    RelayJob job =
        new RelayJob(
            envelope,
            new Transport(peer.port(), null, lmtp),
            bytes.length,
            () -> new ByteArrayInputStream(bytes),
            false,
            0);
    RelayLog hear =
        new RelayLog() {
          @Override
          public void authenticated(String relay, String mechanism) {
            log.add("AUTH " + mechanism);
          }

          @Override
          public void authFailed(String relay, String mechanism, String reply) {
            log.add("failed " + mechanism);
          }

          @Override
          public void authSkipped(String relay, String offered) {
            log.add("skipped");
          }
        };
    TestTls tls = new TestTls(verify);
    tls.named = named;
    try (RelayClient client =
        new RelayClient(
            RelaySettings.of("gw.example.test"),
            new RelayClient.Ports(
                group, workers, () -> policy, tls, new RelayClientTest.Hosts(Map.of()), hear))) {
      return client.deliver(job).toCompletableFuture().get(20, TimeUnit.SECONDS).stream()
          .map(o -> o.kind() + " " + o.dsn() + " " + o.stat())
          .toList();
    }
  }

  private void peer(String... script) throws IOException {
    peer = new ScriptedPeer(serverTls, script);
  }

  private String commands(String verb) {
    synchronized (peer.commands) {
      return String.join("|", peer.commands.stream().filter(c -> c.contains(verb)).toList());
    }
  }

  @Test
  void chunksGoOutAfterAProbeWithoutALineEnd() throws Exception {
    peer("caps=PIPELINING,8BITMIME,CHUNKING", "starttls=strip");
    assertEquals(List.of("DELIVERED 2.0.0 Sent (2.0.0 chunk)"), deliver("a@r.test"));
    assertEquals("BDAT 10|BDAT " + (TEXT.length() - 10) + " LAST", commands("BDAT"));
    assertEquals(List.of(TEXT), peer.messages);
    assertFalse(peer.verbs().contains("DATA"));
  }

  @Test
  void longMessagesAreManyChunks() throws Exception {
    content = TEXT + "x".repeat(78).concat("\r\n").repeat(3000);
    peer("caps=8BITMIME,CHUNKING", "starttls=strip");
    assertEquals(List.of("DELIVERED 2.0.0 Sent (2.0.0 chunk)"), deliver("a@r.test"));
    assertEquals(List.of(content), peer.messages);
    assertEquals(5, commands("BDAT").split("\\|", -1).length);
  }

  @Test
  void peerThatOnlyClaimsChunkingGetsDataOnANewConnection() throws Exception {
    peer("caps=PIPELINING,8BITMIME,CHUNKING", "starttls=strip", "bdat=500 5.5.1 what");
    assertEquals("DELIVERED 2.0.0", deliver("a@r.test").get(0).substring(0, 15));
    assertEquals(2, peer.connections());
    assertEquals(List.of(TEXT), peer.messages);
  }

  @Test
  void refusedChunkIsTheMessagesEnd() throws Exception {
    peer("caps=PIPELINING,8BITMIME,CHUNKING", "starttls=strip", "bdat#2=552 5.2.2 full");
    assertEquals(List.of("PERMANENT 5.2.2 Service unavailable"), deliver("a@r.test"));
  }

  @Test
  void lmtpAnswersForEachRecipient() throws Exception {
    lmtp = true;
    peer("starttls=strip", "refuse=no@", "dots=dot,dot2", "dot2=550 5.2.2 full");
    assertEquals(
        List.of(
            "DELIVERED 2.0.0 Sent (taken)",
            "PERMANENT 5.1.1 User unknown",
            "PERMANENT 5.2.2 Service unavailable"),
        deliver("a", "no@x", "b"));
    assertEquals("LHLO gw.example.test", commands("HLO"));
  }

  @Test
  void utf8IsSaidToPeersThatKnowIt() throws Exception {
    utf8 = true;
    peer("caps=8BITMIME,SMTPUTF8", "starttls=strip");
    assertTrue(deliver("j\u00c3\u00b6rg@r.test").get(0).startsWith("DELIVERED"));
    assertEquals("MAIL From:<s@client.test> BODY=8BITMIME SMTPUTF8", commands("MAIL"));
    assertEquals("RCPT To:<j\u00c3\u00b6rg@r.test>", commands("RCPT"));
  }

  @Test
  void utf8ThatNobodyNeedsIsNoObstacle() throws Exception {
    utf8 = true;
    peer("caps=8BITMIME", "starttls=strip");
    assertTrue(deliver("a@r.test").get(0).startsWith("DELIVERED"));
    assertEquals("PERMANENT 5.6.7 Data format error", deliver("j\u00c3\u00b6rg@r.test").get(0));
    content = "Subject: \u00c3\u00b6\r\n\r\n";
    assertEquals("PERMANENT 5.6.7 Service unavailable", deliver("a@r.test").get(0));
  }

  @ParameterizedTest(name = "{0} {1} {2} {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          caps=REQUIRETLS | OK   | true  | DELIVERED 2.0.0
          caps=REQUIRETLS | OK   | false | PERMANENT 5.7.10
          caps=REQUIRETLS | FAIL | true  | PERMANENT 5.7.10
          caps=SIZE       | OK   | true  | PERMANENT 5.7.30
          starttls=strip  | OK   | true  | PERMANENT 5.7.10
          """)
  void requireTlsNeedsATrustedPeerThatPassesItOn(
      String script, Verify seen, boolean ownName, String outcome) throws Exception {
    requireTls = true;
    verify = seen;
    named = ownName;
    peer(script);
    String came = deliver("a@r.test").get(0);
    assertTrue(came.startsWith(outcome), came);
    String mail = "+MAIL From:<s@client.test> REQUIRETLS";
    assertEquals(outcome.startsWith("DEL") ? mail : "", commands("MAIL"));
  }

  @Test
  void bounceOfARequireTlsMessageIsNotLostForWantOfIt() throws Exception {
    requireTls = true;
    sender = "";
    peer("starttls=strip");
    assertTrue(deliver("a@r.test").get(0).startsWith("DELIVERED"));
    assertFalse(commands("MAIL").contains("REQUIRETLS"));
  }

  private void user(String... mechanisms) {
    policy.auth = new AuthInfo(false, "tim", "tim", "tanstaaftanstaaf", "", List.of(mechanisms));
  }

  @Test
  void cramMd5AnswersTheChallenge() throws Exception { // the example of RFC 2195
    user();
    peer(
        "caps=AUTH CRAM-MD5 PLAIN",
        "starttls=strip",
        "auth=334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+");
    peer.answer = "235 2.7.0 ok";
    assertTrue(deliver("a@r.test").get(0).startsWith("DELIVERED"));
    assertEquals("AUTH CRAM-MD5", commands("AUTH"));
    assertEquals("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw", commands("dGlt"));
    assertEquals(List.of("AUTH CRAM-MD5"), log);
  }

  @Test
  void passwordsGoInTheClearOnlyWhereTheEntrySaysSo() throws Exception {
    user();
    peer("caps=AUTH PLAIN LOGIN", "starttls=strip");
    assertTrue(deliver("a@r.test").get(0).startsWith("DELIVERED"));
    assertEquals("", commands("AUTH"));
    assertEquals(List.of("skipped"), log);
    user("PLAIN");
    assertTrue(deliver("a@r.test").get(0).startsWith("DELIVERED"));
    assertEquals("AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm", commands("AUTH"));
  }

  @Test
  void plainWithinTls() throws Exception {
    user();
    peer("caps2=AUTH PLAIN");
    assertTrue(deliver("a@r.test").get(0).startsWith("DELIVERED"));
    assertEquals("+AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm", commands("AUTH"));
  }

  @Test
  void mailThatNeedsANameIsKeptWhenThePasswordIsWrong() throws Exception {
    user();
    peer("caps2=AUTH PLAIN LOGIN", "auth=535 5.7.8 no");
    assertEquals(
        List.of("TEMPORARY 4.7.0 Deferred: AUTH failed: 535 5.7.8 no"), deliver("a@r.test"));
    assertEquals(List.of("failed PLAIN", "failed LOGIN"), log);
    assertEquals("", commands("MAIL"));
  }

  @Test
  void noEntryNoAuth() throws Exception {
    peer("caps2=AUTH PLAIN");
    assertTrue(deliver("a@r.test").get(0).startsWith("DELIVERED"));
    policy.flags = "A";
    user();
    assertTrue(deliver("a@r.test").get(0).startsWith("DELIVERED"));
    assertEquals("", commands("AUTH"));
    policy.flags = "";
    policy.auth = AuthInfo.TEMPORARY;
    assertTrue(deliver("a@r.test").get(0).startsWith("TEMPORARY 4.7.0"));
  }
}
