package postern.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The mechanisms against the examples of their RFCs and against what clients must not get away
 * with.
 */
class MechanismsTest {
  private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
  private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
  private static final String NONCE = "rOprNGfwEbeRWgbNEkqO" + SERVER_NONCE;
  private static final String PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

  private static PasswordStore store(String realm) {
    return new PasswordStore(
        new PasswordFile(
            Map.of(
                "user",
                Verifier.of("pencil", SALT, 4096),
                "zoë@b.test",
                Verifier.of("pässwörd", SALT, 4096)),
            List.of()),
        realm);
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ScramExchange scram() {
    return new ScramExchange(store(""), SERVER_NONCE);
  }

  /** RFC 7677 section 3. */
  @Test
  void scramRunsAsInTheRfc() {
    ScramExchange exchange = scram();
    assertEquals(new Answer.Challenge(""), exchange.step(null));
    assertEquals(
        new Answer.Challenge("r=" + NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
        exchange.step(octets(FIRST)));
    assertEquals(
        new Answer.Challenge("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
        exchange.step(octets("c=biws,r=" + NONCE + ",p=" + PROOF)));
    assertEquals(new Answer.Success("user"), exchange.step(new byte[0]));
    assertInstanceOf(Answer.Failure.class, exchange.step(new byte[0]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "n",
        "p=tls-exporter,,n=user,r=abc",
        "n,,m=must,n=user,r=abc",
        "n,,n=,r=abc",
        "n,,n=us=er,r=abc",
        "n,,n=user,r=",
        "n,,n=user,r=with blank",
        "n,a,n=user,r=abc",
      })
  void scramRefusesAFirstMessageThatIsNone(String first) {
    assertInstanceOf(Answer.Failure.class, scram().step(octets(first)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "c=biws r=%s p=AAAAZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "c=biws r=%s p=AAAA",
        "c=biws r=%s p=!!",
        "c=eSws r=%s p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "c=biws r=x%s p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
      })
  void scramRefusesAFalseProof(String binding, String nonce, String proof) {
    ScramExchange exchange = scram();
    exchange.step(octets(FIRST));
    String message = binding + "," + nonce.formatted(NONCE) + "," + proof;
    assertInstanceOf(Answer.Failure.class, exchange.step(octets(message)));
    // and there is no second try
    assertInstanceOf(
        Answer.Failure.class, exchange.step(octets("c=biws,r=" + NONCE + ",p=" + PROOF)));
  }

  @Test
  void nobodyMayActAsSomebodyElse() {
    assertInstanceOf(
        Answer.Failure.class, new PlainExchange(store("")).step(octets("root\0user\0pencil")));
    assertEquals(
        new Answer.Success("user"),
        new PlainExchange(store("")).step(octets("user\0user\0pencil")));
  }

  @Test
  void anUnknownNameLooksLikeAKnownOne() {
    PasswordStore store = store("");
    Answer one = new ScramExchange(store, "x").step(octets("n,,n=nobody,r=abc"));
    Answer two = new ScramExchange(store, "x").step(octets("n,,n=nobody,r=abc"));
    Answer other = new ScramExchange(store, "x").step(octets("n,,n=noone,r=abc"));
    assertEquals(one, two);
    assertNotEquals(one, other);
    assertTrue(((Answer.Challenge) one).text().endsWith(",i=4096"));
    assertEquals(
        new Answer.Failure("name or password wrong"),
        new PlainExchange(store).step(octets("\0nobody\0pencil")));
  }

  @ParameterizedTest
  @CsvSource({
    "'', user, pencil, user",
    "'', USER, pencil, ",
    "'', user, pencil1, ",
    "'', user, '', ",
    "'', user@b.test, pencil, ",
    "b.test, user@b.test, pencil, user",
    "b.test, user@c.test, pencil, ",
    "b.test, zoë, pässwörd, zoë@b.test",
  })
  void namesAndRealms(String realm, String name, String password, String identity) {
    PasswordStore store = store(realm);
    Answer plain = new PlainExchange(store).step(octets("\0" + name + "\0" + password));
    LoginExchange login = new LoginExchange(store);
    assertEquals(new Answer.Challenge("Username:"), login.step(null));
    assertEquals(new Answer.Challenge("Password:"), login.step(octets(name)));
    Answer afterLogin = login.step(octets(password));
    if (identity == null) {
      assertInstanceOf(Answer.Failure.class, plain);
      assertInstanceOf(Answer.Failure.class, afterLogin);
    } else {
      assertEquals(new Answer.Success(identity), plain);
      assertEquals(new Answer.Success(identity), afterLogin);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // options, TLS, certificate, srv_features' letter c or C: offered
    "p, false, '', , SCRAM_SHA_256",
    "p, true, '', , SCRAM_SHA_256 PLAIN LOGIN",
    "p, true, /CN=a, , EXTERNAL SCRAM_SHA_256 PLAIN LOGIN",
    "p, false, '', true, SCRAM_SHA_256 PLAIN LOGIN",
    "'', false, '', , SCRAM_SHA_256 PLAIN LOGIN",
    "'', false, '', false, SCRAM_SHA_256",
    "pd, true, /CN=a, , EXTERNAL",
    "m, true, /CN=a, , SCRAM_SHA_256",
    "c, true, /CN=a, , PLAIN LOGIN",
    "f, true, /CN=a, , ''",
    "Apy, true, '', , SCRAM_SHA_256 PLAIN LOGIN",
  })
  void optionsSayWhatIsOffered(
      String options, boolean tls, String subject, Boolean show, String expected) {
    SaslServer server = new SaslServer(List.of(Mechanism.values()), options, store(""));
    String offered =
        server.offered(new SaslServer.Connection(tls, subject, show)).stream()
            .map(Enum::name)
            .collect(java.util.stream.Collectors.joining(" "));
    assertEquals(expected, offered);
  }

  @Test
  void withoutAFileOnlyCertificatesCount() {
    SaslServer server = new SaslServer(List.of(Mechanism.values()), "", null);
    SaslServer.Connection connection = new SaslServer.Connection(true, "/CN=a", null);
    assertEquals(List.of(Mechanism.EXTERNAL), server.offered(connection));
    Exchange exchange = server.begin(Mechanism.EXTERNAL, connection);
    assertEquals(new Answer.Challenge(""), exchange.step(null));
    assertInstanceOf(Answer.Failure.class, exchange.step(octets("/CN=b")));
    assertEquals(new Answer.Success("/CN=a"), exchange.step(new byte[0]));
  }
}
