package postern.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/** What a certificate in a file would make known if a peer showed it. */
public final class CertificateFile {
  private CertificateFile() {}

  /**
   * Names, fingerprint and DNS names of the first certificate of a PEM file, as macros would hold
   * them. Nothing is verified; there is no connection, so version and cipher are empty.
   *
   * @param digest algorithm of the fingerprint as CertFingerprintAlgorithm names it; empty for MD5
   * @throws IOException if the file cannot be read or holds no certificate, or if there is no such
   *     algorithm
   */
  public static TlsFacts facts(Path file, String digest) throws IOException {
    try {
      List<byte[]> certificates = Pem.certificates(file);
      if (certificates.isEmpty()) {
        throw new IOException(file + ": no certificate in it");
      }
      byte[] der = certificates.get(0);
      Cert cert = Cert.parse(der);
      List<String> dns = new ArrayList<>();
      for (Cert.AltName name : cert.altNames()) {
        if (name.kind() == 2) {
          dns.add(MacroText.encode(name.value()));
        }
      }
      return new TlsFacts(
          Verify.EMPTY,
          "",
          "",
          0,
          0,
          MacroText.encode(cert.subject().oneLine()),
          MacroText.encode(cert.issuer().oneLine()),
          cert.subject().commonNameMacro(),
          cert.issuer().commonNameMacro(),
          MacroText.fingerprint(MessageDigest.getInstance(algorithm(digest)).digest(der)),
          dns,
          "");
    } catch (DerException e) {
      throw new IOException(file + ": " + e.getMessage());
    } catch (NoSuchAlgorithmException e) {
      throw new IOException("no digest " + digest + " in this Java", e);
    }
  }

  private static String algorithm(String digest) throws NoSuchAlgorithmException {
    return digest.isEmpty()
        ? "MD5"
        : FactsReader.digestNamed(digest).orElseThrow(() -> new NoSuchAlgorithmException(digest));
  }
}
