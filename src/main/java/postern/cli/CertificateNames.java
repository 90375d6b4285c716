package postern.cli;

import java.io.IOException;
import java.nio.file.Path;
import postern.offline.Facts;
import postern.policy.TlsFacts;
import postern.tls.CertificateFile;

/**
 * Facts from a certificate in a file. A class of its own, so that others need not load {@code tls}.
 */
final class CertificateNames {
  private CertificateNames() {}

  /** Sets the names of the certificate in {@code file}. */
  static void into(Facts facts, Path file) throws IOException {
    TlsFacts names = CertificateFile.facts(file);
    facts.set("cert-subject", names.certSubject());
    facts.set("cert-issuer", names.certIssuer());
    facts.set("cn", names.cnSubject());
    facts.set("cn-issuer", names.cnIssuer());
    facts.set("cert-fp", names.fingerprint());
    if (!names.altNames().isEmpty()) {
      facts.set("alt-names", String.join(",", names.altNames()));
    }
  }
}
