package postern.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static postern.tls.TestCerts.CLIENT_AUTH;
import static postern.tls.TestCerts.SECONDS;
import static postern.tls.TestCerts.SERVER_AUTH;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import postern.tls.ChainVerifier.Purpose;
import postern.tls.TestCerts.Issuer;
import postern.tls.TestCerts.Spec;

class ChainVerifierTest {
  private static final Issuer ROOT = TestCerts.root("Root CA");
  private static final Issuer INTER = new Spec().named("Intermediate CA").under(ROOT);

  private static TrustStore store(Cert... trusted) {
    return new TrustStore(List.of(trusted), null, List.of(), null, false);
  }

  private static TrustStore store(List<byte[]> crls, Cert... trusted) throws DerException {
    List<Crl> lists = new ArrayList<>();
    for (byte[] der : crls) {
      lists.add(Crl.parse(der));
    }
    return new TrustStore(List.of(trusted), null, lists, null, true);
  }

  private static String verify(TrustStore trust, Purpose purpose, Cert... presented) {
    return new ChainVerifier(trust).verify(List.of(presented), purpose, false, SECONDS).message();
  }

  private static String client(Cert... presented) {
    return verify(store(ROOT.cert()), Purpose.CLIENT, presented);
  }

  @Test
  void acceptsWhatATrustedAuthorityIssued() {
    assertEquals("ok", client(new Spec().by(ROOT)));
    assertEquals("ok", client(new Spec().purposes(CLIENT_AUTH).by(ROOT)));
    assertEquals("ok", client(new Spec().with(TestCerts.rsa(2048)).by(ROOT)));
  }

  @Test
  void acceptsAChainThatThePeerCompletes() {
    assertEquals("ok", client(new Spec().by(INTER), INTER.cert()));
    assertEquals("ok", client(new Spec().by(INTER), ROOT.cert(), INTER.cert()));
  }

  @Test
  void wantsTheIntermediate() {
    assertEquals("unable to get local issuer certificate", client(new Spec().by(INTER)));
  }

  @Test
  void wantsARootInTheStore() {
    Cert leaf = new Spec().by(INTER);
    assertEquals(
        "unable to get issuer certificate", verify(store(INTER.cert()), Purpose.CLIENT, leaf));
    assertEquals(
        "self-signed certificate in certificate chain",
        verify(store(), Purpose.CLIENT, leaf, INTER.cert(), ROOT.cert()));
    assertEquals(
        "unable to get local issuer certificate", verify(TrustStore.EMPTY, Purpose.CLIENT, leaf));
  }

  @Test
  void refusesASelfSignedCertificateUnlessItIsTrustedItself() {
    Cert own = new Spec().selfSigned();
    assertEquals("self-signed certificate", client(own));
    assertEquals("ok", verify(store(own), Purpose.CLIENT, own));
  }

  @Test
  void refusesAnotherAuthorityOfTheSameName() {
    Issuer fake = TestCerts.root("Root CA");
    assertEquals("unable to get local issuer certificate", client(new Spec().by(fake)));
    Spec bare = new Spec();
    bare.identifiers = false;
    assertEquals("certificate signature failure", client(bare.by(fake)));
  }

  @Test
  void refusesOutsideTheValidity() {
    assertEquals("certificate has expired", client(new Spec().valid(-60, -30).by(ROOT)));
    assertEquals("certificate is not yet valid", client(new Spec().valid(30, 60).by(ROOT)));
    Issuer dead = new Spec().named("Dead CA").valid(-60, -1).under(ROOT);
    assertEquals("certificate has expired", client(new Spec().by(dead), dead.cert()));
  }

