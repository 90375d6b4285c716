package postern.cli;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lines of address test mode for a terminal: rule sets, matches and verdicts in colour, and control
 * characters as {@code ^X}, so that no address or map can move the cursor.
 */
final class BtPaint {
  private static final Pattern STEP = Pattern.compile("(.{16})( {3}input:| returns:)(.*)");
  private static final Pattern COMPLAINT =
      Pattern.compile("(?:Undefined |Unknown |Usage: |No address!|warning: |== Ruleset ).*");
  private static final Pattern VERDICT = Pattern.compile("\\$# ?(\\S+).*");

  // A control character that is not part of a colour: -dANSI makes colours of its own.
  private static final Pattern CONTROL =
      Pattern.compile("(\u001b\\[[0-9;]*m)|[\\x00-\\x08\\x0a-\\x1f\\x7f]");

  private final boolean coloured;

  /**
   * A painter.
   *
   * @param coloured false: control characters are all that changes
   */
  BtPaint(boolean coloured) {
    this.coloured = coloured;
  }

  /** Whether it uses colour. */
  boolean isColoured() {
    return coloured;
  }

  /** Whether an environment wants colour. */
  static boolean isWanted(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** A line without its end. */
  String line(String text) {
    String plain = visible(text);
    if (!coloured) {
      return plain;
    }
    Matcher step = STEP.matcher(plain);
    if (step.matches()) {
      return Ink.BOLD.always(step.group(1))
          + Ink.DIM.always(step.group(2))
          + (step.group(2).endsWith("returns:") ? result(step.group(3)) : step.group(3));
    }
    if (plain.startsWith("-----rule matches:")) {
      return Ink.GREEN.always(plain);
    }
    if (plain.startsWith("----- rule fails") || plain.startsWith("-----trying rule")) {
      return Ink.DIM.always(plain);
    }
    return COMPLAINT.matcher(plain).matches() ? Ink.YELLOW.always(plain) : plain;
  }

  private static String result(String tokens) {
    Matcher verdict = VERDICT.matcher(tokens);
    if (!verdict.find()) {
      return tokens;
    }
    Ink ink =
        switch (verdict.group(1)) {
          case "error" -> Ink.RED;
          case "discard" -> Ink.YELLOW;
          default -> Ink.GREEN;
        };
    return tokens.substring(0, verdict.start()) + ink.always(tokens.substring(verdict.start()));
  }

  private static String visible(String text) {
    return CONTROL
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    found.group(1) != null
                        ? found.group()
                        : "^" + (char) (found.group().charAt(0) ^ 0x40)));
  }
}
