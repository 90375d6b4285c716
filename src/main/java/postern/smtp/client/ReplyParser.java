package postern.smtp.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts {@link Reply}s together octet by octet, in bounded memory whatever the peer sends. */
final class ReplyParser {
  private static final int LINE_KEPT = 512;
  private static final int LONGEST_LINE = 8192;
  private static final int LINES_KEPT = 100;
  private static final int MOST_LINES = 500;

  private final StringBuilder line = new StringBuilder();
  private final List<String> lines = new ArrayList<>();
  private int length;
  private int count;
  private int code;

  /** Forgets what was read of an unfinished reply. */
  void reset() {
    line.setLength(0);
    length = 0;
    lines.clear();
    count = 0;
  }

  /**
   * Takes one octet.
   *
   * @return the reply that it ends, or null
   * @throws ReplyDecoder.ProtocolException if this can be no reply; nothing may follow then
   */
  @Nullable Reply accept(byte b) throws ReplyDecoder.ProtocolException {
    if (b != '\n') {
      if (++length > LONGEST_LINE) {
        throw new ReplyDecoder.ProtocolException("reply line too long");
      } else if (line.length() < LINE_KEPT && b != '\r') {
        line.append(b >= ' ' && b < 127 ? (char) b : '?');
      }
      return null;
    }
    String text = line.toString();
    line.setLength(0);
    length = 0;
    return endOfLine(text);
  }

  private @Nullable Reply endOfLine(String text) throws ReplyDecoder.ProtocolException {
    int value = code(text);
    if (value < 0 || (count > 0 && value != code)) {
      throw new ReplyDecoder.ProtocolException(
          "not an SMTP reply: " + text.substring(0, Math.min(60, text.length())));
    }
    code = value;
    if (++count > MOST_LINES) {
      throw new ReplyDecoder.ProtocolException("reply has too many lines");
    }
    if (lines.size() < LINES_KEPT) {
      lines.add(text.length() > 4 ? text.substring(4) : "");
    }
    if (text.length() > 3 && text.charAt(3) != ' ') {
      return null;
    }
    Reply reply = new Reply(code, lines);
    lines.clear();
    count = 0;
    return reply;
  }

  /** The code of a reply line, or -1 if it is none. */
  private static int code(String text) {
    if (text.length() < 3
        || (text.length() > 3 && text.charAt(3) != ' ' && text.charAt(3) != '-')) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < 3; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value >= 200 && value <= 599 ? value : -1;
  }
}
