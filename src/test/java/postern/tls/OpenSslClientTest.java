package postern.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.policy.Verify;
import postern.tls.TestCerts.Issuer;
import postern.tls.TestCerts.Spec;

/** A client that is not ours: the openssl command, where it is installed. */
class OpenSslClientTest {
  @TempDir static Path temp;

  private static final Issuer ROOT = TestCerts.root("Root CA");
  private static BigInteger clientSerial = BigInteger.ZERO;
  private static MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @BeforeAll
  static void makeFiles() throws IOException {
    assumeTrue(installed(), "openssl is not installed");
    assumeTrue(BoringSslFactory.available());
    TestCerts.writeCerts(temp.resolve("ca.pem"), ROOT.cert());
    for (Spec spec :
        List.of(new Spec().named("server"), new Spec().named("client"), odd("nosubject"))) {
      String name = spec.subject.length < 5 ? "nosubject" : nameOf(spec);
      TestCerts.writeCerts(temp.resolve(name + ".pem"), spec.by(ROOT));
      TestCerts.writeKey(temp.resolve(name + ".key"), spec.keys);
      clientSerial = name.equals("client") ? spec.serial : clientSerial;
    }
  }

  private static Spec odd(String dns) {
    Spec spec = new Spec().dns(dns);
    spec.subject = TestCerts.name();
    return spec;
  }

  private static String nameOf(Spec spec) {
    return spec.by(ROOT).subject().commonNameMacro();
  }

