package postern.smtp.server;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import postern.policy.AddressForms;
import postern.policy.PeerFacts;
import postern.policy.Policy;
import postern.policy.RelayPolicy;
import postern.policy.Resolution;
import postern.policy.ServerFeatures;
import postern.policy.ServerFeatures.LineEnd;
import postern.policy.SessionPolicy;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.policy.Verdict;
import postern.policy.Verify;

/**
 * A small policy of the kind that sendmail's stock rule sets give: features and requirements by
 * client address, some addresses refused, relaying for {@code sink.test} and loopback only. The
 * last number of the client's address picks its line.
 */
class KitPolicy implements Policy {
  final String host;

  KitPolicy(String host) {
    this.host = host;
  }

  @Override
  public SessionPolicy session(PeerFacts peer) {
    return new Session(peer);
  }

  @Override
  public RelayPolicy relay() {
    throw new UnsupportedOperationException();
  }

  @Override
  public AddressForms forms(String mailer) {
    return AddressForms.UNCHANGED;
  }

  @Override
  public boolean vouches(String mailer) {
    return mailer.equals("local");
  }

  @Override
  public boolean asksCompatible() {
    return false;
  }

  @Override
  public Verdict compatible(String id, String sender, String recipient) {
    return Verdict.accept();
  }

  @Override
  public boolean hasMailbox(Resolution.Deliverable resolved) {
    return !resolved.user().equals("nosuch");
  }

  @Override
  public Resolution resolve(String address) {
    return address.contains("@") && !address.endsWith("@" + host)
        ? new Resolution.Deliverable("esmtp", "[127.0.0.1]", address)
        : new Resolution.Deliverable("local", "", address);
  }

  static ServerFeatures lineEnds(LineEnd lf, LineEnd cr, boolean strictDot) {
    ServerFeatures d = ServerFeatures.DEFAULT;
    return new ServerFeatures(
        d.auth(),
        d.verb(),
        d.dsn(),
        d.etrn(),
        d.requireAuth(),
        d.plainAuth(),
        d.pipelining(),
        d.startTls(),
        d.requestClientCertificate(),
        d.expn(),
        d.strictTurns(),
        strictDot,
        lf,
        cr,
        d.httpAlwaysRejected(),
        d.smtpUtf8(),
        d.slowPipelining(),
        "",
        d.tempFail());
  }

  static ServerFeatures without(String letters) {
    ServerFeatures d = ServerFeatures.DEFAULT;
    return new ServerFeatures(
        letters.indexOf('A') < 0,
        letters.indexOf('B') < 0,
        letters.indexOf('D') < 0,
        letters.indexOf('E') < 0,
        letters.indexOf('l') >= 0,
        d.plainAuth(),
        letters.indexOf('P') < 0,
        letters.indexOf('S') < 0,
        letters.indexOf('V') < 0,
        letters.indexOf('X') < 0,
        letters.indexOf('F') < 0,
        d.strictDot(),
        d.bareLf(),
        d.bareCr(),
        letters.indexOf('h') >= 0,
        letters.indexOf('I') < 0,
        letters.indexOf('n') >= 0,
        letters.toLowerCase(java.util.Locale.ROOT),
        letters.contains("temp"));
  }

  /** One session; everything that a test may want to bend can be overridden. */
  class Session implements SessionPolicy {
    final PeerFacts peer;
    TlsFacts tls = TlsFacts.NONE;
    String helo = "";
    String protocol = "SMTP";
    String id = "";

    Session(PeerFacts peer) {
      this.peer = peer;
    }

    private int line() {
      int dot = peer.address().lastIndexOf('.');
      return dot < 0 ? 0 : Integer.parseInt(peer.address().substring(dot + 1));
    }

    @Override
    public boolean mayBlock() {
      return false;
    }

    @Override
    public List<String> greeting() {
      return List.of(host + " ESMTP Postern");
    }

    @Override
    public Verdict checkRelay() {
      return switch (line()) {
        case 28 -> new Verdict.Reject(550, "5.7.1", "You are not welcome");
        case 29 -> new Verdict.Reject(550, "5.7.1", "Access denied");
        case 30 -> new Verdict.Reject(451, "4.7.1", "Come back later");
        case 31 -> Verdict.discard();
        case 40 -> new Verdict.Reject(421, "4.0.0", "go away");
        default -> Verdict.accept();
      };
    }

    @Override
    public ServerFeatures serverFeatures() {
      return switch (line()) {
        case 21, 72 -> without("S");
        case 22, 23 -> without("V");
        case 24 -> without("P");
        case 25 -> without("XBEDA");
        case 26 -> lineEnds(LineEnd.ACCEPT, LineEnd.ACCEPT, false);
        case 27 -> lineEnds(LineEnd.REPLACE, LineEnd.REPLACE, true);
        case 39 -> without("F");
        case 41 -> without("l");
        case 42 -> without("h");
        case 73 -> without("temp");
        default -> ServerFeatures.DEFAULT;
      };
    }

    @Override
    public long greetPause() {
      return line() == 60 ? 1500 : 0;
    }

    @Override
    public void helo(boolean extended, String argument) {
      helo = argument;
      protocol = extended ? tls.active() ? "ESMTPS" : "ESMTP" : "SMTP";
    }

    @Override
    public TlsFeatures tlsFeatures() {
      return line() == 43
          ? new TlsFeatures(false, Map.of(), "unknown_option, opt=Foo")
          : TlsFeatures.NONE;
    }

