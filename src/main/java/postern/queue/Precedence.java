package postern.queue;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * What a message's own header says about its importance.
 *
 * @param messageClass {@code class=}: the number that {@code Precedence:} stands for, 0 without it
 * @param urgency {@code Priority:}, which chooses among the queue's time limits
 */
public record Precedence(int messageClass, Urgency urgency) {
  /** Neither field, the usual case. */
  public static final Precedence NORMAL = new Precedence(0, Urgency.NORMAL);

  /** What sendmail's own configuration says in its {@code P} lines. */
  public static final Map<String, Integer> USUAL =
      Map.of("first-class", 0, "special-delivery", 100, "list", -30, "bulk", -60, "junk", -100);

  /** {@code Timeout.queuereturn.urgent} and its kin. */
  public enum Urgency {
    NORMAL,
    URGENT,
    NON_URGENT
  }

  /**
   * Reads the header at the beginning of {@code content}; what lies beyond {@code length} counts as
   * absent. The first field of a name counts.
   *
   * @param classes what {@code Precedence:} stands for ({@code P} lines), lower case; what is not
   *     there is 0
   */
  static Precedence of(byte[] content, int length, Map<String, Integer> classes) {
    Integer named = null;
    Urgency urgency = null;
    int at = 0;
    while (at < length) {
      int end = at;
      while (end < length && content[end] != '\n') {
        end++;
      }
      int last = end > at && content[end - 1] == '\r' ? end - 1 : end;
      if (last == at) {
        break;
      }
      if ((content[at] | 0x20) == 'p' && last - at < 100) {
        String line =
            new String(content, at, last - at, StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT);
        if (named == null && line.startsWith("precedence:")) {
          named = classes.getOrDefault(line.substring(11).strip(), 0);
        } else if (urgency == null && line.startsWith("priority:")) {
          urgency = urgency(line.substring(9).strip());
        }
      }
      at = end + 1;
    }
    int messageClass = named == null ? 0 : named;
    if (urgency == null) {
      urgency = messageClass < 0 ? Urgency.NON_URGENT : Urgency.NORMAL;
    }
    return messageClass == 0 && urgency == Urgency.NORMAL
        ? NORMAL
        : new Precedence(messageClass, urgency);
  }

  private static Urgency urgency(String word) {
    return switch (word) {
      case "urgent" -> Urgency.URGENT;
      case "non-urgent" -> Urgency.NON_URGENT;
      default -> Urgency.NORMAL;
    };
  }
}
