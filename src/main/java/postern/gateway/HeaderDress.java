package postern.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import postern.policy.AddressForms;

/**
 * Shows the addresses of a header section the way a mailer does. A field in which no address
 * changes stays as it is, byte for byte, so that signatures over it hold; of one in which any does,
 * the list is written anew, folded at 78 columns.
 */
final class HeaderDress {
  private static final Set<String> SENDERS =
      Set.of(
          "from",
          "sender",
          "reply-to",
          "errors-to",
          "resent-from",
          "resent-sender",
          "resent-reply-to",
          "disposition-notification-to",
          "return-receipt-to");
  private static final Set<String> RECIPIENTS =
      Set.of("to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc", "apparently-to");
  private static final int COLUMNS = 78;

  private final AddressForms forms;

  HeaderDress(AddressForms forms) {
    this.forms = forms;
  }

  /**
   * The section with its addresses dressed.
   *
   * @param header the fields with their line ends, each char a byte; what is no field stays
   */
  String section(String header) {
    StringBuilder out = null;
    int copied = 0;
    int at = 0;
    while (at < header.length()) {
      int end = fieldEnd(header, at);
      int colon = header.indexOf(':', at);
      if (colon > at && colon < end) {
        String name = header.substring(at, colon).strip().toLowerCase(Locale.ROOT);
        boolean sender = SENDERS.contains(name);
        if (sender || RECIPIENTS.contains(name)) {
          String raw = header.substring(colon + 1, end);
          String body = raw.stripTrailing();
          String dressed = list(header.substring(at, colon), body, sender);
          if (!dressed.isEmpty()) {
            if (out == null) {
              out = new StringBuilder(header.length() + 64);
            }
            out.append(header, copied, at).append(dressed).append(raw, body.length(), raw.length());
            copied = end;
          }
        }
      }
      at = end;
    }
    return out == null ? header : out.append(header, copied, header.length()).toString();
  }

  /** Index behind the field that begins at {@code at}, continuation lines included. */
  private static int fieldEnd(String header, int at) {
    int end = at;
    do {
      int newline = header.indexOf('\n', end);
      end = newline < 0 ? header.length() : newline + 1;
    } while (end < header.length() && (header.charAt(end) == ' ' || header.charAt(end) == '\t'));
    return end;
  }

  /** The field with its list dressed; empty if no address changes. */
  private String list(String name, String body, boolean sender) {
    List<String> elements = new ArrayList<>();
    boolean changed = false;
    for (String element : split(body)) {
      String plain = element.replaceAll("\\r?\\n(?=[ \\t])", "").strip();
      String dressed = element(plain, sender);
      changed |= !dressed.equals(plain);
      elements.add(dressed);
    }
    return changed ? folded(name, elements) : "";
  }

  /** One element: its address dressed, its phrase and comments as they are. */
  private String element(String element, boolean sender) {
    int[] span = address(element);
    String address = element.substring(span[0], span[1]);
    for (int i = 0; i < address.length(); i++) {
      if (address.charAt(i) >= 0x80) {
        return element; // not in the rule sets' alphabet
      }
    }
    if (address.isBlank()) {
      return element;
    }
    String dressed = clean(forms.header(address, sender));
    return dressed.equals(address.replaceAll("\\s+", ""))
        ? element
        : element.substring(0, span[0]) + dressed + element.substring(span[1]);
  }

  /**
   * Where in the element its address is: within the angle brackets; else what is left of it without
   * comments, a group's name in front and its semicolon behind.
   */
  private static int[] address(String element) {
    int from = 0;
    int to = -1;
    int depth = 0;
    boolean quoted = false;
    boolean angle = false;
    for (int i = 0; i < element.length(); i++) {
      char c = element.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        quoted ^= depth == 0;
      } else if (quoted) {
        // nothing counts in here
      } else if (c == '(') {
        if (depth++ == 0 && to < 0 && !element.substring(from, i).isBlank()) {
          to = i;
        }
      } else if (c == ')' && depth > 0) {
        if (--depth == 0 && to < 0) {
          from = i + 1;
        }
      } else if (depth == 0 && c == '<') {
        from = i + 1;
        to = -1;
        angle = true;
      } else if (depth == 0 && c == '>' && angle) {
        return new int[] {from, i};
      } else if (depth == 0 && c == ':' && !angle) {
        from = i + 1;
      } else if (depth == 0 && c == ';' && to < 0) {
        to = i;
      }
    }
    to = to < 0 ? element.length() : to;
    while (from < to && Character.isWhitespace(element.charAt(from))) {
      from++;
    }
    while (to > from && Character.isWhitespace(element.charAt(to - 1))) {
      to--;
    }
    return new int[] {from, Math.max(from, to)};
  }

  /** What rules and maps put together must not end a line. */
  private static String clean(String text) {
    return text.replaceAll("[\\x00-\\x1f\\x7f]+", " ");
  }

  private static String folded(String name, List<String> elements) {
    StringBuilder out = new StringBuilder(name).append(':');
    int column = out.length();
    for (int i = 0; i < elements.size(); i++) {
      String element = elements.get(i) + (i + 1 < elements.size() ? "," : "");
      if (i > 0 && column + 1 + element.length() > COLUMNS) {
        out.append("\r\n\t");
        column = 8;
      } else {
        out.append(' ');
        column++;
      }
      out.append(element);
      column += element.length();
    }
    return out.toString();
  }

  /** The elements of an address list: split at commas outside of quotes, comments, brackets. */
  static List<String> split(String body) {
    List<String> elements = new ArrayList<>();
    int from = 0;
    int depth = 0;
    boolean quoted = false;
    boolean angle = false;
    for (int i = 0; i < body.length(); i++) {
      switch (body.charAt(i)) {
        case '\\' -> i++;
        case '"' -> quoted ^= depth == 0;
        case '(' -> depth += quoted ? 0 : 1;
        case ')' -> depth -= quoted || depth == 0 ? 0 : 1;
        case '<' -> angle |= !quoted && depth == 0;
        case '>' -> angle &= quoted || depth > 0;
        case ',' -> {
          if (!quoted && !angle && depth == 0) {
            elements.add(body.substring(from, i));
            from = i + 1;
          }
        }
        default -> {}
      }
    }
    elements.add(body.substring(from));
    return elements;
  }
}
