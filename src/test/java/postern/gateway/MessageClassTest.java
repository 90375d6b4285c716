package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** {@code class=} in the log: what the P lines say of {@code Precedence:}. */
class MessageClassTest {
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    final List<String> all = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      all.add(event.getFormattedMessage());
    }
  }

  @Test
  void comesFromThePrecedenceLines(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("access"), "");
    Path policy = folder.resolve("own.cf");
    String stock = Files.readString(Path.of("rulesets/postern.cf"));
    Files.writeString(policy, stock + "Pgossip=-42\n");
    Logger log = (Logger) LoggerFactory.getLogger("mail");
    Level before = log.getLevel();
    Lines lines = new Lines();
    lines.start();
    log.addAppender(lines);
    log.setLevel(Level.INFO);
    try (InProcess gateway = InProcess.start(folder, policy, Map.of());
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      for (String precedence : List.of("bulk", "Gossip", "first-class", "unheard-of")) {
        talk.expect("250", "MAIL FROM:<" + precedence + "@c.test>");
        talk.expect("250", "RCPT TO:<postmaster@gw.test>");
        talk.expect("354", "DATA");
        talk.raw("Precedence: " + precedence + "\r\n\r\nbody\r\n");
        talk.expect("250 2.0.0", ".");
      }
    } finally {
      log.detachAppender(lines);
      log.setLevel(before);
    }
    assertClass(lines, "bulk", -60);
    assertClass(lines, "Gossip", -42);
    assertClass(lines, "first-class", 0);
    assertClass(lines, "unheard-of", 0);
  }

  private static void assertClass(Lines lines, String sender, int number) {
    assertTrue(
        lines.all.stream()
            .anyMatch(
                line ->
                    line.contains("from=<" + sender + "@c.test>")
                        && line.contains(", class=" + number + ", nrcpts=1")),
        sender + ": " + lines.all);
  }
}
