package postern.smtp.client;

import java.util.ArrayList;
import java.util.List;
import postern.policy.Verdict;

/**
 * Why a session or a recipient did not get on, in the words of sendmail's log. An exception without
 * stack trace, because it is passed along chains of stages; it says what the network did, not where
 * our code stood.
 *
 * <p>{@link #elsewhere} says whether another host of the same destination may be tried.
 */
class Failure extends Exception {
  private final boolean permanent;
  private final String dsn;
  private final String reply;
  private final String diagnostic;
  private final String stat;
  private final List<String> transcript;
  private final boolean elsewhere;

  Failure(
      boolean permanent,
      String dsn,
      String reply,
      String diagnostic,
      String stat,
      List<String> transcript,
      boolean elsewhere) {
    super(stat, null, false, false);
    this.permanent = permanent;
    this.dsn = dsn;
    this.reply = reply;
    this.diagnostic = diagnostic;
    this.stat = stat;
    this.transcript = List.copyOf(transcript);
    this.elsewhere = elsewhere;
  }

  /** The connection could not be made or broke: {@code how} as in {@code Connection refused by}. */
  static Failure connection(String dsn, String how, String host) {
    String stat = "Deferred: " + how + " " + host;
    return new Failure(false, dsn, "", "", stat, List.of(), true);
  }

  /** Something on our side or in the way, with no reply to show. */
  static Failure temporary(String dsn, String text) {
    return new Failure(false, dsn, "", "", "Deferred: " + text, List.of(), false);
  }

  /** The destination can never be reached this way. */
  static Failure permanent(String dsn, String diagnostic, String stat) {
    return new Failure(true, dsn, "", diagnostic, stat, List.of(diagnostic), false);
  }

  /** This host may not have the message; another of the same destination may. */
  static Failure notHere(String dsn, String diagnostic) {
    return new Failure(true, dsn, "", diagnostic, "Service unavailable", List.of(diagnostic), true);
  }

  /** The peer refused {@code command} (empty for its greeting). */
  static Failure refused(String host, Step step, String command, Reply reply, boolean elsewhere) {
    List<String> transcript = new ArrayList<>();
    transcript.add("... while talking to " + host + ":");
    if (!command.isEmpty()) {
      transcript.add(">>> " + command);
    }
    reply.wireLines().forEach(line -> transcript.add("<<< " + line));
    boolean permanent = reply.permanent();
    return new Failure(
        permanent,
        step.dsn(reply),
        reply.line(),
        reply.first(),
        permanent ? step.words(reply) : "Deferred: " + reply.first(),
        transcript,
        elsewhere);
  }

  /** A rule set refused; its own code decides, never what happened before in this process. */
  static Failure ruled(String line, boolean temporary, String dsn, String lastReply) {
    String stat = temporary ? "Deferred: " + line : words(dsn);
    return new Failure(!temporary, dsn, lastReply, line, stat, List.of(line), temporary);
  }

  static Failure ruled(Verdict.Reject verdict, String lastReply) {
    return ruled(verdict.line(), verdict.temporary(), verdict.enhanced(), lastReply);
  }

  boolean elsewhere() {
    return elsewhere;
  }

  boolean isPermanent() {
    return permanent;
  }

  RecipientOutcome outcome(String relay, String tls, boolean hostDown) {
    return new RecipientOutcome(
        permanent ? RecipientOutcome.Kind.PERMANENT : RecipientOutcome.Kind.TEMPORARY,
        relay,
        dsn,
        reply,
        diagnostic,
        stat,
        tls,
        transcript,
        hostDown && !permanent,
        false);
  }

  /** sendmail's words for a rule set's refusal with this code. */
  private static String words(String dsn) {
    if (dsn.equals("5.1.2")) {
      return "Host unknown";
    }
    if (dsn.startsWith("5.1.") || dsn.equals("5.2.1")) {
      return "User unknown";
    }
    if (dsn.equals("5.3.5")) {
      return "Local configuration error";
    }
    if (dsn.startsWith("5.5.")) {
      return "Remote protocol error";
    }
    return dsn.startsWith("5.6.") ? "Data format error" : "Service unavailable";
  }
}
