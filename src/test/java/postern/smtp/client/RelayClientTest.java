package postern.smtp.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.policy.TlsFeatures;
import postern.policy.Verdict;
import postern.policy.Verify;
import postern.smtp.Envelope;
import postern.smtp.Route;

/** Whole sessions against a scripted peer on loopback. */
class RelayClientTest {
  private static final String TEXT = "Subject: test\r\n\r\nhello\r\n";
  private static EventLoopGroup group;
  private static ExecutorService workers;
  private static SSLContext serverTls;

  private final TestPolicy policy = new TestPolicy();
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private RelaySettings settings =
      RelaySettings.of("gw.example.test").withTimeouts(RelayTimeouts.all(Duration.ofSeconds(5)));
  private Verify verify = Verify.OK;
  private String body = "";
  private String content = TEXT;
  private EightBit eightBit = EightBit.PASS;
  private boolean keepOpen;
  private @Nullable RelayClient client;

  @SuppressWarnings("NullAway.Init") // every test sets it first
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
    if (client != null) {
      client.close();
    }
    peer.close();
  }

  private void peer(String... script) throws IOException {
    peer = new ScriptedPeer(serverTls, script);
  }

  private RelayJob job(String host, String... recipients) {
    Envelope envelope =
        new Envelope(
            "q1",
            "s@client.test",
            Arrays.stream(recipients)
                .map(r -> new Envelope.Recipient(r, "SUCCESS", "", new Route("esmtp", host, r)))
                .toList(),
            body,
            "HDRS",
            "",
            false,
            Instant.now(),
            "");
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    return new RelayJob(
        envelope,
        new Transport(peer.port(), null, false, eightBit),
        bytes.length,
        () -> new ByteArrayInputStream(bytes),
        keepOpen,
        0);
  }

  private List<RecipientOutcome> deliver(String... recipients) throws Exception {
    return deliver(job("[127.0.0.1]", recipients));
  }

  private List<RecipientOutcome> deliver(RelayJob job) throws Exception {
    RelayClient made = client;
    if (made == null) {
      RelayLog hear =
          new RelayLog() {
            @Override
            public void rejected(
                String id, String ruleSet, String argument, String relay, Verdict.Reject verdict) {
              log.add("ruleset=" + ruleSet + ", arg1=" + argument + ", reject=" + verdict.line());
            }

            @Override
            public void injected(String relay) {
              log.add("injected " + relay);
            }
          };
      made =
          new RelayClient(
              settings,
              new RelayClient.Ports(
                  group, workers, () -> policy, new TestTls(verify), new Hosts(Map.of()), hear));
    }
    client = made;
    return made.deliver(job).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  private static String show(RecipientOutcome o) {
    return o.kind() + " dsn=" + o.dsn() + " reply=" + o.reply() + " stat=" + o.stat();
  }

  /** Name service from a table. */
  record Hosts(Map<String, List<MxResolver.Mx>> mx) implements MxResolver {
    @Override
    public CompletionStage<Answer<Mx>> mx(String domain) {
      List<Mx> records = mx.get(domain);
      return CompletableFuture.completedFuture(
          records == null ? new Answer.NoName<>() : new Answer.Found<>(records));
    }

    @Override
    public CompletionStage<Answer<InetAddress>> addresses(String host) {
      return CompletableFuture.completedFuture(
          host.startsWith("dead")
              ? new Answer.NoName<>()
              : new Answer.Found<>(List.of(InetAddress.getLoopbackAddress())));
    }
  }

  @Test
  void tlsSessionRunsInTheOrderOfTheReference() throws Exception {
    peer();
    RecipientOutcome outcome = deliver("u@remote.test").get(0);
    assertEquals("DELIVERED dsn=2.0.0 reply=250 2.0.0 taken stat=Sent (taken)", show(outcome));
    assertEquals("[127.0.0.1] [127.0.0.1]", outcome.relay());
    assertEquals(
        "version=TLSv1.3, verify=OK, cipher=TLS_AES_256_GCM_SHA384, bits=256/256", outcome.tls());
    assertTrue(outcome.dsnPassedOn());
    assertEquals(
        List.of(
            "clt_features [127.0.0.1]",
            "connected [127.0.0.1] 127.0.0.1",
            "try_tls",
            "tls_clt_features",
            "tls_server OK",
            "tls_rcpt u@remote.test"),
        policy.asked);
    waitFor("+QUIT");
    assertEquals(
        List.of(
            "EHLO gw.example.test",
            "STARTTLS",
            "+EHLO gw.example.test",
            "+MAIL From:<s@client.test> SIZE=" + TEXT.length() + " RET=HDRS",
            "+RCPT To:<u@remote.test> NOTIFY=SUCCESS",
            "+DATA",
            "+QUIT"),
        peer.commands);
    assertEquals(List.of(TEXT), peer.messages);
  }

  private void waitFor(String command) throws InterruptedException {
    for (int i = 0; i < 500 && !peer.commands.contains(command); i++) {
      Thread.sleep(10);
    }
  }

  /**
   * The outcome table of the reference, section 4.2; the last column is what tls_server was asked.
   */
  @ParameterizedTest(name = "{0} {1} -> {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          starttls=strip                | tls=ok         | NONE     | DELIVERED dsn=2.0.0 reply=250 2.0.0 taken stat=Sent (taken)
          starttls=454 4.3.3 not now    | tls=ok         | TEMP     | DELIVERED dsn=2.0.0 reply=250 2.0.0 taken stat=Sent (taken)
          starttls=421 4.3.2 bye        | tls=ok         | TEMP     | TEMPORARY dsn=4.0.0 reply=421 4.3.2 bye stat=Deferred: 421 4.3.2 bye
          starttls=500 5.5.1 no         | tls=ok         | NONE     | DELIVERED dsn=2.0.0 reply=250 2.0.0 taken stat=Sent (taken)
          starttls=250 2.0.0 sure       | tls=ok         | PROTOCOL | TEMPORARY dsn=4.7.0 reply= stat=Deferred: 454 4.7.0 STARTTLS failed.
          starttls=close                | tls=ok         | FAILURE  | TEMPORARY dsn=4.0.0 reply= stat=Deferred
          starttls=220 2.0.0 go ahead   | tls=garbage    | SOFTWARE | TEMPORARY dsn=4.7.0 reply= stat=Deferred: 454 4.7.0 TLS handshake failed.
          starttls=220 2.0.0 go ahead   | tls=close      | SOFTWARE | TEMPORARY dsn=4.7.0 reply= stat=Deferred: 454 4.7.0 TLS handshake failed.
          starttls=220 2.0.0 go ahead   | tls=plain      | SOFTWARE | TEMPORARY dsn=4.7.0 reply= stat=Deferred: 454 4.7.0 TLS handshake failed.
          starttls=220 2.0.0 go ahead   | tls=closeafter | OK       | TEMPORARY dsn=4.4.2 reply= stat=Deferred: Connection reset by [127.0.0.1]
          """)
  void outcomesOfStartTls(String starttls, String tls, Verify expected, String outcome)
      throws Exception {
    peer(starttls, tls);
    settings = settings.withTimeouts(RelayTimeouts.all(Duration.ofSeconds(2)));
    assertEquals(outcome, show(deliver("u@remote.test").get(0)));
    assertEquals(
        List.of("tls_server " + expected),
        policy.asked.stream().filter(a -> a.startsWith("tls_server")).toList());
    assertEquals(outcome.startsWith("DELIVERED") ? 1 : 0, peer.messages.size());
    assertEquals(1, peer.connections());
  }

  @ParameterizedTest(name = "{0} {1} {2} -> {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          starttls=strip             | OK   | 454 | TEMPORARY dsn=4.7.0 reply= stat=Deferred: 454 4.7.0 other side does not support STARTTLS | EHLO QUIT
          starttls=strip             | OK   | 503 | PERMANENT dsn=5.7.0 reply= stat=Service unavailable                                      | EHLO QUIT
          starttls=454 4.3.3 not now | OK   | 454 | TEMPORARY dsn=4.7.0 reply=454 4.3.3 not now stat=Deferred: 454 4.7.0 authentication failure | EHLO STARTTLS QUIT
          starttls=500 5.5.1 no      | OK   | 454 | TEMPORARY dsn=4.7.0 reply=500 5.5.1 no stat=Deferred: 454 4.7.0 other side does not support STARTTLS | EHLO STARTTLS QUIT
          starttls=421 4.3.2 bye     | OK   | 454 | TEMPORARY dsn=4.7.0 reply=421 4.3.2 bye stat=Deferred: 454 4.7.0 authentication failure | EHLO STARTTLS
          starttls=421 4.3.2 bye     | OK   | 503 | PERMANENT dsn=5.7.0 reply=421 4.3.2 bye stat=Service unavailable | EHLO STARTTLS
          starttls=close             | OK   | 503 | PERMANENT dsn=5.7.0 reply= stat=Service unavailable | EHLO STARTTLS
          caps=SIZE                  | FAIL | 454 | TEMPORARY dsn=4.7.0 reply= stat=Deferred: 454 4.7.0 authentication failed                | EHLO STARTTLS +QUIT
          caps=SIZE                  | FAIL | 503 | PERMANENT dsn=5.7.0 reply= stat=Service unavailable                                      | EHLO STARTTLS +QUIT
          """)
  void tlsServerThatNeedsVerify(String script, Verify seen, int code, String outcome, String verbs)
      throws Exception {
    peer(script);
    verify = seen;
    policy.tlsServer = TestPolicy.needVerify(code);
    RecipientOutcome result = deliver("u@remote.test").get(0);
    assertEquals(outcome, show(result));
    assertTrue(result.diagnostic().startsWith(code + " "), result.diagnostic());
    waitFor(verbs.endsWith("+QUIT") ? "+QUIT" : "QUIT");
    assertEquals(verbs, peer.verbs());
    assertEquals(1, log.size());
  }

  @Test
  void tryTlsThatSaysNoMeansClearText() throws Exception {
    peer();
    policy.tryTls = new Verdict.Reject(550, "5.7.1", "do not try TLS with peer");
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("u@remote.test").get(0).kind());
    assertFalse(peer.verbs().contains("STARTTLS"));
    assertTrue(policy.asked.contains("tls_server NONE"));
    assertEquals(
        List.of("ruleset=try_tls, arg1=[127.0.0.1], reject=550 5.7.1 do not try TLS with peer"),
        log);
  }

  @Test
  void clientFlagsSwitchStartTlsOffWithoutAskingTryTls() throws Exception {
    peer();
    policy.flags = "SS ";
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("u@remote.test").get(0).kind());
    assertFalse(policy.asked.contains("try_tls"));
    assertTrue(policy.asked.contains("tls_server NONE"));
  }

  @Test
  void cltFeaturesMaySkipTheHost() throws Exception {
    peer();
    policy.flags = "temp";
    RecipientOutcome outcome = deliver("u@remote.test").get(0);
    assertEquals(RecipientOutcome.Kind.TEMPORARY, outcome.kind());
    assertEquals(0, peer.connections());
  }

  @Test
  void unusableTlsFeaturesAreConfig() throws Exception {
    peer();
    policy.features = new TlsFeatures(false, Map.of(), "unknown option Foo");
    assertEquals(
        "TEMPORARY dsn=4.7.0 reply= stat=Deferred: 454 4.7.0 STARTTLS temporarily not possible.",
        show(deliver("u@remote.test").get(0)));
    assertTrue(policy.asked.contains("tls_server CONFIG"));
    assertEquals("EHLO QUIT", peer.verbs());
  }

  @Test
  void clearTextRetryOnlyWhereAllowedAndStillJudged() throws Exception {
    peer("tls=close");
    settings = settings.withFallBackToClear(true);
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("u@remote.test").get(0).kind());
    assertEquals(2, peer.connections());
    assertTrue(peer.verbs().startsWith("EHLO STARTTLS EHLO MAIL RCPT DATA"), peer.verbs());
    assertEquals(
        List.of("tls_server SOFTWARE", "tls_server CLEAR"),
        policy.asked.stream().filter(a -> a.startsWith("tls_server")).toList());
    policy.tlsServer = TestPolicy.needVerify(454);
    assertEquals(
        "TEMPORARY dsn=4.7.0 reply= stat=Deferred: 454 4.7.0 STARTTLS disabled locally",
        show(deliver("u@remote.test").get(0)));
  }

  @Test
  void flagOfTlsFeaturesForbidsTheRetry() throws Exception {
    peer("tls=close");
    settings = settings.withFallBackToClear(true);
    policy.features = new TlsFeatures(true, Map.of("flags", "c"), "");
    assertEquals(RecipientOutcome.Kind.TEMPORARY, deliver("u@remote.test").get(0).kind());
    assertEquals(1, peer.connections());
  }

  @Test
  void injectedBytesAreDropped() throws Exception {
    peer("starttls=220 2.0.0 go\n250-peer\n250 SIZE 1\n250 ok\n250 ok\n354 go\n250 taken");
    assertEquals(
        "DELIVERED dsn=2.0.0 reply=250 2.0.0 taken stat=Sent (taken)",
        show(deliver("u@remote.test").get(0)));
    assertEquals(List.of("injected [127.0.0.1]"), log);
    assertEquals(1, peer.messages.size());
  }

  @Test
  void extensionsOfTheClearTextAreForgotten() throws Exception {
    peer("caps=SIZE 5,8BITMIME,DSN", "caps2=PIPELINING");
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("u@remote.test").get(0).kind());
    assertTrue(peer.commands.contains("+MAIL From:<s@client.test>"), peer.commands::toString);
    assertTrue(peer.commands.contains("+RCPT To:<u@remote.test>"));
  }

  @Test
  void ehloRefusedMeansHelo() throws Exception {
    peer("ehlo=500 5.5.1 what");
    RecipientOutcome outcome = deliver("u@remote.test").get(0);
    assertEquals(
        "DELIVERED dsn=2.0.0 reply=250 2.0.0 taken stat=Sent (2.0.0 taken)", show(outcome));
    assertTrue(peer.verbs().startsWith("EHLO HELO MAIL RCPT DATA"), peer.verbs());
    assertFalse(outcome.dsnPassedOn());
  }

  /** Replies at each stage, with and without PIPELINING. */
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          greeting=421 4.3.2 busy    | TEMPORARY dsn=4.5.0 reply=421 4.3.2 busy stat=Deferred: 421 4.3.2 busy | true
          greeting=554 5.3.2 closed  | PERMANENT dsn=5.5.0 reply=554 5.3.2 closed stat=Service unavailable | false
          greeting=close             | TEMPORARY dsn=4.4.2 reply= stat=Deferred: Connection reset by [127.0.0.1] | true
          greeting=hang              | TEMPORARY dsn=4.4.2 reply= stat=Deferred: Connection timed out with [127.0.0.1] | true
          ehlo=421 4.3.2 busy        | TEMPORARY dsn=4.5.0 reply=421 4.3.2 busy stat=Deferred: 421 4.3.2 busy | true
          ehlo=250 gw.example.test   | PERMANENT dsn=5.3.5 reply= stat=Local configuration error | false
          mail=451 4.3.0 later       | TEMPORARY dsn=4.3.0 reply=451 4.3.0 later stat=Deferred: 451 4.3.0 later | false
          mail=550 5.1.0 no          | PERMANENT dsn=5.1.0 reply=550 5.1.0 no stat=Service unavailable | false
          mail=530 5.7.0 TLS first   | PERMANENT dsn=5.7.0 reply=530 5.7.0 TLS first stat=Service unavailable | false
          mail=close                 | TEMPORARY dsn=4.4.2 reply= stat=Deferred: Connection reset by [127.0.0.1] | true
          mail=hang                  | TEMPORARY dsn=4.4.2 reply= stat=Deferred: Connection timed out with [127.0.0.1] | true
          mail=hello there           | TEMPORARY dsn=4.5.0 reply= stat=Deferred: not an SMTP reply: hello there ([127.0.0.1]) | false
          mail=354 go                | TEMPORARY dsn=4.5.0 reply= stat=Deferred: protocol error: 354 go to MAIL | false
          rcpt=450 4.2.1 busy        | TEMPORARY dsn=4.2.1 reply=450 4.2.1 busy stat=Deferred: 450 4.2.1 busy | false
          rcpt=550 5.1.1 unknown     | PERMANENT dsn=5.1.1 reply=550 5.1.1 unknown stat=User unknown | false
          rcpt=550 no such user      | PERMANENT dsn=5.1.1 reply=550 no such user stat=User unknown | false
          data=451 4.3.0 later       | TEMPORARY dsn=4.3.0 reply=451 4.3.0 later stat=Deferred: 451 4.3.0 later | false
          data=554 5.6.0 no          | PERMANENT dsn=5.6.0 reply=554 5.6.0 no stat=Service unavailable | false
          data=250 2.0.0 fine        | TEMPORARY dsn=4.5.0 reply= stat=Deferred: protocol error: 250 2.0.0 fine to DATA | false
          dot=452 4.3.1 full         | TEMPORARY dsn=4.3.1 reply=452 4.3.1 full stat=Deferred: 452 4.3.1 full | false
          dot=554 5.7.1 spam         | PERMANENT dsn=5.7.1 reply=554 5.7.1 spam stat=Service unavailable | false
          dot=close                  | TEMPORARY dsn=4.4.2 reply= stat=Deferred: Connection reset by [127.0.0.1] | false
          cut=content                | TEMPORARY dsn=4.4.2 reply= stat=Deferred: Connection reset by [127.0.0.1] | false
          """)
  void repliesDecide(String script, String outcome, boolean hostDown) throws Exception {
    settings = settings.withTimeouts(RelayTimeouts.all(Duration.ofSeconds(1)));
    content = TEXT.repeat(200);
    for (String caps : List.of("caps=PIPELINING,8BITMIME", "caps=8BITMIME")) {
      peer(script, caps, "starttls=strip");
      RecipientOutcome result = deliver("u@remote.test").get(0);
      assertEquals(outcome, show(result), caps);
      assertEquals(hostDown, result.hostDown(), caps);
      peer.close();
    }
  }

  @Test
  void nobodyListening() throws Exception {
    peer();
    RelayJob job = job("[127.0.0.1]", "u@remote.test");
    peer.close();
    RecipientOutcome outcome = deliver(job).get(0);
    assertEquals(
        "TEMPORARY dsn=4.4.1 reply= stat=Deferred: Connection refused by [127.0.0.1]",
        show(outcome));
    assertTrue(outcome.hostDown());
  }

  @Test
  void eachRecipientHasItsOwnOutcome() throws Exception {
    for (String caps : List.of("caps=PIPELINING,DSN", "caps=DSN")) {
      peer(caps, "rcpt#2=550 5.1.1 unknown", "rcpt#3=450 4.2.1 busy", "starttls=strip");
      List<RecipientOutcome> outcomes = deliver("a@r.test", "b@r.test", "c@r.test", "d@r.test");
      assertEquals(
          List.of("DELIVERED", "PERMANENT", "TEMPORARY", "DELIVERED"),
          outcomes.stream().map(o -> o.kind().toString()).toList());
      assertEquals(
          List.of(
              "... while talking to [127.0.0.1]:",
              ">>> RCPT To:<b@r.test> NOTIFY=SUCCESS",
              "<<< 550 5.1.1 unknown"),
          outcomes.get(1).transcript());
      assertEquals(1, peer.messages.size());
      peer.close();
    }
  }

  /**
   * sendmail bounces here (reference, section 10, number 5): a permanent verdict must not stick.
   */
  @Test
  void temporaryTlsRcptStaysTemporaryAfterAPermanentOne() throws Exception {
    for (String caps : List.of("caps=PIPELINING", "caps=SIZE")) {
      peer(caps);
      policy.tryTls = new Verdict.Reject(550, "5.7.1", "no TLS");
      policy.tlsRcpt =
          r ->
              switch (r) {
                case "b@r.test" -> TestPolicy.reject(503, "CN x does not match y");
                case "a@r.test" -> TestPolicy.reject(454, "encryption too weak 0 less than 112");
                default -> Verdict.accept();
              };
      List<RecipientOutcome> outcomes = deliver("b@r.test", "a@r.test", "c@r.test");
      assertEquals(
          List.of(
              "PERMANENT dsn=5.7.0 reply= stat=Service unavailable",
              "TEMPORARY dsn=4.7.0 reply= stat=Deferred: 454 4.7.0 encryption too weak 0 less than"
                  + " 112",
              "DELIVERED dsn=2.0.0 reply=250 2.0.0 taken stat=Sent (2.0.0 taken)"),
          outcomes.stream().map(RelayClientTest::show).toList());
      assertEquals("503 5.7.0 CN x does not match y", outcomes.get(0).diagnostic());
      assertFalse(peer.commands.toString().contains("a@r.test"));
      assertFalse(peer.commands.toString().contains("b@r.test"));
      peer.close();
    }
  }

  @Test
  void withoutASurvivingRecipientThereIsNoData() throws Exception {
    peer();
    policy.tlsRcpt = r -> TestPolicy.reject(454, "not authenticated");
    assertEquals(RecipientOutcome.Kind.TEMPORARY, deliver("u@r.test").get(0).kind());
    waitFor("+QUIT");
    assertEquals("EHLO STARTTLS +EHLO +MAIL +QUIT", peer.verbs());
  }

  @Test
  void sizeIsComparedBeforeAnythingIsSent() throws Exception {
    peer("caps=SIZE 10,8BITMIME", "starttls=strip");
    RecipientOutcome outcome = deliver("u@r.test").get(0);
    assertEquals("PERMANENT", outcome.kind().toString());
    assertEquals("5.3.4", outcome.dsn());
    assertFalse(peer.verbs().contains("MAIL"), peer.verbs());
  }

  @Test
  void contentIsStuffedAndItsLineEndsAreMadeWhole() throws Exception {
    peer();
    content = "Subject: x\r\n\r\n.\r\n..x\nlone LF\rlone CR\r\n.end";
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("u@r.test").get(0).kind());
    assertEquals(
        "Subject: x\r\n\r\n.\r\n..x\r\nlone LF\r\nlone CR\r\n.end\r\n", peer.messages.get(0));
  }

  @Test
  void eightBitTextIsConvertedForASevenBitPeer() throws Exception {
    peer("caps=SIZE", "starttls=strip");
    body = "8BITMIME";
    content =
        lines(
            "Subject: x",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
            "caf\u00c3\u00a9 = 1");
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("u@r.test").get(0).kind());
    assertEquals(
        lines(
            "Subject: x",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            "caf=C3=A9 =3D 1"),
        peer.messages.get(0));
    content = "Subject: caf\u00e9\r\n\r\nhello\r\n";
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("u@r.test").get(0).kind());
    assertEquals(content, peer.messages.get(1));
    eightBit = EightBit.CONVERT;
    RecipientOutcome outcome = deliver("u@r.test").get(0);
    assertEquals("PERMANENT", outcome.kind().toString());
    assertEquals("5.6.3", outcome.dsn());
    assertEquals(2, peer.messages.size());
  }

  /** {@code F=8}: even what could be converted stays as it is. */
  @Test
  void aMailerForEightBitsSendsThemAsTheyAre() throws Exception {
    peer("caps=SIZE", "starttls=strip");
    eightBit = EightBit.AS_IS;
    content =
        lines(
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
            "caf\u00c3\u00a9");
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("u@r.test").get(0).kind());
    assertEquals(content, peer.messages.get(0));
  }

  @Test
  void keptConnectionIsUsedAgainAndTlsRcptAskedAgain() throws Exception {
    for (String caps : List.of("caps=PIPELINING", "caps=SIZE")) {
      peer(caps);
      keepOpen = true;
      policy.asked.clear();
      assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("a@r.test").get(0).kind());
      keepOpen = false;
      assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("b@r.test").get(0).kind());
      waitFor("+QUIT");
      assertEquals(1, peer.connections());
      assertEquals(
          "EHLO STARTTLS +EHLO +MAIL +RCPT +DATA +RSET +MAIL +RCPT +DATA +QUIT", peer.verbs());
      assertEquals(
          List.of("tls_server OK", "tls_rcpt a@r.test", "tls_rcpt b@r.test"),
          policy.asked.stream().filter(a -> a.matches("tls_(server|rcpt).*")).toList());
      peer.close();
    }
  }

  @Test
  void keptConnectionThatThePeerHasClosedIsReplacedByANewOne() throws Exception {
    peer("rset=421 4.4.2 idle too long", "starttls=strip");
    keepOpen = true;
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("a@r.test").get(0).kind());
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("b@r.test").get(0).kind());
    assertEquals(2, peer.connections());
  }

  @Test
  void idleConnectionsAreGivenUpAfterAWhile() throws Exception {
    peer("starttls=strip");
    RelaySettings s = settings;
    settings =
        new RelaySettings(
            s.heloName(),
            s.ownNames(),
            s.port(),
            s.timeouts(),
            false,
            2,
            2,
            Duration.ofMillis(100),
            4,
            "",
            "",
            LocalEnd.ANY,
            LocalEnd.ANY);
    keepOpen = true;
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("a@r.test").get(0).kind());
    waitFor("QUIT");
    assertTrue(peer.commands.contains("QUIT"));
  }

  @Test
  void replyMonstersDoNoHarm() throws Exception {
    for (String reply :
        List.of(
            "mail=raw:250-x\r\n" + "250-x\r\n".repeat(3000) + "250 ok\r\n",
            "mail=250 2.1.0 " + "x".repeat(20_000),
            "rcpt=raw:550 5.1.1 a\0b\u00ff\u009fc\r\n")) {
      peer(reply, "starttls=strip");
      RecipientOutcome outcome = deliver("u@r.test").get(0);
      assertTrue(outcome.kind() != RecipientOutcome.Kind.DELIVERED);
      assertTrue(
          (outcome.stat() + outcome.diagnostic()).chars().allMatch(c -> c >= 32 && c < 127),
          outcome::toString);
      peer.close();
    }
    peer("mail=250 2.1.0 " + "x".repeat(5000), "starttls=strip");
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("u@r.test").get(0).kind());
  }

  @Test
  void addressesThatWouldBreakOutOfTheCommandAreNotSent() throws Exception {
    peer("starttls=strip");
    List<RecipientOutcome> outcomes =
        deliver("a@r.test>\r\nRCPT To:<x@r.test", "\"a b\"@r.test", "\u00fc@r.test");
    assertEquals(
        List.of("PERMANENT", "DELIVERED", "PERMANENT"),
        outcomes.stream().map(o -> o.kind().toString()).toList());
    assertEquals("EHLO MAIL RCPT DATA", peer.verbs().replace(" QUIT", ""));
  }

  @Test
  void aMessageThatCannotBeReadIsNotDeliveredInHalf() throws Exception {
    peer("starttls=strip");
    RelayJob good = job("[127.0.0.1]", "u@r.test");
    InputStream broken =
        new SequenceInputStream(
            new ByteArrayInputStream(new byte[100_000]),
            new FilterInputStream(InputStream.nullInputStream()) {
              @Override
              public int read(byte[] target, int offset, int length) throws IOException {
                throw new IOException("disk trouble");
              }
            });
    RecipientOutcome outcome =
        deliver(new RelayJob(good.envelope(), good.transport(), 200_000, () -> broken, false, 0))
            .get(0);
    assertEquals(
        "TEMPORARY dsn=4.3.0 reply=354 go on stat=Deferred: cannot read the message: disk trouble",
        show(outcome).replace("reply= ", "reply=354 go on "));
    assertEquals(0, peer.messages.size());
  }

  @Test
  void longContentStreams() throws Exception {
    peer("starttls=strip");
    content = "Subject: long\r\n\r\n" + "0123456789abcdef\r\n".repeat(300_000);
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("u@r.test").get(0).kind());
    assertEquals(content.length(), peer.messages.get(0).length());
  }

  @Test
  void ruleSetsThatBlockRunOnWorkers() throws Exception {
    peer();
    policy.blocks = true;
    List<String> threads = Collections.synchronizedList(new ArrayList<>());
    policy.tlsRcpt =
        r -> {
          threads.add(Thread.currentThread().getName());
          return Verdict.accept();
        };
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver("u@r.test").get(0).kind());
    assertTrue(threads.get(0).startsWith("pool-"), threads::toString);
  }

  @Test
  void nextHostIsTriedWhenTheFirstDoesNotServe() throws Exception {
    peer("greeting@1=421 4.3.2 busy", "mail@2=close", "starttls=strip");
    RelayJob job = job("[dead1.test]:[mx1.test]:[mx2.test]:[mx3.test]", "u@r.test");
    assertEquals(RecipientOutcome.Kind.DELIVERED, deliver(job).get(0).kind());
    assertEquals(3, peer.connections());
    assertTrue(policy.asked.contains("connected [mx3.test] 127.0.0.1"));
  }

  @Test
  void afterContentWasSentNoOtherHostIsTried() throws Exception {
    peer("dot=close", "starttls=strip");
    RelayJob job = job("[mx1.test]:[mx2.test]", "u@r.test");
    assertEquals(RecipientOutcome.Kind.TEMPORARY, deliver(job).get(0).kind());
    assertEquals(1, peer.connections());
  }
}
