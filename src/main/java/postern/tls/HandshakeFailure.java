package postern.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.EOFException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names the reason of a failed handshake in OpenSSL's words, which sendmail's log lines carry. */
public final class HandshakeFailure {
  /** Fragment of an engine's message, lower case, and OpenSSL's reason for it. */
  private static final String[][] WORDS = {
    {"no cipher suites in common", "no shared cipher"},
    {"no_shared_cipher", "no shared cipher"},
    {"wrong_curve", "no shared cipher"}, // BoringSSL, when no credential fits what is left
    {"no_ciphers_available", "no ciphers available"},
    {"unsupported_protocol", "unsupported protocol"},
    {"client requested protocol", "unsupported protocol"},
    {"no appropriate protocol", "no protocols available"},
    {"protocol_version", "tlsv1 alert protocol version"},
    {"tlsv1_alert_unknown_ca", "tlsv1 alert unknown ca"},
    {"unknown_ca", "tlsv1 alert unknown ca"},
    {"handshake_failure", "sslv3 alert handshake failure"},
    {"bad_certificate", "sslv3 alert bad certificate"},
    {"certificate_unknown", "sslv3 alert certificate unknown"},
    {"certificate_expired", "sslv3 alert certificate expired"},
    {"internal_error", "tlsv1 alert internal error"},
    {"no_common_signature_algorithms", "no suitable signature algorithm"},
    {"no supported signature", "no suitable signature algorithm"},
    {"wrong_version_number", "wrong version number"},
    {"http_request", "http request"},
    {"not an ssl/tls record", "wrong version number"},
    {"unrecognized ssl message", "wrong version number"},
    {"unsupported or unrecognized", "wrong version number"},
    {"decryption_failed_or_bad_record_mac", "decryption failed or bad record mac"},
    {"excessive_message_size", "excessive message size"},
    {"exceeds the maximum allowed size", "excessive message size"},
    {"failed to parse", "asn1 lib"},
    {"unexpected_message", "unexpected message"},
    {"no_renegotiation", "no renegotiation"},
    {"closed", "unexpected eof while reading"},
    {"eof", "unexpected eof while reading"},
  };

  private HandshakeFailure() {}

  /**
   * The reason, {@code unknown} for a time-out as in sendmail and for what has no word.
   *
   * @param cause what the handshake's future failed with
   */
  public static String reason(@Nullable Throwable cause) {
    int depth = 0;
    for (Throwable at = cause; at != null && depth < 10; at = at.getCause(), depth++) {
      if (at instanceof SslHandshakeTimeoutException) {
        return "unknown";
      }
      if (at instanceof NotSslRecordException) {
        return "wrong version number";
      }
      if (at instanceof ClosedChannelException || at instanceof EOFException) {
        return "unexpected eof while reading";
      }
      String message = at.getMessage();
      if (message != null) {
        String lower = message.toLowerCase(Locale.ROOT);
        for (String[] pair : WORDS) {
          if (lower.contains(pair[0])) {
            return pair[1];
          }
        }
      }
    }
    return "unknown";
  }
}
