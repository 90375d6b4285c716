package postern.offline.log;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.offline.Hook;
import postern.offline.SessionRecord;
import postern.offline.session.Answered;
import postern.offline.session.RecordedSession;
import postern.policy.PeerFacts;

/**
 * Postfix' lines as sessions: smtpd tells of connections, TLS and refusals by process, qmgr of the
 * sender, the delivery agents of recipients by queue id. {@link PostfixOpen} keeps what comes in
 * until it is complete, {@link PostfixServers} what goes out; {@link PostfixTls} reads handshakes.
 */
final class PostfixJoin {
  private static final byte[] CONNECT = Scan.bytes("connect from ");
  private static final byte[] DISCONNECT = Scan.bytes("disconnect from ");
  private static final byte[] STARTTLS = Scan.bytes(" starttls=1");
  private static final byte[] CLIENT = Scan.bytes("client=");
  private static final byte[] METHOD = Scan.bytes(", sasl_method=");
  private static final byte[] USER = Scan.bytes(", sasl_username=");
  private static final byte[] REJECT = Scan.bytes("reject: ");
  private static final byte[] MILTER_REJECT = Scan.bytes("milter-reject: ");
  private static final byte[] DISCARD = Scan.bytes("discard: ");
  private static final byte[] MILTER_DISCARD = Scan.bytes("milter-discard: ");
  private static final byte[] HOLD = Scan.bytes("hold: ");
  private static final byte[] MILTER_HOLD = Scan.bytes("milter-hold: ");
  private static final byte[] FROM = Scan.bytes("from=");
  private static final byte[] SIZE = Scan.bytes(", size=");
  private static final byte[] NRCPT = Scan.bytes(", nrcpt=");
  private static final byte[] REMOVED = Scan.bytes("removed");
  private static final byte[] TO = Scan.bytes("to=<");
  private static final byte[] ORIGINAL = Scan.bytes(", orig_to=<");
  private static final byte[] RELAY = Scan.bytes(", relay=");
  private static final byte[] DELAY = Scan.bytes(", delay=");
  private static final byte[] STATUS = Scan.bytes(", status=");
  private static final List<byte[]> CONTENT_WORDS =
      List.of(REJECT, MILTER_REJECT, DISCARD, MILTER_DISCARD, HOLD, MILTER_HOLD);

  /** Shorter words in front of a colon are no queue ids. */
  private static final int QUEUE_ID = 5;

  private static final String BY_MILTER = "milter";

  private final Texts texts;
  private final PostfixOpen open;
  private final PostfixServers servers;
  private final PostfixTls handshakes;
  private Place place = new Place("", 0);

  PostfixJoin(Texts texts, Consumer<RecordedSession> out, LogCounts counts, Deliveries deliveries) {
    this.texts = texts;
    open = new PostfixOpen(out, counts);
    servers = new PostfixServers(texts, deliveries);
    handshakes = new PostfixTls(texts, open, servers);
  }

  /**
   * Takes a line.
   *
   * @return why it is of no use, or null if it is
   */
  @Nullable Unused line(byte[] in, Head head, Place where) {
    place = where;
    open.at(where);
    return switch (head.program) {
      case SMTPD -> smtpd(in, head);
      case CLEANUP -> cleanup(in, head);
      case QMGR -> qmgr(in, head);
      case SMTP, DELIVERY -> agent(in, head);
      case TLSPROXY -> handshakes.proxy(in, head);
      default -> Unused.NO_SESSION;
    };
  }

  // ---- smtpd

  private @Nullable Unused smtpd(byte[] in, Head head) {
    int from = head.from;
    int to = head.to;
    if (Scan.at(in, from, to, CONNECT)) {
      open.begin(head, texts.postfixPeer(in, from + CONNECT.length, to));
      return null;
    }
    if (Scan.at(in, from, to, DISCONNECT)) {
      boolean secure = Scan.find(in, from, to, STARTTLS) >= 0;
      return open.end(head, secure) ? null : Unused.NO_BEGINNING;
    }
    int tls = PostfixTls.find(in, head);
    if (tls >= 0) {
      return handshakes.handshake(in, head, tls);
    }
    int colon = QueueId.end(in, from, to, QUEUE_ID);
    if (colon < 0) {
      return handshakes.peerNames(in, head) ? null : Unused.NO_SESSION;
    }
    int at = colon + 2;
    if (Scan.at(in, at, to, CLIENT)) {
      return client(in, head, colon, at + CLIENT.length, to);
    }
    if (Scan.at(in, at, to, REJECT)) {
      return reject(in, head, colon, at + REJECT.length, false);
    }
    if (Scan.at(in, at, to, MILTER_REJECT)) {
      return reject(in, head, colon, at + MILTER_REJECT.length, true);
    }
    if (Scan.at(in, at, to, DISCARD)) {
      return put(in, head, colon, at + DISCARD.length, "discard");
    }
    if (Scan.at(in, at, to, HOLD)) {
      return put(in, head, colon, at + HOLD.length, "quarantine held");
    }
    return Unused.NO_SESSION;
  }

