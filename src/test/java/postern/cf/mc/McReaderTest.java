package postern.cf.mc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McReaderTest {
  private static McFile read(String... lines) {
    return McReader.read("test.mc", String.join("\n", lines) + "\n");
  }

  private static List<String> problems(String... lines) {
    return read(lines).problems().stream().map(McProblem::toString).toList();
  }

  private static List<String> text(McBlock block) {
    return block.lines().stream().map(McBlock.Line::text).toList();
  }

  @Test
  void definesBecomeOptions() {
    McFile file =
        read(
            "define(`confCACERT', `/etc/mail/ca.pem')dnl",
            "define(`confTO_STARTTLS', `2m')dnl  and a note",
            "define(confTLS_SRV_OPTIONS, V)dnl");
    assertEquals(List.of(), file.problems());
    assertEquals(
        List.of("O CACertFile=/etc/mail/ca.pem", "O Timeout.starttls=2m", "O TLSSrvOptions=V"),
        file.options());
  }

  @Test
  void definitionsExpandWithinLaterOnesWhereverTheyStand() {
    McFile file =
        read(
            "define(`confCACERT', `CERTS/ca.pem')dnl",
            "define(`confCRL', CERTS`'/crl.pem)dnl", // expanded at once: there is no CERTS yet
            "define(`CERTS', `MAIL_SETTINGS_DIR`'certs')dnl",
            "define(`confSERVER_CERT', CERTS`/server.pem')dnl");
    assertEquals("/etc/mail/certs/ca.pem", file.value("confCACERT"));
    assertEquals("/etc/mail/certs/crl.pem", file.value("confCRL"));
    assertEquals("/etc/mail/certs/server.pem", file.value("confSERVER_CERT"));
  }

  @Test
  void theLastDefineCountsAndUndefineTakesAway() {
    McFile file =
        read(
            "define(`confLOG_LEVEL', `9')define(`confCRL', `/a')dnl",
            "define(`confLOG_LEVEL', `14')undefine(`confCRL')dnl");
    assertEquals("14", file.value("confLOG_LEVEL"));
    assertEquals(
        2, java.util.Objects.requireNonNull(file.defines().get("confLOG_LEVEL")).place().line());
    assertNull(file.value("confCRL"));
    assertFalse(file.defined("confCRL"));
  }

  @Test
  void aNameDefinedAsNothingIsDefinedButSetsNoOption() {
    McFile file = read("define(`TLS_PERM_ERR')dnl", "define(`confCRL', `')dnl");
    assertTrue(file.defined("TLS_PERM_ERR"));
    assertEquals(List.of(), file.options());
  }

  @Test
  void quotesNestAndArgumentsSpanLines() {
    McFile file =
        read(
            "FEATURE(`access_db',",
            "        `hash -T<TMPF> /etc/mail/access', (a, b), `it is `quoted' twice')dnl");
    McCall call = file.features().get(0);
    assertEquals(
        List.of("access_db", "hash -T<TMPF> /etc/mail/access", "(a, b)", "it is quoted twice"),
        call.arguments());
    assertEquals("test.mc:1:1", call.place().toString());
  }

  @Test
  void definitionsTakeArguments() {
    McFile file =
        read(
            "define(`CERT', `define(`confSERVER_$1', `/certs/$2.pem')')dnl",
            "CERT(`CERT', `chain')CERT(KEY, key)dnl");
    assertEquals("/certs/chain.pem", file.value("confSERVER_CERT"));
    assertEquals("/certs/key.pem", file.value("confSERVER_KEY"));
  }

  @Test
  void conditionsChoose() {
    McFile file =
        read(
            "define(`SITE_A')dnl",
            "ifdef(`SITE_A', `define(`confLOG_LEVEL', `1')', `define(`confLOG_LEVEL', `2')')dnl",
            "ifdef(`SITE_B', `define(`confMAX_HOP', `1')', `define(`confMAX_HOP', `2')')dnl",
            "ifelse(`a', `b', `define(`confCRL', `/no')', `c', `c', `define(`confCRL', `/yes')')dnl");
    assertEquals("1", file.value("confLOG_LEVEL"));
    assertEquals("2", file.value("confMAX_HOP"));
    assertEquals("/yes", file.value("confCRL"));
  }

  @Test
  void blocksKeepTheirTextAndItsLines() {
    McFile file =
        read(
            "MAILER(`smtp')dnl",
            "LOCAL_CONFIG",
            "C{Partner}partner.example",
            "dnl not this",
            "Kfoo text -z: /x",
            "LOCAL_TLS_CLIENT",
            "R$* $| MAIL\t$: $1 don't",
            "",
            "R$*\t$@ `quoted' $(arith l $@ 1 $@ 2 $)");
    assertEquals(List.of(), file.problems());
    assertEquals(2, file.blocks().size());
    McBlock config = file.blocks().get(0);
    assertEquals(McBlock.Kind.LOCAL_CONFIG, config.kind());
    assertEquals(List.of("C{Partner}partner.example", "Kfoo text -z: /x"), text(config));
    assertEquals(5, config.lines().get(1).line());
    McBlock client = file.blocks().get(1);
    assertEquals("Local_tls_client", client.kind().ruleSet());
    assertEquals(
        List.of("R$* $| MAIL\t$: $1 don't", "R$*\t$@ quoted $(arith l $@ 1 $@ 2 $)"), text(client));
    assertEquals(9, client.lines().get(1).line());
  }

  @Test
  void quotedTextOfSeveralLinesKeepsItsLineNumbers() {
    McFile file = read("LOCAL_CONFIG`", "Da1", "Db2'", "Dc3");
    assertEquals(
        List.of(2, 3, 4), file.blocks().get(0).lines().stream().map(McBlock.Line::line).toList());
  }

  @Test
  void textOutsideOfBlocksIsConfigurationAndCommentsAreDropped() {
    McFile file = read("divert(-1)", "anything (at all", "divert(0)dnl", "# a comment", "Dxy");
    assertEquals(List.of(), file.problems());
    assertEquals(List.of("Dxy"), text(file.blocks().get(0)));
    assertEquals(McBlock.Kind.LOCAL_CONFIG, file.blocks().get(0).kind());
  }

  @Test
  void wordsAreWholeWords() {
    McFile file = read("LOCAL_CONFIG", "D{dnlx}a dnlike LOCAL_CONFIGURED xdefine(y)");
    assertEquals(
        List.of("D{dnlx}a dnlike LOCAL_CONFIGURED xdefine(y)"), text(file.blocks().get(0)));
  }

  @Test
  void dosLineEndsAreLineEnds() {
    McFile file =
        McReader.read("dos.mc", "define(`confMAX_HOP', `9')dnl\r\nLOCAL_CONFIG\r\nDxy\r\n");
    assertEquals("9", file.value("confMAX_HOP"));
    assertEquals(List.of("Dxy"), text(file.blocks().get(0)));
  }

  @Test
  void daemonOptionsAddLines() {
    McFile file =
        read(
            "DAEMON_OPTIONS(`Port=2525, Addr=127.0.0.1')dnl",
            "DAEMON_OPTIONS(`Port=2465, M=s')dnl",
            "CLIENT_OPTIONS(`Family=inet')dnl");
    assertEquals(
        List.of(
            "O DaemonPortOptions=Port=2525, Addr=127.0.0.1",
            "O DaemonPortOptions=Port=2465, M=s",
            "O ClientPortOptions=Family=inet"),
        file.options());
  }

  @Test
  void aValueOfSeveralLinesContinues() {
    McFile file = read("define(`confSMTP_LOGIN_MSG', `$j one", "two", "\tthree')dnl");
    assertEquals(List.of("O SmtpGreetingMessage=$j one\n\ttwo\n\tthree"), file.options());
  }

  @Test
  void includedFilesAreReadInPlace() {
    Map<String, String> files =
        Map.of(
            "common.m4", "define(`confMAX_HOP', `7')dnl\nLOCAL_CONFIG\nDxy\n",
            "broken.m4", "\nFEATURE(`x'\n");
    McIncludes includes =
        name -> {
          String text = files.get(name);
          if (text == null) {
            throw new IOException("there is no file " + name);
          }
          return text;
        };
    McFile file =
        McReader.read(
            "test.mc",
            """
            include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
            include(common.m4)dnl
            sinclude(nowhere.m4)dnl
            include(`broken.m4')dnl
            include(`nowhere.m4')dnl
            """,
            includes);
    assertEquals("7", file.value("confMAX_HOP"));
    assertEquals("common.m4", file.blocks().get(0).lines().get(0).file());
    assertEquals(
        List.of(
            "test.mc:5:1: error: include: there is no file nowhere.m4",
            "broken.m4:2:1: error: the bracket of FEATURE( is never closed"),
        file.problems().stream().map(McProblem::toString).toList());
  }

  /** A bar in the text stands for a line end; what is expected comes without the file's name. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "MAILER(`smtp')dnl|FEATURE(`access_db'|DOMAIN(`x')dnl; "
            + "2:1: error: the bracket of FEATURE( is never closed",
        "dnl|define(`confCRL, `/a')dnl; 2:8: error: the quote that ` opens is never closed by '",
        "FEATUER(`access_db')dnl; " + "1:1: error: FEATUER is no word of this language (FEATURE?)",
        "WHATEVER(`access_db')dnl; 1:1: error: WHATEVER is no word of this language",
        "LOCAL_CONFIG|LOCAL_TLS_CLEINT|Rx; "
            + "2:1: error: LOCAL_TLS_CLEINT is no word of this language (LOCAL_TLS_CLIENT?)",
        "define(`confCACRT', `/a')dnl; "
            + "1:1: warning: no option goes by the name confCACRT (confCACERT?)",
        "define(`no name', `/a')dnl; 1:1: error: define needs a name, not 'no name'",
        "# FEATURE(`access_db'); "
            + "1:3: warning: a # does not hide FEATURE from m4, it is obeyed: write dnl in front of"
            + " it",
        "MAILER|dnl; 1:1: error: MAILER needs arguments in brackets",
        "divert(6)dnl; 1:1: error: divert(6) is not understood here: "
            + "say LOCAL_CONFIG, LOCAL_RULESETS, …",
        "esyscmd(`rm -rf /')dnl; 1:1: error: m4's esyscmd is not understood here",
        "include(`x')dnl; 1:1: error: include: files cannot be included here",
        "define(`A', `A')A; 1:17: error: definitions or includes nest more than 20 levels deep",
      })
  void whatIsWrongIsSaidWithItsPlace(String text, String expected) {
    McFile file = McReader.read("test.mc", text.replace('|', '\n') + "\n");
    List<String> problems = file.problems().stream().map(McProblem::toString).toList();
    assertEquals(List.of("test.mc:" + expected), problems);
    assertEquals(expected.contains(": warning:"), file.usable());
  }

  @Test
  void everyMistakeIsReported() {
    assertEquals(
        List.of(
            "test.mc:1:1: warning: no option goes by the name confX",
            "test.mc:2:1: error: m4's syscmd is not understood here",
            "test.mc:3:5: error: the bracket of MAILER( is never closed"),
        problems("define(`confX', `1')dnl", "syscmd(`ls')dnl", "    MAILER(`smtp'"));
  }

  @Test
  void textThatGrowsWithoutBoundIsCutOff() {
    StringBuilder text = new StringBuilder("define(`X0', `" + "y".repeat(1000) + "')dnl\n");
    for (int i = 1; i < 18; i++) {
      text.append("define(`X%d', `X%d X%d')dnl\n".formatted(i, i - 1, i - 1));
    }
    McFile file = McReader.read("grow.mc", text + "LOCAL_CONFIG\nX17\n");
    assertEquals(1, file.problems().size());
    assertTrue(file.problems().get(0).message().contains("more than"));
    assertFalse(file.usable());
  }

  @Test
  void aFileThatIsTooLongIsNotRead() {
    McFile file = McReader.read("long.mc", "\n".repeat(McReader.MAX_TEXT + 1));
    assertEquals(
        "long.mc:1:1: error: the file is longer than 1048576 characters",
        file.problems().get(0).toString());
  }
}
