package postern.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the files of one role and says what is wrong with them, in the order and words of sendmail.
 * What it finds is what {@link RoleTls} builds contexts from.
 */
final class RoleSetup {
  private final TlsSettings settings;
  private final TlsRole role;
  private final FileSafety safety;
  private final List<TlsProblem> problems = new ArrayList<>();

  RoleSetup(TlsSettings settings, TlsRole role) {
    this.settings = settings;
    this.role = role;
    this.safety = new FileSafety(settings.dontBlame());
  }

  List<TlsProblem> problems() {
    return problems;
  }

  private String prefix() {
    return "STARTTLS=" + role.word();
  }

  private void fatal(String message) {
    problems.add(new TlsProblem(true, message));
  }

  private void warn(String message) {
    problems.add(new TlsProblem(false, message));
  }

  /** For files without which a server cannot do TLS; a client goes on without. */
  private void missing(String message) {
    problems.add(new TlsProblem(role == TlsRole.SERVER, message));
  }

  /** JCA's name of the fingerprint digest; a problem if there is none. */
  String digest() {
    String name = settings.fingerprintAlgorithm();
    if (name.isEmpty()) {
      return "MD5";
    }
    Optional<String> digest = FactsReader.digestNamed(name);
    if (digest.isEmpty()) {
      fatal("STARTTLS=init, CertFingerprintAlgorithm=" + name + ", status=invalid");
    }
    return digest.orElse("MD5");
  }

  /** Verification succeeds only if both CACertPath and CACertFile are there; it never throws. */
  TrustStore trust() {
    boolean server = role == TlsRole.SERVER;
    boolean path = settings.caPath().startsWith("/");
    boolean file = settings.caFile().startsWith("/");
    if (server && !path) {
      fatal("STARTTLS: CACertPath missing");
    }
    if (server && !file) {
      fatal("STARTTLS: CACertFile missing");
    }
    if (!path || !file) {
      return TrustStore.EMPTY;
    }
    safety
        .checkDirectory(settings.caPath())
        .ifPresent(why -> warn(prefix() + ": CACertPath " + settings.caPath() + " unsafe: " + why));
    List<Cert> authorities = authorities();
    boolean checks = !settings.crlFile().isEmpty() || !settings.crlPath().isEmpty();
    List<Crl> lists = new ArrayList<>();
    if (!settings.crlFile().isEmpty() && !readLists(lists)) {
      if (settings.missingCrlIgnored()) {
        checks = !settings.crlPath().isEmpty();
        warn(prefix() + ", warning: certificates are verified without CRLFile");
      } else if (server) {
        fatal(
            prefix()
                + ", error: CRLFile "
                + settings.crlFile()
                + " cannot be used, so TLS is not offered (TLSMissingCRL=ignore goes on without)");
      } else {
        warn(
            prefix()
                + ", error: CRLFile "
                + settings.crlFile()
                + " cannot be used, so no certificate will verify"
                + " (TLSMissingCRL=ignore goes on without)");
        return TrustStore.EMPTY;
      }
    }
    return new TrustStore(
        authorities,
        HashedDirectory.certificates(Path.of(settings.caPath())),
        lists,
        settings.crlPath().isEmpty() ? null : HashedDirectory.crls(Path.of(settings.crlPath())),
        checks);
  }

  private List<Cert> authorities() {
    String file = settings.caFile();
    Optional<String> unsafe = safety.check(file);
    if (unsafe.isPresent()) {
      missing(prefix() + ": file " + file + " unsafe: " + unsafe.get());
      return List.of();
    }
    List<Cert> authorities = new ArrayList<>();
    int bad = 0;
    try {
      for (byte[] der : Pem.certificates(Path.of(file))) {
        try {
          authorities.add(Cert.parse(der));
        } catch (DerException e) {
          bad++;
        }
      }
    } catch (IOException | DerException e) {
      missing(prefix() + ", error: CACertFile " + file + " cannot be read: " + e.getMessage());
      return List.of();
    }
    if (authorities.isEmpty()) {
      missing(prefix() + ", error: CACertFile " + file + " holds no certificate");
    } else if (bad > 0) {
      warn(prefix() + ", warning: " + bad + " certificate(s) of CACertFile cannot be read");
    }
    return authorities;
  }

