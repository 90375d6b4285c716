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

  /**
   * Sets the names of the certificate in {@code file}.
   *
   * @param digest algorithm of the fingerprint; empty for MD5
   * @return the host that the certificate is for: its first DNS name, else its common name if that
   *     is one; may be empty
   */
  static String into(Facts facts, Path file, String digest) throws IOException {
    TlsFacts names = CertificateFile.facts(file, digest);
    facts.set("cert-subject", names.certSubject());
    facts.set("cert-issuer", names.certIssuer());
    facts.set("cn", names.cnSubject());
    facts.set("cn-issuer", names.cnIssuer());
    facts.set("cert-fp", names.fingerprint());
    if (!names.altNames().isEmpty()) {
      facts.set("alt-names", String.join(",", names.altNames()));
    }
    for (String name : names.altNames()) {
      if (isHost(name)) {
        return name;
      }
    }
    return isHost(names.cnSubject()) ? names.cnSubject() : "";
  }

  private static boolean isHost(String name) {
    return name.matches("[a-zA-Z0-9_-]+([.][a-zA-Z0-9_-]+)+");
  }
}