  private @Nullable Unused client(byte[] in, Head head, int colon, int from, int to) {
    int method = Scan.find(in, from, to, METHOD);
    int user = method < 0 ? -1 : Scan.find(in, method, to, USER);
    int comma = Scan.find(in, from, to, ',');
    PeerFacts peer = texts.postfixPeer(in, from, comma < 0 ? to : comma);
    if (peer.address().isEmpty()) {
      return Unused.BROKEN;
    }
    Incoming.Connection connection = open.connection(head, peer);
    if (user >= 0) {
      int end = Scan.find(in, user + USER.length, to, ',');
      connection.login =
          new SessionRecord.Login(
              texts.string(in, method + METHOD.length, user),
              texts.string(in, user + USER.length, end < 0 ? to : end),
              0);
    }
    connection.used = true;
    Incoming message = new Incoming(connection, Scan.text(in, head.from, colon), head.time);
    message.someAccepted = true;
    open.begin(Scan.hash(in, head.from, colon) ^ head.host, message, head.time);
    return null;
  }

  private @Nullable Unused reject(byte[] in, Head head, int colon, int from, boolean milter) {
    PostfixRefusal told = PostfixRefusal.read(texts, in, from, head.to);
    if (told == null) {
      return Unused.BROKEN;
    }
    Incoming.Connection connection = open.connection(head, told.peer());
    connection.used = true;
    long id = Scan.hash(in, head.from, colon) ^ head.host;
    Incoming known = open.message(id);
    Incoming message =
        known != null ? known : open.refused(connection, told.sender(), told.hook(), head.time);
    fill(message, told);
    boolean ofRecipient = told.hook() == Hook.CHECK_RCPT && !told.recipient().isEmpty();
    if (ofRecipient && milter) {
      message.lose(told.recipient(), BY_MILTER, told.reply());
    } else if (ofRecipient && told.namesNobody()) {
      message.lose(told.recipient(), "recipients", told.reply());
    } else if (ofRecipient) {
      message.refuse(told.recipient(), told.reply());
    } else {
      if (!told.recipient().isEmpty()) {
        message.accept(told.recipient());
      }
      if (milter) {
        message.end(BY_MILTER, told.reply());
      } else {
        message.answers.add(Answered.of(told.hook(), told.sender(), told.reply()));
      }
    }
    if (known != null && told.hook().isBehindEnvelope()) {
      open.cut(id, message);
    }
    return null;
  }

  private static void fill(Incoming message, PostfixRefusal told) {
    if (!told.helo().isEmpty()) {
      message.helo = told.helo();
    }
    if (message.sender.isEmpty()) {
      message.sender = told.sender();
    }
  }

  /**
   * An access table drops or holds a message as a whole. If it does so at the first recipient, the
   * message has no id yet, and the next one is its.
   */
  private @Nullable Unused put(byte[] in, Head head, int colon, int from, String answer) {
    PostfixRefusal told = PostfixRefusal.read(texts, in, from, head.to);
    if (told == null) {
      return Unused.BROKEN;
    }
    Incoming.Connection connection = open.connection(head, told.peer());
    connection.used = true;
    Incoming known = open.message(Scan.hash(in, head.from, colon) ^ head.host);
    Incoming message = known != null ? known : new Incoming(connection, "", head.time);
    fill(message, told);
    if (!told.recipient().isEmpty()) {
      message.accept(told.recipient());
    }
    message.answers.add(Answered.of(told.hook(), told.recipient(), answer));
    message.withoutContent = true;
    if (known == null) {
      connection.early = message;
    } else {
      open.senderIsKnown(message);
      open.wait(message);
    }
    return null;
  }

