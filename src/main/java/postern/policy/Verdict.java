package postern.policy;

/** What a check rule set decided. */
public sealed interface Verdict {

  /** Nothing against it. */
  static Verdict accept() {
    return new Accept();
  }

  /** Take it and drop it silently ({@code $#discard}). */
  static Verdict discard() {
    return new Discard();
  }

  /** Nothing against it. */
  record Accept() implements Verdict {}

  /**
   * Refuse ({@code $#error}). Rendered by the rules of {@code $#error}: code and enhanced code from
   * the text if it has them, {@code address... } in front where sendmail puts it.
   *
   * @param code SMTP reply code, three digits
   * @param enhanced enhanced status code such as {@code 5.7.0} (RFC 3463)
   * @param text the rest of the reply line
   */
  record Reject(int code, String enhanced, String text) implements Verdict {
    /** The reply line without its line end: {@code 454 4.7.0 not authenticated}. */
    public String line() {
      return enhanced.isEmpty() ? code + " " + text : code + " " + enhanced + " " + text;
    }

    /** The same for now only: sendmail's SoftBounce. */
    Reject softened() {
      return code / 100 != 5
          ? this
          : new Reject(
              code - 100, enhanced.startsWith("5.") ? "4" + enhanced.substring(1) : enhanced, text);
    }

    /** Whether the sender may try again later. */
    public boolean temporary() {
      return code / 100 == 4;
    }
  }

  /** Take it and drop it silently. */
  record Discard() implements Verdict {}

  /** Take it and hold it for an operator. */
  record Quarantine(String reason) implements Verdict {}

  /** Whether the check lets the command pass (accepted, or discarded or held later on). */
  default boolean passes() {
    return !(this instanceof Reject);
  }
}
