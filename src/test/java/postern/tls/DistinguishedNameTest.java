package postern.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static postern.tls.TestCerts.attribute;
import static postern.tls.TestCerts.name;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The expected texts are what sendmail 8.17 with OpenSSL 3.0 put into its macros. */
class DistinguishedNameTest {
  private static final String C = "2.5.4.6";
  private static final String ST = "2.5.4.8";
  private static final String O = "2.5.4.10";
  private static final String OU = "2.5.4.11";
  private static final String CN = "2.5.4.3";
  private static final String MAIL = "1.2.840.113549.1.9.1";
  private static final int T61 = 0x14;
  private static final int BMP = 0x1e;

  private static DistinguishedName read(byte[] der) throws DerException {
    return DistinguishedName.of(new Der(der).next(Der.SEQUENCE));
  }

  private static void check(byte[] der, String subject, String commonName) throws DerException {
    DistinguishedName name = read(der);
    assertEquals(subject, MacroText.encode(name.oneLine()));
    assertEquals(commonName, name.commonNameMacro());
  }

  private static byte[] bytes(String text, Charset charset) {
    return text.getBytes(charset);
  }

  @Test
  void rendersAPlainName() throws DerException {
    check(
        name(
            attribute(C, "US"),
            attribute(ST, "California"),
            attribute(O, "Example Org"),
            attribute(CN, "client.example.test")),
        "/C=US/ST=California/O=Example+20Org/CN=client.example.test",
        "client.example.test");
  }

  @Test
  void encodesEverythingThatMailHeadersWouldTrip() throws DerException {
    check(
        name(
            attribute(C, "US"),
            attribute(ST, "California"),
            attribute(O, "Example, Inc."),
            attribute(OU, "Mail (Relay)"),
            attribute(CN, "Darth Mail (Cert) <x> \"q\" a+b=c\\d/e;f'g"),
            attribute(MAIL, "darth+cert@example.test")),
        "/C=US/ST=California/O=Example,+20Inc./OU=Mail+20+28Relay+29"
            + "/CN=Darth+20Mail+20+28Cert+29+20+3Cx+3E+20+22q+22+20a+5C+2Bb=c+5Cd+5C/e;f'g"
            + "/emailAddress=darth+5C+2Bcert@example.test",
        "Darth+20Mail+20+28Cert+29+20+3Cx+3E+20+22q+22+20a+2Bb=c+5Cd/e;f'g");
  }

  @Test
  void showsUtf8ByteByByte() throws DerException {
    check(
        name(attribute(C, "DE"), attribute(O, "Müller & Söhne"), attribute(CN, "Zoë €urope")),
        "/C=DE/O=M+5CxC3+5CxBCller+20&+20S+5CxC3+5CxB6hne"
            + "/CN=Zo+5CxC3+5CxAB+20+5CxE2+5Cx82+5CxACurope",
        "Zo+C3+AB+20+E2+82+ACurope");
  }

  @Test
  void showsLatin1ByteByByte() throws DerException {
    Charset latin1 = StandardCharsets.ISO_8859_1;
    check(
        name(attribute(O, T61, bytes("Müller", latin1)), attribute(CN, T61, bytes("Zoë", latin1))),
        "/O=M+5CxFCller/CN=Zo+5CxEB",
        "Zo+EB");
  }

  @Test
  void showsBmpStringsWithTheirNulBytes() throws DerException {
    Charset wide = StandardCharsets.UTF_16BE;
    check(
        name(attribute(O, BMP, bytes("Mü€", wide)), attribute(CN, BMP, bytes("Zoë€", wide))),
        "/O=+5Cx00M+5Cx00+5CxFC+20+5CxAC/CN=+5Cx00Z+5Cx00o+5Cx00+5CxEB+20+5CxAC",
        "BadCertificateContainsNUL");
  }

  @Test
  void doesNotLetANulCutTheName() throws DerException {
    check(
        name(attribute(O, "Ex\0Org"), attribute(CN, "gw.example.test\0.evil.test")),
        "/O=Ex+5Cx00Org/CN=gw.example.test+5Cx00.evil.test",
        "BadCertificateContainsNUL");
  }

  @Test
  void escapesWhatSeparatesComponents() throws DerException {
    check(
        name(attribute(O, "A/B+C=D"), attribute(OU, "x\\y"), attribute(CN, "sl/ash+plus")),
        "/O=A+5C/B+5C+2BC=D/OU=x+5Cy/CN=sl+5C/ash+5C+2Bplus",
        "sl/ash+2Bplus");
  }