  private boolean readLists(List<Crl> lists) {
    String file = settings.crlFile();
    Optional<String> unsafe = safety.check(file);
    if (unsafe.isPresent()) {
      warn(prefix() + ": file " + file + " unsafe: " + unsafe.get());
      return false;
    }
    try {
      for (Pem.Block block : Pem.read(Path.of(file))) {
        if (block.label().equals("X509 CRL")) {
          lists.add(Crl.parse(block.content()));
        }
      }
    } catch (IOException | DerException e) {
      warn(prefix() + ", error: PEM_read_bio_X509_CRL(" + file + ")=failed: " + e.getMessage());
      return false;
    }
    if (lists.isEmpty()) {
      warn(prefix() + ", error: PEM_read_bio_X509_CRL(" + file + ")=failed: no CRL in it");
      return false;
    }
    return true;
  }

  /**
   * The role's certificates. Names may be {@code file1,file2}; those of a server go on with pairs
   * for other names.
   */
  List<KeyPairFile> identities() {
    boolean server = role == TlsRole.SERVER;
    TlsSettings.Identity identity = server ? settings.server() : settings.client();
    String word = server ? "Server" : "Client";
    if (server && !settings.needsCertificate()) {
      warn(prefix() + ", warning: TLSSrvOptions C: suites without a certificate are not supported");
    }
    boolean complete = true;
    if (!identity.certFile().startsWith("/")) {
      complete = false;
      if (server) {
        fatal("STARTTLS: ServerCertFile missing");
      }
    }
    if (!identity.keyFile().startsWith("/")) {
      if (server) {
        fatal("STARTTLS: ServerKeyFile missing");
      } else if (complete) {
        warn("STARTTLS: ClientKeyFile missing");
      }
      complete = false;
    }
    if (!complete) {
      return List.of();
    }
    String[] certs = identity.certFile().split(",", -1);
    String[] keys = identity.keyFile().split(",", -1);
    if (certs.length != keys.length || (!server && certs.length > 2)) {
      missing(
          String.format(
              "STARTTLS: %sCertFile names %d file(s), %sKeyFile %d; they must be pairs%s",
              word, certs.length, word, keys.length, server ? "" : ", at most two"));
      return List.of();
    }
    List<KeyPairFile> found = new ArrayList<>();
    for (int i = 0; i < certs.length; i++) {
      identity(certs[i], keys[i]).ifPresent(found::add);
    }
    return found;
  }

  /** One pair, if both files are safe and fit each other. */
  Optional<KeyPairFile> identity(String cert, String key) {
    Optional<String> unsafe = unsafe(cert, safety.check(cert));
    if (unsafe.isEmpty()) {
      unsafe = unsafe(key, safety.checkKey(key));
    }
    if (unsafe.isPresent()) {
      missing(unsafe.get());
      return Optional.empty();
    }
    try {
      return Optional.of(KeyPairFile.read(cert, key));
    } catch (KeyPairFile.Unusable e) {
      missing(
          prefix()
              + ", error: SSL_CTX_check_private_key failed("
              + key
              + "): 0, reason="
              + e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<String> unsafe(String file, Optional<String> why) {
    return why.map(reason -> prefix() + ": file " + file + " unsafe: " + reason);
  }

  /** A group of DHParameters. */
  record Group(BigInteger prime, BigInteger generator) {}

  /** The group of a DHParameters file; empty unless it names a good one. */
  Optional<Group> dhFile() {
    String value = settings.dhParameters();
    if (value.isEmpty() || "nNiI512".indexOf(value.charAt(0)) >= 0) {
      return Optional.empty();
    }
    String wrong;
    Optional<String> unsafe = value.startsWith("/") ? safety.check(value) : Optional.empty();
    if (!value.startsWith("/")) {
      wrong = "neither a keyword nor an absolute path";
    } else if (unsafe.isPresent()) {
      wrong = "file unsafe: " + unsafe.get();
    } else {
      try {
        return Optional.of(group(value));
      } catch (IOException | DerException e) {
        wrong = String.valueOf(e.getMessage());
      }
    }
    warn(
        prefix()
            + ", error: cannot use DH parameters("
            + value
            + "): "
            + wrong
            + "; the built-in 2048 bit group is used");
    return Optional.empty();
  }

  private static Group group(String file) throws IOException, DerException {
    for (Pem.Block block : Pem.read(Path.of(file))) {
      if (block.label().equals("DH PARAMETERS")) {
        Der numbers = new Der(block.content()).next(Der.SEQUENCE).inside();
        BigInteger prime = numbers.next(Der.INTEGER).integer();
        BigInteger generator = numbers.next(Der.INTEGER).integer();
        if (prime.bitLength() < 2048 || prime.bitLength() > 8192) {
          throw new DerException("a group of " + prime.bitLength() + " bits, not 2048 to 8192");
        }
        return new Group(prime, generator);
      }
    }
    throw new DerException("no BEGIN DH PARAMETERS line");
  }
}
