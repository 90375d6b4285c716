package postern.offline.log;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.offline.SessionRecord;
import postern.offline.session.RecordedSession;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;

/**
 * sendmail's lines as sessions, and Postern's own, which have the same form: what each line says.
 * {@link SendmailOpen} keeps what comes in until it is complete, {@link SendmailServers} what goes
 * out, {@link SendmailDecisions} knows what became of mail.
 */
final class SendmailJoin {
  private static final byte[] STARTTLS = Scan.bytes("STARTTLS=");
  private static final byte[] SERVER = Scan.bytes("server, ");
  private static final byte[] CLIENT = Scan.bytes("client, ");
  private static final byte[] RELAY_FIRST = Scan.bytes("relay=");
  private static final byte[] SUBJECT = Scan.bytes("cert-subject=");
  private static final byte[] ISSUER = Scan.bytes(", cert-issuer=");
  private static final byte[] MESSAGE = Scan.bytes(", verifymsg=");
  private static final byte[] ERROR = Scan.bytes("error: ");
  private static final byte[] VERSION = Scan.bytes(", version=");
  private static final byte[] RULESET = Scan.bytes("ruleset=");
  private static final byte[] RELAY = Scan.bytes(", relay=");
  private static final byte[] AUTH = Scan.bytes("AUTH=server, ");
  private static final byte[] AUTHID = Scan.bytes(", authid=");
  private static final byte[] MECH = Scan.bytes(", mech=");
  private static final byte[] BITS = Scan.bytes(", bits=");
  private static final byte[] FROM = Scan.bytes("from=");
  private static final byte[] SIZE = Scan.bytes(", size=");
  private static final byte[] NRCPTS = Scan.bytes(", nrcpts=");
  private static final byte[] PROTO = Scan.bytes(", proto=");
  private static final byte[] TO = Scan.bytes("to=");
  private static final byte[] CTLADDR = Scan.bytes(", ctladdr=");
  private static final byte[] DELAY = Scan.bytes(", delay=");
  private static final byte[] DONE = Scan.bytes("done; ");
  private static final byte[] CONNECT = Scan.bytes("connect from ");
  private static final byte[] IDLE = Scan.bytes(" did not issue MAIL/EXPN/VRFY/ETRN");
  private static final byte[] ADDRESS_END = Scan.bytes(">... ");
  private static final byte[] MILTER = Scan.bytes("Milter: ");
  private static final byte[] MORE = Scan.bytes("... [more]");

  private final Texts texts;
  private final SendmailOpen open;
  private final SendmailServers servers;
  private final SendmailDecisions decisions;
  private Place place = new Place("", 0);

  SendmailJoin(
      Texts texts, Consumer<RecordedSession> out, LogCounts counts, Deliveries deliveries) {
    this.texts = texts;
    open = new SendmailOpen(out, counts);
    servers = new SendmailServers(texts, deliveries);
    decisions = new SendmailDecisions(texts, open, servers);
  }

  /**
   * Takes a line.
   *
   * @return why it is of no use, or null if it is
   */
  @Nullable Unused line(byte[] in, Head head, Place where) {
    place = where;
    open.at(where);
    int from = head.from;
    int to = head.to;
    if (Scan.at(in, from, to, STARTTLS)) {
      return tls(in, head, from + STARTTLS.length, to);
    }
    if (Scan.at(in, from, to, RULESET)) {
      return decisions.ruleSet(in, head, 0, from + RULESET.length, to);
    }
    if (Scan.at(in, from, to, AUTH)) {
      return auth(in, head, from + AUTH.length, to);
    }
    int colon = QueueId.end(in, from, to, SendmailOpen.QUEUE_ID);
    if (colon < 0) {
      return Unused.NO_SESSION;
    }
    int at = colon + 2;
    long id = Scan.hash(in, from, colon) ^ head.host;
    if (Scan.at(in, at, to, TO)) {
      return delivery(in, head, id, at + TO.length, to);
    }
    if (Scan.at(in, at, to, FROM)) {
      return arrival(in, head, id, at + FROM.length, to);
    }
    if (Scan.at(in, at, to, RULESET)) {
      return decisions.ruleSet(in, head, id, at + RULESET.length, to);
    }
    if (Scan.at(in, at, to, DONE)) {
      Incoming message = open.remove(id);
      if (message != null) {
        open.give(message);
      }
      return null;
    }
    if (Scan.at(in, at, to, CONNECT)) {
      open.begin(head, texts.sendmailPeer(in, at + CONNECT.length, to));
      return null;
    }
    if (at < to && in[at] == '<') {
      int told = Scan.find(in, at, to, ADDRESS_END);
      return told < 0 ? Unused.NO_SESSION : decisions.unknownUser(in, head, id, at, told + 1);
    }
    if (Scan.at(in, at, to, MILTER)) {
      return decisions.milter(in, head, id, at + MILTER.length, to);
    }
    int idle = Scan.find(in, at, to, IDLE);
    if (idle >= 0) {
      return open.end(head, texts.sendmailPeer(in, at, idle)) ? null : Unused.NO_BEGINNING;
    }
    return Unused.NO_SESSION;
  }

  // ---- connections

