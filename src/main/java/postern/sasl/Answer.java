package postern.sasl;

/** What an {@link Exchange} does next. */
public sealed interface Answer {
  /** Ask on; the text is what the mechanism says, not yet in base64. */
  record Challenge(String text) implements Answer {}

  /**
   * The client is who it says.
   *
   * @param identity its name, as the password file or the certificate has it
   */
  record Success(String identity) implements Answer {}

  /** It is not, or has not proven it. Why is nobody's business but ours, and no secret is in it. */
  record Failure(String why) implements Answer {}
}
