package postern.offline.diff;

import java.util.Map;
import postern.offline.Decision;
import postern.offline.Hook;
import postern.offline.SessionRecord;

/**
 * Sessions that two policies answer differently for the same reasons.
 *
 * @param hook where they are asked
 * @param cases how many of the sessions that were tried are of this kind
 * @param facts the smallest session found that shows it, as {@code postern explain} takes them
 * @param session the same as a record
 * @param before what the old policy answers to it
 * @param after what the new one answers
 */
public record Difference(
    Hook hook,
    long cases,
    Map<String, String> facts,
    SessionRecord session,
    Decision before,
    Decision after) {
  public Difference {
    facts = Map.copyOf(facts);
  }

  /** What kind of difference it is. */
  public enum Kind {
    /** The old policy let pass what the new one refuses. */
    NEWLY_REFUSED,
    /** The other way round. */
    NO_LONGER_REFUSED,
    /** Both refuse, in other words or with another code; or any other answer changed. */
    OTHER_ANSWER
  }

  /** What kind of difference it is. */
  public Kind kind() {
    if (before.refuses() == after.refuses()) {
      return Kind.OTHER_ANSWER;
    }
    return after.refuses() ? Kind.NEWLY_REFUSED : Kind.NO_LONGER_REFUSED;
  }
}
