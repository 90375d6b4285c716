package postern.policy;

import java.util.List;

/**
 * What is known of a TLS session, before any rule saw it. All texts are ready to become macro
 * values: names are rendered and encoded as sendmail does (one-line DN, then {@code +XX}).
 *
 * @param verify outcome of verification
 * @param version {@code ${tls_version}}: {@code TLSv1.2}, {@code TLSv1.3}; empty without TLS
 * @param cipher {@code ${cipher}}: OpenSSL's name of the suite; empty without TLS
 * @param cipherBits {@code ${cipher_bits}}: secret bits in use, 0 without TLS
 * @param algorithmBits {@code ${alg_bits}}: bits of the algorithm, 0 without TLS
 * @param certSubject {@code ${cert_subject}}, empty without a peer certificate
 * @param certIssuer {@code ${cert_issuer}}
 * @param cnSubject {@code ${cn_subject}}
 * @param cnIssuer {@code ${cn_issuer}}
 * @param fingerprint upper-case hex pairs joined by colons: {@code ${cert_fp}} if an algorithm is
 *     configured, else MD5 for {@code ${cert_md5}}
 * @param altNames dNSName entries for class {@code {cert_altnames}}, encoded
 * @param verifyMessage OpenSSL's words for the outcome, for the log ({@code ok}, {@code certificate
 *     has expired}); never a macro
 */
public record TlsFacts(
    Verify verify,
    String version,
    String cipher,
    int cipherBits,
    int algorithmBits,
    String certSubject,
    String certIssuer,
    String cnSubject,
    String cnIssuer,
    String fingerprint,
    List<String> altNames,
    String verifyMessage) {

  /** No TLS in a server session: every macro is empty. */
  public static final TlsFacts NONE = without(Verify.EMPTY);

  public TlsFacts {
    altNames = List.copyOf(altNames);
  }

  /** No TLS, for the reason that {@code verify} gives. */
  public static TlsFacts without(Verify verify) {
    return new TlsFacts(verify, "", "", 0, 0, "", "", "", "", "", List.of(), "");
  }

  /** Whether the connection is encrypted. */
  public boolean active() {
    return !version.isEmpty();
  }
}
