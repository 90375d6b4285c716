package postern.offline.log;

import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/** What Postfix says of handshakes, with clients and with servers, and of certificates in them. */
final class PostfixTls {
  private static final byte[] TLS = Scan.bytes(" TLS connection ");
  private static final byte[] FROM_WORD = Scan.bytes(" from ");
  private static final byte[] TO_WORD = Scan.bytes(" to ");
  private static final byte[] COLON = Scan.bytes(": ");
  private static final byte[] SUBJECT_CN = Scan.bytes(": subject_CN=");
  private static final byte[] ISSUER_CN = Scan.bytes(", issuer_CN=");
  private static final byte[] ISSUER = Scan.bytes(", issuer=");
  private static final byte[] FINGERPRINT = Scan.bytes(", fingerprint=");

  private static final int MOST = 1 << 12;
  private static final long PATIENCE = 6 * 3600_000L;

  private final Texts texts;
  private final PostfixOpen open;
  private final PostfixServers servers;
  private final Held<CommonNames> names = new Held<>(MOST, PATIENCE, gone -> {});

  /** What a line in front of the one about the handshake told. */
  private record CommonNames(String subject, String issuer) {}

  PostfixTls(Texts texts, PostfixOpen open, PostfixServers servers) {
    this.texts = texts;
    this.open = open;
    this.servers = servers;
  }

  /** Where the words stand that such lines have near their beginning, or -1. */
  static int find(byte[] in, Head head) {
    return Scan.find(in, head.from, Math.min(head.to, head.from + 40), TLS);
  }

  /** {@code Trusted TLS connection established from name[address]: ...}, found at {@code tls}. */
  @Nullable Unused handshake(byte[] in, Head head, int tls) {
    Verify verify = level(in, head.from);
    boolean server = head.program == Program.SMTPD;
    byte[] word = server ? FROM_WORD : TO_WORD;
    int name = Scan.find(in, tls + TLS.length, head.to, word);
    int close = name < 0 ? -1 : Scan.find(in, name, head.to, ']');
    int end = close < 0 ? -1 : Scan.find(in, close, head.to, COLON);
    if (verify == null) {
      return Unused.NO_SESSION; // "setting up TLS connection from", at a higher level
    }
    if (end < 0) {
      return Unused.BROKEN;
    }
    int nameFrom = name + word.length;
    TlsFacts tlsFacts = texts.postfixTls(verify, in, end + COLON.length, head.to);
    if (tlsFacts == null) {
      return Unused.BROKEN;
    }
    CommonNames told = names.remove(head.process);
    if (told != null && verify != Verify.NO) {
      tlsFacts = Texts.commonNames(tlsFacts, told.subject, told.issuer);
    }
    if (!server) {
      servers.handshake(in, head, nameFrom, end, tlsFacts, told != null);
      return null;
    }
    PeerFacts peer = texts.postfixPeer(in, nameFrom, close + 1);
    Incoming.Connection connection = open.connection(head, peer);
    connection.tls = tlsFacts;
    connection.named = told != null;
    return null;
  }

  /** Does TLS for the SMTP client, which then may use a connection for many messages. */
  @Nullable Unused proxy(byte[] in, Head head) {
    int tls = find(in, head);
    int name = tls < 0 ? -1 : Scan.find(in, tls + TLS.length, head.to, TO_WORD);
    return name < 0 ? Unused.NO_SESSION : handshake(in, head, tls);
  }

  /** {@code name[address]: subject_CN=..., issuer_CN=..., fingerprint=...}, at a higher level. */
  boolean peerNames(byte[] in, Head head) {
    int subject = Scan.find(in, head.from, head.to, SUBJECT_CN);
    if (subject < 0) {
      return false;
    }
    byte[] word = ISSUER_CN;
    int issuer = Scan.find(in, subject, head.to, ISSUER_CN);
    if (issuer < 0) {
      word = ISSUER;
      issuer = Scan.find(in, subject, head.to, ISSUER);
    }
    int print = issuer < 0 ? -1 : Scan.find(in, issuer, head.to, FINGERPRINT);
    if (print < 0) {
      return false;
    }
    names.put(
        head.process,
        new CommonNames(
            encoded(Scan.text(in, subject + SUBJECT_CN.length, issuer)),
            encoded(Scan.text(in, issuer + word.length, print))),
        head.time);
    return true;
  }

  private static @Nullable Verify level(byte[] in, int from) {
    return switch (in[from]) {
      case 'A' -> Verify.NO; // Anonymous
      case 'U' -> Verify.FAIL; // Untrusted
      case 'T', 'V' -> Verify.OK; // Trusted, Verified
      default -> null;
    };
  }

  /** A name as sendmail's macros have it. */
  private static String encoded(String name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c > '~' || "+\\()<>\"".indexOf(c) >= 0) {
        text.append(String.format("+%02X", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
