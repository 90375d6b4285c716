package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalLinesTest {
  private static final BtWords.Names NAMES =
      new BtWords.Names() {
        @Override
        public List<String> ruleSets() {
          return List.of("check_mail", "check_rcpt", "tls_client");
        }

        @Override
        public List<String> macros() {
          return List.of("{verify}");
        }

        @Override
        public List<String> classes() {
          return List.of("w");
        }

        @Override
        public List<String> maps() {
          return List.of("access");
        }

        @Override
        public List<String> mailers() {
          return List.of("local");
        }
      };

  @TempDir Path folder;

  /** The lines that come of keys. */
  private List<String> typed(String keys, Optional<Path> history) throws IOException {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Terminal terminal =
        new ExternalTerminal(
            "test",
            "xterm",
            new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8)),
            shown,
            StandardCharsets.UTF_8);
    PaintedOutput screen = new PaintedOutput(shown, new BtPaint(false));
    List<String> lines = new ArrayList<>();
    try (TerminalLines typed =
        new TerminalLines(
            terminal, new BtWords(NAMES, () -> false), new ByteOutput(screen), screen, history)) {
      for (String line = typed.next(); line != null; line = typed.next()) {
        lines.add(line);
      }
    }
    return lines;
  }

  private List<String> typed(String keys) throws IOException {
    return typed(keys, Optional.empty());
  }

  @Test
  void tabCompletesNamesAndCommands() throws IOException {
    assertEquals(List.of("tls_client OK $| MAIL"), typed("tl\tOK $| MAIL\r\004"));
    assertEquals(List.of("/map access key"), typed("/map a\tkey\r\004"));
    assertEquals(List.of(".D{verify}OK"), typed(".D{v\tOK\r\004"));
  }

  @Test
  void linesCanBeEdited() throws IOException {
    assertEquals(List.of("3 user@host"), typed("user@host\0013 \r\004"), "Ctrl-A");
    assertEquals(List.of("3 a"), typed("3 b\177a\r\004"), "backspace");
  }

  @Test
  void endOfInputLeaves() throws IOException {
    assertEquals(List.of("$j"), typed("$j\r\004never\r"));
    assertEquals(List.of(), typed("\004"));
  }

  @Test
  void charactersWithAMeaningElsewhereHaveNoneHere() throws IOException {
    assertEquals(
        List.of("3 a!!b", "3 \"open", "3 a\\", "3 a # b"),
        typed("3 a!!b\r3 \"open\r3 a\\\r3 a # b\r\004"));
  }

  @Test
  void pastedLinesAreCommandsOfTheirOwn() throws IOException {
    assertEquals(
        List.of("3 a", ".D{x}b\tc", "3 d"), typed("\033[200~3 a\n.D{x}b\tc\n3 d\033[201~\r\004"));
  }

  @Test
  void textIsBytes() throws IOException {
    assertEquals(List.of("3 \u00c3\u00bc@b"), typed("3 \u00fc@b\r\004"));
  }

  @Test
  void longLinesGoOnInTheNextAsSendmailTakesThem() {
    Queue<String> lines = new ArrayDeque<>();
    TerminalLines.split("a".repeat(2050), StandardCharsets.UTF_8, lines);
    assertEquals(List.of("a".repeat(2047), "aaa"), List.copyOf(lines));
  }

  @Test
  void historyIsForTheNextSessionAndForNobodyElse() throws IOException {
    Path file =
        TerminalHistory.file(Map.of("XDG_STATE_HOME", folder.toString()), "/nowhere").orElseThrow();
    typed("3 first@host\r .D{x}hidden\r.D{password}x\r3 last@host\r\004", Optional.of(file));
    assertEquals("3 first@host\n3 last@host\n", Files.readString(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(file.resolveSibling("."))));
    assertEquals(
        List.of("3 last@host", "3 first@host"),
        typed("\033OA\r\033OA\033OA\r\004", Optional.of(file)));
  }

  @Test
  void historyIsBounded() throws IOException {
    Path file =
        TerminalHistory.file(Map.of("XDG_STATE_HOME", folder.toString()), "/nowhere").orElseThrow();
    StringBuilder old = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      old.append("3 user").append(i).append("\n");
    }
    Files.writeString(file, old);
    typed("3 new\r\004", Optional.of(file));
    List<String> kept = Files.readAllLines(file);
    assertTrue(kept.size() <= 1_300, kept.size() + " lines");
    assertEquals("3 new", kept.get(kept.size() - 1));
  }

  @Test
  void whoHasNoHomeHasNoHistory() {
    assertTrue(TerminalHistory.file(Map.of(), "/does/not/exist").isEmpty());
    assertTrue(TerminalHistory.file(Map.of(), "").isEmpty());
    assertTrue(
        TerminalHistory.file(Map.of("XDG_STATE_HOME", "/proc/no/such"), "/nowhere").isEmpty());
    assertEquals(
        Optional.of(folder.resolve(".local/state/postern/bt-history")),
        TerminalHistory.file(Map.of("XDG_STATE_HOME", "relative"), folder.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " 3 a@b",
        ".D{authinfo}\"U:joe\" \"P:geheim\"",
        "/map authinfo \"P=Z2VoZWlt\"",
        ".D{x}My Passphrase",
        "AUTH PLAIN AGpvZQ==",
        ""
      })
  void secretsAreNotKept(String line) {
    assertFalse(TerminalHistory.keeps(line));
  }

  @Test
  void theLocaleSaysWhichCharactersThereAre() {
    assertEquals(StandardCharsets.UTF_8, TerminalLines.charset(Map.of("LANG", "de_DE.UTF-8")));
    assertEquals(
        StandardCharsets.ISO_8859_1,
        TerminalLines.charset(Map.of("LC_ALL", "C", "LANG", "de_DE.UTF-8")));
    assertEquals(StandardCharsets.ISO_8859_1, TerminalLines.charset(Map.of()));
  }
}
