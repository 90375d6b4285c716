package postern.smtp.server;

import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.Verdict;

/** What one session has to say to the log, in sendmail's words. */
final class SessionNotes {
  private final ServerLog log;
  private final PeerFacts peer;
  private final String daemon;

  SessionNotes(ServerLog log, PeerFacts peer, String daemon) {
    this.log = log;
    this.peer = peer;
    this.daemon = daemon;
  }

  /** A rule set decided; acceptance is not worth a line. */
  void decided(String id, String ruleSet, String arg1, String arg2, Verdict verdict) {
    if (!(verdict instanceof Verdict.Accept)) {
      log.decided(id, ruleSet, arg1, arg2, peer, verdict);
    }
  }

  void authenticated(String mechanism, String identity, int strength) {
    log.authenticated(peer, mechanism, identity, strength);
  }

  void authFailed(String mechanism, String why) {
    log.authFailed(peer, mechanism, why);
  }

  void note(String id, String text) {
    log.note(id, text);
  }

  void fault(String id, Throwable cause) {
    log.fault(id, "session with " + peer.description(), cause);
  }

  void tempFailed() {
    log.note(
        "",
        "ERROR: srv_features=tempfail, relay="
            + peer.description()
            + ", access temporarily disabled");
  }

  void early(long seconds) {
    log.note(
        "",
        "rejecting commands from "
            + peer.description()
            + " due to pre-greeting traffic after "
            + seconds
            + " seconds");
  }

  void outOfTurn(String id, String command) {
    log.note(
        id,
        "rejecting server "
            + command
            + " from "
            + peer.description()
            + " due to traffic before response");
  }

  void tooLong(String id, int length) {
    log.note(id, peer.description() + ": SMTP violation, input too long: " + length);
  }

  void commandTimeout(String id) {
    log.note(id, "timeout waiting for input from " + peer.name() + " during server cmd read");
  }

  void badFeatures(String problem) {
    log.note("", "tls_srv_features=" + problem + ", relay=" + peer.description());
  }

  /** Something about the content of {@code open}. */
  void collect(@Nullable Transaction open, String info) {
    log.note(
        open == null ? "" : open.id,
        "collect: relay="
            + peer.name()
            + ", from="
            + (open == null ? "" : open.mail.path().given())
            + ", info="
            + info);
  }

  /** The client left in the middle of {@code open}. */
  void lost(Transaction open) {
    log.note(
        open.id, "lost input channel from " + peer.description() + " to " + daemon + " after mail");
  }

  void idle() {
    log.note(
        "",
        peer.description() + " did not issue MAIL/EXPN/VRFY/ETRN during connection to " + daemon);
  }
}
