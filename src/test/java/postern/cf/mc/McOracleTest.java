package postern.cf.mc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against m4 and sendmail's library, where they are installed: the same text, the same options. */
class McOracleTest {
  private static final Path LIBRARY = Path.of("/usr/share/sendmail/cf");

  private static final String SAMPLE =
      """
      divert(-1)
      # Anything goes here: it's dropped (all of it, even `quotes'.
      divert(0)dnl
      VERSIONID(`sample')
      OSTYPE(`linux')dnl
      define(`CERTS', `MAIL_SETTINGS_DIR`'certs')dnl
      define(`CERT_OF', `define(`conf$1_CERT', `CERTS/$2.pem')')dnl
      CERT_OF(`SERVER', `server')CERT_OF(CLIENT, client)dnl
      define(`confSERVER_KEY', CERTS`/server.key')dnl
      define(`confCACERT_PATH', `CERTS')define(`confCACERT', `CERTS`'/ca.pem')dnl
      define(`confLOG_LEVEL', `8')define(`confLOG_LEVEL', ifdef(`CERTS', `14', `9'))dnl
      define(`confCRL', `/x')undefine(`confCRL')dnl
      define(`confTO_STARTTLS',
             `90s')dnl
      define(`confPRIVACY_FLAGS', ``needmailhelo,noexpn'')dnl
      define(`confSMTP_LOGIN_MSG', `$j (ready, (really)) at $b')dnl
      ifelse(`x', `y', `define(`confMAX_HOP', `1')', `define(`confMAX_HOP', `31')')dnl
      DAEMON_OPTIONS(`Port=2525, Addr=127.0.0.1, Name=MTA')dnl
      FEATURE(`no_default_msa')dnl
      MAILER(`local')dnl
      LOCAL_CONFIG
      C{Partner}partner.example `quoted' don't
      D{certs}CERTS
      LOCAL_RULESETS
      Sown
      R$* < $+ >\t$: $(dequote $1 $) CERTS/x
      """;

  @TempDir Path folder = Path.of("");

  @Test
  void readsWhatM4Reads() throws IOException, InterruptedException {
    assumeTrue(Files.exists(LIBRARY.resolve("m4/cf.m4")), "sendmail's m4 library is not installed");
    List<String> theirs = m4();
    McFile ours = McReader.read("sample.mc", SAMPLE);
    assertEquals(List.of(), ours.problems());
    List<String> options = ours.options();
    assertEquals(11, options.size(), options::toString);
    for (String option : options) {
      assertTrue(theirs.contains(option), option + " is not in " + theirs);
    }
    for (McBlock block : ours.blocks()) {
      List<String> lines = block.lines().stream().map(McBlock.Line::text).toList();
      int begin = theirs.indexOf(lines.get(0));
      assertTrue(begin >= 0, lines.get(0) + " is not in " + theirs);
      assertEquals(theirs.subList(begin, begin + lines.size()), lines);
    }
  }

  /** Every name of the library's option table is known here, and stands for the same option. */
  @Test
  void knowsEveryOptionOfTheLibrary() throws IOException {
    Path table = LIBRARY.resolve("m4/proto.m4");
    assumeTrue(Files.exists(table), "sendmail's m4 library is not installed");
    TreeSet<String> wrong =
        Files.readString(table, ISO_8859_1)
            .lines()
            .filter(line -> line.startsWith("_OPTION("))
            .map(line -> line.replaceAll("^_OPTION\\(|[`'\\s)]", "").split(",", -1))
            .filter(row -> !row[0].equals(McOptions.option(row[1])))
            .map(row -> row[1] + " is " + McOptions.option(row[1]) + ", not " + row[0])
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(), wrong);
  }

  private List<String> m4() throws IOException, InterruptedException {
    Path mc = Files.writeString(folder.resolve("sample.mc"), SAMPLE);
    Path cf = folder.resolve("sample.cf");
    int status =
        new ProcessBuilder(
                "m4", "-D_CF_DIR_=" + LIBRARY + "/", LIBRARY + "/m4/cf.m4", mc.toString())
            .redirectOutput(cf.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start()
            .waitFor();
    assertEquals(0, status);
    return Files.readString(cf, ISO_8859_1).lines().filter(line -> !line.isBlank()).toList();
  }
}
