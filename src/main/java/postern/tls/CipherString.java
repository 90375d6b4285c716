package postern.tls;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads OpenSSL's cipher strings (ciphers(1)): names and keywords joined by {@code :}, with {@code
 * + - !} in front, keywords combined by {@code +} inside, {@code @STRENGTH}. Both engines get the
 * list that comes out, so a CipherList means the same on either. As in OpenSSL a word that nobody
 * knows is passed over, and a string that selects nothing is invalid.
 */
final class CipherString {
  private CipherString() {}

  /** Suites of TLS 1.2 in order of preference; empty if the string selects none. */
  static List<CipherSuite> parse(String text) {
    List<CipherSuite> all = CipherSuite.ALL.stream().filter(s -> !s.tls13()).toList();
    List<CipherSuite> active = new ArrayList<>();
    Set<CipherSuite> killed = new HashSet<>();
    for (String word : text.trim().split("[:, ;]+", -1)) {
      if (word.isEmpty()) {
        continue;
      }
      char operator = "!-+".indexOf(word.charAt(0)) >= 0 ? word.charAt(0) : ' ';
      String name = operator == ' ' ? word : word.substring(1);
      if (name.equals("@STRENGTH")) {
        active.sort(Comparator.comparingInt(CipherSuite::secretBits).reversed());
        continue;
      }
      List<CipherSuite> chosen =
          all.stream().filter(s -> matches(s, name) && !killed.contains(s)).toList();
      switch (operator) {
        case '!' -> {
          killed.addAll(chosen);
          active.removeAll(chosen);
        }
        case '-' -> active.removeAll(chosen);
        case '+' -> {
          List<CipherSuite> moved = active.stream().filter(chosen::contains).toList();
          active.removeAll(moved);
          active.addAll(moved);
        }
        default -> chosen.stream().filter(s -> !active.contains(s)).forEach(active::add);
      }
    }
    return active;
  }

  /** Suites of TLS 1.2 without a CipherList. */
  static List<CipherSuite> usual() {
    return CipherSuite.ALL.stream().filter(s -> !s.tls13() && s.usual()).toList();
  }

  /**
   * Reads CipherSuites: names of TLS 1.3 suites joined by {@code :}. One unknown name spoils the
   * list, as in OpenSSL.
   *
   * @return empty if the list is invalid
   */
  static List<CipherSuite> parseTls13(String text) {
    List<CipherSuite> chosen = new ArrayList<>();
    for (String name : text.trim().split(":", -1)) {
      CipherSuite suite = CipherSuite.find(name.trim());
      if (suite == null || !suite.tls13()) {
        return List.of();
      }
      if (!chosen.contains(suite)) {
        chosen.add(suite);
      }
    }
    return chosen;
  }

  /** The suites of TLS 1.3 in the order in which we offer them. */
  static List<CipherSuite> usualTls13() {
    return CipherSuite.ALL.stream().filter(s -> s.tls13() && s.usual()).toList();
  }

  private static boolean matches(CipherSuite suite, String name) {
    for (String part : name.split("\\+", -1)) {
      if (!matchesOne(suite, part)) {
        return false;
      }
    }
    return true;
  }

  private static boolean matchesOne(CipherSuite suite, String word) {
    String exchange = suite.keyExchange();
    String encryption = suite.encryption();
    boolean aes = encryption.startsWith("AES");
    return switch (word) {
      case "ALL" -> true;
      case "DEFAULT", "PROFILE=SYSTEM" -> suite.usual();
      case "COMPLEMENTOFDEFAULT" -> !suite.usual();
      case "HIGH", "FIPS" -> suite.secretBits() >= 128;
      case "MEDIUM" -> encryption.equals("3DES");
      case "kRSA", "RSA" -> exchange.equals("RSA");
      case "kECDHE", "kEECDH", "ECDHE", "EECDH", "ECDH" -> exchange.equals("ECDHE");
      case "kDHE", "kEDH", "DHE", "EDH", "DH" -> exchange.equals("DHE");
      case "aRSA" -> suite.authentication().equals("RSA");
      case "aECDSA", "ECDSA" -> suite.authentication().equals("ECDSA");
      case "aDSS", "DSS" -> suite.authentication().equals("DSS");
      case "AES" -> aes;
      case "AES128" -> aes && suite.secretBits() == 128;
      case "AES256" -> aes && suite.secretBits() == 256;
      case "AESGCM", "AESCCM", "CHACHA20", "3DES" -> encryption.equals(word);
      case "SHA", "SHA1" -> suite.mac().equals("SHA1");
      case "SHA256", "SHA384" -> suite.mac().equals(word);
      case "TLSv1.2" -> !suite.mac().equals("SHA1");
      case "TLSv1", "TLSv1.0", "SSLv3" -> suite.mac().equals("SHA1");
      case "SUITEB128", "SUITEB128ONLY" ->
          suite.openSsl().equals("ECDHE-ECDSA-AES128-GCM-SHA256")
              || (word.equals("SUITEB128")
                  && suite.openSsl().equals("ECDHE-ECDSA-AES256-GCM-SHA384"));
      case "SUITEB192" -> suite.openSsl().equals("ECDHE-ECDSA-AES256-GCM-SHA384");
      default -> suite.openSsl().equals(word) || suite.iana().equals(word);
    };
  }
}
