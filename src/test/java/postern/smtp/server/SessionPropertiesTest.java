package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds whatever a client says, and however the network cuts it. */
class SessionPropertiesTest {
  private static final String ACCEPTED = "250 2.0.0 (\\S{14}) Message accepted for delivery";

  /** Srv_features F: turns are not insisted on, so that every cut may give the same replies. */
  private static Talk lenient() {
    Talk.Setup setup = new Talk.Setup();
    setup.from = "127.0.0.39";
    return setup.begin();
  }

  /** Says everything, lets all waits pass, and returns what came back. */
  private static String play(Talk talk, List<String> pieces) {
    for (String piece : pieces) {
      if (!talk.isClosed()) {
        talk.say(piece);
      }
    }
    talk.elapse(3_000_000);
    return talk.heard();
  }

  private static List<String> cut(String text, List<Integer> cuts) {
    List<String> pieces = new ArrayList<>();
    int at = 0;
    for (int c : cuts.stream().map(c -> Math.min(c, text.length())).sorted().toList()) {
      if (c > at) {
        pieces.add(text.substring(at, c));
        at = c;
      }
    }
    if (at < text.length()) {
      pieces.add(text.substring(at));
    }
    return pieces;
  }

  @Property(tries = 300)
  void cutsDoNotMatter(@ForAll("dialogues") String said, @ForAll("cuts") List<Integer> cuts) {
    try (Talk whole = lenient();
        Talk inPieces = lenient()) {
      String expected = play(whole, List.of(said));
      assertEquals(expected, play(inPieces, cut(said, cuts)));
      assertEquals(contents(whole), contents(inPieces));
    }
  }

  @Property(tries = 300)
  void noMailIsStoredWithoutA250AndNone250WithoutBeingStored(
      @ForAll("dialogues") String said, @ForAll("cuts") List<Integer> cuts) {
    try (Talk talk = Talk.begin()) {
      String heard = play(talk, cut(said, cuts));
      Set<String> promised =
          heard
              .lines()
              .filter(line -> line.matches(ACCEPTED))
              .map(line -> line.replaceFirst(ACCEPTED, "$1"))
              .collect(Collectors.toSet());
      Set<String> stored =
          talk.intake.stored.stream().map(m -> m.envelope().id()).collect(Collectors.toSet());
      assertEquals(promised, stored);
      talk.leave();
      assertEquals(0, talk.intake.open, "every message begun is stored or forgotten");
      assertFalse(talk.log.toString().contains("FAULT"), talk.log.toString());
    }
  }

  @Property(tries = 300)
  void everyReplyIsOne(@ForAll("dialogues") String said, @ForAll("cuts") List<Integer> cuts) {
    try (Talk talk = Talk.begin()) {
      for (String line : play(talk, cut(said, cuts)).lines().toList()) {
        assertTrue(line.matches("[2-5][0-9][0-9][ -][\\t -~]*"), line);
        assertTrue(line.length() < 1100, line);
      }
    }
  }

  @Property(tries = 60)
  void nothingSaidInTheClearSurvivesTheHandshake(
      @ForAll("commands") List<String> before, @ForAll("octets") String behind) {
    try (Talk talk = Talk.begin()) {
      play(talk, List.of("RSET\r\n"));
      for (String line : before) {
        if (!talk.isClosed()) {
          talk.say(line + "\r\n");
          talk.elapse(300_000);
        }
      }
      if (talk.isClosed()) {
        return;
      }
      talk.heard();
      List<String> stored = contents(talk);
      talk.say("RSET\r\nSTARTTLS\r\n" + behind);
      talk.elapse(300_000);
      String ready = talk.heard();
      if (!ready.endsWith("220 2.0.0 Ready to start TLS\n")) {
        return; // the session was past saving before
      }
      talk.handshake();
      assertEquals("", talk.heard());
      assertEquals("503 5.0.0 Need MAIL before RCPT\n", talk.ask("RCPT TO:<u@sink.test>"));
      assertEquals("503 5.0.0 Need MAIL command\n", talk.ask("DATA"));
      talk.ask("MAIL FROM:<a@b.test>");
      assertEquals(
          "550 5.7.9 <show-helo@kit.test>... helo= proto=SMTP\n",
          talk.ask("RCPT TO:<show-helo@kit.test>"));
      assertEquals(stored, contents(talk));
    }
  }

  private static List<String> contents(Talk talk) {
    return talk.intake.stored.stream().map(MemoryIntake.Stored::content).toList();
  }

  @Provide
  Arbitrary<String> dialogues() {
    Arbitrary<String> line = line().map(text -> text + "\r\n");
    Arbitrary<String> message =
        Combinators.combine(body(), line().list().ofMaxSize(2))
            .as(
                (body, between) ->
                    "MAIL FROM:<a@b.test>\r\nRCPT TO:<u@sink.test>\r\n"
                        + between.stream().map(l -> l + "\r\n").collect(Collectors.joining())
                        + "DATA\r\n"
                        + body
                        + ".\r\n");
    Arbitrary<String> chunks =
        body()
            .map(
                body ->
                    "MAIL FROM:<a@b.test>\r\nRCPT TO:<u@sink.test>\r\nBDAT "
                        + body.length()
                        + "\r\n"
                        + body
                        + "BDAT 0 LAST\r\n");
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(4, line),
            net.jqwik.api.Tuple.of(2, message),
            net.jqwik.api.Tuple.of(1, chunks),
            net.jqwik.api.Tuple.of(1, octets()))
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<List<String>> commands() {
    return line().list().ofMaxSize(8);
  }

  private static Arbitrary<String> line() {
    return Arbitraries.of(
        "EHLO c.test",
        "HELO c.test",
        "EHLO",
        "MAIL FROM:<a@b.test>",
        "MAIL FROM:<x@evil.test>",
        "MAIL FROM:<a@b.test> SIZE=abc",
        "RCPT TO:<u@sink.test>",
        "RCPT TO:<blocked@sink.test>",
        "RCPT TO:<>",
        "DATA",
        "BDAT 3",
        "BDAT 0 LAST",
        "BDAT x",
        "RSET",
        "NOOP",
        "VRFY u",
        "HELP",
        "FOO",
        "",
        ".");
  }

  private static Arbitrary<String> body() {
    return Arbitraries.of(
            "Subject: x\r\n",
            "\r\n",
            "text\r\n",
            "..\r\n",
            "a.\r\n",
            "NOOP\r\n",
            ".x\r\n",
            "\n",
            "\r")
        .list()
        .ofMaxSize(6)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<String> octets() {
    return Arbitraries.of("\r", "\n", "\0", "\u00ff", ".", "A", "NOOP\r\n", "QUI", " ")
        .list()
        .ofMaxSize(8)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<List<Integer>> cuts() {
    return Arbitraries.integers().between(1, 400).list().ofMaxSize(8);
  }
}
