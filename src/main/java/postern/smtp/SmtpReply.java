package postern.smtp;

import java.util.ArrayList;
import java.util.List;

/**
 * A reply (RFC 5321 section 4.2), one or more lines.
 *
 * <p>Whatever the lines are made of, the reply cannot break out of its line: control characters and
 * octets above 126 become {@code ?}, and a line is cut at {@value #MAX_TEXT} characters.
 *
 * @param code three digits
 * @param enhanced enhanced status code (RFC 3463) that goes in front of every line, or empty
 * @param lines texts without code and line end; at least one
 */
public record SmtpReply(int code, String enhanced, List<String> lines) {
  /** The longest text of one line; RFC 5321 section 4.5.3.1.5 asks clients to stand 512 octets. */
  public static final int MAX_TEXT = 1000;

  public SmtpReply {
    if (code < 100 || code > 999 || lines.isEmpty()) {
      throw new IllegalArgumentException("reply " + code + " with " + lines.size() + " lines");
    }
    if (lines.size() == 1) {
      lines = List.of(clean(lines.get(0)));
    } else {
      List<String> clean = new ArrayList<>(lines.size());
      for (String line : lines) {
        clean.add(clean(line));
      }
      lines = List.copyOf(clean);
    }
  }

  /** A reply of one line. */
  public static SmtpReply of(int code, String enhanced, String text) {
    return new SmtpReply(code, enhanced, List.of(text));
  }

  /**
   * A reply from a line as rule sets write it: {@code 454 4.7.0 not authenticated}. Without a code
   * in front it is a 553, without an enhanced code the line has none.
   */
  public static SmtpReply parse(String line) {
    int code = 553;
    String rest = line;
    if (line.length() >= 3 && digits(line, 0, 3) && line.charAt(0) != '0') {
      code = Integer.parseInt(line.substring(0, 3));
      rest = line.substring(3).stripLeading();
    }
    int end = rest.indexOf(' ');
    String first = end < 0 ? rest : rest.substring(0, end);
    if (EnhancedCode.isValid(first)) {
      return of(code, first, end < 0 ? "" : rest.substring(end + 1));
    }
    return of(code, "", rest);
  }

  /** Whether the command was carried out or goes on (1xx to 3xx). */
  public boolean positive() {
    return code < 400;
  }

  /** The same refusal for now only: 5xx and 5.x.x become 4xx and 4.x.x (sendmail's SoftBounce). */
  public SmtpReply softened() {
    if (code / 100 != 5) {
      return this;
    }
    String soft = enhanced.startsWith("5.") ? "4" + enhanced.substring(1) : enhanced;
    return new SmtpReply(code - 100, soft, lines);
  }

  /** One line as it goes over the wire, without its line end. */
  public String line(int index) {
    StringBuilder line = new StringBuilder();
    line.append(code).append(index == lines.size() - 1 ? ' ' : '-');
    if (!enhanced.isEmpty()) {
      line.append(enhanced).append(' ');
    }
    return line.append(lines.get(index)).toString();
  }

  /** The lines joined by {@code \n}: for tests and logs. */
  @Override
  public String toString() {
    StringBuilder all = new StringBuilder(line(0));
    for (int i = 1; i < lines.size(); i++) {
      all.append('\n').append(line(i));
    }
    return all.toString();
  }

  private static boolean digits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static String clean(String text) {
    int end = Math.min(text.length(), MAX_TEXT);
    for (int i = 0; i < end; i++) {
      if (!printable(text.charAt(i))) {
        return Echo.printable(text.substring(0, end));
      }
    }
    return end == text.length() ? text : text.substring(0, end);
  }

  private static boolean printable(char c) {
    return (c >= ' ' && c <= '~') || c == '\t';
  }
}
