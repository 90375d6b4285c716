package postern.policy;

import java.util.regex.Pattern;

/**
 * Replies to a rule set that broke off: an unknown rule set called, endless recursion, a map that
 * nobody declared. Sendmail answers the command with the complaint and does not take it; so the
 * policy that could not be asked lets nothing pass.
 */
final class RuleFault {
  private static final int REFUSED = 554;
  private static final int PUT_OFF = 451;
  private static final Pattern CONFIGURATION =
      Pattern.compile("Infinite loop .*|Unknown ruleset .*|.* out of bounds");
  private static final Pattern REWRITING =
      Pattern.compile("rewrite: (map .* not found|missing mapname|expansion too long)");

  private RuleFault() {}

  /** Refuses for good, with sendmail's codes. */
  static Verdict.Reject refused(String fault) {
    return new Verdict.Reject(REFUSED, "5." + detail(fault), CompiledPolicy.oneLine(fault));
  }

  /** Puts off: mail that waits in our queue need not bounce because a configuration is broken. */
  static Verdict.Reject putOff(String fault) {
    return new Verdict.Reject(PUT_OFF, "4." + detail(fault), CompiledPolicy.oneLine(fault));
  }

  private static String detail(String fault) {
    if (CONFIGURATION.matcher(fault).matches()) {
      return "3.5";
    }
    return REWRITING.matcher(fault).matches() ? "3.0" : "0.0";
  }
}