  @Test
  void refusesTheWrongPurpose() {
    Cert forServers = new Spec().purposes(SERVER_AUTH).by(ROOT);
    Cert forClients = new Spec().purposes(CLIENT_AUTH).by(ROOT);
    TrustStore trust = store(ROOT.cert());
    assertEquals("unsuitable certificate purpose", client(forServers));
    assertEquals("unsuitable certificate purpose", verify(trust, Purpose.SERVER, forClients));
    assertEquals("ok", verify(trust, Purpose.SERVER, forServers));
    Spec anything = new Spec().purposes("2.5.29.37.0");
    assertEquals("unsuitable certificate purpose", client(anything.by(ROOT)));
    Spec signsOnly = new Spec();
    signsOnly.keyUsage = 0x20; // keyEncipherment
    Cert enciphers = signsOnly.by(ROOT);
    assertEquals("unsuitable certificate purpose", client(enciphers));
    assertEquals("ok", verify(trust, Purpose.SERVER, enciphers));
  }

  @Test
  void refusesAnIssuerThatIsNoAuthority() {
    Spec spec = new Spec().named("No CA");
    Issuer leaf = new Issuer(spec.subject, spec.keys, spec.by(ROOT));
    assertEquals("invalid CA certificate", client(new Spec().by(leaf), leaf.cert()));
  }

  @Test
  void refusesAnIssuerWhoseKeyMustNotSignCertificates() {
    Spec spec = new Spec().named("Mute CA").authority(-1);
    spec.keyUsage = 0x80;
    Issuer mute = new Issuer(spec.subject, spec.keys, spec.by(ROOT));
    assertEquals(
        "unable to get local issuer certificate", client(new Spec().by(mute), mute.cert()));
  }

  @Test
  void keepsThePathLength() {
    Issuer narrow = new Spec().named("Narrow root").authority(0).root();
    Issuer below = new Spec().named("Below").under(narrow);
    TrustStore trust = store(narrow.cert());
    assertEquals("ok", verify(trust, Purpose.CLIENT, new Spec().by(narrow)));
    assertEquals(
        "path length constraint exceeded",
        verify(trust, Purpose.CLIENT, new Spec().by(below), below.cert()));
  }

  @Test
  void refusesCriticalExtensionsThatNobodyKnows() {
    byte[] unknown = TestCerts.extension("1.3.6.1.4.1.99999.1", true, new byte[] {5, 0});
    byte[] harmless = TestCerts.extension("1.3.6.1.4.1.99999.1", false, new byte[] {5, 0});
    assertEquals("unhandled critical extension", client(new Spec().more(unknown).by(ROOT)));
    assertEquals("ok", client(new Spec().more(harmless).by(ROOT)));
  }

  @Test
  void refusesExtensionsThatCannotBeRead() {
    byte[] broken = TestCerts.extension("2.5.29.19", true, new byte[] {2, 1, 0});
    assertEquals(
        "invalid or inconsistent certificate extension", client(new Spec().more(broken).by(ROOT)));
    byte[] once = TestCerts.extension("1.3.6.1.4.1.99999.2", false, new byte[] {5, 0});
    assertEquals(
        "invalid or inconsistent certificate extension",
        client(new Spec().more(once).more(once).by(ROOT)));
  }

  @Test
  void refusesWeakKeysAndDigests() {
    assertEquals(
        "EE certificate key too weak", client(new Spec().with(TestCerts.rsa(1024)).by(ROOT)));
    Issuer weak = new Spec().named("Weak CA").with(TestCerts.rsa(1024)).root();
    assertEquals(
        "CA certificate key too weak",
        verify(store(weak.cert()), Purpose.CLIENT, new Spec().by(weak)));
    Issuer old = new Spec().named("Old CA").with(TestCerts.rsa(2048)).root();
    Spec sha1 = new Spec();
    sha1.algorithm = "SHA1withRSA";
    assertEquals(
        "CA signature digest algorithm too weak",
        verify(store(old.cert()), Purpose.CLIENT, sha1.by(old)));
  }

  @Test
  void refusesAChangedCertificate() throws DerException {
    byte[] der = new Spec().named("aaaaaaaa.example.test").by(ROOT).encoded().clone();
    int at = indexOf(der, "aaaaaaaa");
    der[at] = 'b';
    assertEquals("certificate signature failure", client(Cert.parse(der)));
  }

