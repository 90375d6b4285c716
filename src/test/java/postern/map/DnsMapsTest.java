package postern.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Classes dns, bestmx and host against a name server on the loopback interface. What is expected is
 * what sendmail 8.17 answered with the same records.
 */
class DnsMapsTest {
  private static NameServer server;
  private static Asked maps;

  @BeforeAll
  static void start() throws IOException {
    server =
        new NameServer()
            .add("a.example", "A", "192.0.2.1")
            .add("two.example", "A", "192.0.2.1", "192.0.2.2", "192.0.2.3")
            .add("six.example", "AAAA", "2001:db8::1")
            .add("ns.example", "NS", "ns1.example.", "ns2.example.")
            .add("c.example", "CNAME", "a.example.")
            .add("mx.example", "MX", "20 mx2.example.", "10 mx1.example.", "10 mx3.example.")
            .add("t.example", "TXT", "hello", "\"wo rld\" two")
            .add("bad.example", "TXT", "a\\128\\150b")
            .add("1.2.0.192.in-addr.arpa", "PTR", "a.example.")
            .add("s._tcp.example", "SRV", "1 2 25 srv.example.")
            .add("afs.example", "AFSDB", "1 afs1.example.")
            .add("tlsa.example", "TLSA", "3 1 1 000102FF")
            .add("nodata.example", "TXT", "x")
            .add("nullmx.example", "MX", "0 .");
    maps = new Asked(true, List.of(server.address()));
    for (String line :
        List.of(
            "a dns -R A",
            "low dns -R a",
            "az dns -R A -z, -Z2",
            "aa dns -R A -a.",
            "am dns -R A -m -aX",
            "ab dns -R A -B example",
            "aaaa dns -R AAAA",
            "ns dns -R NS -z,",
            "cname dns -R CNAME",
            "mx dns -R MX",
            "mxz dns -R MX -z:",
            "txt dns -R TXT",
            "txtz dns -R TXT -z;",
            "ptr dns -R PTR",
            "srv dns -R SRV",
            "afs dns -R AFSDB",
            "tlsa dns -R TLSA",
            "quick dns -R A -d1s -r1 -x",
            "best bestmx",
            "bestz bestmx -z:",
            "besta bestmx -a.app",
            "bestm bestmx -m",
            "host host -a. -D")) {
      maps.declare(line);
    }
    assertEquals(List.of(), maps.problems);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "a, a.example, 192.0.2.1",
    "a, a.example., 192.0.2.1",
    "a, A.Example, 192.0.2.1",
    "a, two.example, 192.0.2.1",
    "a, c.example, 192.0.2.1",
    "low, a.example, 192.0.2.1",
    "az, two.example, '192.0.2.1,192.0.2.2,192.0.2.3'",
    "aa, a.example, 192.0.2.1.",
    "am, A.Example, A.ExampleX",
    "ab, two, 192.0.2.1",
    "aaaa, six.example, IPv6:2001:db8:0:0:0:0:0:1",
    "ns, ns.example, 'ns1.example,ns2.example'",
    "cname, c.example, a.example",
    "mx, mx.example, mx2.example",
    "mxz, mx.example, mx2.example:mx1.example:mx3.example",
    "txt, t.example, hello",
    "txtz, t.example, hello;wo rld",
    "txt, bad.example, aXXb",
    "ptr, 1.2.0.192.in-addr.arpa, a.example",
    "srv, s._tcp.example, srv.example",
    "afs, afs.example, afs1.example",
    "tlsa, tlsa.example, 03 01 01 00:01:02:FF",
    "a, six.example, (68)",
    "a, nx.example, (68)",
    "mx, a.example, (68)",
    "a, fail.example, (75)",
    "a, refuse.example, (75)",
    "quick, silent.example, (75)",
    "best, mx.example, mx1.example.",
    "best, MX.example, mx1.example.",
    "bestz, mx.example, mx1.example.:mx3.example.:mx2.example.",
    "besta, mx.example, mx1.example..app",
    "bestm, mx.example, mx.example",
    "best, a.example, a.example.",
    "best, nodata.example, (0)",
    "best, nx.example, (68)",
    "best, nullmx.example, (69)",
    "best, fail.example, (75)",
    "host, a.example, a.example.",
    "host, a.example., a.example.",
    "host, c.example, a.example.",
    "host, six.example, six.example.",
    "host, mx.example, mx.example.",
    "host, [192.0.2.1], a.example.",
    "host, [192.0.2.9], (68)",
    "host, nx.example, (68)",
    "host, fail.example, (75)",
  })
  void answersAsSendmailDoes(String map, String key, String value) {
    assertEquals(value, maps.ask(map, key));
  }

  @Test
  void answersAreKept() {
    maps.ask("a", "a.example");
    int before = server.questions();
    assertEquals("192.0.2.1", maps.ask("a", "a.example"));
    assertEquals(before, server.questions());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x" + "x.very.long", "..", "a..b", ""})
  void namesThatAreNoneAreNotFound(String key) {
    String name = key.startsWith("x") ? "label".repeat(20) + ".example" : key;
    assertTrue(List.of("(68)", "(75)").contains(maps.ask("a", name)), maps.ask("a", name));
  }

  @Test
  void theTypeIsRequired() {
    Asked wrong = new Asked(true, List.of(server.address()));
    wrong.declare("bad dns -R FOO").declare("none dns -z,");
    assertEquals(
        List.of(
            "dns map bad: wrong type FOO",
            "dns map bad: missing -R type",
            "dns map none: missing -R type"),
        wrong.problems);
    assertEquals("(68)", wrong.ask("bad", "a.example"));
  }

  @Test
  void aSilentServerCostsNoMoreThanTheTimeLimit() {
    long began = System.nanoTime();
    assertEquals("(75)", maps.ask("a", "silent2.example"));
    assertTrue(System.nanoTime() - began < 4_000_000_000L);
  }
}
