package postern.offline.log;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.offline.Hook;
import postern.offline.session.RecordedSession;
import postern.policy.PeerFacts;

/**
 * What Postfix' lines have told of and not finished: connections, messages that come in, and
 * refusals of which it is not known yet to which message they belong.
 */
final class PostfixOpen {

  private static final int MOST = 1 << 16;
  private static final long PATIENCE = 6 * 3600_000L;
  private static final int MOST_REFUSED = 100;

  private final Consumer<RecordedSession> out;
  private final LogCounts counts;
  private final Held<Incoming.Connection> connections =
      new Held<>(MOST, PATIENCE, this::endConnection);
  private final Held<Incoming> messages = new Held<>(MOST, PATIENCE, this::giveUp);
  private Place place = new Place("", 0);

  PostfixOpen(Consumer<RecordedSession> out, LogCounts counts) {
    this.out = out;
    this.counts = counts;
  }

  /** Where the line stands that comes next. */
  void at(Place where) {
    place = where;
  }

  // ---- connections

  /** A client has connected. */
  void begin(Head head, PeerFacts peer) {
    Incoming.Connection old = connections.remove(head.process);
    if (old != null) {
      endConnection(old);
    }
    connections.put(head.process, new Incoming.Connection(peer, head.time, place), head.time);
  }

  /**
   * A client has gone; false if it was not known to be there.
   *
   * @param tls whether it is known to have used TLS
   */
  boolean end(Head head, boolean tls) {
    Incoming.Connection old = connections.remove(head.process);
    if (old == null) {
      return false;
    }
    if (old.tls == null && tls) {
      old.tlsUnclear = true;
    }
    endConnection(old);
    return true;
  }

  /** The connection of the process; another one if that is with another peer. */
  Incoming.Connection connection(Head head, PeerFacts peer) {
    Incoming.Connection known = connections.get(head.process);
    if (known != null && known.peer.equals(peer)) {
      return known;
    }
    Incoming.Connection made = new Incoming.Connection(peer, head.time, place);
    connections.put(head.process, made, head.time);
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

  // ---- messages

  @Nullable Incoming message(long id) {
    return messages.get(id);
  }

  /** A message got its queue id: what was told of it before is its own now. */
  void begin(long key, Incoming message, long now) {
    Incoming.Connection connection = message.connection;
    connection.nameless++;
    Incoming early = connection.early;
    if (early != null) {
      connection.early = null;
      message.take(early);
      senderIsKnown(message);
      wait(message);
    }
    Incoming older = messages.remove(key); // short ids come again
    if (older != null) {
      giveUp(older);
    }
    messages.put(key, message, now);
  }

  /** No more lines tell of it, and it got as far as they say. */
  void end(long id) {
    Incoming message = messages.remove(id);
    if (message != null) {
      give(message);
    }
  }

  /** No more lines tell of the message: it got no further. */
  void cut(long id, Incoming message) {
    messages.remove(id);
    message.withoutContent = true;
    senderIsKnown(message);
    give(message);
  }

  /** The refused message of this sender on the connection; another one if that cannot be it. */
  Incoming refused(Incoming.Connection connection, String sender, Hook hook, long time) {
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

  /** Now it can be told which of the refusals of its connection are its own. */
  void senderIsKnown(Incoming message) {
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
  void wait(Incoming message) {
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
