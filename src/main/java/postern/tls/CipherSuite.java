package postern.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A TLS cipher suite under both of its names: rules and logs speak OpenSSL's, the engines IANA's.
 *
 * @param iana {@code TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}
 * @param openSsl {@code ECDHE-RSA-AES256-GCM-SHA384}; the same as {@code iana} for TLS 1.3
 * @param secretBits {@code ${cipher_bits}}
 * @param algorithmBits {@code ${alg_bits}}: differs for 3DES only
 */
record CipherSuite(String iana, String openSsl, int secretBits, int algorithmBits) {

  /** Every suite of an engine that we use, in OpenSSL's order of preference. */
  private static final String TABLE =
      """
      TLS_AES_256_GCM_SHA384 TLS_AES_256_GCM_SHA384
      TLS_CHACHA20_POLY1305_SHA256 TLS_CHACHA20_POLY1305_SHA256
      TLS_AES_128_GCM_SHA256 TLS_AES_128_GCM_SHA256
      TLS_AES_128_CCM_SHA256 TLS_AES_128_CCM_SHA256
      TLS_AES_128_CCM_8_SHA256 TLS_AES_128_CCM_8_SHA256
      TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 ECDHE-ECDSA-AES256-GCM-SHA384
      TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 ECDHE-RSA-AES256-GCM-SHA384
      TLS_DHE_DSS_WITH_AES_256_GCM_SHA384 DHE-DSS-AES256-GCM-SHA384
      TLS_DHE_RSA_WITH_AES_256_GCM_SHA384 DHE-RSA-AES256-GCM-SHA384
      TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 ECDHE-ECDSA-CHACHA20-POLY1305
      TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 ECDHE-RSA-CHACHA20-POLY1305
      TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256 DHE-RSA-CHACHA20-POLY1305
      TLS_ECDHE_ECDSA_WITH_AES_256_CCM ECDHE-ECDSA-AES256-CCM
      TLS_DHE_RSA_WITH_AES_256_CCM DHE-RSA-AES256-CCM
      TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 ECDHE-ECDSA-AES128-GCM-SHA256
      TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 ECDHE-RSA-AES128-GCM-SHA256
      TLS_DHE_DSS_WITH_AES_128_GCM_SHA256 DHE-DSS-AES128-GCM-SHA256
      TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 DHE-RSA-AES128-GCM-SHA256
      TLS_ECDHE_ECDSA_WITH_AES_128_CCM ECDHE-ECDSA-AES128-CCM
      TLS_DHE_RSA_WITH_AES_128_CCM DHE-RSA-AES128-CCM
      TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384 ECDHE-ECDSA-AES256-SHA384
      TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384 ECDHE-RSA-AES256-SHA384
      TLS_DHE_RSA_WITH_AES_256_CBC_SHA256 DHE-RSA-AES256-SHA256
      TLS_DHE_DSS_WITH_AES_256_CBC_SHA256 DHE-DSS-AES256-SHA256
      TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256 ECDHE-ECDSA-AES128-SHA256
      TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256 ECDHE-RSA-AES128-SHA256
      TLS_DHE_RSA_WITH_AES_128_CBC_SHA256 DHE-RSA-AES128-SHA256
      TLS_DHE_DSS_WITH_AES_128_CBC_SHA256 DHE-DSS-AES128-SHA256
      TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA ECDHE-ECDSA-AES256-SHA
      TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA ECDHE-RSA-AES256-SHA
      TLS_DHE_RSA_WITH_AES_256_CBC_SHA DHE-RSA-AES256-SHA
      TLS_DHE_DSS_WITH_AES_256_CBC_SHA DHE-DSS-AES256-SHA
      TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA ECDHE-ECDSA-AES128-SHA
      TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA ECDHE-RSA-AES128-SHA
      TLS_DHE_RSA_WITH_AES_128_CBC_SHA DHE-RSA-AES128-SHA
      TLS_DHE_DSS_WITH_AES_128_CBC_SHA DHE-DSS-AES128-SHA
      TLS_RSA_WITH_AES_256_GCM_SHA384 AES256-GCM-SHA384
      TLS_RSA_WITH_AES_128_GCM_SHA256 AES128-GCM-SHA256
      TLS_RSA_WITH_AES_256_CBC_SHA256 AES256-SHA256
      TLS_RSA_WITH_AES_128_CBC_SHA256 AES128-SHA256
      TLS_RSA_WITH_AES_256_CBC_SHA AES256-SHA
      TLS_RSA_WITH_AES_128_CBC_SHA AES128-SHA
      TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA ECDHE-ECDSA-DES-CBC3-SHA
      TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA ECDHE-RSA-DES-CBC3-SHA
      TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA DHE-RSA-DES-CBC3-SHA
      TLS_RSA_WITH_3DES_EDE_CBC_SHA DES-CBC3-SHA
      """;

