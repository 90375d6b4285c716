package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postern.queue.Incoming;
import postern.queue.Spool;
import postern.queue.SpoolSettings;
import postern.smtp.Envelope;
import postern.smtp.Route;

/** What {@code postern queue} prints and answers. */
class QueueCommandTest {
  private static final String LONG =
      "a-very-long-name-of-a-person".repeat(2) + "@" + "department.".repeat(6) + "remote.test";

  @TempDir Path folder;

  private record Said(int status, String out, String err) {}

  @BeforeEach
  void fill() throws Exception {
    Path dir = folder.resolve("spool");
    try (Spool spool = Spool.open(dir, SpoolSettings.DEFAULT.withMinFreeBytes(0))) {
      commit(spool, "8A1", "s@client.test", "u@remote.test", LONG);
      commit(spool, "8A2", "", "w@other.test");
    }
    try (Connection sql = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("spool.db"));
        var statement = sql.createStatement()) {
      long now = System.currentTimeMillis();
      statement.execute(
          "UPDATE recipient SET tries = 2, dsn = '4.7.0', reason = 'Deferred: 454 4.7.0"
              + " no\u001b[31m',"
              + (" tried = " + (now - 605_000) + ", due = " + (now + 1_230_000))
              + " WHERE lane = 'esmtp remote.test'");
      statement.execute(
          "INSERT INTO attempt SELECT id, 2, tried, 'mx.remote.test [192.0.2.1]',"
              + " 'version=TLSv1.3 verify=FAIL', dsn, '454 4.7.0 no', reason"
              + " FROM recipient WHERE address = 'u@remote.test'");
    }
  }

  private static void commit(Spool spool, String id, String sender, String... addresses) {
    List<Envelope.Recipient> recipients = new ArrayList<>();
    for (String address : addresses) {
      String host = address.endsWith("remote.test") ? "remote.test" : "other.test";
      recipients.add(new Envelope.Recipient(address, "", "", new Route("esmtp", host, address)));
    }
    byte[] content =
        ("Subject: " + "long words ".repeat(30) + "\r\nX-Id: " + id + "\r\n\r\nbody\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    Incoming incoming = spool.begin();
    incoming.append(content, 0, content.length);
    incoming
        .commit(
            new Envelope(
                id,
                sender,
                recipients,
                "8BITMIME",
                "",
                "",
                false,
                Instant.now().minusSeconds(7300),
                ""),
            new byte[0])
        .toCompletableFuture()
        .join();
  }

  private Said queue(String... words) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(words));
    arguments.add("--dir=" + folder.resolve("spool"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream toOut = new PrintStream(out, true, StandardCharsets.UTF_8);
    int status =
        QueueCommand.run(arguments, toOut, new PrintStream(err, true, StandardCharsets.UTF_8));
    toOut.flush();
    return new Said(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static void assertFits(String text) {
    for (String line : text.split("\n", -1)) {
      assertTrue(line.length() <= 100, line.length() + ": " + line);
      assertTrue(line.chars().noneMatch(c -> c < ' '), line);
    }
  }

  @Test
  void listsEachMessageWithItsReason() throws Exception {
    Said said = queue();
    assertEquals(0, said.status(), said.err());
    assertFits(said.out());
    List<String> lines = said.out().lines().toList();
    assertEquals(
        "id                  size arrived           sender, recipients, why", lines.get(0));
    assertTrue(lines.get(1).startsWith("8A1                  36"), lines.get(1));
    assertTrue(lines.get(1).endsWith(" <s@client.test>"), lines.get(1));
    assertEquals(" ".repeat(25) + "<u@remote.test>", lines.get(2));
    assertTrue(lines.get(3).endsWith("…"), "cut to fit: " + lines.get(3));
    String flowing = said.out().replaceAll("\\s+", " ");
    assertTrue(flowing.contains("put off 10 min ago: Deferred: 454 4.7.0 no?[31m;"), flowing);
    assertTrue(flowing.contains("(it has not been tried yet, and no server is running)"), flowing);
    assertEquals(said, queue("list"));
  }

  @Test
  void sumsUp() throws Exception {
    Said said = queue("summary");
    assertFits(said.out());
    List<String> lines = said.out().lines().toList();
    assertEquals("2 messages for 3 recipients; no server is running", lines.get(0));
    assertTrue(lines.get(3).startsWith("         2  esmtp remote.test"), lines.get(3));
    assertTrue(lines.get(4).contains("esmtp other.test"), lines.get(4));
    assertTrue(lines.get(4).contains("due now"), lines.get(4));
  }

  @Test
  void showsOneMessage() throws Exception {
    Said said = queue("show", "8A1");
    assertFits(said.out());
    for (String part :
        List.of(
            "attempt 2 for <u@remote.test> and 1 more",
            "sender      <s@client.test>",
            "body        8BITMIME",
            "  goes to   esmtp remote.test",
            "mx.remote.test [192.0.2.1]",
            "TLS: version=TLSv1.3 verify=FAIL",
            "454 4.7.0 no",
            "the next attempt is in 20 min",
            "  X-Id: 8A1")) {
      assertTrue(said.out().contains(part), part + " in\n" + said.out());
    }
    assertTrue(!said.out().contains("body\r"), "the content is nobody's business");
  }

  @Test
  void changes() throws Exception {
    assertEquals("8A2 is held\n", queue("hold", "8A2", "let", "me", "look").out());
    assertTrue(queue().out().contains("8A2!"), queue().out());
    assertTrue(queue("show", "8A2").out().startsWith("it is held: let me look.\n"));
    assertEquals("8A2 goes on when the server starts\n", queue("release", "8A2").out());
    assertEquals("everything is due when the server starts\n", queue("flush").out());
    assertTrue(queue("show", "8A1").out().contains("the next attempt is due"));
    assertEquals("8A1 is removed\n", queue("remove", "8A1").out());
    assertEquals("{\"done\":true}\n", queue("remove", "8A2", "--json").out());
    assertEquals("The queue is empty.\n", queue().out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "summary", "show 8A1"})
  void jsonIsJson(String words) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(words.split(" ", -1)));
    arguments.add("--json");
    Said said = queue(arguments.toArray(String[]::new));
    assertEquals(0, said.status(), said.err());
    int depth = 0;
    int fields = 0;
    try (JsonParser parser = new JsonFactory().createParser(said.out())) {
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        fields += token == com.fasterxml.jackson.core.JsonToken.FIELD_NAME ? 1 : 0;
      }
    }
    assertEquals(0, depth);
    assertTrue(fields > 5, said.out());
    assertEquals(1, said.out().lines().count());
  }

  @Test
  void mistakesAreSaid() throws Exception {
    Said said = queue("show", "nope");
    assertEquals(66, said.status());
    assertEquals("postern: no message nope in the queue\n", said.err());
    assertEquals(66, queue("remove", "nope").status());
    folder = folder.resolve("elsewhere");
    said = queue();
    assertEquals(66, said.status());
    assertTrue(said.err().startsWith("postern: there is no queue in "), said.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "show", "hold", "list 8A1", "show 8A1 more", "list --nope"})
  void wrongUseIsSaid(String words) {
    org.junit.jupiter.api.Assertions.assertThrows(
        UsageException.class, () -> queue(words.split(" ", -1)));
  }
}
