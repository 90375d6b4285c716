package postern.offline.session;

import postern.offline.Hook;

/**
 * What a rule set answered.
 *
 * @param hook the rule set
 * @param argument the recipient at hooks that are asked once for each, else what the log had
 * @param reply {@code accept}, a reply line, {@code discard} or {@code quarantine REASON}
 * @param rule {@code file:line} of the rule that knew why, empty if that is not known
 * @param entry the map entry that counted, {@code file:line: key value}, empty if there was none
 */
public record Answered(Hook hook, String argument, String reply, String rule, String entry) {

  /** An answer of which only the reply is known. */
  public static Answered of(Hook hook, String argument, String reply) {
    return new Answered(hook, argument, reply, "", "");
  }

  /** Whether it was a refusal: a reply line of 4xx or 5xx. */
  public boolean refuses() {
    char first = reply.isEmpty() ? ' ' : reply.charAt(0);
    return first == '4' || first == '5';
  }
}
