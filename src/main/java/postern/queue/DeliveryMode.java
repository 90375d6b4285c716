package postern.queue;

import java.util.Locale;

/** {@code DeliveryMode}: when a message that was just accepted is tried. */
public enum DeliveryMode {
  /** {@code i}: at once; whoever submitted it may wait for the outcome. */
  INTERACTIVE,
  /** {@code b}: at once, in the background. */
  BACKGROUND,
  /** {@code q}: in the next queue run. */
  QUEUE,
  /** {@code d}: in the next queue run, and no look-ups before. */
  DEFER;

  /** The mode that the option's first letter names. */
  public static DeliveryMode of(String option) {
    return switch (option.isEmpty() ? ' ' : option.toLowerCase(Locale.ROOT).charAt(0)) {
      case 'i' -> INTERACTIVE;
      case 'b' -> BACKGROUND;
      case 'q' -> QUEUE;
      case 'd' -> DEFER;
      default -> throw new IllegalArgumentException("unknown DeliveryMode " + option);
    };
  }

  boolean now() {
    return this == INTERACTIVE || this == BACKGROUND;
  }
}