  static final List<CipherSuite> ALL;
  private static final Map<String, CipherSuite> BY_NAME = new HashMap<>();

  static {
    List<CipherSuite> all = new ArrayList<>();
    for (String line : TABLE.lines().toList()) {
      int blank = line.indexOf(' ');
      CipherSuite suite = named(line.substring(0, blank), line.substring(blank + 1));
      all.add(suite);
      BY_NAME.put(suite.iana, suite);
      BY_NAME.put(suite.openSsl, suite);
    }
    ALL = List.copyOf(all);
  }

  private static CipherSuite named(String iana, String openSsl) {
    if (iana.contains("3DES")) {
      return new CipherSuite(iana, openSsl, 112, 168);
    }
    int bits =
        iana.contains("_256_") || iana.contains("CHACHA20") || iana.endsWith("_256") ? 256 : 128;
    return new CipherSuite(iana, openSsl, bits, bits);
  }

  /** By either name; null if no engine here has it. */
  static @Nullable CipherSuite find(String name) {
    return BY_NAME.get(name);
  }

  /** The suite of a session. A name that is not in the table is shown as the engine gives it. */
  static CipherSuite of(String iana) {
    CipherSuite known = BY_NAME.get(iana.startsWith("SSL_") ? "TLS_" + iana.substring(4) : iana);
    return known == null ? named(iana, iana) : known;
  }

  /** Whether it is one of TLS 1.3, which CipherSuites names and CipherList does not. */
  boolean tls13() {
    return !iana.contains("_WITH_");
  }

  /** What is good enough without being asked for: no 3DES, no DSS, no CCM. */
  boolean usual() {
    return secretBits >= 128 && !iana.contains("_DSS_") && !iana.contains("_CCM");
  }

  /** Whether BoringSSL has it: neither finite-field DH nor CBC with the newer digests. */
  boolean inBoringSsl() {
    if (tls13()) {
      return !iana.contains("_CCM");
    }
    boolean exchange = !keyExchange().equals("DHE") && !iana.contains("_CCM");
    return exchange && !iana.contains("3DES") && (mac().equals("AEAD") || mac().equals("SHA1"));
  }

  /** {@code ECDHE}, {@code DHE} or {@code RSA}. */
  String keyExchange() {
    int from = "TLS_".length();
    int to = iana.indexOf('_', from);
    return iana.substring(from, to);
  }

  /** {@code ECDSA}, {@code RSA} or {@code DSS}. */
  String authentication() {
    String both = iana.substring("TLS_".length(), iana.indexOf("_WITH_"));
    return both.substring(both.indexOf('_') + 1);
  }

  /** {@code AESGCM}, {@code AESCCM}, {@code AES}, {@code CHACHA20} or {@code 3DES}. */
  String encryption() {
    if (iana.contains("CHACHA20")) {
      return "CHACHA20";
    }
    if (iana.contains("3DES")) {
      return "3DES";
    }
    return iana.contains("_GCM_") ? "AESGCM" : iana.contains("_CCM") ? "AESCCM" : "AES";
  }

  /** {@code AEAD}, {@code SHA384}, {@code SHA256} or {@code SHA1}. */
  String mac() {
    if (!iana.contains("_CBC_")) {
      return "AEAD";
    }
    String last = iana.substring(iana.lastIndexOf('_') + 1);
    return last.equals("SHA") ? "SHA1" : last;
  }
}
