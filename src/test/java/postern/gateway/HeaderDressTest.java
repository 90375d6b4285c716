package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.policy.AddressForms;

class HeaderDressTest {
  /** Adds a domain where none is, and hides one host. */
  private static final AddressForms MASQUERADE =
      new AddressForms() {
        @Override
        public String sender(String address) {
          return address.replace("@inside.example", "@example.org");
        }

        @Override
        public String header(String address, boolean sender) {
          return address.contains("@")
              ? address.replace("@inside.example", sender ? "@example.org" : "@list.example")
              : address + "@gw.example";
        }
      };

  private static String dress(String header) {
    return new HeaderDress(MASQUERADE).section(header);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "From: a@inside.example | From: a@example.org",
        "from:a@inside.example | from: a@example.org",
        "To: a@inside.example | To: a@list.example",
        "From: Ann <a@inside.example> | From: Ann <a@example.org>",
        "From: \"A, B <x@inside.example>\" <a@inside.example> "
            + "| From: \"A, B <x@inside.example>\" <a@example.org>",
        "From: a@inside.example (Ann <q>) | From: a@example.org (Ann <q>)",
        "From: (Ann) a@inside.example | From: (Ann) a@example.org",
        "To: joe, a@x.example, (to) bob | To: joe@gw.example, a@x.example, (to) bob@gw.example",
        "To: Friends: joe, a@x.example; | To: Friends: joe@gw.example, a@x.example;",
        "From: \"joe\"@inside.example | From: \"joe\"@example.org",
      })
  void addressesAreDressed(String before, String after) {
    assertEquals(after + "\r\n", dress(before + "\r\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "From: a@x.example",
        "Subject: a@inside.example",
        "To: undisclosed-recipients:;",
        "To:",
        "From: <>",
        "From: Ann   <a@x.example>,b@x.example   ,  c@x.example",
        "From: \u00c3\u00b6@inside.example",
        "no field at all",
      })
  void theRestStaysByteForByte(String line) {
    String header = line + "\r\nX-Last: 1\r\n";
    assertSame(header, dress(header));
  }

  @Test
  void foldedFieldsAreReadWholeAndFoldedAgain() {
    String many = "To: one@inside.example,\r\n\ttwo@inside.example,\r\n three@x.example\r\n";
    assertEquals(
        "Received: x\r\nTo: one@list.example, two@list.example, three@x.example\r\nCc: x@y\r\n",
        dress("Received: x\r\n" + many + "Cc: x@y\r\n"));
    String wide = "To: " + "w".repeat(60) + "@x.example, joe, " + "v".repeat(40) + "\r\n";
    assertEquals(
        "To: "
            + "w".repeat(60)
            + "@x.example,\r\n\tjoe@gw.example, "
            + "v".repeat(40)
            + "@gw.example\r\n",
        dress(wide));
  }

  @Test
  void whatRulesMakeCannotEndALine() {
    AddressForms evil =
        new AddressForms() {
          @Override
          public String sender(String address) {
            return address;
          }

          @Override
          public String header(String address, boolean sender) {
            return "x\r\n\r\nbody";
          }
        };
    assertEquals("From: x body\r\n", new HeaderDress(evil).section("From: a@b\r\n"));
  }

  @Test
  void elementsOfAList() {
    assertEquals(
        List.of("a", " \"b,c\" <d@e>", " (f,(g,)) h", " <i,j>", " k\\,l"),
        HeaderDress.split("a, \"b,c\" <d@e>, (f,(g,)) h, <i,j>, k\\,l"));
  }

  private static String content(String message) throws IOException {
    try (InputStream in =
        DressedContent.open(
            new ByteArrayInputStream(message.getBytes(StandardCharsets.ISO_8859_1)), MASQUERADE)) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void onlyTheHeaderOfAMessageIsDressed() throws Exception {
    assertEquals(
        "From: a@example.org\r\n\r\nFrom: a@inside.example\r\n",
        content("From: a@inside.example\r\n\r\nFrom: a@inside.example\r\n"));
    assertEquals("To: joe@gw.example\r\n", content("To: joe\r\n"));
    assertEquals("\r\nTo: joe\r\n", content("\r\nTo: joe\r\n"));
    assertEquals("", content(""));
    String long1 = "X: " + "y".repeat(1 << 20) + "\r\nTo: joe\r\n\r\nbody\r\n";
    assertEquals(long1, content(long1));
  }
}
