package postern.tls;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The TLS options of a configuration, as text: nothing is opened or checked before {@link
 * ServerTls#load} and {@link ClientTls#load}. Names that are empty are unset.
 *
 * @param engine option TLSEngine
 * @param caPath CACertPath
 * @param caFile CACertFile: one or more CAs, trusted and announced
 * @param server ServerCertFile and ServerKeyFile
 * @param client ClientCertFile and ClientKeyFile
 * @param crlFile CRLFile: any number of CRLs
 * @param crlPath CRLPath
 * @param missingCrlIgnored option TLSMissingCRL is {@code ignore}: a CRLFile that cannot be used is
 *     logged and nothing is checked, as sendmail does; without it TLS is refused
 * @param dhParameters DHParameters; the first character decides
 * @param cipherList CipherList: TLS 1.2, OpenSSL's cipher string
 * @param cipherSuites CipherSuites: TLS 1.3
 * @param requestsCertificate false with TLSSrvOptions {@code V}
 * @param needsCertificate false with TLSSrvOptions {@code C}
 * @param serverOptions ServerSSLOptions
 * @param clientOptions ClientSSLOptions
 * @param fingerprintAlgorithm CertFingerprintAlgorithm; empty for MD5 into {@code ${cert_md5}}
 * @param fallbackToClear TLSFallbacktoClear
 * @param altNames SetCertAltnames
 * @param dontBlame words of DontBlameSendmail, lower case
 */
public record TlsSettings(
    TlsEngine engine,
    String caPath,
    String caFile,
    Identity server,
    Identity client,
    String crlFile,
    String crlPath,
    boolean missingCrlIgnored,
    String dhParameters,
    String cipherList,
    String cipherSuites,
    boolean requestsCertificate,
    boolean needsCertificate,
    String serverOptions,
    String clientOptions,
    String fingerprintAlgorithm,
    boolean fallbackToClear,
    boolean altNames,
    Set<String> dontBlame) {

  /** Nothing configured: no TLS when serving, no certificate when connecting. */
  public static final TlsSettings NONE = builder().build();

  /**
   * A certificate file and its key file; each may be {@code file1,file2}.
   *
   * @param certFile PEM, the chain behind the certificate
   * @param keyFile PEM, not encrypted
   */
  public record Identity(String certFile, String keyFile) {
    /** None. */
    public static final Identity UNSET = new Identity("", "");
  }

  public TlsSettings {
    dontBlame = Set.copyOf(dontBlame);
  }

  /** Every file that the settings name, for who wants to know when one changes. */
  public List<String> files() {
    return Stream.of(
            caFile,
            crlFile,
            server.certFile,
            server.keyFile,
            client.certFile,
            client.keyFile,
            dhParameters)
        .flatMap(names -> Arrays.stream(names.split(",", -1)))
        .filter(name -> name.startsWith("/"))
        .distinct()
        .toList();
  }

  /** A builder with every option at its default. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects options by their sendmail names. */
  public static final class Builder {
    private TlsEngine engine = TlsEngine.AUTO;
    private String caPath = "";
    private String caFile = "";
    private String serverCert = "";
    private String serverKey = "";
    private String clientCert = "";
    private String clientKey = "";
    private String crlFile = "";
    private String crlPath = "";
    private boolean missingCrlIgnored;
    private String dhParameters = "";
    private String cipherList = "";
    private String cipherSuites = "";
    private boolean requestsCertificate = true;
    private boolean needsCertificate = true;
    private String serverOptions = "";
    private String clientOptions = "";
    private String fingerprintAlgorithm = "";
    private boolean fallbackToClear;
    private boolean altNames;
    private Set<String> dontBlame = Set.of();

    private Builder() {}

    /**
     * Takes one option.
     *
     * @param option its long name, any case
     * @param value its text, as in the configuration file
     * @return whether it is an option of this room; if not, nothing happened
     * @throws IllegalArgumentException with a sentence for the user if the value makes no sense
     */
    public boolean set(String option, String value) {
      String text = value.trim();
      switch (option.toLowerCase(Locale.ROOT)) {
        case "tlsengine" ->
            engine =
                TlsEngine.named(text)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "TLSEngine is \"" + text + "\"; it can be auto, boringssl or jdk"));
        case "cacertpath" -> caPath = text;
        case "cacertfile" -> caFile = text;
        case "servercertfile" -> serverCert = text;
        case "serverkeyfile" -> serverKey = text;
        case "clientcertfile" -> clientCert = text;
        case "clientkeyfile" -> clientKey = text;
        case "crlfile" -> crlFile = text;
        case "crlpath" -> crlPath = text;
        case "tlsmissingcrl" ->
            missingCrlIgnored =
                switch (text.toLowerCase(Locale.ROOT)) {
                  case "refuse" -> false;
                  case "ignore" -> true;
                  default ->
                      throw new IllegalArgumentException(
                          "TLSMissingCRL is \"" + text + "\"; it can be refuse or ignore");
                };
        case "dhparameters" -> dhParameters = text;
        case "cipherlist" -> cipherList = text;
        case "ciphersuites" -> cipherSuites = text;
        case "tlssrvoptions" -> serverFlags(text);
        case "serverssloptions" -> {
          serverOptions = text;
          SslOptions unused = SslOptions.SERVER.with(text);
        }
        case "clientssloptions" -> {
          clientOptions = text;
          SslOptions unused = SslOptions.CLIENT.with(text);
        }
        case "certfingerprintalgorithm" -> fingerprintAlgorithm = text;
        case "tlsfallbacktoclear" -> fallbackToClear = isTrue(text);
        case "setcertaltnames" -> altNames = isTrue(text);
        case "dontblamesendmail" ->
            dontBlame =
                Arrays.stream(text.toLowerCase(Locale.ROOT).split("[\\s,]+", -1))
                    .filter(word -> !word.isEmpty())
                    .collect(Collectors.toUnmodifiableSet());
        case "randfile" -> {} // Java takes its entropy from the system
        default -> {
          return false;
        }
      }
      return true;
    }

    private void serverFlags(String text) {
      requestsCertificate = true;
      needsCertificate = true;
      // Of each word the first letter counts; sendmail warns of others, and so does the reader of
      // the configuration.
      for (String word : text.split("[, \t]", -1)) {
        requestsCertificate &= !word.startsWith("V");
        needsCertificate &= !word.startsWith("C");
      }
    }

    /** sendmail's rule: nothing, or a first letter of true or yes. */
    private static boolean isTrue(String text) {
      return text.isEmpty() || "tTyY".indexOf(text.charAt(0)) >= 0;
    }

    /** The settings so far. */
    public TlsSettings build() {
      return new TlsSettings(
          engine,
          caPath,
          caFile,
          new Identity(serverCert, serverKey),
          new Identity(clientCert, clientKey),
          crlFile,
          crlPath,
          missingCrlIgnored,
          dhParameters,
          cipherList,
          cipherSuites,
          requestsCertificate,
          needsCertificate,
          serverOptions,
          clientOptions,
          fingerprintAlgorithm,
          fallbackToClear,
          altNames,
          dontBlame);
    }
  }
}