  @AfterAll
  static void stop() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static boolean installed() {
    try {
      return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  /** A listening server and what came of its handshakes. */
  private record Server(Channel channel, BlockingQueue<TlsFacts> facts) implements AutoCloseable {
    int port() {
      return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Nullable TlsFacts next() throws InterruptedException {
      return facts.poll(5, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      channel.close().syncUninterruptibly();
    }
  }

  private static Server serve(String engine, String... options) throws Exception {
    TlsSettings.Builder builder = TlsSettings.builder();
    builder.set("TLSEngine", engine);
    builder.set("CACertPath", temp.toString());
    builder.set("CACertFile", temp.resolve("ca.pem").toString());
    builder.set("ServerCertFile", temp.resolve("server.pem").toString());
    builder.set("ServerKeyFile", temp.resolve("server.key").toString());
    builder.set("DontBlameSendmail", "TrustStickyBit,GroupWritableDirPathSafe");
    for (int i = 0; i < options.length; i += 2) {
      builder.set(options[i], options[i + 1]);
    }
    ServerTls tls = ServerTls.load(builder.build());
    assertTrue(tls.available(), () -> tls.problems().toString());
    TlsSession session = tls.session(TlsFeatures.NONE, true);
    BlockingQueue<TlsFacts> facts = new LinkedBlockingQueue<>();
    Channel channel =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    SslHandler handler = session.newHandler(accepted.alloc());
                    accepted.pipeline().addLast(handler, new Greeter(session, handler, facts));
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    return new Server(channel, facts);
  }

  private static final class Greeter extends ChannelInboundHandlerAdapter {
    private final TlsSession session;
    private final SslHandler handler;
    private final BlockingQueue<TlsFacts> facts;

    Greeter(TlsSession session, SslHandler handler, BlockingQueue<TlsFacts> facts) {
      this.session = session;
      this.handler = handler;
      this.facts = facts;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
        facts.add(session.facts(handler.engine().getSession()));
        var unused =
            context.writeAndFlush(Unpooled.copiedBuffer("220 x\r\n", StandardCharsets.US_ASCII));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var unused = context.close();
    }
  }

  /** Runs s_client until it has seen the greeting or given up; returns all that it said. */
  private static String connect(Server server, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.port()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    StringBuilder said = new StringBuilder();
    try (var in = process.getInputStream()) {
      for (int c; (c = in.read()) >= 0; ) {
        said.append((char) c);
        if (said.length() > 5 && said.substring(said.length() - 5).equals("220 x")) {
          process.getOutputStream().close();
        }
      }
    } finally {
      process.destroy();
    }
    return said.toString();
  }

  private static String[] with(String name, String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(List.of("-cert", temp.resolve(name + ".pem").toString()));
    all.addAll(List.of("-key", temp.resolve(name + ".key").toString()));
    return all.toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void getsTheSuiteThatItPutsFirst(String engine) throws Exception {
    try (Server server = serve(engine)) {
      connect(server);
      assertEquals("TLS_AES_256_GCM_SHA384", facts(server).cipher());
      connect(server, "-ciphersuites", "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384");
      assertEquals(128, facts(server).cipherBits());
      connect(server, "-tls1_2");
      assertEquals("ECDHE-ECDSA-AES256-GCM-SHA384", facts(server).cipher());
    }
  }

  private static TlsFacts facts(Server server) throws InterruptedException {
    return java.util.Objects.requireNonNull(server.next(), "no handshake");
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void isVerifiedAndToldOurAuthorities(String engine) throws Exception {
    try (Server server = serve(engine)) {
      String said = connect(server, with("client"));
      assertEquals(Verify.OK, facts(server).verify());
      assertTrue(said.contains("Acceptable client certificate CA names"), said);
      connect(server);
      assertEquals(Verify.NO, facts(server).verify());
    }
  }

  @Test
  void mayHaveACertificateThatTheJdkCannotRead() throws Exception {
    try (Server server = serve("boringssl")) {
      connect(server, with("nosubject"));
      assertEquals(Verify.OK, facts(server).verify());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void isVerifiedAgainWhenItResumes(String version) throws Exception {
    String ticket = temp.resolve("ticket" + version).toString();
    try (Server server = serve("boringssl")) {
      connect(server, with("client", version, "-sess_out", ticket));
      assertEquals(Verify.OK, facts(server).verify());
      String said = connect(server, with("client", version, "-sess_in", ticket));
      assertTrue(said.contains("Reused, TLSv1."), said);
      TlsFacts resumed = facts(server);
      assertEquals(Verify.OK, resumed.verify());
      assertEquals("client", resumed.cnSubject());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void isNotSparedByATicketWhenItIsRevoked(String version) throws Exception {
    String ticket = temp.resolve("revoked" + version).toString();
    try (Server server = serve("boringssl")) {
      connect(server, with("client", version, "-sess_out", ticket));
      assertEquals(Verify.OK, facts(server).verify());
    }
    byte[] list = TestCerts.crl(ROOT, 7, List.of(clientSerial));
    String crl =
        TestCerts.write(temp.resolve("crl.pem"), Pem.write("X509 CRL", list), "rw-r--r--")
            .toString();
    try (Server server = serve("boringssl", "CRLFile", crl)) {
      connect(server, with("client", version, "-sess_in", ticket, "-sess_out", ticket));
      assertEquals(Verify.FAIL, facts(server).verify());
      String said = connect(server, with("client", version, "-sess_in", ticket));
      assertTrue(said.contains("Reused, TLSv1."), said);
      assertEquals(Verify.FAIL, facts(server).verify(), "nor by a new one");
    }
  }

  @Test
  void getsNoTicketIfTheOptionsSaySo() throws Exception {
    Path ticket = temp.resolve("none");
    try (Server server = serve("boringssl", "ServerSSLOptions", "SSL_OP_NO_TICKET")) {
      for (String version : List.of("-tls1_2", "-tls1_3")) {
        connect(server, version, "-sess_out", ticket.toString());
        assertEquals(Verify.NO, facts(server).verify());
        boolean resumed =
            Files.exists(ticket)
                && connect(server, version, "-sess_in", ticket.toString()).contains("Reused");
        assertFalse(resumed, version);
        server.facts.clear();
        Files.deleteIfExists(ticket);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void cannotUseAnOldVersion(String engine) throws Exception {
    try (Server server = serve(engine)) {
      for (String version : List.of("-tls1", "-tls1_1")) {
        String said = connect(server, version, "-cipher", "ALL:@SECLEVEL=0");
        assertTrue(said.contains("Cipher is (NONE)"), said);
      }
      assertTrue(server.facts.isEmpty());
    }
  }

  @Test
  void canUseFiniteFieldGroupsOnTheJdk() throws Exception {
    Path file = temp.resolve("dh.pem");
    // RFC 7919 ffdhe2048, as the option's file would hold it.
    String prime =
        "FFFFFFFFFFFFFFFFADF85458A2BB4A9AAFDC5620273D3CF1D8B9C583CE2D3695A9E13641146433FBCC939DCE249B"
            + "3EF97D2FE363630C75D8F681B202AEC4617AD3DF1ED5D5FD65612433F51F5F066ED0856365553DED1AF3B557"
            + "135E7F57C935984F0C70E0E68B77E2A689DAF3EFE8721DF158A136ADE73530ACCA4F483A797ABC0AB182B324"
            + "FB61D108A94BB2C8E3FBB96ADAB760D7F4681D4F42A3DE394DF4AE56EDE76372BB190B07A7C8EE0A6D709E02"
            + "FCE1CDF7E2ECC03404CD28342F619172FE9CE98583FF8E4F1232EEF28183C3FE3B1B4C6FAD733BB5FCBC2EC2"
            + "2005C58EF1837D1683B2C6F34A26C1B2EFFA886B423861285C97FFFFFFFFFFFFFFFF";
    byte[] group =
        DerWriter.sequence(
            DerWriter.integer(new java.math.BigInteger(prime, 16)), DerWriter.integer(2));
    TestCerts.write(file, Pem.write("DH PARAMETERS", group), "rw-r--r--");
    Spec rsa = new Spec().named("rsa").with(TestCerts.rsa(2048));
    TestCerts.writeCerts(temp.resolve("rsa.pem"), rsa.by(ROOT));
    TestCerts.writeKey(temp.resolve("rsa.key"), rsa.keys);
    try (Server server =
        serve(
            "auto",
            "DHParameters",
            file.toString(),
            "ServerCertFile",
            temp.resolve("rsa.pem").toString(),
            "ServerKeyFile",
            temp.resolve("rsa.key").toString())) {
      String said = connect(server, "-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384");
      assertTrue(said.contains("Server Temp Key: DH, 2048 bits"), said);
      assertEquals("DHE-RSA-AES256-GCM-SHA384", facts(server).cipher());
    }
  }

  /** Both must say the same about certificates and CRLs that an administrator may have. */
  @Test
  void agreesWithOurVerdicts() throws Exception {
    Issuer inter = new Spec().named("Intermediate CA").under(ROOT);
    Issuer narrow = new Spec().named("Narrow CA").authority(0).under(ROOT);
    Issuer tooDeep = new Spec().named("Too deep CA").under(narrow);
    byte[] unknown = TestCerts.extension("1.3.6.1.4.1.99999.1", true, new byte[] {5, 0});
    Cert revoked = new Spec().by(ROOT);
    Path crl = temp.resolve("crl.pem");
    byte[] list = TestCerts.crl(ROOT, 7, List.of(revoked.serial()));
    byte[] empty = TestCerts.crl(inter, 7, List.of());
    byte[] others = TestCerts.crl(narrow, 7, List.of());
    byte[] deep = TestCerts.crl(tooDeep, 7, List.of());
    StringBuilder lists = new StringBuilder();
    List<Crl> crls = new ArrayList<>();
    for (byte[] der : List.of(list, empty, others, deep)) {
      lists.append(Pem.write("X509 CRL", der));
      crls.add(Crl.parse(der));
    }
    TestCerts.write(crl, lists.toString(), "rw-r--r--");
    TrustStore trust = new TrustStore(List.of(ROOT.cert()), null, crls, null, true);
    List<List<Cert>> chains =
        List.of(
            List.of(new Spec().by(ROOT)),
            List.of(new Spec().by(inter), inter.cert()),
            List.of(new Spec().by(inter)),
            List.of(new Spec().valid(-9, -2).by(ROOT)),
            List.of(new Spec().valid(2, 9).by(ROOT)),
            List.of(new Spec().selfSigned()),
            List.of(new Spec().by(TestCerts.root("Root CA"))),
            List.of(new Spec().by(tooDeep), tooDeep.cert(), narrow.cert()),
            List.of(new Spec().more(unknown).by(ROOT)),
            List.of(new Spec().purposes(TestCerts.SERVER_AUTH).by(ROOT)),
            List.of(new Spec().with(TestCerts.rsa(1024)).by(ROOT)),
            List.of(revoked));
    for (List<Cert> chain : chains) {
      Path file = TestCerts.writeCerts(temp.resolve("chain.pem"), chain.toArray(Cert[]::new));
      String mine =
          new ChainVerifier(trust)
              .verify(chain, ChainVerifier.Purpose.CLIENT, true, TestCerts.SECONDS)
              .message();
      assertEquals(openSsl(file, crl), mine);
    }
  }

  private static String openSsl(Path chain, Path crl) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl", "verify", "-auth_level", "2"));
    command.addAll(List.of("-purpose", "sslclient", "-crl_check_all"));
    command.addAll(List.of("-CAfile", temp.resolve("ca.pem").toString()));
    command.addAll(List.of("-CRLfile", crl.toString(), "-untrusted", chain.toString()));
    command.add(chain.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    for (String line : said.lines().toList()) {
      int at = line.indexOf("depth lookup: ");
      if (at >= 0) {
        return line.substring(at + "depth lookup: ".length());
      }
    }
    return said.trim().endsWith(": OK") ? "ok" : said;
  }
}
