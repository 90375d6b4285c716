package postern.offline.session;

import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.offline.Hook;
import postern.offline.SessionRecord;

/**
 * A session, and what came of it then.
 *
 * @param facts what a policy can know of it, with all its recipients
 * @param answers what hooks answered, in order; from mail logs the refusals only, as nothing else
 *     is logged
 * @param complete whether {@code answers} holds every answer
 * @param source the log it was read from
 * @param line where in it: the line that ended the session
 */
public record RecordedSession(
    SessionRecord facts, List<Answered> answers, boolean complete, String source, long line) {

  public RecordedSession {
    answers = List.copyOf(answers);
  }

  /**
   * What refused or dropped the session although it is no part of a replay: {@code CheckSubject:
   * 550 5.7.1 No}, {@code milter: discard}; empty if nothing did. A refusal that is part of one
   * comes first.
   */
  public String elsewhere() {
    SessionRecord.Past past = facts.past();
    if (!past.hook().isEmpty() && ends(past.reply())) {
      Hook hook = Hook.of(past.hook());
      if ((hook == null || hook.isBehindEnvelope()) && refusal() == null) {
        return past.hook() + ": " + past.reply();
      }
    }
    for (Answered answer : answers) {
      if (answer.hook().isBehindEnvelope() && ends(answer.reply()) && refusal() == null) {
        return answer.hook().text() + ": " + answer.reply();
      }
    }
    return "";
  }

  private static boolean ends(String reply) {
    char first = reply.isEmpty() ? ' ' : reply.charAt(0);
    return first == '4' || first == '5' || reply.equals("discard");
  }

  /** The answer that ended the session: the first refusal that was not just for one recipient. */
  public @Nullable Answered refusal() {
    int recipients = 0;
    Answered last = null;
    for (Answered answer : answers) {
      if (!answer.refuses() || !answer.hook().decides() || answer.hook().isBehindEnvelope()) {
        continue;
      }
      if (!answer.hook().perRecipient()) {
        return answer;
      }
      recipients++;
      last = answer;
    }
    return recipients > 0 && recipients >= facts.message().recipients().size() ? last : null;
  }
}
