package postern.offline.replay;

import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.offline.Hook;

/**
 * What a policy says to a session or at one of its hooks.
 *
 * @param hook where it was decided, null if nothing was asked
 * @param reply {@code accept}, a reply line, {@code discard}, {@code quarantine REASON}
 * @param rule {@code file:line} of the rule that knew why, empty for what is accepted
 * @param entry the map entry that counted, {@code file:line: key value}, empty if there was none
 * @param alternatives what would be answered under which circumstances; empty unless it depends
 * @param recipientsRefused recipients that were refused while the session went on
 */
public record Ruling(
    Kind kind,
    @Nullable Hook hook,
    String reply,
    String rule,
    String entry,
    List<Alternative> alternatives,
    int recipientsRefused) {

  /** Nothing against it. */
  public static final Ruling ACCEPTED =
      new Ruling(Kind.ACCEPT, null, "accept", "", "", List.of(), 0);

  /**
   * One way it may be.
   *
   * @param circumstances {@code the certificate's CN is mx.bank.example}
   */
  public record Alternative(String circumstances, Ruling ruling) {}

  public Ruling {
    alternatives = List.copyOf(alternatives);
  }

  /** The same with recipients refused on the way. */
  Ruling withRecipientsRefused(int count) {
    return count == recipientsRefused
        ? this
        : new Ruling(kind, hook, reply, rule, entry, alternatives, count);
  }

  /** Why, as short as it can be told apart: the map entry, else the rule, else the reply. */
  public String reason() {
    if (kind == Kind.DEPENDS) {
      return "depends on unknown facts";
    }
    return !entry.isEmpty() ? entry : !rule.isEmpty() ? rule : reply;
  }

  /** In words: {@code refused, or accepted if the certificate's CN is mx.bank.example}. */
  public String words() {
    if (kind != Kind.DEPENDS) {
      return kind == Kind.REFUSE ? "refused: " + reply : kind.words();
    }
    Kind usual = alternatives.get(0).ruling().kind();
    StringBuilder text = new StringBuilder(usual.words());
    int told = 0;
    for (Alternative other : alternatives) {
      if (other.ruling().kind() != usual) {
        if (told == 3) {
          return text.append(", ...").toString();
        }
        text.append(told == 0 ? ", or " : "; ");
        text.append(other.ruling().kind().words()).append(" if ").append(other.circumstances());
        told++;
      }
    }
    return text.toString();
  }
}
