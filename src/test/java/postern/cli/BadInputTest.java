package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot work stops the start with all reasons at once, each with its place. */
class BadInputTest {
  @TempDir Path folder;

  private Terminal.Said serve(String... arguments) throws Exception {
    return Terminal.run(folder, () -> ServeCommand.run(List.of(arguments)));
  }

  private Terminal.Said check(String... arguments) throws Exception {
    return Terminal.run(folder, () -> CheckCommand.run(List.of(arguments), System.out));
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  /** The line below {@code head} is quoted, and a caret stands below that. */
  private static void assertQuoted(String text, String head) {
    int at = text.indexOf(head);
    assertTrue(at >= 0, () -> head + " not in:\n" + text);
    String[] lines = text.substring(at).split("\n", 4);
    assertTrue(lines.length >= 3 && lines[1].startsWith("  "), text);
    assertTrue(lines[2].matches("\\s+\\^+"), text);
  }

  private static void assertOneSentence(int status, String words, Terminal.Said said) {
    assertEquals(status, said.status(), said.err());
    List<String> lines = said.err().lines().filter(line -> !line.equals("1 error")).toList();
    assertEquals(1, lines.size(), said.err());
    assertTrue(lines.get(0).contains(words), said.err());
  }

  @Test
  void mistakesOfTheCommandLineSaySo() throws Exception {
    assertOneSentence(
        ExitStatus.CONFIGURATION,
        "command line: error: readcf: unknown option name MaxMesageSize (MaxMessageSize?)",
        serve("-O", "MaxMesageSize=1"));
  }

  @Test
  void aQuoteThatIsNeverClosedIsOneMistake() throws Exception {
    Path mc = file("open.mc", "define(`confMAX_MESSAGE_SIZE', `100)", "FEATURE(`delay_checks')");
    Terminal.Said said = check(mc.toString());
    assertEquals(ExitStatus.CONFIGURATION, said.status());
    assertQuoted(said.out(), mc + ":1:32: error: the quote that ` opens is never closed");
    assertTrue(said.out().contains(mc + ": 1 error"), said.out());
  }

  @Test
  void aRuleWithoutTabsIsShownAsItIsWritten() throws Exception {
    Path cf = file("blanks.cf", "V10/Berkeley", "Sfirst", "R$* < $*    $1");
    assertQuoted(
        check("-C", cf.toString()).out(),
        cf + ":3:2: error: invalid rewrite line \"R$* < $*    $1\" (tab expected)");
  }

  @Test
  void everyCommandExplainsItself() throws Exception {
    assertTrue(serve("--help").out().startsWith("postern serve: "));
    for (List<String> command :
        List.of(List.of("status"), List.of("passwd"), List.of("check"), List.of("queue"))) {
      Terminal.Said said =
          Terminal.run(
              folder,
              () ->
                  switch (command.get(0)) {
                    case "status" -> StatusCommand.run(List.of("--help"), System.out);
                    case "passwd" -> PasswdCommand.run(List.of("--help"), System.in, System.out);
                    case "queue" -> QueueCommand.run(List.of("--help"), System.out, System.err);
                    default -> CheckCommand.run(List.of("--help"), System.out);
                  });
      assertEquals(ExitStatus.OK, said.status());
      assertTrue(said.out().startsWith("postern " + command.get(0) + ": "), said.out());
    }
  }

  @Test
  void everyMistakeInARuleFileIsShownAtOnce() throws Exception {
    Path cf =
        file(
            "bad.cf",
            "V10/Berkeley",
            "O NoSuchOption=1",
            "Mlocal, P=[LOCAL], F=lsDFMXmnq, A=LOCAL $u",
            "Sfirst",
            "Rno tab here",
            "Kmap nosuchclass file",
            "R$*\t$@ $3");
    for (Terminal.Said said : List.of(serve("-C", cf.toString()), check("-C", cf.toString()))) {
      String text = said.out() + said.err();
      assertEquals(78, said.status(), text);
      assertQuoted(text, cf + ":2:3: error: readcf: unknown option name NoSuchOption");
      assertQuoted(text, cf + ":5:2: error: invalid rewrite line \"Rno tab here\"");
      assertQuoted(text, cf + ":6:1: error: readcf: map map: class nosuchclass not available");
      assertQuoted(text, cf + ":7:");
      assertTrue(text.contains("4 errors"), text);
    }
  }

  @Test
  void theShortFormTellsItsOwnPlaces() throws Exception {
    Path mc =
        file(
            "bad.mc",
            "define(`confLOG_LEVEL', `9')dnl",
            "FEATURE(`no_such_feature')",
            "MAILER(`uucp')",
            "LOCAL_RULESETS",
            "SLocal_check_mail",
            "R$* without a tab");
    Terminal.Said said = serve("-C", mc.toString());
    assertEquals(78, said.status(), said.err());
    assertQuoted(said.err(), mc + ":2:1: error: no FEATURE goes by the name `no_such_feature'");
    assertQuoted(said.err(), mc + ":3:1: error: ");
    assertQuoted(said.err(), mc + ":6:");
  }

  @Test
  void aFileThatIsNotThere() throws Exception {
    for (String name : List.of("nothing.cf", "nothing.mc")) {
      String file = folder.resolve(name).toString();
      assertOneSentence(
          72, file + ": error: cannot open: No such file or directory", serve("-C", file));
      assertEquals(72, check("-C", file).status());
    }
  }

  @Test
  void everyMistakeInAnAccessMapIsShownAtOnce() throws Exception {
    Path access =
        file(
            "access",
            "# fine: a comment",
            "TLS_Clt:127.0.0.1\tVERIFY:256",
            "TLS_Clt:192.0.2.1",
            "   TLS_Clt:192.0.2.2 VERIFY",
            "",
            "tls_clt:127.0.0.1 OK");
    Terminal.Said said = serve("-M{AccessFile}" + access);
    assertEquals(78, said.status(), said.err());
    assertQuoted(said.err(), access + ":3:1: error: no value for key \"TLS_Clt:192.0.2.1\"");
    assertQuoted(said.err(), access + ":4:1: error: a key must begin in the first column");
    assertQuoted(said.err(), access + ":6:1: warning: key \"tls_clt:127.0.0.1\" stands on line 2");
    assertTrue(said.err().endsWith("2 errors\n"), said.err());
    assertEquals(78, check("-M{AccessFile}" + access).status());
  }

  @Test
  void aMapWithoutItsFileIsWorthAWarning() throws Exception {
    Path access = folder.resolve("missing");
    Terminal.Said said = check("-M{AccessFile}" + access);
    assertEquals(0, said.status(), said.out());
    assertTrue(
        said.out()
            .contains(
                "warning: map access is read from " + access + ".db or else the text " + access),
        said.out());
  }

  @Test
  void wrongValuesOfTheCommandLine() throws Exception {
    assertOneSentence(78, "unknown option name NoSuch", serve("-O", "NoSuch=1"));
    assertOneSentence(78, "TLSEngine is \"fast\"", serve("-O", "TLSEngine=fast"));
    assertOneSentence(
        78, "no address for 1.2.3.4.5", serve("-O", "DaemonPortOptions=Port=2525,Addr=1.2.3.4.5"));
    assertOneSentence(78, "\"xx\" unknown", serve("-O", "DaemonPortOptions=Port=xx"));
    assertThrows(UsageException.class, () -> serve("-qsoon"));
    assertThrows(UsageException.class, () -> serve("please"));
  }

  @Test
  void aPortInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertOneSentence(
          71,
          "postern: cannot listen on 127.0.0.1:" + port + ": Address already in use",
          serve("-O", "DaemonPortOptions=Port=" + port + ",Addr=127.0.0.1"));
    }
  }

  @Test
  void aQueueThatCannotBe() throws Exception {
    Path file = file("occupied", "not a folder");
    assertOneSentence(
        71,
        "postern: cannot open the queue " + file,
        serve("-O", "QueueDirectory=" + file, "-O", "DaemonPortOptions=Port=0,Addr=127.0.0.1"));
  }

  @Test
  void helpTellsTheExitCodes() {
    for (int code : List.of(0, 64, 69, 70, 71, 72, 75, 78)) {
      assertTrue(Help.TEXT.matches("(?s).*\\b" + code + " [a-z].*"), "exit code " + code);
    }
  }

  @Test
  void aFileThatCannotBeUsedIsNamedWithTheReason() throws Exception {
    String missing = folder.resolve("missing").toString();
    IOException bench =
        assertThrows(
            IOException.class,
            () -> BenchCommand.run(List.of("--sessions", "1", missing), System.out));
    assertEquals(missing + ": no such file or directory", Main.words(bench));
    IOException directory =
        assertThrows(
            IOException.class,
            () -> BenchCommand.run(List.of("--sessions", "1", folder.toString()), System.out));
    assertEquals(folder + ": cannot be read: Is a directory", Main.words(directory));
    assertEquals("x: permission denied", Main.words(new AccessDeniedException("x")));
    assertEquals("x: not empty", Main.words(new FileSystemException("x", null, "not empty")));
  }

  @Test
  void aTestFileThatIsNoText() throws Exception {
    Path binary = Files.write(folder.resolve("bin.test"), new byte[] {(byte) 0xff, 1, 10, 65});
    Terminal.Said said =
        Terminal.run(folder, () -> TestCommand.run(List.of(binary.toString()), System.out));
    assertTrue((said.out() + said.err()).contains(binary + ":1"), said.out() + said.err());
  }

  @Test
  void linesThatSuggestionsCannotUseAreCounted() throws Exception {
    Path log = file("log", "nothing", "at all");
    Terminal.Said said =
        Terminal.run(folder, () -> SuggestCommand.run(List.of(log.toString()), System.out));
    assertTrue(said.out().contains("# No sessions were found in 2 lines.\n"), said.out());
    assertTrue(
        said.out().contains("# not used: 2 lines without time stamp and program\n"), said.out());
  }

  @Test
  void aBaselineThatIsNoneIsSaidBeforeAnythingIsMeasured() throws Exception {
    for (String text : List.of("TLS_Clt:a.example", "{\"rounds\":1}", "")) {
      Path baseline = file("baseline", text);
      IOException said =
          assertThrows(
              IOException.class,
              () ->
                  BenchCommand.run(
                      List.of("-C", "nothing.cf", "--baseline", baseline.toString()), System.out));
      assertEquals(baseline + ": no result of postern bench --json", said.getMessage());
    }
  }
}
