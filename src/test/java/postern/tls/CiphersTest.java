package postern.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CiphersTest {
  private static List<String> names(String text) {
    return CipherString.parse(text).stream().map(CipherSuite::openSsl).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, ECDHE-RSA-AES256-GCM-SHA384, 256, 256",
    "TLS_RSA_WITH_AES_128_CBC_SHA, AES128-SHA, 128, 128",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, ECDHE-ECDSA-CHACHA20-POLY1305, 256, 256",
    "TLS_AES_256_GCM_SHA384, TLS_AES_256_GCM_SHA384, 256, 256",
    "TLS_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256, 128, 128",
    "SSL_RSA_WITH_3DES_EDE_CBC_SHA, DES-CBC3-SHA, 112, 168",
    "TLS_RSA_WITH_ARIA_256_GCM_SHA384, TLS_RSA_WITH_ARIA_256_GCM_SHA384, 256, 256",
  })
  void knowsBothNamesAndTheBits(String iana, String openSsl, int secret, int algorithm) {
    CipherSuite suite = CipherSuite.of(iana);
    assertEquals(openSsl, suite.openSsl());
    assertEquals(secret, suite.secretBits());
    assertEquals(algorithm, suite.algorithmBits());
  }

  @Test
  void takesNamesInTheirOrder() {
    assertEquals(
        List.of("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"),
        names("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"));
    assertEquals(List.of("AES128-SHA"), names("TLS_RSA_WITH_AES_128_CBC_SHA"));
  }

  @Test
  void combinesKeywords() {
    assertEquals(
        List.of("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"),
        names("ECDHE+aECDSA+AESGCM"));
    assertEquals(List.of(), names("ECDHE+kRSA"));
  }

  @Test
  void removesAndMoves() {
    assertTrue(names("HIGH:!aNULL:!MD5").contains("ECDHE-RSA-AES256-GCM-SHA384"));
    assertFalse(names("ALL:!3DES:3DES").contains("DES-CBC3-SHA"), "! is for good");
    assertTrue(names("ALL:-3DES:3DES").contains("DES-CBC3-SHA"), "- is not");
    List<String> moved = names("ECDHE+AESGCM:+AES256");
    assertEquals("ECDHE-ECDSA-AES128-GCM-SHA256", moved.get(0));
    assertEquals("ECDHE-RSA-AES256-GCM-SHA384", moved.get(moved.size() - 1));
  }

  @Test
  void sortsByStrength() {
    List<String> sorted = names("AES128-SHA:AES256-SHA:@STRENGTH");
    assertEquals(List.of("AES256-SHA", "AES128-SHA"), sorted);
  }

  @Test
  void passesOverUnknownWords() {
    assertEquals(List.of("AES256-SHA"), names("NOSUCH:AES256-SHA:!SRP:!PSK:@SECLEVEL=2"));
    assertEquals(List.of(), names("NOSUCH"));
    assertEquals(List.of(), names(""));
  }

  @Test
  void offersNothingWeakByDefault() {
    for (CipherSuite suite : CipherString.usual()) {
      assertTrue(suite.secretBits() >= 128, suite.openSsl());
    }
    assertEquals(256, CipherString.usual().get(0).secretBits());
    assertEquals("TLS_AES_256_GCM_SHA384", CipherString.usualTls13().get(0).iana());
  }

  @Test
  void readsTls13Suites() {
    assertEquals(
        2, CipherString.parseTls13("TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384").size());
    assertEquals(List.of(), CipherString.parseTls13("TLS_AES_128_GCM_SHA256:NOSUCH"));
    assertEquals(List.of(), CipherString.parseTls13("AES128-SHA"));
  }

  @Test
  void readsSslOptions() {
    SslOptions options = SslOptions.SERVER.with("+SSL_OP_NO_TLSv1_3, ssl_op_no_ticket");
    assertTrue(options.has(SslOptions.NO_TLS_1_3));
    assertTrue(options.has(SslOptions.NO_TICKET));
    assertFalse(options.with("-SSL_OP_NO_TLSv1_3").has(SslOptions.NO_TLS_1_3));
    assertTrue(SslOptions.SERVER.with("0x8000000").has(SslOptions.NO_TLS_1_2));
    assertTrue(SslOptions.SERVER.with("SSL_OP_CIPHER_SERVER_PREFERENCE").has(1L << 22));
    assertEquals(SslOptions.SERVER, SslOptions.SERVER.with(""));
  }

  @Test
  void refusesUnknownSslOptions() {
    for (String bad : List.of("SSL_OP_NOSUCH", "NO_TLSv1_3", "+", "0xZZ", "12monkeys")) {
      var thrown =
          assertThrows(IllegalArgumentException.class, () -> SslOptions.SERVER.with(bad), bad);
      assertTrue(String.valueOf(thrown.getMessage()).startsWith("SSL option"), bad);
    }
  }
}
