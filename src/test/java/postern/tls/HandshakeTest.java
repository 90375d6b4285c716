package postern.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.policy.Verify;
import postern.tls.TestCerts.Issuer;
import postern.tls.TestCerts.Spec;

/** Handshakes between our two roles in memory, on each engine and version. */
class HandshakeTest {
  @TempDir static Path temp;

  private static String ca = "";
  private static String crl = "";
  private static final Issuer ROOT = TestCerts.root("Root CA");
  private static final Issuer INTER = new Spec().named("Intermediate CA").under(ROOT);

  @BeforeAll
  static void makeFiles() throws IOException {
    ca = TestCerts.writeCerts(temp.resolve("ca.pem"), ROOT.cert()).toString();
    put("server", new Spec().named("gw.example.test"), ROOT);
    put("chained", new Spec().named("gw.example.test"), INTER, INTER.cert());
    put("leafonly", new Spec().named("gw.example.test"), INTER);
    KeyPair rsa = TestCerts.rsa(2048);
    put("rsa", new Spec().named("rsa.example.test").with(rsa), ROOT);
    put("other", new Spec().named("other.test").dns("mx.other.test"), ROOT);
    put("wild", new Spec().named("wild.test").dns("*.wild.test"), ROOT);
    put("good", new Spec(), ROOT);
    put("expired", new Spec().valid(-60, -30), ROOT);
    put("unknown", new Spec(), TestCerts.root("Other CA"));
    Spec revoked = new Spec();
    put("revoked", revoked, ROOT);
    Spec odd = new Spec();
    odd.subject = TestCerts.name();
    put("nosubject", odd.dns("client.example.test"), ROOT);
    Cert[] many = Collections.nCopies(400, INTER.cert()).toArray(Cert[]::new);
    put("many", new Spec(), INTER, many);
    byte[] list = TestCerts.crl(ROOT, 7, List.of(revoked.serial));
    crl =
        TestCerts.write(temp.resolve("crl.pem"), Pem.write("X509 CRL", list), "rw-r--r--")
            .toString();
  }

  private static void put(String name, Spec spec, Issuer issuer, Cert... more) throws IOException {
    Cert[] chain = new Cert[more.length + 1];
    chain[0] = spec.by(issuer);
    System.arraycopy(more, 0, chain, 1, more.length);
    TestCerts.writeCerts(temp.resolve(name + ".pem"), chain);
    TestCerts.writeKey(temp.resolve(name + ".key"), spec.keys);
  }

  private static TlsSettings.Builder settings(String engine) {
    assumeTrue(!engine.equals("boringssl") || BoringSslFactory.available());
    TlsSettings.Builder builder = TlsSettings.builder();
    builder.set("TLSEngine", engine);
    builder.set("CACertPath", temp.toString());
    builder.set("CACertFile", ca);
    builder.set("CRLFile", crl);
    builder.set("DontBlameSendmail", "TrustStickyBit,GroupWritableDirPathSafe");
    identity(builder, "Server", "server");
    return builder;
  }

  private static void identity(TlsSettings.Builder builder, String role, String names) {
    String certs = "";
    String keys = "";
    for (String name : names.split(",", -1)) {
      certs += (certs.isEmpty() ? "" : ",") + temp.resolve(name + ".pem");
      keys += (keys.isEmpty() ? "" : ",") + temp.resolve(name + ".key");
    }
    builder.set(role + "CertFile", certs);
    builder.set(role + "KeyFile", keys);
  }

  private static TlsSettings.Builder client(String engine, String certificate) {
    TlsSettings.Builder builder = settings(engine);
    if (!certificate.isEmpty()) {
      identity(builder, "Client", certificate);
    }
    return builder;
  }

  /** What both sides saw; null where the handshake failed. */
  private record Both(
      @Nullable TlsFacts server, @Nullable TlsFacts client, @Nullable Throwable failure) {}

