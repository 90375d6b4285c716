package postern.offline.log;

import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.offline.Fact;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.offline.session.Answered;
import postern.offline.session.RecordedSession;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/**
 * Outgoing sessions on their way out. As long as no line of the log has told of TLS with a server,
 * a session without such a line may just not have been logged: those wait; when a line comes they
 * had no TLS, and when none ever does, that is not known.
 */
final class Deliveries {
  private static final int MOST = 4096;
  private static final TlsFacts PLAIN = TlsFacts.without(Verify.NONE);

  private final Consumer<RecordedSession> out;
  private final LogCounts counts;
  private final ArrayDeque<RecordedSession> waiting = new ArrayDeque<>();
  private boolean told;

  Deliveries(Consumer<RecordedSession> out, LogCounts counts) {
    this.out = out;
    this.counts = counts;
  }

  /** A line tells of TLS with a server: from now on silence means that there was none. */
  void tlsIsLogged() {
    if (!told) {
      told = true;
      while (!waiting.isEmpty()) {
        out.accept(waiting.poll());
      }
    }
  }

  /**
   * One delivery.
   *
   * @param tls null if no line told of TLS
   */
  void add(
      long time,
      PeerFacts server,
      @Nullable TlsFacts tls,
      boolean named,
      String id,
      List<String> recipients,
      List<Answered> answers,
      Place place) {
    SessionRecord record =
        new SessionRecord(
            java.time.Instant.ofEpochMilli(time),
            Role.CLIENT,
            server,
            "",
            tls == null ? PLAIN : tls,
            SessionRecord.Login.NONE,
            new SessionRecord.Message(id, "", recipients, java.util.Map.of(), 0),
            tls == null ? NO_TLS : unknown(tls, named),
            past(answers));
    RecordedSession session =
        new RecordedSession(record, answers, false, place.source(), place.line());
    boolean saysSo =
        told || tls != null || answers.stream().anyMatch(a -> !a.hook().perRecipient());
    if (saysSo) {
      out.accept(session);
      return;
    }
    waiting.add(session);
    if (waiting.size() > MOST) {
      unclear(waiting.remove());
    }
  }

  /** The log is over. */
  void finish() {
    while (!waiting.isEmpty()) {
      unclear(waiting.poll());
    }
  }

  private void unclear(RecordedSession session) {
    counts.addWithoutTlsLines();
    SessionRecord r = session.facts();
    out.accept(
        new RecordedSession(
            new SessionRecord(
                r.time(),
                r.role(),
                r.peer(),
                r.helo(),
                r.tls(),
                r.login(),
                r.message(),
                EnumSet.of(Fact.TLS),
                r.past()),
            session.answers(),
            false,
            session.source(),
            session.line()));
  }

  /** The facts that a log without the names of certificates leaves open. */
  static Set<Fact> unknown(@Nullable TlsFacts tls, boolean named) {
    if (tls == null || (tls.verify() != Verify.OK && tls.verify() != Verify.FAIL)) {
      return Set.of();
    }
    return named ? FINGERPRINT : NAMES;
  }

  /** Without TLS it is not known whether STARTTLS was not offered (NONE) or put off (TEMP). */
  private static final Set<Fact> NO_TLS = EnumSet.of(Fact.VERIFY);

  private static final Set<Fact> FINGERPRINT = EnumSet.of(Fact.FINGERPRINT);
  private static final Set<Fact> NAMES =
      EnumSet.of(
          Fact.CERT_SUBJECT, Fact.CERT_ISSUER, Fact.CN_SUBJECT, Fact.CN_ISSUER, Fact.FINGERPRINT);

  static SessionRecord.Past past(List<Answered> answers) {
    for (Answered answer : answers) {
      if (answer.refuses()) {
        return new SessionRecord.Past(answer.hook().text(), answer.reply());
      }
    }
    return SessionRecord.Past.UNKNOWN;
  }
}
