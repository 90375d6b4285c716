package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail that is relayed shows addresses as the mailer's rule sets say. */
class OutgoingAddressesTest {
  private static InProcess relaying(Path folder, NextHop hop) throws Exception {
    Files.writeString(folder.resolve("access"), "");
    return InProcess.start(
        folder, Map.of(), Map.of("{SmartHost}", "[127.0.0.1]", "{SmartPort}", "" + hop.port()));
  }

  @Test
  void aRecipientNamedTwiceGetsTheMessageOnce(@TempDir Path folder) throws Exception {
    try (NextHop hop = new NextHop();
        InProcess gateway = relaying(folder, hop);
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      talk.expect("250", "MAIL FROM:<joe@gw.test>");
      talk.expect("250 2.1.5", "RCPT TO:<ann@else.example>");
      talk.expect("250 2.1.5", "RCPT TO:<bob@else.example>");
      talk.expect("250 2.1.5", "RCPT TO:<ann@else.example>");
      talk.expect("354", "DATA");
      talk.raw("Subject: x\r\n\r\nbody\r\n");
      talk.expect("250 2.0.0", ".");
      assertEquals(List.of("<ann@else.example>", "<bob@else.example>"), hop.first().recipients());
    }
  }

  @Test
  void aBareUserInTheHeaderGetsOurName(@TempDir Path folder) throws Exception {
    try (NextHop hop = new NextHop();
        InProcess gateway = relaying(folder, hop)) {
      try (Talk talk = Talk.to(gateway.port())) {
        talk.expect("250", "EHLO client.test");
        talk.expect("250", "MAIL FROM:<joe@gw.test>");
        talk.expect("250", "RCPT TO:<ann@else.example>");
        talk.expect("354", "DATA");
        talk.raw("From: Joe <joe>\r\nTo: ann@else.example, bob\r\nDate: x\r\n\r\nFrom: joe\r\n");
        talk.expect("250 2.0.0", ".");
        talk.expect("221", "QUIT");
      }
      NextHop.Taken message = hop.first();
      assertTrue(message.sender().startsWith("<joe@gw.test>"), message.sender());
      assertTrue(message.data().contains("\nFrom: Joe <joe@gw.test>\n"), message.data());
      assertTrue(message.data().contains("\nTo: ann@else.example, bob@gw.test\n"), message.data());
      assertEquals(
          "From: joe", message.data().substring(message.data().indexOf("\n\n") + 2).strip());
    }
  }
}
