package postern.offline;

import org.jspecify.annotations.Nullable;

/** Facts that a log may not hold. A record names those that it does not know. */
public enum Fact {
  /** Whether there was TLS at all. */
  TLS("tls", ""),
  VERIFY("tls.verify", "{verify}"),
  BITS("tls.bits", "{cipher_bits}"),
  ALG_BITS("tls.algBits", "{alg_bits}"),
  VERSION("tls.version", "{tls_version}"),
  CIPHER("tls.cipher", "{cipher}"),
  CN_SUBJECT("tls.cnSubject", "{cn_subject}"),
  CN_ISSUER("tls.cnIssuer", "{cn_issuer}"),
  CERT_SUBJECT("tls.certSubject", "{cert_subject}"),
  CERT_ISSUER("tls.certIssuer", "{cert_issuer}"),
  FINGERPRINT("tls.fingerprint", "{cert_fp}"),
  RESOLVE("peer.resolve", "{client_resolve}"),
  HELO("helo", "s");

  private final String path;
  private final String macro;

  Fact(String path, String macro) {
    this.path = path;
    this.macro = macro;
  }

  /** Where the fact stands in a record. */
  public String path() {
    return path;
  }

  /** The macro that shows it to rules, as it is written behind the dollar sign; may be empty. */
  public String macro() {
    return macro;
  }

  /** The fact at {@code path}, or null. */
  public static @Nullable Fact of(String path) {
    for (Fact fact : values()) {
      if (fact.path.equals(path)) {
        return fact;
      }
    }
    return null;
  }
}
