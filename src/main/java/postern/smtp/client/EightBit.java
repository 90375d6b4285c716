package postern.smtp.client;

/** What becomes of eight-bit text for a peer that does not offer 8BITMIME. */
public enum EightBit {
  /** It goes out as it is: mailers with {@code F=8}. */
  AS_IS,
  /**
   * Eight-bit MIME becomes seven-bit; what cannot be converted (no MIME, eight bits in the header)
   * goes out as it is: {@code EightBitMode=pass8}, sendmail's default.
   */
  PASS,
  /** Eight-bit MIME becomes seven-bit; what cannot be converted bounces (RFC 6152 section 3). */
  CONVERT
}
