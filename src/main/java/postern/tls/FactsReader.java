package postern.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/** Makes {@link TlsFacts} of a session whose handshake is done. Safe for concurrent use. */
final class FactsReader {
  private final TlsRole role;
  private final ChainVerifier verifier;
  private final String digest;
  private final boolean altNames;
  private final InstantSource clock;

  /**
   * Makes a reader.
   *
   * @param digest JCA's name of the fingerprint's algorithm
   * @param altNames whether the DNS names of the certificate are wanted
   */
  FactsReader(
      TlsRole role, ChainVerifier verifier, String digest, boolean altNames, InstantSource clock) {
    this.role = role;
    this.verifier = verifier;
    this.digest = digest;
    this.altNames = altNames;
    this.clock = clock;
  }

  /**
   * JCA's name for a digest as OpenSSL writes it ({@code sha256}, {@code SHA3-256}, {@code
   * blake2b512}); empty if there is none of that name here.
   */
  static Optional<String> digestNamed(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    String dashed = upper.matches("SHA\\d+") ? "SHA-" + upper.substring(3) : upper;
    for (String candidate : List.of(dashed, upper)) {
      try {
        return Optional.of(MessageDigest.getInstance(candidate).getAlgorithm());
      } catch (NoSuchAlgorithmException e) {
        // the next spelling, perhaps
      }
    }
    return Optional.empty();
  }

  /**
   * Reads a session.
   *
   * @param requested whether we asked the peer for a certificate; a client always has
   * @param crlRequired whether every CA must have a CRL
   */
  TlsFacts read(SSLSession session, boolean requested, boolean crlRequired) {
    CipherSuite suite = CipherSuite.of(session.getCipherSuite());
    List<byte[]> presented = presented(session);
    if (presented.isEmpty()) {
      Verify verify = requested ? Verify.NO : Verify.NOT;
      return facts(session, suite, verify, null, "", "ok");
    }
    String fingerprint = fingerprint(presented.get(0));
    List<Cert> chain = new ArrayList<>();
    try {
      for (byte[] der : presented) {
        chain.add(Cert.parse(der));
      }
    } catch (DerException e) {
      if (chain.isEmpty()) {
        String message = "certificate cannot be read: " + e.getMessage();
        return facts(session, suite, Verify.FAIL, null, fingerprint, message);
      }
    }
    ChainVerifier.Purpose purpose =
        role == TlsRole.SERVER ? ChainVerifier.Purpose.CLIENT : ChainVerifier.Purpose.SERVER;
    ChainVerifier.Outcome outcome =
        verifier.verify(chain, purpose, crlRequired, clock.instant().getEpochSecond());
    return facts(
        session,
        suite,
        outcome.ok() ? Verify.OK : Verify.FAIL,
        chain.get(0),
        fingerprint,
        outcome.message());
  }

  /** Whether the peer's certificate is made out to {@code host}; false without one. */
  static boolean named(SSLSession session, String host) {
    List<byte[]> presented = presented(session);
    try {
      return !presented.isEmpty() && PeerName.matches(Cert.parse(presented.get(0)), host);
    } catch (DerException e) {
      return false;
    }
  }

  private TlsFacts facts(
      SSLSession session,
      CipherSuite suite,
      Verify verify,
      @Nullable Cert leaf,
      String fingerprint,
      String message) {
    boolean presented = !fingerprint.isEmpty();
    return new TlsFacts(
        verify,
        session.getProtocol(),
        suite.openSsl(),
        suite.secretBits(),
        suite.algorithmBits(),
        leaf == null ? "" : MacroText.encode(leaf.subject().oneLine()),
        leaf == null ? "" : MacroText.encode(leaf.issuer().oneLine()),
        leaf == null ? nothing(presented) : leaf.subject().commonNameMacro(),
        leaf == null ? nothing(presented) : leaf.issuer().commonNameMacro(),
        fingerprint,
        leaf == null || !altNames ? List.of() : dnsNames(leaf),
        message);
  }

  /** A certificate that cannot be read has no name; without one the macros are empty. */
  private static String nothing(boolean presented) {
    return presented ? "BadCertificateUnknown" : "";
  }

  private static List<byte[]> presented(SSLSession session) {
    List<byte[]> presented = new ArrayList<>();
    try {
      for (Certificate certificate : session.getPeerCertificates()) {
        presented.add(certificate.getEncoded());
      }
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    } catch (CertificateEncodingException e) {
      presented.add(new byte[0]); // presented, and unreadable
    }
    return presented;
  }

  private String fingerprint(byte[] der) {
    try {
      return MacroText.fingerprint(MessageDigest.getInstance(digest).digest(der));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("looked up when the settings were read", e);
    }
  }

  /** The DNS names that are printable text; others are passed over, as sendmail does. */
  private static List<String> dnsNames(Cert cert) {
    List<String> names = new ArrayList<>();
    for (Cert.AltName name : cert.altNames()) {
      boolean printable = name.kind() == 2 && name.value().length > 0;
      for (byte b : name.value()) {
        printable &= b >= ' ' && b <= '~';
      }
      if (printable) {
        names.add(MacroText.encode(name.value()));
      }
    }
    return names;
  }
}
