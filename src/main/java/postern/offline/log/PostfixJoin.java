package postern.offline.log;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.offline.Hook;
import postern.offline.SessionRecord;
import postern.offline.session.Answered;
import postern.offline.session.RecordedSession;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/**
 * Postfix' lines as sessions: smtpd tells of connections, TLS and refusals by process, qmgr of the
 * sender, the delivery agents of recipients by queue id.
 */
final class PostfixJoin {
  private static final int MOST = 1 << 16;
  private static final long PATIENCE = 6 * 3600_000L;
  private static final int MOST_REFUSED = 100;

  private static final byte[] CONNECT = Scan.bytes("connect from ");
  private static final byte[] DISCONNECT = Scan.bytes("disconnect from ");
  private static final byte[] STARTTLS = Scan.bytes(" starttls=1");
  private static final byte[] TLS = Scan.bytes(" TLS connection ");
  private static final byte[] FROM_WORD = Scan.bytes(" from ");
  private static final byte[] TO_WORD = Scan.bytes(" to ");
  private static final byte[] COLON = Scan.bytes(": ");
  private static final byte[] BEHIND_ADDRESS = Scan.bytes("]: ");
  private static final byte[] CLIENT = Scan.bytes("client=");
  private static final byte[] METHOD = Scan.bytes(", sasl_method=");
  private static final byte[] USER = Scan.bytes(", sasl_username=");
  private static final byte[] REJECT = Scan.bytes("reject: ");
  private static final byte[] MAIL_FROM = Scan.bytes("; from=");
  private static final byte[] RCPT_TO = Scan.bytes(" to=<");
  private static final byte[] PROTO = Scan.bytes(" proto=");
  private static final byte[] HELO = Scan.bytes(" helo=<");
  private static final byte[] FROM = Scan.bytes("from=");
  private static final byte[] SIZE = Scan.bytes(", size=");
  private static final byte[] NRCPT = Scan.bytes(", nrcpt=");
  private static final byte[] REMOVED = Scan.bytes("removed");
  private static final byte[] TO = Scan.bytes("to=<");
  private static final byte[] ORIGINAL = Scan.bytes(", orig_to=<");
  private static final byte[] RELAY = Scan.bytes(", relay=");
  private static final byte[] DELAY = Scan.bytes(", delay=");
  private static final byte[] STATUS = Scan.bytes(", status=");
  private static final byte[] CANNOT = Scan.bytes("Cannot start TLS");
  private static final byte[] REQUIRED = Scan.bytes("TLS is required");
  private static final byte[] REFUSED = Scan.bytes("refused to start TLS");
  private static final byte[] NOT_GOOD = Scan.bytes("Server certificate not ");
  private static final byte[] SUBJECT_CN = Scan.bytes(": subject_CN=");
  private static final byte[] ISSUER_CN = Scan.bytes(", issuer_CN=");
  private static final byte[] ISSUER = Scan.bytes(", issuer=");
  private static final byte[] FINGERPRINT = Scan.bytes(", fingerprint=");

  private final Texts texts;
  private final Consumer<RecordedSession> out;
  private final LogCounts counts;
  private final Deliveries deliveries;
  private final Held<Incoming.Connection> connections =
      new Held<>(MOST, PATIENCE, this::endConnection);
  private final Held<Incoming> messages = new Held<>(MOST, PATIENCE, this::giveUp);
  private final Held<Handshake> servers = new Held<>(MOST, PATIENCE, gone -> {});
  private final Held<Names> names = new Held<>(1 << 12, PATIENCE, gone -> {});
  private Place place = new Place("", 0);

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

  /** Common names that a line in front of the one about the handshake told. */
  private record Names(String subject, String issuer) {}

  PostfixJoin(Texts texts, Consumer<RecordedSession> out, LogCounts counts, Deliveries deliveries) {
    this.texts = texts;
    this.out = out;
    this.counts = counts;
    this.deliveries = deliveries;
  }

