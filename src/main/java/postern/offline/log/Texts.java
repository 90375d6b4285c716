package postern.offline.log;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.offline.Facts;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/** What lines say, made once for equal bytes. */
final class Texts {
  private static final byte[] VERIFY = Scan.bytes(", verify=");
  private static final byte[] CIPHER = Scan.bytes(", cipher=");
  private static final byte[] BITS = Scan.bytes(", bits=");
  private static final byte[] WITH = Scan.bytes(" with cipher ");

  private final Cache<String> strings = new Cache<>(1 << 16, Scan::text);
  private final Cache<String> paths = new Cache<>(1 << 16, Texts::path);
  private final Cache<PeerFacts> sendmailPeers =
      new Cache<>(1 << 17, (in, from, to) -> Peers.sendmail(Scan.text(in, from, to)));
  private final Cache<PeerFacts> postfixPeers =
      new Cache<>(1 << 17, (in, from, to) -> Peers.postfix(Scan.text(in, from, to)));
  private final Cache<Handshake> handshakes = new Cache<>(1 << 10, Texts::readSendmail);
  private final Cache<Handshake> anonymous = postfix(Verify.NO);
  private final Cache<Handshake> untrusted = postfix(Verify.FAIL);
  private final Cache<Handshake> trusted = postfix(Verify.OK);

  /** TLS facts, or that the line was not as expected. */
  record Handshake(@Nullable TlsFacts facts) {}

  String string(byte[] in, int from, int to) {
    return strings.get(in, from, to);
  }

  /** An address in angle brackets, whether the log has them or not. */
  String address(byte[] in, int from, int to) {
    return paths.get(in, from, to);
  }

  private static String path(byte[] in, int from, int to) {
    String text = Scan.text(in, from, to);
    return text.startsWith("<") && text.endsWith(">") ? text : "<" + text + ">";
  }

  PeerFacts sendmailPeer(byte[] in, int from, int to) {
    return sendmailPeers.get(in, from, to);
  }

  PeerFacts postfixPeer(byte[] in, int from, int to) {
    return postfixPeers.get(in, from, to);
  }

  /** {@code version=TLSv1.3, verify=OK, cipher=..., bits=256/256}. */
  @Nullable TlsFacts sendmailTls(byte[] in, int from, int to) {
    return handshakes.get(in, from, to).facts();
  }

  /** {@code TLSv1.3 with cipher ... (256/256 bits) ...}. */
  @Nullable TlsFacts postfixTls(Verify verify, byte[] in, int from, int to) {
    Cache<Handshake> cache =
        switch (verify) {
          case NO -> anonymous;
          case FAIL -> untrusted;
          default -> trusted;
        };
    return cache.get(in, from, to).facts();
  }

  private static Handshake readSendmail(byte[] in, int from, int to) {
    int verify = Scan.find(in, from, to, VERIFY);
    int cipher = verify < 0 ? -1 : Scan.find(in, verify + VERIFY.length, to, CIPHER);
    int bits = cipher < 0 ? -1 : Scan.find(in, cipher + CIPHER.length, to, BITS);
    int slash = bits < 0 ? -1 : Scan.find(in, bits + BITS.length, to, '/');
    if (slash < 0) {
      return new Handshake(null);
    }
    Verify found = Facts.verify(Scan.text(in, verify + VERIFY.length, cipher));
    if (found == null) {
      return new Handshake(null);
    }
    return new Handshake(
        facts(
            found,
            Scan.text(in, from, verify),
            Scan.text(in, cipher + CIPHER.length, bits),
            Scan.number(in, slash + 1, to),
            Scan.number(in, bits + BITS.length, slash)));
  }

  private static Cache<Handshake> postfix(Verify verify) {
    return new Cache<>(1 << 8, (in, from, to) -> readPostfix(verify, in, from, to));
  }

  private static Handshake readPostfix(Verify verify, byte[] in, int from, int to) {
    int with = Scan.find(in, from, to, WITH);
    int open = with < 0 ? -1 : Scan.find(in, with + WITH.length, to, '(');
    int slash = open < 0 ? -1 : Scan.find(in, open, to, '/');
    if (slash < 0) {
      return new Handshake(null);
    }
    return new Handshake(
        facts(
            verify,
            Scan.text(in, from, with),
            Scan.text(in, with + WITH.length, open - 1),
            Scan.number(in, open + 1, slash),
            Scan.number(in, slash + 1, to)));
  }

  private static TlsFacts facts(
      Verify verify, String version, String cipher, int bits, int algorithmBits) {
    return new TlsFacts(
        verify, version, cipher, bits, algorithmBits, "", "", "", "", "", List.of(), "");
  }

  /** The same facts with the names of the peer's certificate. */
  static TlsFacts named(TlsFacts f, String subject, String issuer, String message) {
    if (subject.isEmpty() && issuer.isEmpty()) {
      return f;
    }
    return names(f, subject, issuer, Names.common(subject), Names.common(issuer), message);
  }

  /** The same facts with the common names of the peer's certificate and its issuer. */
  static TlsFacts commonNames(TlsFacts f, String cn, String issuer) {
    return names(f, "", "", cn, issuer, "");
  }

  private static TlsFacts names(
      TlsFacts f, String subject, String issuer, String cn, String cnIssuer, String message) {
    return new TlsFacts(
        f.verify(),
        f.version(),
        f.cipher(),
        f.cipherBits(),
        f.algorithmBits(),
        subject,
        issuer,
        cn,
        cnIssuer,
        "",
        List.of(),
        message);
  }

  /** The addresses between commas; one in quotes is part of an address. */
  void addresses(byte[] in, int from, int to, Consumer<String> taker) {
    int at = from;
    boolean quoted = false;
    for (int i = from; i <= to; i++) {
      quoted ^= i < to && in[i] == '"' && in[i - 1] != '\\';
      if (i == to || (in[i] == ',' && !quoted)) {
        if (i > at) {
          taker.accept(address(in, at, i));
        }
        at = i + 1;
      }
    }
  }
}
