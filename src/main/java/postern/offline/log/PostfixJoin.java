package postern.offline.log;

import java.util.ArrayList;
import java.util.Arrays;
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
  private static final String BY_MILTER = "milter";

  private static final byte[] CONNECT = Scan.bytes("connect from ");
  private static final byte[] DISCONNECT = Scan.bytes("disconnect from ");
  private static final byte[] STARTTLS = Scan.bytes(" starttls=1");
  private static final byte[] TLS = Scan.bytes(" TLS connection ");
  private static final byte[] FROM_WORD = Scan.bytes(" from ");
  private static final byte[] TO_WORD = Scan.bytes(" to ");
  private static final byte[] COLON = Scan.bytes(": ");
  private static final byte[] CLIENT = Scan.bytes("client=");
  private static final byte[] METHOD = Scan.bytes(", sasl_method=");
  private static final byte[] USER = Scan.bytes(", sasl_username=");
  private static final byte[] REJECT = Scan.bytes("reject: ");
  private static final byte[] MILTER_REJECT = Scan.bytes("milter-reject: ");
  private static final byte[] DISCARD = Scan.bytes("discard: ");
  private static final byte[] MILTER_DISCARD = Scan.bytes("milter-discard: ");
  private static final byte[] HOLD = Scan.bytes("hold: ");
  private static final byte[] MILTER_HOLD = Scan.bytes("milter-hold: ");
  private static final List<byte[]> CONTENT_WORDS =
      List.of(REJECT, MILTER_REJECT, DISCARD, MILTER_DISCARD, HOLD, MILTER_HOLD);
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
      case CLEANUP -> cleanup(in, head);
      case QMGR -> qmgr(in, head);
      case SMTP, DELIVERY -> agent(in, head);
      case TLSPROXY -> tlsproxy(in, head);
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
      long whose = head.program == Program.TLSPROXY ? head.host : head.process;
      servers.put(
          whose ^ Scan.hash(in, nameFrom, end), // with the port
          new Handshake(tlsFacts, told != null),
          head.time);
      deliveries.tlsIsLogged();
      return null;
    }
    PeerFacts peer = texts.postfixPeer(in, nameFrom, close + 1);
    Incoming.Connection connection = connection(head, peer);
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
    Incoming.Connection connection = connection(head, peer);
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
    connection.nameless++;
    Incoming early = connection.early;
    if (early != null) {
      connection.early = null;
      message.take(early);
      senderIsKnown(message);
      wait(message);
    }
    long key = Scan.hash(in, head.from, colon) ^ head.host;
    Incoming older = messages.remove(key); // short ids come again
    if (older != null) {
      giveUp(older);
    }
    messages.put(key, message, head.time);
    return null;
  }

  /** The connection of the process; another one if that is with another peer. */
  private Incoming.Connection connection(Head head, PeerFacts peer) {
    Incoming.Connection known = connections.get(head.process);
    if (known != null && known.peer.equals(peer)) {
      return known;
    }
    Incoming.Connection made = new Incoming.Connection(peer, head.time, place);
    connections.put(head.process, made, head.time);
    return made;
  }

  private @Nullable Unused reject(byte[] in, Head head, int colon, int from, boolean milter) {
    PostfixRefusal told = PostfixRefusal.read(texts, in, from, head.to);
    if (told == null) {
      return Unused.BROKEN;
    }
    Incoming.Connection connection = connection(head, told.peer());
    connection.used = true;
    long id = Scan.hash(in, head.from, colon) ^ head.host;
    Incoming known = messages.get(id);
    Incoming message =
        known != null ? known : refused(connection, told.sender(), told.hook(), head.time);
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
      end(id, message);
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

  /** No more lines tell of the message: it got no further. */
  private void end(long id, Incoming message) {
    messages.remove(id);
    message.withoutContent = true;
    senderIsKnown(message);
    give(message);
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
    Incoming.Connection connection = connection(head, told.peer());
    connection.used = true;
    Incoming known = messages.get(Scan.hash(in, head.from, colon) ^ head.host);
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
      senderIsKnown(message);
      wait(message);
    }
    return null;
  }

  // ---- cleanup

  private @Nullable Unused cleanup(byte[] in, Head head) {
    int to = head.to;
    int colon = idEnd(in, head.from, to);
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
    Incoming message = messages.get(id);
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
    end(id, message);
    return null;
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
    if (connection.nameless == 0) {
      emitRefused(connection);
    }
    Incoming early = connection.early;
    if (early != null) {
      emit(early);
    }
    for (Incoming waiting : connection.waiting) {
      emit(waiting);
    }
    connection.waiting.clear();
    if (!connection.used) {
      connection.used = true;
      out.accept(new Incoming(connection, "", connection.time).session(place));
    }
  }

  private void emitRefused(Incoming.Connection connection) {
    for (Incoming refused : connection.refused) {
      emit(refused);
    }
    connection.refused.clear();
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
        senderIsKnown(message);
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

  /** Now it can be told which of the refusals of its connection are its own. */
  private void senderIsKnown(Incoming message) {
    if (message.placed) {
      return;
    }
    message.placed = true;
    join(message);
    Incoming.Connection connection = message.connection;
    connection.nameless--;
    if (connection.closed && connection.nameless == 0) {
      emitRefused(connection);
    }
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
        message.take(last);
      }
    }
  }

  private void give(Incoming message) {
    if (message.over) {
      return;
    }
    if (!message.hasAll() && !message.withoutContent) {
      counts.addIncomplete();
    }
    // Only the end of a connection without TLS lines tells whether there was none.
    if (message.connection.tls == null && !message.connection.closed) {
      wait(message);
    } else {
      emit(message);
    }
  }

  /** Hands the message out when its connection ends. */
  private void wait(Incoming message) {
    if (message.connection.waiting.size() < MOST_REFUSED && !message.connection.closed) {
      message.connection.waiting.add(message);
    } else {
      emit(message);
    }
  }

  private void giveUp(Incoming message) {
    senderIsKnown(message); // or never will be
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

  /** Does TLS for the SMTP client, which then may use a connection for many messages. */
  private @Nullable Unused tlsproxy(byte[] in, Head head) {
    int tls = Scan.find(in, head.from, Math.min(head.to, head.from + 40), TLS);
    int name = tls < 0 ? -1 : Scan.find(in, tls + TLS.length, head.to, TO_WORD);
    return name < 0 ? Unused.NO_SESSION : handshake(in, head, tls);
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