  /**
   * Takes a line.
   *
   * @return why it is of no use, or null if it is
   */
  @Nullable Unused line(byte[] in, Head head, Place where) {
    place = where;
    return switch (head.program) {
      case SMTPD -> smtpd(in, head);
      case QMGR -> qmgr(in, head);
      case SMTP, DELIVERY -> agent(in, head);
      default -> Unused.NO_SESSION;
    };
  }

  // ---- smtpd

  private @Nullable Unused smtpd(byte[] in, Head head) {
    int from = head.from;
    int to = head.to;
    if (Scan.at(in, from, to, CONNECT)) {
      Incoming.Connection old = connections.remove(head.process);
      if (old != null) {
        endConnection(old);
      }
      connections.put(
          head.process,
          new Incoming.Connection(
              texts.postfixPeer(in, from + CONNECT.length, to), head.time, place),
          head.time);
      return null;
    }
    if (Scan.at(in, from, to, DISCONNECT)) {
      Incoming.Connection old = connections.remove(head.process);
      if (old == null) {
        return Unused.NO_BEGINNING;
      }
      if (old.tls == null && Scan.find(in, from, to, STARTTLS) >= 0) {
        old.tlsUnclear = true;
      }
      endConnection(old);
      return null;
    }
    int tls = Scan.find(in, from, Math.min(to, from + 40), TLS);
    if (tls >= 0) {
      return handshake(in, head, tls);
    }
    int colon = idEnd(in, from, to);
    if (colon < 0) {
      return peerNames(in, head) ? null : Unused.NO_SESSION;
    }
    int at = colon + 2;
    if (Scan.at(in, at, to, CLIENT)) {
      return client(in, head, colon, at + CLIENT.length, to);
    }
    if (Scan.at(in, at, to, REJECT)) {
      return reject(in, head, colon, at + REJECT.length, to);
    }
    return Unused.NO_SESSION;
  }

