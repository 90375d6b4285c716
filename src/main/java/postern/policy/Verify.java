package postern.policy;

/**
 * The value of {@code ${verify}}: how the peer's certificate was verified, or why there was nothing
 * to verify (sendmail operations guide, "STARTTLS"; RFC 3207 section 4).
 */
public enum Verify {
  /** A certificate was presented and its chain verified, CRL included. Names are not checked. */
  OK,
  /** Both sides did TLS and the peer presented no certificate although it was asked. */
  NO,
  /** The server did not ask for a certificate. */
  NOT,
  /** A certificate was presented and could not be verified. */
  FAIL,
  /** Client role: STARTTLS was not tried, or refused with 5xx. */
  NONE,
  /** Client role: second, clear-text connection after a failed handshake. */
  CLEAR,
  /** Client role: STARTTLS was refused with 4xx, or TLS could not be set up here. */
  TEMP,
  /** Client role: the answer to STARTTLS was neither 220 nor 4xx nor 5xx. */
  PROTOCOL,
  /** Client role: 220 came but the handshake failed. */
  SOFTWARE,
  /** Client role: {@code tls_clt_features} asked for something unusable. */
  CONFIG,
  /** Client role: the connection was lost before the answer to STARTTLS. */
  FAILURE,
  /** A TLSA record matched (RFC 7672). */
  TRUSTED,
  /** TLSA records exist and none matched, or STARTTLS was not offered in spite of them. */
  DANE_FAIL,
  /** Server role: no STARTTLS in this session; the macro is empty. */
  EMPTY;

  /** The macro's text: the name, or nothing for {@link #EMPTY}. */
  public String text() {
    return this == EMPTY ? "" : name();
  }
}