  private static ServerTls server(TlsSettings.Builder builder) {
    ServerTls tls = ServerTls.load(builder.build());
    assertTrue(tls.available(), () -> tls.problems().toString());
    return tls;
  }

  private static Both shake(TlsSession server, TlsSettings.Builder client) throws Exception {
    ClientTls tls = ClientTls.load(client.build());
    assertTrue(tls.available(), () -> tls.problems().toString());
    return shake(server, tls.session(TlsFeatures.NONE));
  }

  private static Both shake(TlsSession server, TlsSession client) {
    EmbeddedChannel left = new EmbeddedChannel();
    EmbeddedChannel right = new EmbeddedChannel();
    SslHandler serving = server.newHandler(left.alloc());
    SslHandler connecting = client.newHandler(right.alloc());
    left.pipeline().addLast(serving);
    right.pipeline().addLast(connecting);
    try {
      for (int i = 0; i < 200 && !idle(left, right); i++) {
        pump(left, right);
        pump(right, left);
      }
      boolean served = serving.handshakeFuture().isSuccess();
      boolean connected = connecting.handshakeFuture().isSuccess();
      Throwable failure =
          served ? connecting.handshakeFuture().cause() : serving.handshakeFuture().cause();
      return new Both(
          served ? server.facts(serving.engine().getSession()) : null,
          connected ? client.facts(connecting.engine().getSession()) : null,
          failure);
    } finally {
      quietly(left);
      quietly(right);
    }
  }

  private static boolean idle(EmbeddedChannel left, EmbeddedChannel right) {
    return left.outboundMessages().isEmpty() && right.outboundMessages().isEmpty();
  }

  private static void pump(EmbeddedChannel from, EmbeddedChannel to) {
    for (Object message; (message = from.readOutbound()) != null; ) {
      if (to.isOpen()) {
        try {
          to.writeInbound(message);
        } catch (RuntimeException e) {
          // the handler's future has it
        }
      } else {
        ReferenceCountUtil.release(message);
      }
    }
  }

  private static void quietly(EmbeddedChannel channel) {
    try {
      channel.finishAndReleaseAll();
    } catch (RuntimeException e) {
      // what failed the handshake comes up again here
    }
  }

  private static TlsFacts facts(@Nullable TlsFacts facts) {
    return java.util.Objects.requireNonNull(facts, "the handshake failed");
  }

