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

    /** The message that is next to get an id: an access table has dropped it, or holds it. */
    @Nullable Incoming early;

    /** Messages of which no line has told the sender yet. */
    int nameless;

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

  /** Recipients that the policy let pass and something else refused. */
  private final List<String> lost = new ArrayList<>(0);

  private SessionRecord.Past lostTo = SessionRecord.Past.UNKNOWN;
  private SessionRecord.Past elsewhere = SessionRecord.Past.UNKNOWN;

  /** It got no further than it is known: no more lines name its recipients. */
  boolean withoutContent;

  /** Whether the refusals of its connection that belong to it were looked for. */
  boolean placed;

  /** Whether a recipient was accepted, even if no line ever names one. */
  boolean someAccepted;

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

  /** A recipient that was refused, but not by a rule set that is replayed. */
  void lose(String recipient, String by, String reply) {
    if (lost.size() < MOST_RECIPIENTS && !lost.contains(recipient)) {
      lost.add(recipient);
      lostTo = new SessionRecord.Past(by, reply);
    }
  }

  /** The whole message was refused or dropped, but not by a rule set that is replayed. */
  void end(String by, String reply) {
    if (elsewhere.reply().isEmpty()) {
      elsewhere = new SessionRecord.Past(by, reply);
    }
  }

  /** A recipient that was refused. */
  void refuse(String recipient, String reply) {
    if (recipients.size() < MOST_RECIPIENTS && !recipients.contains(recipient)) {
      recipients.add(recipient);
      answers.add(Answered.of(Hook.CHECK_RCPT, recipient, reply));
    }
  }

  /** What was told of the same message before it had an id. */
  void take(Incoming earlier) {
    sender = earlier.sender;
    helo = earlier.helo.isEmpty() ? helo : earlier.helo;
    withoutContent |= earlier.withoutContent;
    for (Answered answer : earlier.answers) {
      if (answer.refuses() && answer.hook() == Hook.CHECK_RCPT) {
        refuse(answer.argument(), answer.reply());
      } else {
        answers.add(answer);
      }
    }
    for (String recipient : earlier.recipients) {
      accept(recipient); // but not one that was refused: that is there already
    }
  }

  boolean hasAll() {
    return expected >= 0 && accepted >= expected;
  }

  /** Whether a rule set that is replayed refused all of it. */
  private boolean ended() {
    for (Answered answer : answers) {
      if (answer.refuses() && !answer.hook().perRecipient() && !answer.hook().isBehindEnvelope()) {
        return true;
      }
    }
    return false;
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
    // The policy is asked about the recipients that it had a say in. If none are left, it was
    // something else that ended the message.
    SessionRecord.Past past = elsewhere;
    List<String> named = recipients;
    // An accepted recipient that no line names: the others were not all.
    boolean unnamed = accepted == 0 && (someAccepted || expected > 0);
    List<Answered> counted = answers;
    if (unnamed) {
      named = List.of();
      counted = new ArrayList<>(answers);
      counted.removeIf(answer -> answer.hook().perRecipient() && answer.refuses());
    } else if (recipients.isEmpty() && !lost.isEmpty()) {
      named = lost;
      past = past.reply().isEmpty() ? lostTo : past;
    }
    if (past.reply().isEmpty() || ended()) {
      past = Deliveries.past(counted);
    }
    SessionRecord record =
        new SessionRecord(
            Instant.ofEpochMilli(time),
            Role.SERVER,
            connection.peer,
            helo,
            tls,
            connection.login,
            new SessionRecord.Message(id, sender, named, Map.of(), size),
            unknown,
            past);
    return new RecordedSession(record, counted, false, place.source(), place.line());
  }
}
