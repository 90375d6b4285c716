package postern.offline.log;

import java.util.ArrayList;
import java.util.List;
import postern.offline.Hook;
import postern.offline.session.Answered;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/** Connections of Postfix' to servers, and what was delivered by them. */
final class PostfixServers {
  private static final byte[] STATUS = Scan.bytes(", status=");
  private static final byte[] CANNOT = Scan.bytes("Cannot start TLS");
  private static final byte[] REQUIRED = Scan.bytes("TLS is required");
  private static final byte[] REFUSED = Scan.bytes("refused to start TLS");
  private static final byte[] NOT_GOOD = Scan.bytes("Server certificate not ");

  private static final int MOST = 1 << 16;
  private static final long PATIENCE = 6 * 3600_000L;

  private final Texts texts;
  private final Deliveries deliveries;
  private final Held<Handshake> servers = new Held<>(MOST, PATIENCE, gone -> {});

  /** A handshake with a server: good for one message, as each delivery connects anew. */
  private static final class Handshake {
    final TlsFacts tls;
    final boolean named;
    String message = "";

    Handshake(TlsFacts tls, boolean named) {
      this.tls = tls;
      this.named = named;
    }
  }

  PostfixServers(Texts texts, Deliveries deliveries) {
    this.texts = texts;
    this.deliveries = deliveries;
  }

  /** A handshake with the server {@code in[from, to)}, port and all. */
  void handshake(byte[] in, Head head, int from, int to, TlsFacts tls, boolean named) {
    long whose = head.program == Program.TLSPROXY ? head.host : head.process;
    servers.put(whose ^ Scan.hash(in, from, to), new Handshake(tls, named), head.time);
    deliveries.tlsIsLogged();
  }

  /** Whether the line tells of a session with a server. */
  boolean delivery(
      byte[] in,
      Head head,
      String id,
      String recipient,
      int relay,
      int delay,
      int status,
      Place place) {
    int open = Scan.find(in, relay, delay, '[');
    if (open < 0) {
      return false; // relay=none
    }
    int to = head.to;
    Handshake handshake = servers.get(head.process ^ Scan.hash(in, relay, delay));
    if (handshake != null && !handshake.message.isEmpty() && !handshake.message.equals(id)) {
      handshake = null; // an older connection
    }
    if (handshake != null) {
      handshake.message = id;
    } else {
      handshake = servers.get(head.host ^ Scan.hash(in, relay, delay));
    }
    TlsFacts tls = handshake == null ? null : handshake.tls;
    List<Answered> answers = new ArrayList<>(0);
    int why = Scan.find(in, status, to, '(');
    if (why >= 0 && in[to - 1] == ')') {
      boolean failed = Scan.at(in, why + 1, to, CANNOT);
      boolean missing = Scan.at(in, why + 1, to, REQUIRED);
      boolean bad = Scan.at(in, why + 1, to, NOT_GOOD);
      if (failed) {
        tls = TlsFacts.without(Verify.SOFTWARE);
      } else if (missing) {
        boolean later = Scan.find(in, why, to, REFUSED) >= 0;
        tls = TlsFacts.without(later ? Verify.TEMP : Verify.NONE);
      }
      if (failed || missing || bad) {
        answers.add(
            Answered.of(Hook.TLS_SERVER, "", "454 4.7.0 " + Scan.text(in, why + 1, to - 1)));
      } else if (handshake == null && in[status + STATUS.length] == 'd') {
        return false; // deferred, and nothing tells that the server was reached
      }
    }
    deliveries.add(
        head.time,
        texts.postfixPeer(in, relay, delay),
        tls,
        handshake != null && handshake.named,
        id,
        List.of(recipient),
        answers,
        place);
    return true;
  }

  /** Gives up what is too old at {@code now}. */
  void expire(long now) {
    servers.expire(now);
  }
}
