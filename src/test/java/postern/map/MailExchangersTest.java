package postern.map;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.map.MailExchangers.Found;
import postern.map.MailExchangers.Kind;

/** What sendmail 8.17 answered to {@code /mx} with the same records. */
class MailExchangersTest {
  private static NameServer server;
  private static MailExchangers exchangers;

  @BeforeAll
  static void start() throws IOException {
    server =
        new NameServer()
            .add("many.test", "MX", "10 a.many.test.", "5 b.many.test.", "20 C.many.test.")
            .add("null.test", "MX", "0 .")
            .add("nullplus.test", "MX", "0 .", "10 m.test.")
            .add("nodata.test", "A", "192.0.2.1")
            .add("empty.test", "TXT", "x")
            .add("alias.test", "CNAME", "many.test.")
            .add("aliasa.test", "CNAME", "nodata.test.")
            .add("dup.test", "MX", "10 d.test.", "20 d.test.")
            .add("short.example.test", "MX", "10 m.short.test.");
    exchangers = new Asked(true, List.of(server.address())).table().exchangers();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "many.test|b.many.test. a.many.test. C.many.test.",
        "MANY.Test.|b.many.test. a.many.test. C.many.test.",
        "nullplus.test|. m.test.",
        "nodata.test|nodata.test.",
        "empty.test|''",
        "none.test|''",
        "alias.test|b.many.test. a.many.test. C.many.test.",
        "aliasa.test|''",
        "dup.test|d.test.",
        "short|m.short.test.",
        "short.|''",
        "[many.test]|many.test.",
        "[none.test]|''",
        "[192.0.2.1]|[192.0.2.1]",
        "[1.2.3]|[1.2.3]",
        "[IPv6:::1]|[IPv6:::1]",
        "[x|''",
        "192.0.2.1|''",
        "a b|''"
      })
  void listsAreSendmails(String host, String expected) {
    Found found = exchangers.search(host, "example.test", "");
    assertEquals(Kind.LIST, found.kind());
    assertEquals(expected, String.join(" ", found.hosts()));
  }

  @Test
  void aNullMxIsItsOwnAnswer() {
    assertEquals(Kind.NULL_MX, exchangers.search("null.test", "", "").kind());
    assertEquals(Kind.NULL_MX, exchangers.search("null.test", "", "[192.0.2.7]").kind());
  }

  @Test
  void serversThatFailLeaveItOpen() {
    Found found = exchangers.search("fail.test", "example.test", "");
    assertEquals(Kind.UNKNOWN, found.kind());
    assertEquals(2, found.failure());
  }

  @ParameterizedTest
  @CsvSource({
    "nodata.test, [192.0.2.7], nodata.test. [192.0.2.7]",
    "empty.test, [192.0.2.7], [192.0.2.7]",
    "fail.test, [192.0.2.7], [192.0.2.7]",
    "fail.test, none.test, ''",
    "nodata.test, many.test, nodata.test. b.many.test. a.many.test. C.many.test.",
    "[192.0.2.1], [192.0.2.7], [192.0.2.1] [192.0.2.7]"
  })
  void theLastResortStandsBehindAll(String host, String fallback, String expected) {
    Found found = exchangers.search(host, "example.test", fallback);
    assertEquals(Kind.LIST, found.kind());
    assertEquals(expected, String.join(" ", found.hosts()));
  }
}
