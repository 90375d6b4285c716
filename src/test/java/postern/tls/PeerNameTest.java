package postern.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names in certificates against names of hosts. */
class PeerNameTest {
  @ParameterizedTest(name = "CN={0} DNS={1} IP={2} for {3}: {4}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          mx.one.test | -            | -         | mx.one.test   | true
          mx.one.test | -            | -         | MX.One.Test.  | true
          mx.one.test | -            | -         | [mx.one.test] | true
          mx.one.test | -            | -         | one.test      | false
          mx.one.test | mx.two.test  | -         | mx.one.test   | false
          x           | mx.two.test  | -         | mx.two.test   | true
          x           | *.two.test   | -         | mx.two.test   | true
          x           | *.two.test   | -         | a.mx.two.test | false
          x           | *.two.test   | -         | two.test      | false
          x           | *.test       | -         | two.test      | false
          x           | m*.two.test  | -         | mx.two.test   | false
          127.0.0.1   | 127.0.0.1    | -         | [127.0.0.1]   | false
          x           | -            | 7f000001  | [127.0.0.1]   | true
          x           | -            | 7f000001  | [127.0.0.2]   | false
          """)
  void namesAreCompared(
      String cn, @Nullable String dns, @Nullable String ip, String host, boolean matches) {
    TestCerts.Spec spec = new TestCerts.Spec().named(cn);
    if (dns != null) {
      spec.dns(dns);
    }
    if (ip != null) {
      spec.altNames.add(DerWriter.element(0x87, HexFormat.of().parseHex(ip)));
    }
    assertEquals(matches, PeerName.matches(spec.selfSigned(), host));
  }
}
