package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A local mailer whose program speaks LMTP ({@code F=z}), and {@code check_compat} before it. */
class LocalMailerTest {
  /** Takes mail for one, refuses another; writes what it took into the folder it is given. */
  private static final String PROGRAM =
      """
      r() { printf '%s\\r\\n' "$1"; }
      r '220 box LMTP'
      while read -r verb rest; do
        case $verb in
        LHLO) r '250-box'; r '250 8BITMIME' ;;
        RCPT) case $rest in
              *postmaster*) r '250 2.1.5 ok' ;;
              *) r '550 5.1.1 nobody' ;;
              esac ;;
        DATA*) r '354 go'
              while read -r line && [ "$line" != "$(printf '.\\r')" ]; do echo "$line"; done >"$1/new"
              mv "$1/new" "$1/taken"
              r '250 2.0.0 boxed' ;;
        QUIT*) r '221 bye'; exit 0 ;;
        *) r '250 ok' ;;
        esac
      done
      """;

  private static final String RULES =
      """
      Scheck_compat
      R<barred@c.test> $| $*\t\t$#error $@ 5.7.1 $: "550 5.7.1 you two do not go together"
      """;

  private static Path policy(Path folder) throws IOException {
    Files.writeString(folder.resolve("access"), "");
    Path program = folder.resolve("box.sh");
    Files.writeString(program, PROGRAM);
    String stock = Files.readString(Path.of("rulesets/postern.cf"));
    Path policy = folder.resolve("box.cf");
    Files.writeString(
        policy,
        stock
                .replace("P=[LOCAL], F=lsDFMXmnq,", "P=/bin/sh, F=lsDFMXmnqzS,")
                .replace("A=LOCAL $u", "A=sh " + program + " " + folder)
            + RULES);
    return policy;
  }

  private static void send(InProcess gateway, String sender) throws Exception {
    try (Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      talk.expect("250", "MAIL FROM:<" + sender + ">");
      talk.expect("250", "RCPT TO:<postmaster@gw.test>");
      talk.expect("354", "DATA");
      talk.raw("Subject: x\r\n\r\nfor the box\r\n");
      talk.expect("250 2.0.0", ".");
    }
  }

  @Test
  void theProgramGetsWhatTheRulesLetPass(@TempDir Path folder) throws Exception {
    try (InProcess gateway =
        InProcess.start(folder, policy(folder), Map.of("LocalDelivery", "mailer"))) {
      Path taken = folder.resolve("taken");
      send(gateway, "barred@c.test");
      send(gateway, "joe@c.test");
      Instant end = Instant.now().plus(Duration.ofSeconds(20));
      while (!Files.exists(taken) && Instant.now().isBefore(end)) {
        Thread.sleep(20);
      }
      String text = Files.readString(taken);
      assertTrue(text.contains("for the box"), text);
      assertFalse(text.contains("barred"), text);
    }
  }
}