  /** Behind a queue id or NOQUEUE, where its colon stands, or -1. */
  private static int idEnd(byte[] in, int from, int to) {
    int most = Math.min(to - 1, from + 24);
    for (int i = from; i < most; i++) {
      byte c = in[i];
      if (c == ':') {
        return i - from >= 5 && in[i + 1] == ' ' ? i : -1;
      }
      if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) {
        return -1;
      }
    }
    return -1;
  }

  private static @Nullable Verify level(byte[] in, int from) {
    return switch (in[from]) {
      case 'A' -> Verify.NO; // Anonymous
      case 'U' -> Verify.FAIL; // Untrusted
      case 'T', 'V' -> Verify.OK; // Trusted, Verified
      default -> null;
    };
  }

  private @Nullable Unused handshake(byte[] in, Head head, int tls) {
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
    Names told = names.remove(head.process);
    if (told != null && verify != Verify.NO) {
      tlsFacts = Texts.commonNames(tlsFacts, told.subject, told.issuer);
    }
    if (!server) {
      servers.put(
          head.process ^ Scan.hash(in, nameFrom, end), // with the port
          new Handshake(tlsFacts, told != null),
          head.time);
      deliveries.tlsIsLogged();
      return null;
    }
    PeerFacts peer = texts.postfixPeer(in, nameFrom, close + 1);
    Incoming.Connection connection = connections.get(head.process);
    if (connection == null || !connection.peer.equals(peer)) {
      connection = new Incoming.Connection(peer, head.time, place);
      connections.put(head.process, connection, head.time);
    }
    connection.tls = tlsFacts;
    connection.named = told != null;
    return null;
  }

  /** {@code name[address]: subject_CN=..., issuer_CN=..., fingerprint=...}, at a higher level. */
  private boolean peerNames(byte[] in, Head head) {
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
        new Names(
            encoded(Scan.text(in, subject + SUBJECT_CN.length, issuer)),
            encoded(Scan.text(in, issuer + word.length, print))),
        head.time);
    return true;
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

  private @Nullable Unused client(byte[] in, Head head, int colon, int from, int to) {
    int method = Scan.find(in, from, to, METHOD);
    int user = method < 0 ? -1 : Scan.find(in, method, to, USER);
    int comma = Scan.find(in, from, to, ',');
    PeerFacts peer = texts.postfixPeer(in, from, comma < 0 ? to : comma);
    if (peer.address().isEmpty()) {
      return Unused.BROKEN;
    }
    Incoming.Connection connection = connections.get(head.process);
    if (connection == null || !connection.peer.equals(peer)) {
      connection = new Incoming.Connection(peer, head.time, place);
      connections.put(head.process, connection, head.time);
    }
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
    messages.put(Scan.hash(in, head.from, colon) ^ head.host, message, head.time);
    return null;
  }

  /** {@code RCPT from NAME[ADDR]: 550 5.7.1 ...; from=<> to=<> proto=ESMTP helo=<>}. */
  private @Nullable Unused reject(byte[] in, Head head, int colon, int from, int to) {
    int word = Scan.find(in, from, to, FROM_WORD);
    int peerEnd = word < 0 ? -1 : Scan.find(in, word, to, BEHIND_ADDRESS);
    if (peerEnd < 0) {
      return Unused.BROKEN;
    }
    Hook hook = stage(in, from);
    PeerFacts peer = texts.postfixPeer(in, word + FROM_WORD.length, peerEnd + 1);
    int end = Scan.findLast(in, peerEnd, to, MAIL_FROM);
    int proto = Scan.findLast(in, peerEnd, to, PROTO);
    int stop = end >= 0 ? end : proto >= 0 ? proto : to;
    String reply = Scan.text(in, peerEnd + BEHIND_ADDRESS.length, stop);
    if (stop > 0 && reply.endsWith(";")) {
      reply = reply.substring(0, reply.length() - 1);
    }
    Incoming.Connection connection = connections.get(head.process);
    if (connection == null || !connection.peer.equals(peer)) {
      connection = new Incoming.Connection(peer, head.time, place);
      connections.put(head.process, connection, head.time);
    }
    connection.used = true;
    String sender = "";
    String recipient = "";
    if (end >= 0) {
      int rcpt = Scan.find(in, end, to, RCPT_TO);
      int senderEnd = rcpt >= 0 ? rcpt : proto >= 0 ? proto : to;
      sender = texts.address(in, end + MAIL_FROM.length, senderEnd);
      if (rcpt >= 0) {
        recipient = texts.address(in, rcpt + 4, proto > rcpt ? proto : to);
      }
    }
    Incoming known = messages.get(Scan.hash(in, head.from, colon) ^ head.host);
    Incoming message = known;
    if (message == null) {
      message = refused(connection, sender, hook, head.time);
    }
    int helo = Scan.find(in, peerEnd, to, HELO);
    if (helo >= 0 && in[to - 1] == '>') {
      message.helo = texts.string(in, helo + HELO.length, to - 1);
    }
    if (message.sender.isEmpty()) {
      message.sender = sender;
    }
    if (hook == Hook.CHECK_RCPT && !recipient.isEmpty()) {
      message.refuse(recipient, reply);
    } else {
      if (!recipient.isEmpty()) {
        message.accept(recipient);
      }
      message.answers.add(Answered.of(hook, sender, reply));
    }
    return null;
  }

  private static Hook stage(byte[] in, int from) {
    return switch (in[from]) {
      case 'C', 'H' -> Hook.CHECK_RELAY; // CONNECT, HELO
      case 'M' -> Hook.CHECK_MAIL;
      case 'D' -> Hook.CHECK_DATA;
      case 'E' -> in[from + 1] == 'N' ? Hook.CHECK_EOM : Hook.CHECK_RELAY; // END-OF-MESSAGE, EHLO
      default -> Hook.CHECK_RCPT;
    };
  }

  /** The refused message of this sender on the connection; another one if that cannot be it. */
  private Incoming refused(Incoming.Connection connection, String sender, Hook hook, long time) {
    List<Incoming> all = connection.refused;
    if (hook == Hook.CHECK_RCPT && !all.isEmpty()) {
      Incoming last = all.get(all.size() - 1);
      if (last.sender.equals(sender) && last.expected < 0) {
        return last;
      }
    }
    Incoming made = new Incoming(connection, "", time);
    made.sender = sender;
    if (all.size() >= MOST_REFUSED) {
      emit(all.remove(0));
    }
    all.add(made);
    return made;
  }

  private void endConnection(Incoming.Connection connection) {
    connection.closed = true;
    for (Incoming refused : connection.refused) {
      emit(refused);
    }
    connection.refused.clear();
    for (Incoming waiting : connection.waiting) {
      emit(waiting);
    }
    connection.waiting.clear();
    if (!connection.used) {
      connection.used = true;
      out.accept(new Incoming(connection, "", connection.time).session(place));
    }
  }

  // ---- qmgr

  private @Nullable Unused qmgr(byte[] in, Head head) {
    int to = head.to;
    int colon = idEnd(in, head.from, to);
    if (colon < 0) {
      return Unused.NO_SESSION;
    }
    long id = Scan.hash(in, head.from, colon) ^ head.host;
    int at = colon + 2;
    if (Scan.at(in, at, to, FROM)) {
      int size = Scan.find(in, at, to, SIZE);
      int nrcpt = size < 0 ? -1 : Scan.find(in, size, to, NRCPT);
      Incoming message = messages.get(id);
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
        join(message);
      }
      return null;
    }
    if (Scan.at(in, at, to, REMOVED)) {
      Incoming message = messages.remove(id);
      if (message == null) {
        return null; // all was known before
      }
      give(message);
      return null;
    }
    return Unused.NO_SESSION;
  }

  /** Recipients that were refused before the message had an id belong to it. */
  private static void join(Incoming message) {
    List<Incoming> refused = message.connection.refused;
    if (!refused.isEmpty()) {
      Incoming last = refused.get(refused.size() - 1);
      boolean recipients =
          last.answers.stream().allMatch(answer -> answer.hook() == Hook.CHECK_RCPT);
      if (recipients && last.sender.equals(message.sender) && last.time <= message.time) {
        refused.remove(refused.size() - 1);
        for (Answered answer : last.answers) {
          message.refuse(answer.argument(), answer.reply());
        }
        message.helo = last.helo;
      }
    }
  }

  private void give(Incoming message) {
    if (!message.hasAll()) {
      counts.addIncomplete();
    }
    // Only the end of a connection without TLS lines tells whether there was none.
    if (message.connection.tls == null && !message.connection.closed) {
      if (message.connection.waiting.size() < MOST_REFUSED) {
        message.connection.waiting.add(message);
        return;
      }
    }
    emit(message);
  }

  private void giveUp(Incoming message) {
    give(message);
  }

  private void emit(Incoming message) {
    if (!message.over) {
      message.over = true;
      out.accept(message.session(place));
    }
  }

  // ---- delivery agents

  private @Nullable Unused agent(byte[] in, Head head) {
    int from = head.from;
    int to = head.to;
    int tls = Scan.find(in, from, Math.min(to, from + 40), TLS);
    if (tls >= 0) {
      return handshake(in, head, tls);
    }
    int colon = idEnd(in, from, to);
    if (colon < 0) {
      return peerNames(in, head) ? null : Unused.NO_SESSION;
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
    Incoming message = messages.get(id);
    boolean ofUse = false;
    if (message != null) {
      ofUse = true;
      message.accept(
          original < 0 ? recipient : texts.address(in, original + ORIGINAL.length - 1, relay));
      if (message.hasAll()) {
        messages.remove(id);
        give(message);
      }
    }
    if (head.program == Program.SMTP) {
      ofUse |=
          outgoing(
              in, head, Scan.text(in, from, colon), recipient, relay + RELAY.length, delay, status);
    }
    return ofUse ? null : Unused.NO_BEGINNING;
  }

  private boolean outgoing(
      byte[] in, Head head, String id, String recipient, int relay, int delay, int status) {
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
    messages.expire(now);
    connections.expire(now);
    servers.expire(now);
  }

  /** The log is over. */
  void finish() {
    messages.drain();
    connections.drain();
  }

  /** Messages given up unfinished because too many were open; connections have told their part. */
  long pushedOut() {
    return messages.pushedOut();
  }
}
