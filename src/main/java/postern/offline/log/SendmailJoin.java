package postern.offline.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.offline.Facts;
import postern.offline.Hook;
import postern.offline.SessionRecord;
import postern.offline.session.Answered;
import postern.offline.session.RecordedSession;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/**
 * sendmail's lines as sessions, and Postern's own, which have the same form. A line about TLS has
 * no queue id: it belongs to the messages of the same process and peer.
 */
final class SendmailJoin {
  private static final int MOST = 1 << 16;
  private static final long PATIENCE = 6 * 3600_000L;

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
  private static final byte[] ARG1 = Scan.bytes(", arg1=");
  private static final byte[] ARG2 = Scan.bytes(", arg2=");
  private static final byte[] RELAY = Scan.bytes(", relay=");
  private static final byte[] REJECT = Scan.bytes(", reject=");
  private static final byte[] DISCARD = Scan.bytes(", discard");
  private static final byte[] QUARANTINE = Scan.bytes(", quarantine=");
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
  private static final byte[] MAILER = Scan.bytes(", mailer=");
  private static final byte[] DSN = Scan.bytes(", dsn=");
  private static final byte[] STAT = Scan.bytes(", stat=");
  private static final byte[] REPLY = Scan.bytes(", reply=");
  private static final byte[] DONE = Scan.bytes("done; ");
  private static final byte[] CONNECT = Scan.bytes("connect from ");
  private static final byte[] IDLE = Scan.bytes(" did not issue MAIL/EXPN/VRFY/ETRN");
  private static final byte[] ADDRESS_END = Scan.bytes(">... ");
  private static final byte[] OPEN = Scan.bytes("[");
  private static final byte[] MILTER = Scan.bytes("Milter: ");
  private static final String BY_MILTER = "milter";
  private static final byte[] CONNECT_STAGE = Scan.bytes("connect: ");

  /** Rule sets of commands and of delivery: their refusal ends no message that comes in. */
  private static final Set<String> ASIDE =
      Set.of("check_vrfy", "check_expn", "check_etrn", "check_compat", "trust_auth", "authinfo");

  private static final byte[] MORE = Scan.bytes("... [more]");

  private final Texts texts;
  private final Consumer<RecordedSession> out;
  private final LogCounts counts;
  private final Deliveries deliveries;
  private final Held<Incoming.Connection> connections =
      new Held<>(MOST, PATIENCE, this::endConnection);
  private final Held<Incoming> messages = new Held<>(MOST, PATIENCE, this::give);
  private final Held<Outgoing> servers = new Held<>(MOST, PATIENCE, gone -> {});
  private Place place = new Place("", 0);

  /** A connection to a server. */
  private static final class Outgoing {
    @Nullable TlsFacts tls;
    boolean named;
    @Nullable Answered refusal;
    final List<Answered> recipients = new ArrayList<>(0);
  }