  private static int indexOf(byte[] der, String text) {
    for (int i = 0; i < der.length - text.length(); i++) {
      String here = new String(der, i, text.length(), java.nio.charset.StandardCharsets.US_ASCII);
      if (here.equals(text)) {
        return i;
      }
    }
    throw new IllegalArgumentException(text);
  }

  @Test
  void looksIntoEveryCrl() throws DerException {
    Cert good = new Spec().by(ROOT);
    Cert bad = new Spec().by(ROOT);
    Cert badBelow = new Spec().by(INTER);
    TrustStore trust =
        store(
            List.of(
                TestCerts.crl(ROOT, 7, List.of(bad.serial())),
                TestCerts.crl(INTER, 7, List.of(badBelow.serial()))),
            ROOT.cert());
    assertEquals("ok", verify(trust, Purpose.CLIENT, good));
    assertEquals("certificate revoked", verify(trust, Purpose.CLIENT, bad));
    assertEquals("certificate revoked", verify(trust, Purpose.CLIENT, badBelow, INTER.cert()));
    assertEquals("ok", verify(trust, Purpose.CLIENT, new Spec().by(INTER), INTER.cert()));
  }

  @Test
  void refusesARevokedIntermediate() throws DerException {
    TrustStore trust =
        store(List.of(TestCerts.crl(ROOT, 7, List.of(INTER.cert().serial()))), ROOT.cert());
    assertEquals(
        "certificate revoked", verify(trust, Purpose.CLIENT, new Spec().by(INTER), INTER.cert()));
  }

  @Test
  void toleratesAnAuthorityWithoutCrlUnlessOneIsRequired() throws DerException {
    Issuer other = TestCerts.root("Other CA");
    TrustStore trust =
        store(List.of(TestCerts.crl(other, 7, List.of())), ROOT.cert(), other.cert());
    Cert leaf = new Spec().by(ROOT);
    assertEquals("ok", verify(trust, Purpose.CLIENT, leaf));
    assertEquals(
        "unable to get certificate CRL",
        new ChainVerifier(trust).verify(List.of(leaf), Purpose.CLIENT, true, SECONDS).message());
  }

  @Test
  void refusesAStaleOrForgedCrl() throws DerException {
    Cert leaf = new Spec().by(ROOT);
    byte[] stale = TestCerts.crl(ROOT, -1, List.of());
    assertEquals(
        "CRL has expired", verify(store(List.of(stale), ROOT.cert()), Purpose.CLIENT, leaf));
    byte[] fresh = TestCerts.crl(ROOT, 7, List.of());
    assertEquals("ok", verify(store(List.of(stale, fresh), ROOT.cert()), Purpose.CLIENT, leaf));
    byte[] forged = fresh.clone();
    forged[forged.length - 3] ^= 1;
    assertEquals(
        "CRL signature failure", verify(store(List.of(forged), ROOT.cert()), Purpose.CLIENT, leaf));
  }

  @Test
  void refusesACrlThatSpeaksOfSomethingElse() throws DerException {
    Cert leaf = new Spec().by(ROOT);
    byte[] onlyAuthorities = DerWriter.sequence(DerWriter.element(0x82, new byte[] {-1}));
    byte[] crl =
        TestCerts.crl(ROOT, 7, List.of(), TestCerts.extension("2.5.29.28", true, onlyAuthorities));
    assertEquals(
        "different CRL scope", verify(store(List.of(crl), ROOT.cert()), Purpose.CLIENT, leaf));
    byte[] unknown =
        TestCerts.crl(
            ROOT, 7, List.of(), TestCerts.extension("1.3.6.1.4.1.99999.9", true, new byte[0]));
    assertEquals(
        "unhandled critical CRL extension",
        verify(store(List.of(unknown), ROOT.cert()), Purpose.CLIENT, leaf));
  }