  // ---- cleanup

  private @Nullable Unused cleanup(byte[] in, Head head) {
    int to = head.to;
    int colon = QueueId.end(in, head.from, to, QUEUE_ID);
    if (colon < 0) {
      return Unused.NO_SESSION;
    }
    int at = colon + 2;
    byte[] word = null;
    for (byte[] each : CONTENT_WORDS) {
      word = Scan.at(in, at, to, each) ? each : word;
    }
    if (word == null) {
      return Unused.NO_SESSION;
    }
    long id = Scan.hash(in, head.from, colon) ^ head.host;
    Incoming message = open.message(id);
    if (message == null) {
      return Unused.NO_BEGINNING;
    }
    PostfixRefusal told = PostfixRefusal.read(texts, in, at + word.length, to);
    if (told == null) {
      return Unused.BROKEN;
    }
    boolean dropped = Arrays.equals(word, DISCARD) || Arrays.equals(word, MILTER_DISCARD);
    fill(message, told);
    if (!told.recipient().isEmpty()) {
      message.accept(told.recipient());
    }
    boolean held = Arrays.equals(word, HOLD) || Arrays.equals(word, MILTER_HOLD);
    if (!held) { // what is held was accepted; qmgr will not tell of it, though
      message.end(told.content() ? "header_checks" : BY_MILTER, dropped ? "discard" : told.reply());
    }
    open.cut(id, message);
    return null;
  }

  // ---- qmgr

  private @Nullable Unused qmgr(byte[] in, Head head) {
    int to = head.to;
    int colon = QueueId.end(in, head.from, to, QUEUE_ID);
    if (colon < 0) {
      return Unused.NO_SESSION;
    }
    long id = Scan.hash(in, head.from, colon) ^ head.host;
    int at = colon + 2;
    if (Scan.at(in, at, to, FROM)) {
      int size = Scan.find(in, at, to, SIZE);
      int nrcpt = size < 0 ? -1 : Scan.find(in, size, to, NRCPT);
      Incoming message = open.message(id);
      if (nrcpt < 0) {
        return Unused.BROKEN;
      }
      if (message == null) {
        return Unused.NO_BEGINNING;
      }
      if (message.expected < 0) {
        message.sender = texts.address(in, at + FROM.length, size);
        message.size = Scan.number(in, size + SIZE.length, nrcpt);
        message.expected = Scan.number(in, nrcpt + NRCPT.length, to);
        open.senderIsKnown(message);
      }
      return null;
    }
    if (Scan.at(in, at, to, REMOVED)) {
      open.end(id); // if not all was known before
      return null;
    }
    return Unused.NO_SESSION;
  }

  // ---- delivery agents

  private @Nullable Unused agent(byte[] in, Head head) {
    int from = head.from;
    int to = head.to;
    int tls = PostfixTls.find(in, head);
    if (tls >= 0) {
      return handshakes.handshake(in, head, tls);
    }
    int colon = QueueId.end(in, from, to, QUEUE_ID);
    if (colon < 0) {
      return handshakes.peerNames(in, head) ? null : Unused.NO_SESSION;
    }
    int at = colon + 2;
    if (!Scan.at(in, at, to, TO)) {
      return Unused.NO_SESSION;
    }
    int relay = Scan.find(in, at, to, RELAY);
    int delay = relay < 0 ? -1 : Scan.find(in, relay, to, DELAY);
    int status = delay < 0 ? -1 : Scan.find(in, delay, to, STATUS);
    if (status < 0) {
      return Unused.BROKEN;
    }
    int original = Scan.find(in, at, relay, ORIGINAL);
    String recipient = texts.address(in, at + 3, original < 0 ? relay : original);
    long id = Scan.hash(in, from, colon) ^ head.host;
    Incoming message = open.message(id);
    boolean ofUse = false;
    if (message != null) {
      ofUse = true;
      message.accept(
          original < 0 ? recipient : texts.address(in, original + ORIGINAL.length - 1, relay));
      if (message.hasAll()) {
        open.end(id);
      }
    }
    if (head.program == Program.SMTP) {
      ofUse |=
          servers.delivery(
              in,
              head,
              Scan.text(in, from, colon),
              recipient,
              relay + RELAY.length,
              delay,
              status,
              place);
    }
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
