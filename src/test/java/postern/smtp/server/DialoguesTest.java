package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Plays each {@code dialogues/NAME.smtp}: one conversation a file.
 *
 * <pre>
 * &#64;from ADDRESS   picks the line of KitPolicy; &#64;modifiers, &#64;size, &#64;recipients, &#64;privacy,
 *                 &#64;nul, &#64;headers likewise set up the server
 * C: line         the client sends a line
 * P: line         the same, but together with the next C or R
 * R: octets       raw octets with \r \n \0 \t and {N*x}
 * S: line         a line the server must say now
 * S~ regex        a line that must match
 * TLS             the handshake
 * W: MILLIS       time passes
 * EOF             the client will send no more, but still listens
 * STORED: N       messages in the store
 * CLOSED, OPEN    the connection is
 * </pre>
 *
 * Between two client steps the server must say exactly what is listed.
 */
class DialoguesTest {
  private static final Path DIALOGUES = Path.of("src/test/resources/dialogues");

  @TestFactory
  Stream<DynamicTest> dialogues() throws IOException {
    try (Stream<Path> files = Files.list(DIALOGUES)) {
      List<Path> sorted = files.filter(f -> f.toString().endsWith(".smtp")).sorted().toList();
      return sorted.stream()
          .map(
              file ->
                  DynamicTest.dynamicTest(
                      file.getFileName().toString(),
                      () -> new Player(Files.readAllLines(file)).play()));
    }
  }

  private static final class Player {
    private final List<String> lines;
    private final Talk.Setup setup = new Talk.Setup();
    private final StringBuilder pending = new StringBuilder();
    private List<String> heard = List.of();

    Player(List<String> lines) {
      this.lines = lines;
    }

    void play() {
      int at = 0;
      while (at < lines.size() && !isStep(lines.get(at))) {
        if (lines.get(at).startsWith("@")) {
          option(lines.get(at).substring(1));
        }
        at++;
      }
      try (Talk talk = setup.begin()) {
        if (setup.modifiers.contains("s")) {
          talk.handshake();
        }
        listen(talk);
        for (; at < lines.size(); at++) {
          step(talk, lines.get(at), "line " + (at + 1) + ": " + lines.get(at));
        }
        assertEquals(List.of(), heard, "left over at the end");
      }
    }

    private static boolean isStep(String line) {
      return line.matches("[CPRSW]: ?.*|S~ .*|TLS|EOF|STORED: .*|CLOSED|OPEN");
    }

    private void option(String option) {
      String[] words = option.split(" ", 2);
      String value = words.length > 1 ? words[1] : "";
      ServerSettings.Limits limits = setup.settings.limits();
      switch (words[0]) {
        case "from" -> setup.from = value;
        case "modifiers" -> setup.modifiers = value;
        case "notls" -> setup.tls = TlsPort.NONE;
        case "size" ->
            setup.settings = setup.settings.with(limits.withMessageSize(Long.parseLong(value)));
        case "recipients" ->
            setup.settings = setup.settings.with(limits.withRecipients(Integer.parseInt(value)));
        case "headers" ->
            setup.settings = setup.settings.with(limits.withHeadersLength(Integer.parseInt(value)));
        case "nul" -> setup.settings = setup.settings.with(true, false, true, false);
        case "nochunking" -> setup.settings = setup.settings.with(false, false, false, false);
        case "smtputf8" -> setup.settings = setup.settings.with(false, false, true, true);
        case "deliverby" ->
            setup.settings = setup.settings.with(offers(false, Integer.parseInt(value), false));
        case "requiretls" -> setup.settings = setup.settings.with(offers(true, -1, false));
        case "xclient" -> setup.settings = setup.settings.with(offers(false, -1, true));
        case "softbounce" -> setup.settings = setup.settings.withSoftBounce();
        case "tlsfirst" -> setup.settings = setup.settings.withTlsFirst();
        case "auth" -> setup.authenticator = new PlainAuthenticator();
        case "timeout" -> {
          long millis = Long.parseLong(value);
          setup.settings = setup.settings.with(new ServerSettings.Timeouts(millis, millis, millis));
        }
        case "privacy" -> {
          EnumSet<ServerSettings.Privacy> flags = EnumSet.noneOf(ServerSettings.Privacy.class);
          for (String flag : value.split(" ", -1)) {
            if (flag.equals("goaway")) {
              flags.addAll(ServerSettings.Privacy.GOAWAY);
            } else {
              flags.add(ServerSettings.Privacy.valueOf(flag.toUpperCase(Locale.ROOT)));
            }
          }
          setup.settings = setup.settings.with(flags);
        }
        default -> throw new IllegalArgumentException("option " + option);
      }
    }

    private static ServerSettings.Offers offers(boolean requireTls, int least, boolean xclient) {
      return new ServerSettings.Offers(
          true, false, requireTls, least, xclient ? Networks.LOOPBACK : Networks.NONE);
    }

    private void step(Talk talk, String line, String where) {
      if (line.isBlank() || line.startsWith("#")) {
        return;
      }
      String argument = line.length() > 3 ? line.substring(3) : "";
      if (line.startsWith("S: ") || line.startsWith("S~ ")) {
        assertTrue(!heard.isEmpty(), "silence at " + where);
        String said = heard.get(0);
        heard = heard.subList(1, heard.size());
        if (line.startsWith("S~")) {
          assertTrue(said.matches(argument), "got " + said + " at " + where);
        } else {
          assertEquals(argument, said, where);
        }
        return;
      }
      assertEquals(List.of(), heard, "said besides, before " + where);
      if (line.startsWith("C:")) {
        talk.say(pending + octets(argument) + "\r\n");
        pending.setLength(0);
      } else if (line.startsWith("R:")) {
        talk.say(pending + octets(argument));
        pending.setLength(0);
      } else if (line.startsWith("P:")) {
        pending.append(octets(argument)).append("\r\n");
        return;
      } else if (line.equals("TLS")) {
        talk.handshake();
      } else if (line.equals("EOF")) {
        talk.halfClose();
      } else if (line.startsWith("W:")) {
        talk.elapse(Long.parseLong(argument));
      } else if (line.startsWith("STORED: ")) {
        assertEquals(Integer.parseInt(line.substring(8)), talk.intake.stored.size(), where);
      } else if (line.equals("CLOSED")) {
        assertTrue(talk.isClosed(), where);
      } else if (line.equals("OPEN")) {
        assertTrue(!talk.isClosed(), where);
      } else {
        throw new IllegalArgumentException(where);
      }
      listen(talk);
    }

    private void listen(Talk talk) {
      heard = talk.heard().lines().toList();
    }

    private static String octets(String text) {
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\\' && i + 1 < text.length()) {
          i++;
          switch (text.charAt(i)) {
            case 'r' -> out.append('\r');
            case 'n' -> out.append('\n');
            case 't' -> out.append('\t');
            case '0' -> out.append('\0');
            case 's' -> out.append(' ');
            case 'x' -> {
              out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
              i += 2;
            }
            default -> out.append(text.charAt(i));
          }
        } else if (c == '{' && text.indexOf('*', i) > 0 && text.indexOf('}', i) > 0) {
          int end = text.indexOf('}', i);
          String[] repeat = text.substring(i + 1, end).split("\\*", 2);
          out.append(octets(repeat[1]).repeat(Integer.parseInt(repeat[0])));
          i = end;
        } else {
          out.append(c);
        }
      }
      return out.toString();
    }
  }
}
