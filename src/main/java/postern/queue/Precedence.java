package postern.queue;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a message's own header says about its importance.
 *
 * @param messageClass {@code class=}: the number that {@code Precedence:} stands for, 0 without it
 * @param urgency {@code Priority:}, which chooses among the queue's time limits
 */
public record Precedence(int messageClass, Urgency urgency) {
  /** Neither field, the usual case. */
  public static final Precedence NORMAL = new Precedence(0, Urgency.NORMAL);

  /** {@code Timeout.queuereturn.urgent} and its kin. */
  public enum Urgency {
    NORMAL,
    URGENT,
    NON_URGENT
  }

  /**
   * Reads the header at the beginning of {@code content}; what lies beyond {@code length} counts as
   * absent. {@code Precedence:} has sendmail's usual values ({@code P} lines).
   */
  static Precedence of(byte[] content, int length) {
    int messageClass = 0;
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
        if (line.startsWith("precedence:")) {
          messageClass = number(line.substring(11).strip());
        } else if (line.startsWith("priority:")) {
          urgency = urgency(line.substring(9).strip());
        }
      }
      at = end + 1;
    }
    if (urgency == null) {
      urgency = messageClass < 0 ? Urgency.NON_URGENT : Urgency.NORMAL;
    }
    return messageClass == 0 && urgency == Urgency.NORMAL
        ? NORMAL
        : new Precedence(messageClass, urgency);
  }

  private static int number(String word) {
    return switch (word) {
      case "special-delivery" -> 100;
      case "list" -> -30;
      case "bulk" -> -60;
      case "junk" -> -100;
      default -> 0;
    };
  }

  private static Urgency urgency(String word) {
    return switch (word) {
      case "urgent" -> Urgency.URGENT;
      case "non-urgent" -> Urgency.NON_URGENT;
      default -> Urgency.NORMAL;
    };
  }
}