  @Test
  void keepsNameConstraints() {
    byte[] base =
        DerWriter.sequence(
            DerWriter.element(
                0x82, "example.test".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    byte[] permitted = DerWriter.sequence(DerWriter.element(0xa0, base));
    byte[] excluded = DerWriter.sequence(DerWriter.element(0xa1, base));
    Issuer inside =
        new Spec().named("Fence CA").more(TestCerts.extension("2.5.29.30", true, permitted)).root();
    Issuer outside =
        new Spec().named("Wall CA").more(TestCerts.extension("2.5.29.30", true, excluded)).root();
    TrustStore trust = store(inside.cert(), outside.cert());
    Spec ours = new Spec().named("mx").dns("mx.example.test");
    Spec theirs = new Spec().named("mx").dns("mx.elsewhere.test");
    assertEquals("ok", verify(trust, Purpose.CLIENT, ours.by(inside)));
    assertEquals("permitted subtree violation", verify(trust, Purpose.CLIENT, theirs.by(inside)));
    assertEquals("excluded subtree violation", verify(trust, Purpose.CLIENT, ours.by(outside)));
    assertEquals("ok", verify(trust, Purpose.CLIENT, theirs.by(outside)));
    assertEquals(
        "permitted subtree violation",
        verify(trust, Purpose.CLIENT, new Spec().named("mx.elsewhere.test").by(inside)));
  }

  @Test
  void boundsTheWorkForLongChains() {
    List<Cert> presented = new ArrayList<>(List.of(new Spec().by(INTER)));
    presented.addAll(Collections.nCopies(400, INTER.cert()));
    ChainVerifier verifier = new ChainVerifier(store(ROOT.cert()));
    assertTimeout(
        Duration.ofSeconds(2),
        () ->
            assertEquals(
                "ok", verifier.verify(presented, Purpose.CLIENT, false, SECONDS).message()));
    Issuer last = ROOT;
    List<Cert> ladder = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      last = new Spec().named("Step " + i).under(last);
      ladder.add(0, last.cert());
    }
    ladder.add(0, new Spec().by(last));
    assertEquals("certificate chain too long", client(ladder.toArray(Cert[]::new)));
  }

  @Test
  void blamesTheRightCertificate() {
    Issuer dead = new Spec().named("Dead CA").valid(-60, -1).under(ROOT);
    ChainVerifier.Outcome outcome =
        new ChainVerifier(store(ROOT.cert()))
            .verify(List.of(new Spec().by(dead), dead.cert()), Purpose.CLIENT, false, SECONDS);
    assertEquals(1, outcome.depth());
    assertEquals("/O=Test Org/CN=Dead CA", outcome.blamed());
  }

  @Test
  void survivesCertificatesThatIssueEachOther() {
    Spec one = new Spec().named("One").authority(-1);
    Spec two = new Spec().named("Two").authority(-1);
    Issuer first = new Issuer(one.subject, one.keys, one.selfSigned());
    Issuer second = new Issuer(two.subject, two.keys, two.selfSigned());
    Cert oneByTwo = one.by(second);
    Cert twoByOne = two.by(first);
    assertEquals(
        "unable to get local issuer certificate",
        client(new Spec().by(first), oneByTwo, twoByOne, oneByTwo));
  }

  @Test
  void parsingNeverFailsWithAnythingElse() {
    byte[] der = new Spec().dns("a.example.test").by(INTER).encoded();
    for (int i = 0; i < der.length; i++) {
      for (int bit = 0; bit < 8; bit += 3) {
        byte[] changed = der.clone();
        changed[i] ^= (byte) (1 << bit);
        try {
          Cert cert = Cert.parse(changed);
          client(cert, INTER.cert());
        } catch (DerException e) {
          // refused, as it should be
        }
      }
      byte[] cut = Arrays.copyOf(der, i);
      assertThrows(DerException.class, () -> Cert.parse(cut));
    }
  }

  @Test
  void takesNoSerialForAnother() throws DerException {
    Spec spec = new Spec();
    spec.serial = BigInteger.ONE.shiftLeft(150).add(BigInteger.TEN);
    Cert leaf = spec.by(ROOT);
    TrustStore trust =
        store(List.of(TestCerts.crl(ROOT, 7, List.of(BigInteger.ONE.shiftLeft(150)))), ROOT.cert());
    assertEquals("ok", verify(trust, Purpose.CLIENT, leaf));
  }
}