  @Test
  void joinsAMultiValuedRdnByPlus() throws DerException {
    byte[] multi =
        DerWriter.element(
            Der.SET,
            attribute("0.9.2342.19200300.100.1.1", "u1"),
            attribute(CN, "mr.example.test"));
    byte[] der =
        DerWriter.sequence(
            DerWriter.element(Der.SET, attribute(C, "US")),
            multi,
            DerWriter.element(Der.SET, attribute("0.9.2342.19200300.100.1.25", "test")),
            DerWriter.element(Der.SET, attribute("0.9.2342.19200300.100.1.25", "example")));
    check(der, "/C=US/UID=u1+2BCN=mr.example.test/DC=test/DC=example", "mr.example.test");
  }

  @Test
  void saysSoWhenThereIsNoCommonName() throws DerException {
    check(
        name(attribute(O, "Example Org"), attribute(OU, "no common name")),
        "/O=Example+20Org/OU=no+20common+20name",
        "BadCertificateUnknown");
    check(name(), "", "BadCertificateUnknown");
  }

  @Test
  void keepsAnEmptyCommonName() throws DerException {
    check(name(attribute(CN, "")), "/CN=", "");
  }

  @Test
  void encodesControlCharacters() throws DerException {
    check(
        name(attribute(O, "tab\there"), attribute(CN, "nl\nline\u007fdel")),
        "/O=tab+5Cx09here/CN=nl+5Cx0Aline+5Cx7Fdel",
        "nl+0Aline+7Fdel");
  }

  @Test
  void knowsOpenSslsShortNames() throws DerException {
    check(
        name(
            attribute(C, "US"),
            attribute("2.5.4.7", "City"),
            attribute("2.5.4.9", "1 Main St"),
            attribute("2.5.4.17", "12345"),
            attribute("2.5.4.12", "Boss"),
            attribute("2.5.4.42", "G"),
            attribute("2.5.4.4", "S"),
            attribute("2.5.4.5", "42"),
            attribute("0.9.2342.19200300.100.1.1", "uid1"),
            attribute("1.3.6.1.4.1.99999.1", "unknownoid"),
            attribute(CN, "oids.example.test")),
        "/C=US/L=City/street=1+20Main+20St/postalCode=12345/title=Boss/GN=G/SN=S/serialNumber=42"
            + "/UID=uid1/1.3.6.1.4.1.99999.1=unknownoid/CN=oids.example.test",
        "oids.example.test");
  }

  @Test
  void takesTheFirstOfSeveralCommonNames() throws DerException {
    check(
        name(attribute(CN, "first.example.test"), attribute(O, "x"), attribute(CN, "second")),
        "/CN=first.example.test/O=x/CN=second",
        "first.example.test");
  }

  @Test
  void dropsWhatDoesNotFitInto255Characters() throws DerException {
    String org = "/O=Example Org/CN=";
    String fits = "a".repeat(255 - org.length());
    DistinguishedName full = read(name(attribute(O, "Example Org"), attribute(CN, fits)));
    assertEquals(org + fits, full.oneLine());
    DistinguishedName cut = read(name(attribute(O, "Example Org"), attribute(CN, fits + "a")));
    assertEquals("/O=Example Org", cut.oneLine());
    DistinguishedName middle =
        read(
            name(
                attribute(O, "o".repeat(200)), attribute(OU, "u".repeat(200)), attribute(CN, "s")));
    assertEquals("/O=" + "o".repeat(200), middle.oneLine());
    assertEquals("s", middle.commonNameMacro());
  }

  @Test
  void refusesACommonNameOf255Bytes() throws DerException {
    assertEquals("c".repeat(254), read(name(attribute(CN, "c".repeat(254)))).commonNameMacro());
    assertEquals(
        "BadCertificateTooLong", read(name(attribute(CN, "c".repeat(255)))).commonNameMacro());
  }

  @Test
  void comparesNamesAsOpenSslDoes() throws DerException {
    DistinguishedName one = read(name(attribute(O, "Kit  Root"), attribute(CN, "CA")));
    DistinguishedName same =
        read(
            name(
                attribute(O, 0x13, bytes(" kit root ", StandardCharsets.US_ASCII)),
                attribute(CN, "ca")));
    DistinguishedName other = read(name(attribute(CN, "CA"), attribute(O, "Kit Root")));
    assertEquals(one, same);
    assertEquals(one.hash(), same.hash());
    assertNotEquals(one, other);
  }

  @Test
  void hashesLikeOpenSsl() throws DerException {
    // Answers of openssl x509 -noout -subject_hash for certificates with these subjects.
    assertEquals("eea339da", read(name()).hash());
    assertEquals("296170a8", read(TestCerts.commonName("Root  CA")).hash());
    byte[] german = name(attribute(C, "DE"), attribute(O, "Müller"), attribute(CN, "Zoë"));
    assertEquals("2e6222bc", read(german).hash());
    assertTrue(read(name()).isEmpty());
    assertFalse(read(name(attribute(CN, "x"))).isEmpty());
  }
}
