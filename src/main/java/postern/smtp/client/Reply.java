package postern.smtp.client;

import java.util.ArrayList;
import java.util.List;

/**
 * A peer's reply (RFC 5321 section 4.2), made harmless: printable ASCII, lines and their number
 * bounded.
 *
 * @param code 200 to 599
 * @param lines text of each line, without the code; at least one
 */
record Reply(int code, List<String> lines) {
  Reply {
    lines = List.copyOf(lines);
  }

  /** Code and text of the first line, as {@code reply=} shows it. */
  String line() {
    String text = lines.get(0).strip();
    return text.isEmpty() ? Integer.toString(code) : code + " " + text;
  }

  /** The first line as it came, which says whether more followed; for {@code stat=} and reports. */
  String first() {
    return lines.size() == 1 ? line() : code + "-" + lines.get(0).stripTrailing();
  }

  /** All lines as they came, without their ends. */
  List<String> wireLines() {
    List<String> wire = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      wire.add((code + (i + 1 < lines.size() ? "-" : " ") + lines.get(i)).stripTrailing());
    }
    return wire;
  }

  boolean positive() {
    return code / 100 == 2;
  }

  boolean temporary() {
    return code / 100 == 4;
  }

  boolean permanent() {
    return code / 100 == 5;
  }

  /** The peer closes the connection after this (RFC 5321 section 3.8). */
  boolean closing() {
    return code == 421;
  }

  /**
   * The enhanced code in front of the last line's text if it fits the reply's class, else empty
   * (RFC 2034; sendmail asks the last line).
   */
  String enhanced() {
    String text = lines.get(lines.size() - 1);
    int end = text.indexOf(' ');
    String word = end < 0 ? text : text.substring(0, end);
    String[] parts = word.split("\\.", -1);
    boolean fits =
        parts.length == 3
            && parts[0].equals(Integer.toString(code / 100))
            && isNumber(parts[1])
            && isNumber(parts[2]);
    return fits ? word : "";
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= 3
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** The text of a good reply for {@code stat=Sent (…)}; what sendmail shows. */
  String sentText(boolean enhancedAnnounced) {
    String text = lines.get(lines.size() - 1);
    String enhanced = enhanced();
    if (enhancedAnnounced && !enhanced.isEmpty() && text.startsWith(enhanced)) {
      text = text.substring(enhanced.length());
    }
    return text.strip();
  }
}
