package postern.cf.mc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class McAssemblerTest {
  /** The parts of rulesets/postern.cf that the assembler looks for, in their order. */
  private static final String STOCK =
      """
      # stock
      O OperatorChars=.:%@!^/[]+
      #D{AccessFile}/etc/postern/access
      #D{AccessMap}text
      #Djgw.example.org
      #D{LocalHosts}example.org
      #D{RelayDomains}partner.example
      #D{SmartHost}[smart.example.org]
      #D{SmartPort}25
      #D{TLS_PERM_ERR}1
      #D{DelayChecks}1
      O SmtpGreetingMessage=$j Postern;
      \t$b
      O LogLevel=10
      #O Timeout.starttls=2m
      Cw localhost
      Stls_client
      R$*\t$: $>Local_tls_client $1
      SLocal_tls_client
      # an example
      #R$| MAIL\t$#error
      SLocal_check_rcpt
      SLast
      """;

  private static McAssembly assemble(String mc) {
    McFile file = McReader.read("test.mc", mc);
    assertEquals(List.of(), file.problems());
    return McAssembler.assemble(file, "stock.cf", STOCK);
  }

  private static String text(String mc) {
    McAssembly assembly = assemble(mc);
    assertEquals(List.of(), assembly.problems());
    return assembly.text();
  }

  private static List<String> problems(String mc) {
    return assemble(mc).problems().stream().map(McProblem::toString).toList();
  }

  @Test
  void withoutWordsTheStockFileStaysAsItIs() {
    assertEquals(STOCK, text("dnl nothing\n"));
  }

  @Test
  void optionsTakeThePlaceOfTheStockOnes() {
    String text =
        text(
            """
            define(`confSMTP_LOGIN_MSG', `$j hello')dnl
            define(`confTO_STARTTLS', `30s')dnl
            define(`confCACERT', `/ca.pem')dnl
            DAEMON_OPTIONS(`Port=1')dnl
            DAEMON_OPTIONS(`Port=2')dnl
            """);
    assertEquals(
        STOCK
            .replace(
                "O SmtpGreetingMessage=$j Postern;\n\t$b\n", "O SmtpGreetingMessage=$j hello\n")
            .replace(
                "#O Timeout.starttls=2m\n",
                """
                O Timeout.starttls=30s
                O CACertFile=/ca.pem
                O DaemonPortOptions=Port=1
                O DaemonPortOptions=Port=2
                """),
        text);
  }

  @Test
  void definitionsAndFeaturesBecomeTheMacrosThatTheStockRulesAsk() {
    String text =
        text(
            """
            define(`TLS_PERM_ERR')define(`SMART_HOST', `esmtp:[192.0.2.1]')dnl
            define(`RELAY_MAILER_ARGS', `TCP $h 2526')define(`confDOMAIN_NAME', `gw.test')dnl
            FEATURE(`access_db', `text -T<TMPF> -o /etc/access')FEATURE(`delay_checks')dnl
            RELAY_DOMAIN(`a.test
            b.test')RELAY_DOMAIN(`c.test')LOCAL_DOMAIN(`d.test')dnl
            FEATURE(`nocanonify')MAILER(`local')MAILER(`smtp')OSTYPE(`linux')VERSIONID(`x')dnl
            """);
    assertEquals(
        STOCK
            .replace("#D{AccessFile}/etc/postern/access", "D{AccessFile}/etc/access")
            .replace("#D{AccessMap}text", "D{AccessMap}text -T<TMPF> -o")
            .replace("#Djgw.example.org", "Djgw.test")
            .replace("#D{LocalHosts}example.org", "D{LocalHosts}d.test")
            .replace("#D{RelayDomains}partner.example", "D{RelayDomains}a.test b.test c.test")
            .replace("#D{SmartHost}[smart.example.org]", "D{SmartHost}[192.0.2.1]")
            .replace("#D{SmartPort}25", "D{SmartPort}2526")
            .replace("#D{TLS_PERM_ERR}1", "D{TLS_PERM_ERR}1")
            .replace("#D{DelayChecks}1", "D{DelayChecks}1"),
        text);
  }

  @Test
  void theAccessMapHasTheDefaultOfSendmailsLibrary() {
    String text = text("FEATURE(`access_db')dnl\n");
    assertTrue(text.contains("\nD{AccessMap}hash -T<TMPF>\n"), text);
    assertTrue(text.contains("\nD{AccessFile}/etc/mail/access\n"), text);
  }

  @Test
  void localRulesGetACopyOfTheWorkspaceAndOnlyAVerdictCounts() {
    String text =
        text(
            """
            LOCAL_CONFIG
            C{Partner}partner.example
            LOCAL_TLS_CLIENT
            R$*\t$@ one
            LOCAL_RULESETS
            SLocal_check_rcpt
            R$*\t$@ own
            LOCAL_TLS_CLIENT
            R$*\t$@ two
            """);
    assertEquals(
        STOCK
                .replace("Cw localhost\n", "C{Partner}partner.example\nCw localhost\n")
                .replace(
                    "SLocal_tls_client\n",
                    """
                    SLocal_tls_client
                    R$*\t$: $1 <?> $>Mc_tls_client $1
                    R$* <?> $# $*\t$# $2
                    R$* <?> $*\t$: $1
                    """)
                .replace("SLocal_check_rcpt\n", "#SLocal_check_rcpt\n")
            + """
            SMc_tls_client
            R$*\t$@ one
            R$*\t$@ two
            SLocal_check_rcpt
            R$*\t$@ own
            """,
        text);
  }

  @Test
  void everyLineKnowsWhereItComesFrom() {
    McAssembly assembly =
        assemble("dnl\ndefine(`confLOG_LEVEL', `9')dnl\nLOCAL_RULESETS\nSown\nR$*\t$@\n");
    assertEquals(
        List.of("test.mc:2", "test.mc:4", "test.mc:5"),
        assembly.lines().stream()
            .filter(line -> line.file().equals("test.mc"))
            .map(line -> line.file() + ":" + line.line())
            .toList());
    McBlock.Line last = assembly.lines().get(STOCK.lines().toList().size() - 1);
    assertEquals("SLast at stock.cf:" + STOCK.lines().count(), at(last));
  }

  private static String at(McBlock.Line line) {
    return line.text() + " at " + line.file() + ":" + line.line();
  }

  @Test
  void whatTheStockRuleSetsCannotDoIsAnErrorWithItsPlace() {
    McAssembly assembly =
        assemble(
            """
            FEATURE(`mailertable')dnl
            FEATURE(`acces_db')dnl
            FEATURE(`delay_checks', `foe')FEATURE(`ratecontrol', `later')dnl
            FEATURE(`access_db', `hash')dnl
            FEATURE(`greet_pause', `soon')dnl
            define(`MAIL_HUB', `hub.test')define(`SMART_HOST', `uucp-new:hub')dnl
            define(`RELAY_MAILER_ARGS', `FILE x')dnl
            MASQUERADE_AS(`corp.test')dnl
            MAILER(`uucp')dnl
            DOMAIN(`generic')dnl
            LOCAL_RULE_0
            R$*\t$@
            LOCAL_SRV_FEATURES
            R$*\t$# V
            """);
    assertEquals(
        List.of(
            "test.mc:6:1: error: the stock rule sets do not ask MAIL_HUB",
            "test.mc:6:31: error: SMART_HOST: mail goes out by relay, not by uucp-new",
            "test.mc:7:1: error: RELAY_MAILER_ARGS can only be TCP $h PORT",
            "test.mc:1:1: error: the stock rule sets have no FEATURE(`mailertable')",
            "test.mc:2:1: error: no FEATURE goes by the name `acces_db' (access_db?)",
            "test.mc:3:1: error: delay_checks: friend or hater, not foe",
            "test.mc:3:31: error: ratecontrol: nodelay or nothing, not later",
            "test.mc:4:1: error: access_db: "
                + "the map needs a class and a file, such as hash -T<TMPF> /etc/mail/access",
            "test.mc:5:1: error: greet_pause: milliseconds are a number, not soon",
            "test.mc:8:1: error: the stock rule sets have no use for MASQUERADE_AS",
            "test.mc:9:1: error: the stock rule sets have no mailer `uucp'",
            "test.mc:10:1: warning: DOMAIN(`generic') is one of sendmail's files",
            "test.mc:11:1: error: the stock rule sets have no place for LOCAL_RULE_0: "
                + "write Local_parse below LOCAL_RULESETS",
            "test.mc:13:1: error: the stock rule sets have no Local_srv_features"),
        assembly.problems().stream().map(McProblem::toString).toList());
    assertFalse(assembly.usable());
  }

  /** What this test's {@link #STOCK} promises, the real stock file must hold. */
  @Test
  void theRealStockFileHasAPlaceForEverything() throws IOException {
    Path stock = Path.of("rulesets/postern.cf");
    assumeTrue(Files.exists(stock), "there are no rule sets in this checkout");
    McFile file =
        McReader.read(
            "all.mc",
            """
            define(`TLS_PERM_ERR')define(`SMART_HOST', `[192.0.2.1]')dnl
            define(`RELAY_MAILER_ARGS', `TCP $h 2526')define(`confDOMAIN_NAME', `gw.test')dnl
            FEATURE(`access_db')FEATURE(`delay_checks', `friend')FEATURE(`greet_pause', `500')dnl
            FEATURE(`ratecontrol', `nodelay', `terminate')FEATURE(`conncontrol')dnl
            FEATURE(`check_cert_altnames')RELAY_DOMAIN(`a.test')LOCAL_DOMAIN(`d.test')dnl
            MAILER(`local')MAILER(`smtp')dnl
            LOCAL_TRY_TLS
            R$*\t$: $1
            LOCAL_TLS_CLIENT
            R$*\t$: $1
            LOCAL_TLS_SERVER
            R$*\t$: $1
            LOCAL_TLS_RCPT
            R$*\t$: $1
            LOCAL_SRV_FEATURES
            R$*\t$: $1
            LOCAL_CLT_FEATURES
            R$*\t$: $1
            LOCAL_RULESETS
            SLocal_check_relay
            R$*\t$: $1
            SLocal_check_mail
            R$*\t$: $1
            SLocal_check_rcpt
            R$*\t$: $1
            SLocal_parse
            R$*\t$: $1
            """);
    McAssembly assembly =
        McAssembler.assemble(file, stock.toString(), Files.readString(stock, ISO_8859_1));
    assertEquals(List.of(), file.problems());
    assertEquals(List.of(), assembly.problems());
  }

  @Test
  void rulesForARuleSetThatHasSomeAreAddedWithAWarning() {
    assertEquals(
        List.of(
            "test.mc:2:1: warning: tls_client exists: "
                + "these rules come after those of the stock file"),
        problems("LOCAL_RULESETS\nStls_client\nR$*\t$@\n"));
  }
}
