package postern.smtp;

/** Peer text made fit to be shown: in replies and in logs. */
public final class Echo {
  /** sendmail's limit for quoted peer text: the front and the end stay, {@code ...} between. */
  private static final int SHORT = 203;

  private Echo() {}

  /** {@code text} with every control or 8-bit character (but tab) replaced by {@code ?}. */
  public static String printable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      clean.append((c >= ' ' && c <= '~') || c == '\t' ? c : '?');
    }
    return clean.toString();
  }

  /** Whether {@code c} is an ASCII letter or digit. */
  public static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** {@code text} cut in the middle as sendmail does where it quotes a peer. */
  public static String shorten(String text) {
    if (text.length() <= SHORT) {
      return text;
    }
    int half = (SHORT - 3) / 2;
    return text.substring(0, half) + "..." + text.substring(text.length() - half);
  }
}