    @Override
    public Verdict tlsStarted(TlsFacts facts) {
      tls = facts;
      helo = "";
      protocol = "SMTP";
      return tlsClient();
    }

    private Verdict tlsClient() {
      if (line() != 11 && line() != 12) {
        return Verdict.accept();
      }
      int code = line() == 12 ? 503 : 454;
      String enhanced = code == 503 ? "5.7.0" : "4.7.0";
      return switch (tls.verify()) {
        case OK -> Verdict.accept();
        case NO -> new Verdict.Reject(code, enhanced, "not authenticated");
        case EMPTY -> new Verdict.Reject(code, enhanced, "authentication required");
        default -> new Verdict.Reject(code, enhanced, "authentication failed");
      };
    }

    @Override
    public void authenticated(String mechanism, String identity, int strength) {
      protocol = tls.active() ? "ESMTPSA" : "ESMTPA";
    }

    @Override
    public Verdict mail(String queueId, String argument, Map<String, String> parameters) {
      id = queueId;
      if (line() == 44 && !tls.active()) {
        return new Verdict.Reject(530, "5.7.0", "Must issue a STARTTLS command first");
      }
      String sender = argument.toLowerCase(Locale.ROOT);
      if (sender.contains("@bad.test") && sender.contains("spammer")) {
        return new Verdict.Reject(550, "5.7.1", argument + "... Access denied");
      }
      if (sender.contains("evil.test")) {
        return new Verdict.Reject(554, "5.7.1", "No mail from evil");
      }
      if (sender.contains("slow.test")) {
        return new Verdict.Reject(450, "4.7.1", argument + "... Not now");
      }
      return tlsClient();
    }

    @Override
    public Recipient rcpt(String argument, Map<String, String> parameters) {
      String address = argument.replaceAll("[<>]", "");
      String folded = address.toLowerCase(Locale.ROOT);
      if (folded.startsWith("show-")) {
        return refused(550, "5.7.9", argument + "... " + show(folded));
      }
      if (folded.equals("drop@sink.test")) {
        return new Recipient(Verdict.discard(), new Resolution.Discarded());
      }
      if (folded.equals("held@sink.test")) {
        return new Recipient(new Verdict.Quarantine("looked at"), esmtp(address));
      }
      if (folded.equals("blocked@sink.test") || folded.equals("gone@sink.test")) {
        return refused(550, "5.2.1", argument + "... Mailbox disabled");
      }
      if (folded.equals("later@sink.test")) {
        return refused(450, "4.2.1", argument + "... Mailbox busy");
      }
      boolean relayed =
          folded.indexOf('@') < 0
              || folded.endsWith("@sink.test")
              || folded.endsWith("@" + host)
              || peer.address().equals("127.0.0.1");
      if (!relayed || folded.length() > 256) {
        return refused(550, "5.7.1", argument + "... Relaying denied");
      }
      return new Recipient(Verdict.accept(), esmtp(address));
    }

    private String show(String what) {
      if (what.startsWith("show-verify")) {
        return "verify=" + tls.verify().text();
      }
      if (what.startsWith("show-bits")) {
        return "bits=" + (tls.active() ? tls.cipherBits() : "");
      }
      if (what.startsWith("show-version")) {
        return "version=" + tls.version();
      }
      if (what.startsWith("show-cipher")) {
        return "cipher=" + tls.cipher();
      }
      return "helo=" + helo + " proto=" + protocol;
    }

    private Resolution esmtp(String address) {
      return new Resolution.Deliverable("esmtp", "[127.0.0.1]", address);
    }

    private Recipient refused(int code, String enhanced, String text) {
      Verdict.Reject no = new Verdict.Reject(code, enhanced, text);
      return new Recipient(no, new Resolution.Undeliverable(no));
    }

    @Override
    public Verdict data(int recipients) {
      return Verdict.accept();
    }

    @Override
    public Verdict header(String name, String value) {
      return name.equalsIgnoreCase("X-Forbidden")
          ? new Verdict.Reject(554, "5.7.1", "Header not allowed")
          : Verdict.accept();
    }

    @Override
    public Verdict endOfHeader(int fields, int bytes) {
      return Verdict.accept();
    }

    @Override
    public Verdict endOfMessage(long size) {
      return Verdict.accept();
    }

    @Override
    public Verdict query(String verb, String argument) {
      return Verdict.accept();
    }

    @Override
    public Verdict other(String text, int type) {
      return text.equals("NOOP go away") || text.equals("TURN away")
          ? new Verdict.Reject(421, "4.7.0", "as you wish")
          : Verdict.accept();
    }

    @Override
    public String headers(String recipient, Set<String> present) {
      String version =
          tls.active()
              ? "\r\n\t(version=%s cipher=%s bits=%d verify=%s)"
                  .formatted(tls.version(), tls.cipher(), tls.cipherBits(), tls.verify().text())
              : "";
      return "Received: from %s (%s)\r\n\tby %s (Postern) with %s id %s%s\r\n\tfor <%s>; now\r\n"
          .formatted(
              helo.isEmpty() ? peer.name() : helo,
              peer.description(),
              host,
              protocol,
              id,
              version,
              recipient);
    }

    @Override
    public void reset() {
      id = "";
    }

    @Override
    public String macro(String name) {
      return name.equals("verify") ? tls.verify().text() : "";
    }
  }

  /** For tests that need a verdict of TLS without TLS. */
  static TlsFacts facts(Verify verify) {
    return new TlsFacts(
        verify, "TLSv1.3", "TLS_AES_256_GCM_SHA384", 256, 256, "", "", "", "", "", List.of(), "");
  }
}
