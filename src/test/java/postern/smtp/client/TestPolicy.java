package postern.smtp.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import postern.policy.AuthInfo;
import postern.policy.RelayPolicy;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.policy.Verdict;
import postern.policy.Verify;

/** A policy that a test spells out; it writes down what it was asked. */
final class TestPolicy implements RelayPolicy {
  final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  String flags = "";
  Verdict tryTls = Verdict.accept();
  TlsFeatures features = TlsFeatures.NONE;
  Function<TlsFacts, Verdict> tlsServer = TestPolicy::stock;
  Function<String, Verdict> tlsRcpt = unused -> Verdict.accept();
  boolean blocks;
  AuthInfo auth = AuthInfo.NONE;

  /** What the stock rule sets say when the access map has no entry. */
  static Verdict stock(TlsFacts facts) {
    return switch (facts.verify()) {
      case SOFTWARE -> reject(454, "TLS handshake failed.");
      case PROTOCOL -> reject(454, "STARTTLS failed.");
      case CONFIG -> reject(454, "STARTTLS temporarily not possible.");
      default -> Verdict.accept();
    };
  }

  /** {@code TLS_Srv:… VERIFY}, or {@code PERM+VERIFY} with another code. */
  static Function<TlsFacts, Verdict> needVerify(int code) {
    return facts -> {
      if (facts.verify() == Verify.OK) {
        return Verdict.accept();
      }
      return switch (facts.verify()) {
        case NONE -> reject(code, "other side does not support STARTTLS");
        case CLEAR -> reject(code, "STARTTLS disabled locally");
        case FAIL -> reject(code, "authentication failed");
        case TEMP, FAILURE -> reject(code, "authentication failure");
        default -> stock(facts);
      };
    };
  }

  static Verdict.Reject reject(int code, String text) {
    return new Verdict.Reject(code, (code / 100) + ".7.0", text);
  }

  @Override
  public boolean mayBlock() {
    return blocks;
  }

  @Override
  public String clientFeatures(String host) {
    asked.add("clt_features " + host);
    return flags;
  }

  @Override
  public void connected(String serverName, String serverAddress) {
    asked.add("connected " + serverName + " " + serverAddress);
  }

  @Override
  public Verdict tryTls() {
    asked.add("try_tls");
    return tryTls;
  }

  @Override
  public TlsFeatures tlsFeatures() {
    asked.add("tls_clt_features");
    return features;
  }

  @Override
  public Verdict tlsServer(TlsFacts facts) {
    asked.add("tls_server " + facts.verify());
    return tlsServer.apply(facts);
  }

  @Override
  public Verdict tlsRcpt(String recipient) {
    asked.add("tls_rcpt " + recipient);
    return tlsRcpt.apply(recipient);
  }

  @Override
  public AuthInfo authInfo() {
    return auth;
  }

  @Override
  public String macro(String name) {
    return "";
  }
}