  SendmailJoin(
      Texts texts, Consumer<RecordedSession> out, LogCounts counts, Deliveries deliveries) {
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
    int from = head.from;
    int to = head.to;
    if (Scan.at(in, from, to, STARTTLS)) {
      return tls(in, head, from + STARTTLS.length, to);
    }
    if (Scan.at(in, from, to, RULESET)) {
      return decision(in, head, 0, from + RULESET.length, to);
    }
    if (Scan.at(in, from, to, AUTH)) {
      return auth(in, head, from + AUTH.length, to);
    }
    int colon = idEnd(in, from, to);
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
      return decision(in, head, id, at + RULESET.length, to);
    }
    if (Scan.at(in, at, to, DONE)) {
      Incoming message = messages.remove(id);
      if (message != null) {
        give(message);
      }
      return null;
    }
    if (Scan.at(in, at, to, CONNECT)) {
      begin(head, texts.sendmailPeer(in, at + CONNECT.length, to));
      return null;
    }
    if (at < to && in[at] == '<') {
      int told = Scan.find(in, at, to, ADDRESS_END);
      return told < 0 ? Unused.NO_SESSION : unknownUser(in, head, id, at, told + 1);
    }
    if (Scan.at(in, at, to, MILTER)) {
      return milter(in, head, id, at + MILTER.length, to);
    }
    int idle = Scan.find(in, at, to, IDLE);
    if (idle >= 0) {
      PeerFacts peer = texts.sendmailPeer(in, at, idle);
      Incoming.Connection connection = connections.remove(key(head, peer));
      if (connection != null) {
        endConnection(connection);
        return null;
      }
      return Unused.NO_BEGINNING;
    }
    return Unused.NO_SESSION;
  }

  /** Behind a queue id at {@code from}, where its colon stands; -1 if there is no id. */
  private static int idEnd(byte[] in, int from, int to) {
    int most = Math.min(to - 1, from + 24);
    for (int i = from; i < most; i++) {
      byte c = in[i];
      if (c == ':') {
        return i - from >= 7 && in[i + 1] == ' ' ? i : -1;
      }
      if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) {
        return -1;
      }
    }
    return -1;
  }

  /** The queue id that the line begins with, empty if there is none. */
  private static String idText(byte[] in, Head head) {
    int colon = idEnd(in, head.from, head.to);
    return colon < 0 ? "" : Scan.text(in, head.from, colon);
  }

  // ---- connections

  private long key(Head head, PeerFacts peer) {
    // One process serves all connections of Postern: the peer tells them apart.
    return head.program == Program.POSTERN
        ? Scan.mix(head.process + 31L * peer.address().hashCode())
        : head.process;
  }

  private void begin(Head head, PeerFacts peer) {
    long key = key(head, peer);
    Incoming.Connection old = connections.remove(key);
    if (old != null) {
      endConnection(old);
    }
    connections.put(key, new Incoming.Connection(peer, head.time, place), head.time);
  }

  private Incoming.Connection connection(Head head, PeerFacts peer) {
    long key = key(head, peer);
    Incoming.Connection known = connections.get(key);
    if (known != null && known.peer.equals(peer)) {
      return known;
    }
    if (known != null) {
      connections.remove(key);
      endConnection(known);
    }
    Incoming.Connection made = new Incoming.Connection(peer, head.time, place);
    made.used =
        true; // of a connection that just speaks up nothing is known as long as it sends nothing
    connections.put(key, made, head.time);
    return made;
  }

  /** A connection is over; one that brought no message is a session nevertheless. */
  private void endConnection(Incoming.Connection connection) {
    if (!connection.used) {
      connection.used = true;
      Incoming nothing = new Incoming(connection, "", connection.time);
      emit(nothing, connection.place);
    }
  }

  // ---- TLS

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
        PeerFacts peer = texts.sendmailPeer(in, relay, version);
        Incoming.Connection connection = connection(head, peer);
        if (connection.tls != null || connection.closed) {
          begin(head, peer);
          connection = connection(head, peer);
        }
        connection.tls = facts;
        connection.used = false;
        connections.put(lastKey(head), connection, head.time);
      } else {
        Outgoing outgoing = new Outgoing();
        outgoing.tls = facts;
        servers.put(serverKey(head, in, relay, version), outgoing, head.time);
        servers.put(lastKey(head), outgoing, head.time);
        deliveries.tlsIsLogged();
      }
      return null;
    }
    return Scan.at(in, at, to, ERROR) && !server ? null : Unused.NO_SESSION;
  }

  /** Where the last handshake of a process is kept, for the line about its certificate. */
  private static long lastKey(Head head) {
    return Scan.mix(head.process ^ 0x5bd1e995);
  }

  private static long serverKey(Head head, byte[] in, int from, int to) {
    // The name ends in a dot on some lines and not on others.
    int end = to > from && in[to - 1] == '.' ? to - 1 : to;
    return head.process ^ Scan.hash(in, from, end);
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
    if (server) {
      Incoming.Connection connection = connections.get(lastKey(head));
      if (connection == null || connection.tls == null) {
        return Unused.NO_BEGINNING;
      }
      connection.tls = Texts.named(connection.tls, subject, from, verdict);
      connection.named = true;
      return null;
    }
    Outgoing outgoing = servers.get(lastKey(head));
    if (outgoing == null || outgoing.tls == null) {
      return Unused.NO_BEGINNING;
    }
    outgoing.tls = Texts.named(outgoing.tls, subject, from, verdict);
    outgoing.named = true;
    return null;
  }

  private @Nullable Unused auth(byte[] in, Head head, int from, int to) {
    int authid = Scan.find(in, from, to, AUTHID);
    int mech = authid < 0 ? -1 : Scan.find(in, authid, to, MECH);
    int bits = mech < 0 ? -1 : Scan.find(in, mech, to, BITS);
    if (bits < 0 || !Scan.at(in, from, to, RELAY_FIRST)) {
      return Unused.BROKEN;
    }
    Incoming.Connection connection =
        connection(head, texts.sendmailPeer(in, from + RELAY_FIRST.length, authid));
    connection.login =
        new SessionRecord.Login(
            texts.string(in, mech + MECH.length, bits),
            texts.string(in, authid + AUTHID.length, mech),
            Scan.number(in, bits + BITS.length, to));
    return null;
  }

  // ---- decisions

  private @Nullable Unused decision(byte[] in, Head head, long id, int from, int to) {
    int arg1 = Scan.find(in, from, to, ARG1);
    if (arg1 < 0) {
      return Unused.BROKEN;
    }
    String name = texts.string(in, from, arg1);
    Hook hook = Hook.of(name);
    int end = Scan.findLast(in, arg1, to, REJECT);
    int skip = REJECT.length;
    if (end < 0) {
      end = Scan.findLast(in, arg1, to, QUARANTINE);
      skip = 2;
    }
    if (end < 0) {
      end = Scan.findLast(in, arg1, to, DISCARD);
      skip = 2;
    }
    if (end < 0 || (hook == null && (id == 0 || ASIDE.contains(name)))) {
      return Unused.NO_SESSION;
    }
    String reply = texts.string(in, end + skip, to).replaceFirst("^quarantine=", "quarantine ");
    int relay = Scan.findLast(in, arg1, end, RELAY);
    if (relay < 0) {
      return Unused.LOCAL;
    }
    int arg2 = Scan.find(in, arg1 + ARG1.length, relay, ARG2);
    int arg1End = arg2 < 0 ? relay : arg2;
    int arg1From = arg1 + ARG1.length;
    String argument = texts.string(in, arg1From, arg1End);
    if (hook != null && hook.role() == postern.offline.Role.CLIENT) {
      return clientDecision(in, head, hook, argument, reply, relay + RELAY.length, end);
    }
    PeerFacts peer = texts.sendmailPeer(in, relay + RELAY.length, end);
    if (peer.address().isEmpty()) {
      return Unused.LOCAL;
    }
    Incoming.Connection connection = connection(head, peer);
    if (hook == null) { // that of a header
      if (!reply.startsWith("quarantine")) {
        message(in, head, id, connection).end(name, reply);
      }
      return null;
    }
    Answered answer = Answered.of(hook, argument, reply);
    switch (hook) {
      case CHECK_RELAY, TLS_CLIENT -> {
        Incoming nothing = new Incoming(connection, "", head.time);
        nothing.answers.add(answer);
        if (answer.refuses()) {
          connection.used = true;
          connection.closed = true;
          emit(nothing, place);
        }
      }
      case CHECK_MAIL -> {
        Incoming message = new Incoming(connection, idText(in, head), head.time);
        message.sender = texts.address(in, arg1From, arg1End);
        message.answers.add(answer);
        connection.used = true;
        if (answer.refuses()) {
          message.over = true;
          emit(message, place);
        }
        messages.put(id, message, head.time);
      }
      default -> {
        Incoming message = message(in, head, id, connection);
        if (hook == Hook.CHECK_RCPT && answer.refuses()) {
          message.refuse(texts.address(in, arg1From, arg1End), reply);
        } else {
          message.answers.add(answer);
          message.withoutContent |= hook == Hook.CHECK_DATA && answer.refuses();
        }
      }
    }
    return null;
  }

  /**
   * A recipient that rule sets let pass, but that has no mailbox. The line does not name the peer:
   * of use only if the connection is known.
   */
  private @Nullable Unused unknownUser(byte[] in, Head head, long id, int from, int to) {
    Incoming message = unnamed(in, head, id);
    if (message == null) {
      return Unused.NO_BEGINNING;
    }
    String why = texts.string(in, to - 1 + ADDRESS_END.length, head.to);
    message.lose(texts.address(in, from, to), "recipients", "550 " + why); // the code is not logged
    return null;
  }

  /** The message of a line that does not name the peer, null if its connection is not known. */
  private @Nullable Incoming unnamed(byte[] in, Head head, long id) {
    Incoming known = messages.get(id);
    Incoming.Connection connection =
        known != null ? known.connection : connections.get(head.process);
    return connection == null || head.program != Program.SENDMAIL
        ? null
        : message(in, head, id, connection);
  }

  /**
   * {@code to=<u@d.test>, reject=550 ...}, {@code from=<a@b.test>, reject=...}, {@code data,
   * reject=...}, {@code data, discard}, {@code helo=name, reject=...}, {@code connect: host=...,
   * addr=..., reject=...}; what milters do besides ends no message.
   */
  private @Nullable Unused milter(byte[] in, Head head, long id, int from, int to) {
    int end = Scan.findLast(in, from, to, REJECT);
    boolean dropped = end < 0;
    if (dropped) {
      end = Scan.findLast(in, from, to, DISCARD);
    }
    if (end < 0) {
      return Unused.NO_SESSION;
    }
    String reply = dropped ? "discard" : texts.string(in, end + REJECT.length, to);
    Incoming message = unnamed(in, head, id);
    if (message == null) {
      return Unused.NO_BEGINNING;
    }
    if (Scan.at(in, from, end, TO) && !dropped) {
      message.lose(texts.address(in, from + TO.length, end), BY_MILTER, reply);
    } else {
      message.end(BY_MILTER, reply);
      if (Scan.at(in, from, end, FROM)) {
        message.sender = texts.address(in, from + FROM.length, end);
      } else if (Scan.at(in, from, end, CONNECT_STAGE)) {
        message.connection.closed = true;
      }
    }
    return null;
  }

  /** The message called {@code id}; a new one if there is none, or if its MAIL was refused. */
  private Incoming message(byte[] in, Head head, long id, Incoming.Connection connection) {
    Incoming known = messages.get(id);
    if (known != null && !known.over) {
      return known;
    }
    messages.remove(id);
    Incoming made = new Incoming(connection, idText(in, head), head.time);
    connection.used = true;
    messages.put(id, made, head.time);
    return made;
  }

  private @Nullable Unused clientDecision(
      byte[] in, Head head, Hook hook, String argument, String reply, int relay, int end) {
    long key = serverKey(head, in, relay, end);
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
    Incoming message = messages.get(id);
    int expected = Scan.number(in, nrcpts + NRCPTS.length, to);
    if (message != null && message.over && expected == 0) {
      return null; // the end of what was refused at MAIL
    }
    Incoming.Connection connection = connection(head, peer);
    protocol(in, head, connection, nrcpts, relay);
    if (message != null && !message.connection.peer.equals(peer)) {
      messages.remove(id); // a process of an older time had the same number
    }
    message = message(in, head, id, connection);
    message.sender = texts.address(in, from, size);
    message.expected = expected;
    message.size = Scan.number(in, size + SIZE.length, nrcpts);
    message.time = head.time;
    if (message.hasAll() || message.withoutContent) {
      messages.remove(id);
      give(message);
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
    Incoming message = messages.get(id);
    boolean ofUse = false;
    if (message != null && !message.over) {
      ofUse = true;
      int original = control + CTLADDR.length;
      if (control >= 0 && in[original] == '<') {
        int close = Scan.find(in, original, delay, '>');
        message.accept(texts.address(in, original, close < 0 ? delay : close + 1));
      } else {
        each(in, from, names, message::accept);
      }
      if (message.hasAll()) {
        messages.remove(id);
        give(message);
      }
    }
    ofUse |= outgoing(in, head, from, names, delay, to);
    return ofUse ? null : Unused.NO_BEGINNING;
  }

  /** The addresses between commas; one in quotes is part of an address. */
  private void each(byte[] in, int from, int to, Consumer<String> taker) {
    int at = from;
    boolean quoted = false;
    for (int i = from; i <= to; i++) {
      quoted ^= i < to && in[i] == '"' && in[i - 1] != '\\';
      if (i == to || (in[i] == ',' && !quoted)) {
        if (i > at) {
          taker.accept(texts.address(in, at, i));
        }
        at = i + 1;
      }
    }
  }

  /** Whether the line tells of a session with a server. */
  private boolean outgoing(byte[] in, Head head, int from, int names, int delay, int to) {
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
    Outgoing known = servers.get(serverKey(head, in, name, nameEnd == name ? dsn : nameEnd));
    String status = texts.string(in, dsn + DSN.length, dsn + DSN.length + 3);
    if (known == null && status.equals("4.4") && Scan.find(in, dsn, stat, REPLY) < 0) {
      return false; // never got to speak
    }
    List<String> recipients = new ArrayList<>(2);
    each(in, from, names, recipients::add);
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
        idText(in, head),
        recipients,
        answers,
        place);
    return true;
  }

  private void give(Incoming message) {
    if (message.over) {
      return;
    }
    message.over = true;
    if (!message.hasAll() && !message.withoutContent) {
      counts.addIncomplete();
    }
    emit(message, place);
  }

  private void emit(Incoming message, Place where) {
    message.connection.used = true;
    out.accept(message.session(where));
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