  private @Nullable Unused tls(byte[] in, Head head, int from, int to) {
    boolean server = Scan.at(in, from, to, SERVER);
    if (!server && !Scan.at(in, from, to, CLIENT)) {
      return Unused.NO_SESSION;
    }
    int at = from + SERVER.length;
    if (Scan.at(in, at, to, SUBJECT)) {
      return certificate(in, head, server, at + SUBJECT.length, to);
    }
    if (Scan.at(in, at, to, RELAY_FIRST)) {
      int relay = at + RELAY_FIRST.length;
      int version = Scan.find(in, relay, to, VERSION);
      if (version < 0) {
        return Unused.NO_SESSION;
      }
      TlsFacts facts = texts.sendmailTls(in, version + VERSION.length, to);
      if (facts == null) {
        return Unused.BROKEN;
      }
      if (server) {
        open.handshake(head, texts.sendmailPeer(in, relay, version), facts);
      } else {
        servers.handshake(in, head, relay, version, facts);
      }
      return null;
    }
    return Scan.at(in, at, to, ERROR) && !server ? null : Unused.NO_SESSION;
  }

  private @Nullable Unused certificate(byte[] in, Head head, boolean server, int at, int to) {
    int issuer = Scan.find(in, at, to, ISSUER);
    int message = issuer < 0 ? -1 : Scan.findLast(in, issuer, to, MESSAGE);
    if (message < 0) {
      return Unused.BROKEN;
    }
    String subject = texts.string(in, at, issuer);
    String from = texts.string(in, issuer + ISSUER.length, message);
    String verdict = texts.string(in, message + MESSAGE.length, to);
    boolean known =
        server
            ? open.certificate(head, subject, from, verdict)
            : servers.certificate(head, subject, from, verdict);
    return known ? null : Unused.NO_BEGINNING;
  }

  private @Nullable Unused auth(byte[] in, Head head, int from, int to) {
    int authid = Scan.find(in, from, to, AUTHID);
    int mech = authid < 0 ? -1 : Scan.find(in, authid, to, MECH);
    int bits = mech < 0 ? -1 : Scan.find(in, mech, to, BITS);
    if (bits < 0 || !Scan.at(in, from, to, RELAY_FIRST)) {
      return Unused.BROKEN;
    }
    Incoming.Connection connection =
        open.connection(head, texts.sendmailPeer(in, from + RELAY_FIRST.length, authid));
    connection.login =
        new SessionRecord.Login(
            texts.string(in, mech + MECH.length, bits),
            texts.string(in, authid + AUTHID.length, mech),
            Scan.number(in, bits + BITS.length, to));
    return null;
  }

  // ---- messages

  private @Nullable Unused arrival(byte[] in, Head head, long id, int from, int to) {
    int size = Scan.find(in, from, to, SIZE);
    int nrcpts = size < 0 ? -1 : Scan.find(in, size, to, NRCPTS);
    if (nrcpts < 0) {
      return Unused.BROKEN;
    }
    int relay = Scan.findLast(in, nrcpts, to, RELAY);
    if (relay < 0) {
      return Unused.LOCAL;
    }
    PeerFacts peer = texts.sendmailPeer(in, relay + RELAY.length, to);
    if (peer.address().isEmpty()) {
      return Unused.LOCAL;
    }
    Incoming message = open.message(id);
    int expected = Scan.number(in, nrcpts + NRCPTS.length, to);
    if (message != null && message.over && expected == 0) {
      return null; // the end of what was refused at MAIL
    }
    Incoming.Connection connection = open.connection(head, peer);
    protocol(in, head, connection, nrcpts, relay);
    if (message != null && !message.connection.peer.equals(peer)) {
      open.remove(id); // a process of an older time had the same number
    }
    message = open.message(in, head, id, connection);
    message.sender = texts.address(in, from, size);
    message.expected = expected;
    message.size = Scan.number(in, size + SIZE.length, nrcpts);
    message.time = head.time;
    if (message.hasAll() || message.withoutContent) {
      open.remove(id);
      open.give(message);
    }
    return null;
  }

  /** Whether there was TLS, by the protocol's name: the S in ESMTPS. */
  private void protocol(byte[] in, Head head, Incoming.Connection connection, int from, int to) {
    int proto = Scan.find(in, from, to, PROTO);
    if (proto < 0) {
      return;
    }
    int end = Scan.find(in, proto + PROTO.length, to, ',');
    String name = texts.string(in, proto + PROTO.length, end < 0 ? to : end);
    boolean secure = name.startsWith("ESMTPS");
    if (secure && connection.tls == null) {
      connection.tlsUnclear = true;
    } else if (!secure && head.program == Program.POSTERN) {
      connection.tls = null; // an older connection of the same peer
    }
  }

  private @Nullable Unused delivery(byte[] in, Head head, long id, int from, int to) {
    int delay = Scan.find(in, from, to, DELAY);
    if (delay < 0) {
      return Unused.BROKEN;
    }
    int control = Scan.find(in, from, delay, CTLADDR);
    int names = control < 0 ? delay : control;
    if (Scan.at(in, names - MORE.length, names, MORE)) {
      names -= MORE.length;
    }
    Incoming message = open.message(id);
    boolean ofUse = false;
    if (message != null && !message.over) {
      ofUse = true;
      int original = control + CTLADDR.length;
      if (control >= 0 && in[original] == '<') {
        int close = Scan.find(in, original, delay, '>');
        message.accept(texts.address(in, original, close < 0 ? delay : close + 1));
      } else {
        texts.addresses(in, from, names, message::accept);
      }
      if (message.hasAll()) {
        open.remove(id);
        open.give(message);
      }
    }
    ofUse |= servers.delivery(in, head, from, names, delay, to, place);
    return ofUse ? null : Unused.NO_BEGINNING;
  }

  /** Gives up what is too old at {@code now}. */
  void expire(long now) {
    open.expire(now);
    servers.expire(now);
  }

  /** The log is over. */
  void finish() {
    open.finish();
  }

  /** Messages given up unfinished because too many were open; connections have told their part. */
  long pushedOut() {
    return open.pushedOut();
  }
}
