package postern.offline.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.offline.Facts;
import postern.offline.Hook;
import postern.offline.session.Answered;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/** Connections of sendmail's to servers, and what was delivered by them. */
final class SendmailServers {
  private static final byte[] RELAY = Scan.bytes(", relay=");
  private static final byte[] MAILER = Scan.bytes(", mailer=");
  private static final byte[] DSN = Scan.bytes(", dsn=");
  private static final byte[] STAT = Scan.bytes(", stat=");
  private static final byte[] REPLY = Scan.bytes(", reply=");
  private static final byte[] OPEN = Scan.bytes("[");

  private static final int MOST = 1 << 16;
  private static final long PATIENCE = 6 * 3600_000L;

  private final Texts texts;
  private final Deliveries deliveries;
  private final Held<Outgoing> servers = new Held<>(MOST, PATIENCE, gone -> {});

  /** A connection to a server. */
  private static final class Outgoing {
    @Nullable TlsFacts tls;
    boolean named;
    @Nullable Answered refusal;
    final List<Answered> recipients = new ArrayList<>(0);
  }

  SendmailServers(Texts texts, Deliveries deliveries) {
    this.texts = texts;
    this.deliveries = deliveries;
  }

  /** A handshake with the server of that name. */
  void handshake(byte[] in, Head head, int from, int to, TlsFacts facts) {
    Outgoing outgoing = new Outgoing();
    outgoing.tls = facts;
    servers.put(key(head, in, from, to), outgoing, head.time);
    servers.put(SendmailOpen.lastKey(head), outgoing, head.time);
    deliveries.tlsIsLogged();
  }

  /** The server's certificate in the last handshake of a process; false if none is known. */
  boolean certificate(Head head, String subject, String issuer, String verdict) {
    Outgoing outgoing = servers.get(SendmailOpen.lastKey(head));
    if (outgoing == null || outgoing.tls == null) {
      return false;
    }
    outgoing.tls = Texts.named(outgoing.tls, subject, issuer, verdict);
    outgoing.named = true;
    return true;
  }

  private static long key(Head head, byte[] in, int from, int to) {
    // The name ends in a dot on some lines and not on others.
    int end = to > from && in[to - 1] == '.' ? to - 1 : to;
    return head.process ^ Scan.hash(in, from, end);
  }

  /** What a rule set of delivery said of the server. */
  @Nullable Unused decision(
      byte[] in, Head head, Hook hook, String argument, String reply, int relay, int end) {
    long key = key(head, in, relay, end);
    Outgoing outgoing = servers.get(key);
    if (outgoing == null) {
      outgoing = new Outgoing();
      servers.put(key, outgoing, head.time);
    }
    switch (hook) {
      case TLS_SERVER -> {
        outgoing.refusal = Answered.of(hook, argument, reply);
        Verify verify = Facts.verify(argument);
        TlsFacts tls = outgoing.tls;
        boolean encrypted = tls != null && tls.active() && tls.verify() == verify;
        if (verify != null && !encrypted) {
          outgoing.tls = TlsFacts.without(verify);
        }
      }
      case TLS_RCPT ->
          outgoing.recipients.add(
              Answered.of(hook, argument.startsWith("<") ? argument : "<" + argument + ">", reply));
      case TRY_TLS -> {
        outgoing.refusal = Answered.of(hook, argument, reply);
        outgoing.tls = TlsFacts.without(Verify.NONE);
      }
      default -> {
        return Unused.NO_SESSION;
      }
    }
    return null;
  }

  /** Whether the line tells of a session with a server. */
  boolean delivery(byte[] in, Head head, int from, int names, int delay, int to, Place place) {
    int mailer = Scan.find(in, delay, to, MAILER);
    int relay = mailer < 0 ? -1 : Scan.find(in, mailer, to, RELAY);
    int dsn = relay < 0 ? -1 : Scan.find(in, relay, to, DSN);
    int stat = dsn < 0 ? -1 : Scan.find(in, dsn, to, STAT);
    if (stat < 0) {
      return false;
    }
    int name = relay + RELAY.length;
    int open = Scan.findLast(in, name, dsn, OPEN);
    if (open < name || in[dsn - 1] != ']') {
      return false;
    }
    int nameEnd = open > name && in[open - 1] == ' ' ? open - 1 : open;
    Outgoing known = servers.get(key(head, in, name, nameEnd == name ? dsn : nameEnd));
    String status = texts.string(in, dsn + DSN.length, dsn + DSN.length + 3);
    if (known == null && status.equals("4.4") && Scan.find(in, dsn, stat, REPLY) < 0) {
      return false; // never got to speak
    }
    List<String> recipients = new ArrayList<>(2);
    texts.addresses(in, from, names, recipients::add);
    List<Answered> answers = new ArrayList<>(0);
    if (known != null) {
      Answered refusal = known.refusal;
      if (refusal != null) {
        answers.add(refusal);
      }
      for (Answered answer : known.recipients) {
        if (recipients.contains(answer.argument())) {
          answers.add(answer);
        }
      }
    }
    deliveries.add(
        head.time,
        texts.sendmailPeer(in, name, dsn),
        known == null ? null : known.tls,
        known != null && known.named,
        QueueId.text(in, head, SendmailOpen.QUEUE_ID),
        recipients,
        answers,
        place);
    return true;
  }

  /** Gives up what is too old at {@code now}. */
  void expire(long now) {
    servers.expire(now);
  }
}
