package postern.offline.log;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.offline.Fact;
import postern.offline.Hook;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.offline.session.Answered;
import postern.offline.session.RecordedSession;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/** A message that comes in, while its lines are being joined. */
final class Incoming {
  /** Recipients that are remembered of one message. */
  private static final int MOST_RECIPIENTS = 1000;

  /** The connection that it comes by. */
  static final class Connection {
    final PeerFacts peer;
    final long time;
    final Place place;
    @Nullable TlsFacts tls;

    /** Whether the log names the peer's certificate. */
    boolean named;

    /** Which of TLS' facts are not known although there was TLS. */
    boolean tlsUnclear;

    SessionRecord.Login login = SessionRecord.Login.NONE;

    /** Whether a session was made of it. */
    boolean used;

    boolean closed;

    /** Messages that wait for the end of the connection. */
    final List<Incoming> waiting = new ArrayList<>(0);

    /** Refusals that no message is known for, with their senders. */
    final List<Incoming> refused = new ArrayList<>(0);

    Connection(PeerFacts peer, long time, Place place) {
      this.peer = peer;
      this.time = time;
      this.place = place;
    }
  }

  final Connection connection;
  final String id;
  String sender = "";
  String helo = "";
  final List<String> recipients = new ArrayList<>(2);
  final List<Answered> answers = new ArrayList<>(0);

  /** Recipients that were accepted, -1 while that is not known. */
  int expected = -1;

  int accepted;
  long size;
  long time;
  boolean over;

  Incoming(Connection connection, String id, long time) {
    this.connection = connection;
    this.id = id;
    this.time = time;
  }

  /** A recipient that was accepted; the same one again changes nothing. */
  void accept(String recipient) {
    if (recipients.size() < MOST_RECIPIENTS && !recipients.contains(recipient)) {
      recipients.add(recipient);
      accepted++;
    }
  }

  /** A recipient that was refused, but not by the policy: there is no such user. */
  void passToNobody(String recipient) {
    if (recipients.size() < MOST_RECIPIENTS && !recipients.contains(recipient)) {
      recipients.add(recipient);
    }
  }

  /** A recipient that was refused. */
  void refuse(String recipient, String reply) {
    if (recipients.size() < MOST_RECIPIENTS && !recipients.contains(recipient)) {
      recipients.add(recipient);
      answers.add(Answered.of(Hook.CHECK_RCPT, recipient, reply));
    }
  }

  boolean hasAll() {
    return expected >= 0 && accepted >= expected;
  }

  /** The session, as far as lines told of it. */
  RecordedSession session(Place place) {
    TlsFacts tls = connection.tls;
    Set<Fact> unknown = EnumSet.noneOf(Fact.class);
    if (helo.isEmpty()) {
      unknown.add(Fact.HELO);
    }
    if (connection.peer.resolve() == PeerFacts.Resolve.FAIL) {
      unknown.add(Fact.RESOLVE);
    }
    if (tls == null && connection.tlsUnclear) {
      tls =
          new TlsFacts(
              Verify.NO,
              "TLSv1.3",
              "TLS_AES_256_GCM_SHA384",
              256,
              256,
              "",
              "",
              "",
              "",
              "",
              List.of(),
              "");
      unknown.addAll(EnumSet.of(Fact.VERIFY, Fact.BITS, Fact.ALG_BITS, Fact.VERSION, Fact.CIPHER));
      unknown.addAll(
          EnumSet.of(
              Fact.CERT_SUBJECT,
              Fact.CERT_ISSUER,
              Fact.CN_SUBJECT,
              Fact.CN_ISSUER,
              Fact.FINGERPRINT));
    } else {
      unknown.addAll(Deliveries.unknown(tls, connection.named));
    }
    SessionRecord record =
        new SessionRecord(
            Instant.ofEpochMilli(time),
            Role.SERVER,
            connection.peer,
            helo,
            tls,
            connection.login,
            new SessionRecord.Message(id, sender, recipients, Map.of(), size),
            unknown,
            Deliveries.past(answers));
    return new RecordedSession(record, answers, false, place.source(), place.line());
  }
}
