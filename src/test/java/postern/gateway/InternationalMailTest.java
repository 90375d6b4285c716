package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses in UTF-8 (RFC 6531), half of whose octets are metasymbols to rule sets. */
class InternationalMailTest {
  private static final String SENDER = "\u00dcbung@\u4f8b\u3048.test";
  private static final String OTHER = "jos\u00c9\u00c0@else.example";

  private static String octets(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static Map<String, String> to(NextHop hop) {
    return Map.of("{SmartHost}", "[127.0.0.1]", "{SmartPort}", "" + hop.port());
  }

  @Test
  void goOutAsTheyCameIn(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("access"), "");
    try (NextHop hop = new NextHop();
        InProcess gateway = InProcess.start(folder, Map.of("SmtpUTF8", "true"), to(hop));
        Talk talk = Talk.to(gateway.port())) {
      assertTrue(talk.expect("250", "EHLO client.test").contains("SMTPUTF8"));
      talk.expect("250 2.1.0", octets("MAIL FROM:<" + SENDER + "> SMTPUTF8 BODY=8BITMIME"));
      talk.expect("250 2.1.5", octets("RCPT TO:<" + OTHER + ">"));
      talk.expect("354", "DATA");
      talk.raw(octets("From: <" + SENDER + ">\r\nTo: " + OTHER + "\r\nDate: x\r\n\r\nhello\r\n"));
      talk.expect("250 2.0.0", ".");
      NextHop.Taken message = hop.first();
      assertTrue(message.sender().startsWith(octets("<" + SENDER + ">")), message.sender());
      assertTrue(message.sender().contains(" SMTPUTF8"), message.sender());
      assertEquals(List.of(octets("<" + OTHER + ">")), message.recipients());
      assertTrue(message.data().contains(octets("\nFrom: <" + SENDER + ">\n")), message.data());
      assertTrue(message.data().contains(octets("\nTo: " + OTHER + "\n")), message.data());
    }
  }

  @Test
  void areKeysOfTheAccessMap(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("access"), "From:" + SENDER + "\tERROR:5.7.1:550 not you\n");
    try (InProcess gateway = InProcess.start(folder, Map.of("SmtpUTF8", "true"));
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      talk.expect("250", octets("MAIL FROM:<" + OTHER + "> SMTPUTF8"));
      talk.expect("250", "RSET");
      String refused = talk.expect("5", octets("MAIL FROM:<" + SENDER + "> SMTPUTF8"));
      assertTrue(refused.contains("not you"), refused);
    }
  }

  @Test
  void areRefusedWithoutTheParameter(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("access"), "");
    try (InProcess gateway = InProcess.start(folder, Map.of("SmtpUTF8", "true"));
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      talk.expect("501 5.1.7", octets("MAIL FROM:<" + SENDER + ">"));
    }
  }
}
