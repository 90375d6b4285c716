package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import postern.smtp.Envelope;

/**
 * The order of commands (RFC 5321 section 4.1.4, RFC 3030, 3207, 4954), whatever a client tries:
 * beside the session runs a model that knows nothing but replies, and says which of them may come.
 */
class SessionModelTest {
  private static final String LOGIN = "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm";

  /** Milliseconds: more than any command has to wait, less than content may take. */
  private static final long LONGEST_WAIT = 250_000;

  /** What a client that believes the replies knows. */
  private static final class Model {
    private String sender = "";
    private final List<String> recipients = new ArrayList<>();
    private boolean chunks;
    private boolean tls;
    private boolean loggedIn;
    private int stored;

    private boolean open() {
      return !sender.isEmpty();
    }

    private void forget() {
      sender = "";
      recipients.clear();
      chunks = false;
    }
  }

  @Property(tries = 400)
  void whatIsAcceptedIsInOrder(@ForAll("commands") List<String> commands) {
    Talk.Setup setup = new Talk.Setup();
    setup.authenticator = new PlainAuthenticator();
    setup.settings =
        setup.settings.with(setup.settings.limits().withRecipients(3).withMessageSize(200));
    Model model = new Model();
    try (Talk talk = setup.begin()) {
      talk.heard();
      for (String command : commands) {
        if (talk.isClosed()) {
          break;
        }
        String reply = ask(talk, command);
        if (talk.isClosed()) {
          assertTrue(reply.startsWith("421 ") || reply.startsWith("552 "), command + ": " + reply);
          break;
        }
        heed(model, talk, command, reply);
        assertEquals(model.stored, talk.intake.stored.size(), command + ": " + reply);
      }
      talk.leave();
      assertEquals(0, talk.intake.open);
      assertFalse(talk.log.toString().contains("FAULT"), talk.log.toString());
    }
  }

  /** The last line of the reply to {@code text}, after all waits; there is one reply, not two. */
  private static String ask(Talk talk, String text) {
    talk.say(text + "\r\n").elapse(LONGEST_WAIT);
    List<String> ends =
        talk.heard().lines().filter(line -> line.length() > 3 && line.charAt(3) == ' ').toList();
    assertEquals(1, ends.size(), () -> text + ": " + ends);
    return ends.get(0);
  }

  private static void heed(Model model, Talk talk, String command, String reply) {
    String where = command + ": " + reply;
    String[] words = command.split("[ :]", 3);
    boolean yes = reply.startsWith("2") || reply.startsWith("354");
    switch (words[0]) {
      case "EHLO", "HELO", "RSET" -> {
        if (yes) {
          model.forget();
        }
      }
      case "MAIL" -> {
        if (yes) {
          assertFalse(model.open(), where);
          model.sender = address(command);
        }
      }
      case "RCPT" -> {
        if (yes) {
          assertTrue(model.open() && !model.chunks && model.recipients.size() < 3, where);
          model.recipients.add(address(command));
        }
      }
      case "DATA" -> {
        if (yes) {
          assertTrue(model.open() && !model.recipients.isEmpty() && !model.chunks, where);
          content(model, talk, ask(talk, "Subject: x\r\n\r\n..\r\n."));
        }
      }
      case "BDAT" -> {
        boolean taken = reply.endsWith("octets received");
        assertTrue(!yes || (model.open() && !model.recipients.isEmpty()), where);
        model.chunks |= taken;
        if (command.contains("LAST") && model.open() && !model.recipients.isEmpty()) {
          content(model, talk, reply);
        } else if (reply.startsWith("552")) {
          model.forget();
        }
      }
      case "STARTTLS" -> {
        if (yes) {
          assertTrue(!model.open() && !model.tls, where);
          talk.handshake();
          assertEquals("", talk.heard(), "said by nobody");
          model.tls = true;
          model.loggedIn = false;
          model.forget();
        }
      }
      case "AUTH" -> {
        assertTrue(!yes || (!model.open() && !model.loggedIn), where);
        model.loggedIn |= yes;
        assertTrue(yes || model.open() || model.loggedIn, "refused without reason, " + where);
      }
      default -> {}
    }
  }

  /** What became of a message, and that it is this one. */
  private static void content(Model model, Talk talk, String reply) {
    if (reply.endsWith("Message accepted for delivery")) {
      assertEquals(++model.stored, talk.intake.stored.size(), reply);
      Envelope envelope = talk.intake.stored.get(model.stored - 1).envelope();
      assertEquals(model.sender, envelope.sender());
      assertEquals(
          model.recipients.stream().distinct().toList(),
          envelope.recipients().stream().map(Envelope.Recipient::address).distinct().toList());
    } else {
      assertTrue(reply.startsWith("5") || reply.startsWith("4"), reply);
    }
    model.forget();
  }

  private static String address(String command) {
    return command.substring(command.indexOf('<') + 1, command.indexOf('>'));
  }

  @Provide
  Arbitrary<List<String>> commands() {
    Arbitrary<String> order =
        Arbitraries.of(
            "MAIL FROM:<a@b.test>",
            "MAIL FROM:<c@d.test> SIZE=9",
            "RCPT TO:<u@sink.test>",
            "RCPT TO:<v@sink.test>",
            "RCPT TO:<w@sink.test>",
            "DATA",
            "BDAT 3\r\nx",
            "BDAT 4 LAST\r\nyz",
            "STARTTLS",
            LOGIN);
    Arbitrary<String> others =
        Arbitraries.of(
            "EHLO c.test",
            "HELO c.test",
            "EHLO",
            "RSET",
            "MAIL FROM:<x@evil.test>",
            "MAIL FROM:<x@@y>",
            "MAIL FROM:<a@b.test> SIZE=201",
            "RCPT TO:<blocked@sink.test>",
            "RCPT TO:<x@@>",
            "DATA x",
            "BDAT 0",
            "BDAT 0 LAST",
            "BDAT 210\r\n" + "z".repeat(208),
            "BDAT x",
            "STARTTLS x",
            "NOOP",
            "VRFY u",
            "TURN",
            "");
    return Arbitraries.frequencyOf(Tuple.of(3, order), Tuple.of(1, others)).list().ofMaxSize(40);
  }
}
