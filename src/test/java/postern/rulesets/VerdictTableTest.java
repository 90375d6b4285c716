package postern.rulesets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The verdicts on TLS requirements, all of them: {@code verdicts.tsv} holds every value of {@code
 * ${verify}} with every strength and every kind of requirement. Each row is put to {@code
 * tls_client}, {@code tls_server} and {@code tls_rcpt}.
 */
class VerdictTableTest {
  private static final Path TABLE = Path.of("src/test/resources/rulesets/verdicts.tsv");
  private static final String PEER = "mx.remote.test";
  private static final String SUBJECT = "/C=US/O=Remote/CN=mx.remote.test";
  private static final String ISSUER = "/C=US/O=Example+20Org/CN=Postern+20Test+20CA";

  private record Row(
      int line,
      String group,
      String verify,
      String bits,
      String ssf,
      String requirement,
      String expected) {}

  private record Question(Row row, String command) {}

  @Test
  void tableIsComplete() throws IOException {
    List<Row> rows = rows();
    long table = rows.stream().filter(row -> row.group().equals("table")).count();
    // 14 outcomes x 3 strengths x 3 prefixes x 2 bases; 14 x (3 plain VERIFY + no entry)
    assertEquals(14 * 3 * 3 * 2 + 14 * 4, table);
  }

  @ParameterizedTest
  @EnumSource(Interpreter.class)
  void stockPolicyGivesTheVerdictsOfTheTable(Interpreter interpreter) throws IOException {
    List<Row> rows = rows();
    Map<String, Integer> numbers = new HashMap<>();
    StringBuilder access = new StringBuilder();
    access.append("MyCA:").append(ISSUER).append("\tOK\n");
    access.append("BadCA:").append(ISSUER).append("\tRELAY\n");
    for (Row row : rows) {
      if (!row.requirement().isEmpty() && !numbers.containsKey(row.requirement())) {
        int number = numbers.size();
        numbers.put(row.requirement(), number);
        access.append("TLS_Clt:%s\t%s%n".formatted(address(number), row.requirement()));
        access.append("TLS_Srv:%s\t%s%n".formatted(address(number), row.requirement()));
        access.append("TLS_Rcpt:u%d@rcpt.test\t%s%n".formatted(number, row.requirement()));
      }
    }
    Oracle oracle = interpreter.start(Setup.stock(Scratch.file("access", access.toString())));

    List<Question> questions = new ArrayList<>();
    List<String> commands =
        new ArrayList<>(
            List.of(
                ".D{client_name}" + PEER,
                ".D{server_name}" + PEER,
                ".D{cn_subject}" + PEER,
                ".D{cert_subject}" + SUBJECT,
                ".D{cert_issuer}" + ISSUER));
    List<Integer> places = new ArrayList<>();
    for (Row row : rows) {
      int number = numbers.getOrDefault(row.requirement(), -1);
      commands.add(".D{verify}" + row.verify());
      commands.add(".D{cipher_bits}" + row.bits());
      commands.add(".D{auth_ssf}" + row.ssf());
      commands.add(".D{client_addr}" + address(number));
      commands.add(".D{server_addr}" + address(number));
      for (String command : questions(row, number)) {
        questions.add(new Question(row, command));
        places.add(commands.size());
        commands.add(command);
      }
    }
    List<String> answers = oracle.run(commands);

    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      Question question = questions.get(i);
      String got = Oracle.verdict(answers.get(places.get(i)));
      if (!got.equals(question.row().expected())) {
        wrong.add("%s: %s%n  got %s".formatted(question.row(), question.command(), got));
      }
    }
    assertTrue(
        wrong.isEmpty(),
        () -> wrong.size() + " of " + questions.size() + " differ:\n" + String.join("\n", wrong));
  }

  /** No two rows may share an address by accident, nor one be a network of another. */
  private static String address(int number) {
    return number < 0
        ? "192.0.2.1"
        : "10.9.%d.%d".formatted(100 + number / 100, 100 + number % 100);
  }

  private static List<String> questions(Row row, int number) {
    List<String> questions = new ArrayList<>();
    questions.add("Translate,tls_client " + row.verify() + " $| MAIL");
    if (!row.verify().isEmpty()) {
      questions.add("tls_server " + row.verify());
    }
    // Without an entry a recipient has nothing to say, not even about a broken handshake.
    if (number >= 0) {
      questions.add("tls_rcpt u" + number + "@rcpt.test");
    }
    return questions;
  }

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    List<String> lines = Files.readAllLines(TABLE);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith("#")) {
        String[] cells = lines.get(i).split("\t", -1);
        assertEquals(6, cells.length, TABLE + ":" + (i + 1));
        for (int c = 1; c < 5; c++) {
          cells[c] = cells[c].equals("-") ? "" : cells[c];
        }
        rows.add(new Row(i + 1, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]));
      }
    }
    return rows;
  }
}
