package postern.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A client that says what a test wants said, one line or many in one packet. */
final class Talk implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket plain;
  private Socket socket;
  private InputStream in;
  private final String greeting;

  private Talk(Socket plain) throws IOException {
    this.plain = plain;
    this.socket = plain;
    this.in = new BufferedInputStream(plain.getInputStream());
    this.greeting = reply();
  }

  /** Connects and reads the greeting. */
  static Talk to(int port) throws IOException {
    return to(port, "127.0.0.1");
  }

  /** The same from another loopback address. */
  static Talk to(int port, String from) throws IOException {
    Socket socket = new Socket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(
          new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
      return new Talk(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  String greeting() {
    return greeting;
  }

  /** Sends {@code text} as it is. */
  void raw(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Sends lines in one packet. */
  void send(String... lines) throws IOException {
    raw(String.join("\r\n", lines) + "\r\n");
  }

  /** Reads one reply, its lines joined by line feeds. */
  String reply() throws IOException {
    StringBuilder reply = new StringBuilder();
    while (true) {
      String line = line();
      reply.append(line);
      if (line.length() < 4 || line.charAt(3) != '-') {
        return reply.toString();
      }
      reply.append('\n');
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("connection closed");
      }
      if (b == '\n') {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      line.write(b);
    }
  }

  /** Sends a line and reads the reply. */
  String ask(String line) throws IOException {
    send(line);
    return reply();
  }

  /** {@link #ask}, and the reply must begin with {@code code}. */
  String expect(String code, String line) throws IOException {
    String reply = ask(line);
    if (!reply.startsWith(code)) {
      throw new AssertionError(line + ": " + reply);
    }
    return reply;
  }

  /** Whether the server has closed the connection. */
  boolean closed() throws IOException {
    return in.read() < 0;
  }

  /** STARTTLS and the handshake, with the suites given, or Java's own order. */
  SSLSession startTls(SSLContext context, String... suites) throws IOException {
    return startTlsWith("localhost", context, suites);
  }

  /** The same, asking for a server by name; one without a dot is not sent. */
  SSLSession startTlsWith(String server, SSLContext context, String... suites) throws IOException {
    expect("220", "STARTTLS");
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(plain, server, plain.getPort(), true);
    if (suites.length > 0) {
      tls.setEnabledCipherSuites(suites);
    }
    tls.startHandshake();
    socket = tls;
    in = new BufferedInputStream(tls.getInputStream());
    return tls.getSession();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    plain.close();
  }

  // ---- contexts

  /** A client without a certificate that believes any server. */
  static SSLContext anyServer() {
    return context(null);
  }

  /** The same with a certificate (chain) and its PKCS#8 key, both in PEM. */
  static SSLContext withCertificate(Path certificate, Path key) throws IOException {
    try (InputStream pem = Files.newInputStream(certificate)) {
      var chain = CertificateFactory.getInstance("X.509").generateCertificates(pem);
      String text = Files.readString(key, StandardCharsets.US_ASCII);
      byte[] der = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "client",
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)),
          new char[0],
          List.copyOf(chain).toArray(Certificate[]::new));
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(store, new char[0]);
      return context(managers.getKeyManagers());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static SSLContext context(KeyManager @org.jspecify.annotations.Nullable [] keys) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, new TrustManager[] {new Trusting()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
