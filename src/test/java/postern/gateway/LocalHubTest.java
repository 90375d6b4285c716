package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule set 5 sends the mail of local users elsewhere, as MAIL_HUB and LUSER_RELAY want it. */
class LocalHubTest {
  private static final String RULES =
      """
      S5
      Rhubbed\t\t$#relay $@ [127.0.0.1] $: $&u < @ gw . test >
      Rgone\t\t$#error $@ 5.1.1 $: "550 gone away"
      Rlater\t\t$#error $@ 4.2.0 $: "450 later"
      Rroot\t\t$#error $@ 5.1.1 $: "550 rule set 5 was asked about root"
      Rdaemon\t\t$#error $@ 5.1.1 $: "550 rule set 5 was asked about daemon"
      """;

  private static final String TO_LOCAL = "R$+ < @ $=w >\t\t$#local $: $1\n";

  @Test
  void isAskedAboutUsersOfMailersThatWantIt(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("access"), "");
    Path policy = folder.resolve("hub.cf");
    String stock = Files.readString(Path.of("rulesets/postern.cf"));
    Files.writeString(policy, stock.replace("F=lsDFMXmnq,", "F=lsDFMXmnq5,") + RULES);
    try (NextHop hop = new NextHop()) {
      try (InProcess gateway =
              InProcess.start(
                  folder,
                  policy,
                  Map.of(),
                  Map.of("{SmartHost}", "[127.0.0.1]", "{SmartPort}", "" + hop.port()));
          Talk talk = Talk.to(gateway.port())) {
        talk.expect("250", "EHLO client.test");
        talk.expect("250", "MAIL FROM:<joe@c.test>");
        assertEquals("550 5.1.1 <gone@gw.test>... gone away", talk.ask("RCPT TO:<gone@gw.test>"));
        talk.expect("450 4.2.0", "RCPT TO:<later@gw.test>");
        talk.expect("550 5.1.1", "RCPT TO:<nobody-of-that-name@gw.test>");
        talk.expect("250 2.1.5", "RCPT TO:<hubbed@gw.test>");
        talk.expect("354", "DATA");
        talk.raw("Subject: x\r\n\r\nbody\r\n");
        talk.expect("250 2.0.0", ".");
        assertEquals(List.of("<hubbed@gw.test>"), hop.first().recipients());
      }
    }
  }

  /** LOCAL_RELAY with stickyhost: rule set 0 begins the user with an {@code @}. */
  @Test
  void isNotAskedAboutUsersThatRemain(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("access"), "");
    Path policy = folder.resolve("hub.cf");
    String stock = Files.readString(Path.of("rulesets/postern.cf"));
    assertTrue(stock.contains(TO_LOCAL));
    String remains = "Rroot < @ $=w >\t\t$#local $: @ root\n";
    Files.writeString(
        policy,
        stock.replace("F=lsDFMXmnq,", "F=lsDFMXmnq5@,").replace(TO_LOCAL, remains + TO_LOCAL)
            + RULES);
    try (InProcess gateway = InProcess.start(folder, policy, Map.of(), Map.of());
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      talk.expect("250", "MAIL FROM:<joe@c.test>");
      talk.expect("550 5.1.1 <daemon@gw.test>... rule set 5", "RCPT TO:<daemon@gw.test>");
      talk.expect("250 2.1.5", "RCPT TO:<root@gw.test>");
    }
  }
}
