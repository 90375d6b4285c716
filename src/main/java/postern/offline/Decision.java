package postern.offline;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.policy.Verdict;

/**
 * What the policy answers at one hook of a session, and why.
 *
 * @param hook where it was asked
 * @param answer the answer as text: {@code accept}, {@code 454 4.7.0 not authenticated}, {@code
 *     discard}, {@code quarantine reason}, {@code features S V}, {@code pause 5000}, {@code options
 *     Key=value}, {@code route mailer host user}, {@code default}
 * @param verdict the verdict, null at hooks that give none
 * @param defined whether the configuration has rules for the hook
 * @param path the rules on the way to the answer, from the hook's own to the one that made it;
 *     empty if no rule did
 * @param reason index in {@code path} of the rule that knew why, -1 if there is none
 * @param entries map lines that answered, in order
 * @param macros names of the run-time macros that rules read
 * @param faults what went wrong while rules ran
 */
public record Decision(
    Hook hook,
    String answer,
    @Nullable Verdict verdict,
    boolean defined,
    List<Place> path,
    int reason,
    List<Found> entries,
    Set<String> macros,
    List<String> faults) {

  public Decision {
    path = List.copyOf(path);
    entries = List.copyOf(entries);
    macros = Set.copyOf(macros);
    faults = List.copyOf(faults);
  }

  /**
   * A look-up that found something.
   *
   * @param map name of the map
   * @param key what was asked
   * @param value what was answered
   * @param line where the entry stands, null if that is not a line of a file
   */
  public record Found(String map, String key, String value, @Nullable MapLine line) {}

  /** Whether the answer is a refusal. */
  public boolean refuses() {
    return verdict instanceof Verdict.Reject;
  }

  /** The rule that knew why, or null. */
  public @Nullable Place rule() {
    return reason < 0 ? null : path.get(reason);
  }

  /** The line of the access map that counted: the last one found, or null. */
  public @Nullable Found entry() {
    return entries.isEmpty() ? null : entries.get(entries.size() - 1);
  }
}
