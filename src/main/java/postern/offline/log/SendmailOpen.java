package postern.offline.log;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.offline.session.RecordedSession;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;

/**
 * What sendmail's lines have told of and not finished: connections and messages that come in. A
 * line about TLS has no queue id: it belongs to the messages of the same process and peer.
 */
final class SendmailOpen {
  /** Shorter words in front of a colon are no queue ids. */
  static final int QUEUE_ID = 7;

  private static final int MOST = 1 << 16;
  private static final long PATIENCE = 6 * 3600_000L;

  private final Consumer<RecordedSession> out;
  private final LogCounts counts;
  private final Held<Incoming.Connection> connections =
      new Held<>(MOST, PATIENCE, this::endConnection);
  private final Held<Incoming> messages = new Held<>(MOST, PATIENCE, this::give);
  private Place place = new Place("", 0);

  SendmailOpen(Consumer<RecordedSession> out, LogCounts counts) {
    this.out = out;
    this.counts = counts;
  }

  /** Where the line stands that comes next. */
  void at(Place where) {
    place = where;
  }

  // ---- connections

  private static long key(Head head, PeerFacts peer) {
    // One process serves all connections of Postern: the peer tells them apart.
    return head.program == Program.POSTERN
        ? Scan.mix(head.process + 31L * peer.address().hashCode())
        : head.process;
  }

  /** A client has connected. */
  void begin(Head head, PeerFacts peer) {
    long key = key(head, peer);
    Incoming.Connection old = connections.remove(key);
    if (old != null) {
      endConnection(old);
    }
    connections.put(key, new Incoming.Connection(peer, head.time, place), head.time);
  }

  /** The connection with a peer; a new one if the process is known to talk with another. */
  Incoming.Connection connection(Head head, PeerFacts peer) {
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
    made.used = true; // as long as it sends nothing, nothing is known of it
    connections.put(key, made, head.time);
    return made;
  }

  /** The connection of a process that serves one at a time; null if none is known. */
  Incoming.@Nullable Connection connection(Head head) {
    return connections.get(head.process);
  }

  /** A client has gone without mail; false if it was not known to be there. */
  boolean end(Head head, PeerFacts peer) {
    Incoming.Connection connection = connections.remove(key(head, peer));
    if (connection == null) {
      return false;
    }
    endConnection(connection);
    return true;
  }

  /** A connection is over; one that brought no message is a session nevertheless. */
  private void endConnection(Incoming.Connection connection) {
    if (!connection.used) {
      connection.used = true;
      Incoming nothing = new Incoming(connection, "", connection.time);
      out.accept(nothing.session(connection.place));
    }
  }

  /** A handshake with a client: the second one is that of another connection. */
  void handshake(Head head, PeerFacts peer, TlsFacts facts) {
    Incoming.Connection connection = connection(head, peer);
    if (connection.tls != null || connection.closed) {
      begin(head, peer);
      connection = connection(head, peer);
    }
    connection.tls = facts;
    connection.used = false;
    connections.put(lastKey(head), connection, head.time);
  }

  /** The client's certificate in the last handshake of a process; false if none is known. */
  boolean certificate(Head head, String subject, String issuer, String verdict) {
    Incoming.Connection connection = connections.get(lastKey(head));
    if (connection == null || connection.tls == null) {
      return false;
    }
    connection.tls = Texts.named(connection.tls, subject, issuer, verdict);
    connection.named = true;
    return true;
  }

  /** Where the last handshake of a process is kept, for the line about its certificate. */
  static long lastKey(Head head) {
    return Scan.mix(head.process ^ 0x5bd1e995);
  }

  // ---- messages

  @Nullable Incoming message(long id) {
    return messages.get(id);
  }

  void put(long id, Incoming message, long now) {
    messages.put(id, message, now);
  }

  @Nullable Incoming remove(long id) {
    return messages.remove(id);
  }

  /** The message called {@code id}; a new one if there is none, or if its MAIL was refused. */
  Incoming message(byte[] in, Head head, long id, Incoming.Connection connection) {
    Incoming known = messages.get(id);
    if (known != null && !known.over) {
      return known;
    }
    messages.remove(id);
    Incoming made = new Incoming(connection, QueueId.text(in, head, QUEUE_ID), head.time);
    connection.used = true;
    messages.put(id, made, head.time);
    return made;
  }

  /** No more lines are awaited: it is told as it is, once. */
  void give(Incoming message) {
    if (message.over) {
      return;
    }
    message.over = true;
    if (!message.hasAll() && !message.withoutContent) {
      counts.addIncomplete();
    }
    emit(message);
  }

  void emit(Incoming message) {
    message.connection.used = true;
    out.accept(message.session(place));
  }

  /** Gives up what is too old at {@code now}. */
  void expire(long now) {
    messages.expire(now);
    connections.expire(now);
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