  @ParameterizedTest
  @CsvSource({
    "boringssl,jdk,TLSv1.3",
    "boringssl,jdk,TLSv1.2",
    "boringssl,boringssl,TLSv1.3",
    "boringssl,boringssl,TLSv1.2",
    "boringssl,auto,TLSv1.3",
    "boringssl,auto,TLSv1.2",
    "jdk,jdk,TLSv1.3",
    "jdk,jdk,TLSv1.2",
    "jdk,boringssl,TLSv1.3",
    "jdk,boringssl,TLSv1.2",
    "jdk,auto,TLSv1.3",
  })
  void tellsBothSidesWhoTheOtherIs(String serving, String connecting, String version)
      throws Exception {
    TlsSettings.Builder client = client(connecting, "good");
    client.set("ClientSSLOptions", version.equals("TLSv1.2") ? "SSL_OP_NO_TLSv1_3" : "");
    client.set("CertFingerprintAlgorithm", "sha256");
    Both both = shake(server(settings(serving)).session(TlsFeatures.NONE, true), client);
    TlsFacts atServer = facts(both.server);
    assertEquals(Verify.OK, atServer.verify());
    assertEquals("ok", atServer.verifyMessage());
    assertEquals(version, atServer.version());
    assertEquals("/O=Test+20Org/CN=client.example.test", atServer.certSubject());
    assertEquals("/O=Test+20Org/CN=Root+20CA", atServer.certIssuer());
    assertEquals("client.example.test", atServer.cnSubject());
    assertEquals("Root+20CA", atServer.cnIssuer());
    assertEquals(47, atServer.fingerprint().length(), "MD5");
    TlsFacts atClient = facts(both.client);
    assertEquals(Verify.OK, atClient.verify());
    assertEquals("gw.example.test", atClient.cnSubject());
    assertEquals(95, atClient.fingerprint().length(), "SHA-256");
    assertEquals(atServer.cipher(), atClient.cipher());
    if (!connecting.equals("boringssl")) {
      String expected =
          version.equals("TLSv1.3") ? "TLS_AES_256_GCM_SHA384" : "ECDHE-ECDSA-AES256-GCM-SHA384";
      assertEquals(expected, atServer.cipher());
      assertEquals(256, atServer.cipherBits());
      assertEquals(256, atServer.algorithmBits());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "boringssl,TLSv1.3,good,OK,ok",
    "boringssl,TLSv1.2,expired,FAIL,certificate has expired",
    "boringssl,TLSv1.3,expired,FAIL,certificate has expired",
    "boringssl,TLSv1.3,unknown,FAIL,unable to get local issuer certificate",
    "boringssl,TLSv1.2,revoked,FAIL,certificate revoked",
    "boringssl,TLSv1.3,'',NO,ok",
    "boringssl,TLSv1.2,'',NO,ok",
    "boringssl,TLSv1.3,rsa,OK,ok",
    "jdk,TLSv1.3,expired,FAIL,certificate has expired",
    "jdk,TLSv1.2,unknown,FAIL,unable to get local issuer certificate",
    "jdk,TLSv1.3,revoked,FAIL,certificate revoked",
    "jdk,TLSv1.3,'',NO,ok",
    "jdk,TLSv1.2,'',NO,ok",
    "jdk,TLSv1.2,rsa,OK,ok",
  })
  void completesWhateverTheClientPresents(
      String engine, String version, String certificate, Verify verify, String message)
      throws Exception {
    TlsSettings.Builder client = client("jdk", certificate);
    client.set("ClientSSLOptions", version.equals("TLSv1.2") ? "SSL_OP_NO_TLSv1_3" : "");
    Both both = shake(server(settings(engine)).session(TlsFeatures.NONE, true), client);
    TlsFacts facts = facts(both.server);
    assertEquals(verify, facts.verify());
    assertEquals(message, facts.verifyMessage());
    assertEquals(version, facts.version());
    if (verify == Verify.NO) {
      assertEquals("", facts.cnSubject());
      assertEquals("", facts.certSubject());
      assertEquals("", facts.fingerprint());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void completesWhateverTheServerPresents(String engine) throws Exception {
    for (String[] expected :
        new String[][] {
          {"expired", "certificate has expired"},
          {"unknown", "unable to get local issuer certificate"},
          {"revoked", "certificate revoked"},
        }) {
      TlsSettings.Builder serving = settings(engine);
      identity(serving, "Server", expected[0]);
      for (String connecting : List.of("jdk", "boringssl")) {
        Both both = shake(server(serving).session(TlsFeatures.NONE, true), client(connecting, ""));
        assertEquals(Verify.FAIL, facts(both.client).verify());
        assertEquals(expected[1], facts(both.client).verifyMessage());
      }
    }
  }

  @Test
  void readsCertificatesThatTheJdkCannot() throws Exception {
    Both both =
        shake(
            server(settings("boringssl")).session(TlsFeatures.NONE, true),
            client("boringssl", "nosubject"));
    assertEquals(Verify.OK, facts(both.server).verify());
    assertEquals("BadCertificateUnknown", facts(both.server).cnSubject());
  }

  @Test
  void survivesHundredsOfCertificates() throws Exception {
    for (String engine : List.of("boringssl", "jdk")) {
      Both both =
          shake(server(settings(engine)).session(TlsFeatures.NONE, true), client("jdk", "many"));
      assertTrue(both.server == null || both.server.verify() == Verify.OK);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void doesNotAskWhenToldNotTo(String engine) throws Exception {
    Both both =
        shake(server(settings(engine)).session(TlsFeatures.NONE, false), client("jdk", "good"));
    assertEquals(Verify.NOT, facts(both.server).verify());
    TlsSettings.Builder never = settings(engine);
    never.set("TLSSrvOptions", "V");
    // Whoever asks for a session has heard srv_features, whose v outweighs TLSSrvOptions=V.
    both = shake(server(never).session(TlsFeatures.NONE, true), client("jdk", "good"));
    assertEquals(Verify.OK, facts(both.server).verify());
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void sendsTheChain(String engine) throws Exception {
    TlsSettings.Builder serving = settings(engine);
    identity(serving, "Server", "chained");
    Both both = shake(server(serving).session(TlsFeatures.NONE, true), client("jdk", ""));
    assertEquals(Verify.OK, facts(both.client).verify());
    assertEquals("Intermediate+20CA", facts(both.client).cnIssuer());
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void completesTheChainFromTheTrustedOnes(String engine) throws Exception {
    Path bundle = TestCerts.writeCerts(temp.resolve("bundle.pem"), ROOT.cert(), INTER.cert());
    TlsSettings.Builder serving = settings(engine);
    serving.set("CACertFile", bundle.toString());
    identity(serving, "Server", "leafonly");
    Both both = shake(server(serving).session(TlsFeatures.NONE, true), client("jdk", ""));
    assertEquals(Verify.OK, facts(both.client).verify());
  }

  @Test
  void writesSendmailsLogLines() throws Exception {
    Both both =
        shake(server(settings("jdk")).session(TlsFeatures.NONE, true), client("jdk", "expired"));
    TlsFacts facts = facts(both.server);
    assertEquals(
        "STARTTLS=server, relay=client.example.test [127.0.0.10], version=TLSv1.3, verify=FAIL,"
            + " cipher=TLS_AES_256_GCM_SHA384, bits=256/256",
        TlsLog.success(TlsRole.SERVER, "client.example.test [127.0.0.10]", facts));
    assertEquals(
        "STARTTLS=server, cert-subject=/O=Test+20Org/CN=client.example.test,"
            + " cert-issuer=/O=Test+20Org/CN=Root+20CA, verifymsg=certificate has expired",
        TlsLog.certificate(TlsRole.SERVER, facts));
    assertEquals(
        "STARTTLS=server, error: accept failed=-1, reason=unexpected eof while reading,"
            + " SSL_error=1, errno=0, retry=-1, relay=a?b",
        TlsLog.failure(TlsRole.SERVER, "a\nb", new java.nio.channels.ClosedChannelException()));
    assertEquals(
        "STARTTLS=client, error: connect failed=-1, reason=unknown, SSL_error=2, errno=11, retry=0",
        TlsLog.failure(
            TlsRole.CLIENT, "", new io.netty.handler.ssl.SslHandshakeTimeoutException("late")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void picksTheCertificateThatTheClientCanUse(String engine) throws Exception {
    TlsSettings.Builder serving = settings(engine);
    identity(serving, "Server", "server,rsa");
    TlsSession session = server(serving).session(TlsFeatures.NONE, true);
    TlsSettings.Builder rsaOnly = client("jdk", "");
    rsaOnly.set("ClientSSLOptions", "SSL_OP_NO_TLSv1_3");
    rsaOnly.set("CipherList", "ECDHE+aRSA");
    assertEquals("rsa.example.test", facts(shake(session, rsaOnly).client).cnSubject());
    rsaOnly.set("CipherList", "ECDHE+aECDSA");
    assertEquals("gw.example.test", facts(shake(session, rsaOnly).client).cnSubject());
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void showsTheCertificateOfTheNameThatIsAskedFor(String engine) throws Exception {
    TlsSettings.Builder serving = settings(engine);
    identity(serving, "Server", "server,rsa,other,wild");
    ServerTls server = server(serving);
    assertTrue(server.choosesByName());
    assertFalse(server(settings(engine)).choosesByName());
    assertEquals("gw.example.test", shown(server, null));
    assertEquals("gw.example.test", shown(server, "nobody.test"));
    assertEquals("other.test", shown(server, "MX.Other.test"));
    assertEquals("wild.test", shown(server, "a.wild.test"));
    assertEquals("gw.example.test", shown(server, "a.b.wild.test"));
    assertSame(
        server.session(TlsFeatures.NONE, true, null),
        server.session(TlsFeatures.NONE, true, "nobody.test"));
  }

  private static String shown(ServerTls server, @Nullable String name) throws Exception {
    TlsSession session = server.session(TlsFeatures.NONE, true, name);
    return facts(shake(session, client("jdk", "")).client).cnSubject();
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void servesAClientThatOnlyHasAes128(String engine) throws Exception {
    TlsSession session = server(settings(engine)).session(TlsFeatures.NONE, true);
    TlsSettings.Builder weak = client("jdk", "");
    weak.set("CipherSuites", "TLS_AES_128_GCM_SHA256");
    assertEquals(128, facts(shake(session, weak).server).cipherBits());
    weak.set("ClientSSLOptions", "SSL_OP_NO_TLSv1_3");
    weak.set("CipherList", "ECDHE-ECDSA-AES128-GCM-SHA256");
    TlsFacts facts = facts(shake(session, weak).server);
    assertEquals("ECDHE-ECDSA-AES128-GCM-SHA256", facts.cipher());
    assertEquals(128, facts.cipherBits());
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void letsTheClientChooseUnlessOurOrderIsToCount(String engine) throws Exception {
    TlsSettings.Builder client = client("jdk", "");
    client.set("ClientSSLOptions", "SSL_OP_NO_TLSv1_3");
    client.set("CipherList", "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384");
    TlsSettings.Builder serving = settings(engine);
    assertEquals(
        128,
        facts(shake(server(serving).session(TlsFeatures.NONE, true), client).server).cipherBits());
    serving.set("ServerSSLOptions", "SSL_OP_CIPHER_SERVER_PREFERENCE");
    assertEquals(
        256,
        facts(shake(server(serving).session(TlsFeatures.NONE, true), client).server).cipherBits());
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void failsWithoutACommonSuiteAndNamesTheReason(String engine) throws Exception {
    TlsSettings.Builder serving = settings(engine);
    serving.set("ServerSSLOptions", "SSL_OP_NO_TLSv1_3");
    serving.set("CipherList", "ECDHE-ECDSA-AES256-GCM-SHA384");
    TlsSettings.Builder client = client("jdk", "");
    client.set("CipherList", "ECDHE-ECDSA-AES128-GCM-SHA256");
    Both both = shake(server(serving).session(TlsFeatures.NONE, true), client);
    assertNotNull(both.failure);
    assertEquals("no shared cipher", HandshakeFailure.reason(both.failure));
  }

  @Test
  void namesTheReasonForPlainText() throws Exception {
    for (String engine : List.of("boringssl", "jdk")) {
      EmbeddedChannel channel = new EmbeddedChannel();
      SslHandler handler =
          server(settings(engine)).session(TlsFeatures.NONE, true).newHandler(channel.alloc());
      channel.pipeline().addLast(handler);
      ByteBuf plain = Unpooled.copiedBuffer("EHLO client.test\r\n", StandardCharsets.US_ASCII);
      assertThrows(Exception.class, () -> channel.writeInbound(plain));
      assertEquals(
          "wrong version number", HandshakeFailure.reason(handler.handshakeFuture().cause()));
      quietly(channel);
    }
  }

  private static TlsFeatures features(String... pairs) {
    Map<String, String> options = new java.util.HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      options.put(pairs[i], pairs[i + 1]);
    }
    return new TlsFeatures(true, options, "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void changesOneSessionByItsFeatures(String engine) throws Exception {
    ServerTls tls = server(settings(engine));
    TlsSettings.Builder client = client("jdk", "good");
    TlsFacts facts =
        facts(
            shake(
                    tls.session(
                        features(
                            "options",
                            "SSL_OP_NO_TLSv1_3",
                            "cipherlist",
                            "ECDHE-ECDSA-AES128-GCM-SHA256"),
                        true),
                    client)
                .server);
    assertEquals("TLSv1.2", facts.version());
    assertEquals("ECDHE-ECDSA-AES128-GCM-SHA256", facts.cipher());
    TlsFeatures other =
        features(
            "certfile", temp.resolve("rsa.pem").toString(),
            "keyfile", temp.resolve("rsa.key").toString());
    assertEquals(
        "rsa.example.test", facts(shake(tls.session(other, true), client).client).cnSubject());
    TlsFacts strict = facts(shake(tls.session(features("flags", "R"), true), client).server);
    assertEquals(Verify.OK, strict.verify(), "the root has a CRL");
    assertEquals(
        "TLSv1.3", facts(shake(tls.session(TlsFeatures.NONE, true), client).server).version());
  }

  @Test
  void refusesFeaturesThatMakeNoSense() {
    ServerTls tls = server(settings("jdk"));
    assertThrows(
        TlsConfigException.class, () -> tls.session(features("options", "SSL_OP_NOSUCH"), true));
    assertThrows(
        TlsConfigException.class, () -> tls.session(features("cipherlist", "NOSUCH"), true));
    assertThrows(TlsConfigException.class, () -> tls.session(features("cipherlist", ""), true));
    assertThrows(
        TlsConfigException.class,
        () -> tls.session(new TlsFeatures(false, Map.of(), "invalid syntax"), true));
  }

  @Test
  void keepsItsCertificateWhenTheSessionsCannotBeRead() throws Exception {
    ServerTls tls = server(settings("jdk"));
    TlsSession session =
        tls.session(features("certfile", "/nonexistent.pem", "keyfile", "/nonexistent.key"), true);
    assertFalse(session.problems().isEmpty());
    assertEquals("gw.example.test", facts(shake(session, client("jdk", "")).client).cnSubject());
  }

  @Test
  void choosesTheEngineByRoleAndWhatIsAskedFor() {
    assumeTrue(BoringSslFactory.available());
    TlsSettings.Builder builder = settings("auto");
    assertEquals("BoringSSL", server(builder).engine());
    builder.set("CipherSuites", "TLS_AES_256_GCM_SHA384");
    assertTrue(server(builder).engine().startsWith("JDK"));
    assertTrue(ClientTls.load(settings("auto").build()).engine().startsWith("JDK"));
  }

  @Test
  void fillsTheAlternativeNamesWhenWanted() throws Exception {
    TlsSettings.Builder serving = settings("boringssl");
    serving.set("SetCertAltnames", "true");
    Both both =
        shake(server(serving).session(TlsFeatures.NONE, true), client("boringssl", "nosubject"));
    assertEquals(List.of("client.example.test"), facts(both.server).altNames());
  }

  @Test
  void knowsWhetherToFallBackToClearText() throws Exception {
    ClientTls tls = ClientTls.load(settings("jdk").build());
    assertFalse(tls.session(TlsFeatures.NONE).fallbackToClear());
    assertTrue(tls.session(features("flags", "C")).fallbackToClear());
    TlsSettings.Builder builder = settings("jdk");
    builder.set("TLSFallbacktoClear", "true");
    ClientTls lenient = ClientTls.load(builder.build());
    assertTrue(lenient.session(TlsFeatures.NONE).fallbackToClear());
    assertFalse(lenient.session(features("flags", "c")).fallbackToClear());
  }
}
