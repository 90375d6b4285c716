package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Addresses that can be no mailbox: the rule sets refuse in their own words, and where they would
 * let one pass the server does.
 */
class AddressRefusalsTest {
  private static final String RULES =
      """
      S3
      R< $+ >\t\t\t$1
      R$* @ @ $*\t\t$@ $1 < @ @ >
      R$* :: $*\t\t$@ $1 < @ colons >
      R$* @ $*\t\t$@ $1 < @ $2 >
      S0
      R$* < @ @ >\t\t$#error $@ 5.1.2 $: "553 Invalid route address"
      R$* < @ colons >\t$#error $@ 5.1.3 $: "553 Colon illegal in host name part"
      R/ $*\t\t$#local $: /$1
      R$* < @ $* >\t\t$#esmtp $@ hub.test $: $1
      R$*\t\t$#local $: $1
      Mlocal, P=[IPC], F=lsDFMAw5:/|@qE, S=0, R=0, A=TCP $h
      Mprog, P=[IPC], F=lsDFM, S=0, R=0, A=TCP $h
      M*file*, P=[FILE], F=DFM, A=FILE $u
      Mesmtp, P=[IPC], F=mDFMuXa, A=TCP $h
      """;

  @TempDir Path folder;

  @Test
  void theRuleSetsAreAskedFirst() throws Exception {
    Path policy = folder.resolve("small.cf");
    Files.writeString(policy, "V10\nDjgw.test\nCwgw.test\n" + RULES);
    try (InProcess gateway = InProcess.start(folder, policy, Map.of());
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      assertEquals("553 5.1.2 <x@@>... Invalid route address", talk.ask("MAIL FROM:<x@@>"));
      assertEquals(
          "553 5.1.3 <a@b::c>... Colon illegal in host name part", talk.ask("MAIL FROM:<a@b::c>"));
      assertEquals(
          "553 5.1.2 <a@b..c>... Invalid host name",
          talk.ask("MAIL FROM:<a@b..c>"),
          "these rules let it pass");
      assertEquals(
          "553 5.1.7 </etc/passwd>... Invalid sender address",
          talk.ask("MAIL FROM:</etc/passwd>"),
          "a file sends no mail");
      talk.expect("250", "MAIL FROM:<a@b.test>");
      assertEquals("553 5.1.2 <x@@>... Invalid route address", talk.ask("RCPT TO:<x@@>"));
      assertEquals("553 5.1.2 <a@b..c>... Invalid host name", talk.ask("RCPT TO:<a@b..c>"));
      assertEquals("503 5.0.0 Need RCPT (recipient)", talk.ask("DATA"));
      assertEquals("553 5.0.0 <a... Unbalanced '<'", talk.ask("VRFY <a"));
    }
  }
}
