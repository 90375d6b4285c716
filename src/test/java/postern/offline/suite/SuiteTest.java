package postern.offline.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.source.SourceText;

class SuiteTest {
  private static final String POLICY =
      """
      V10/Berkeley
      O OperatorChars=.:%@!^/[]+
      Mlocal, P=[LOCAL], F=l, A=LOCAL $u
      Kaccess $?{AccessFile}hash ${AccessFile}$|null$.
      Stls_server
      R$*	$: < $(access TLS_Srv:$&{server_name} $: ? $) > $1
      R< ? > $*	$@ OK
      R< VERIFY > OK	$@ OK
      R< VERIFY > $*	$#error $@ 4.7.0 $: "454 not verified"
      """;

  private static Configuration build(
      @Nullable Path policy,
      @Nullable SourceText replacement,
      Host host,
      List<Compiler.Setting> macros,
      List<Compiler.Setting> options,
      List<String> additions)
      throws IOException {
    Compiler.Settings settings = new Compiler.Settings(host, options, macros, false, false);
    if (replacement != null) {
      return Compiler.compile(replacement, settings);
    }
    String text = SourceText.read(java.util.Objects.requireNonNull(policy)).text();
    for (String line : additions) {
      text += line + "\n";
    }
    return Compiler.compile(SourceText.of(policy.toString(), text), settings);
  }

  private static SuiteFile suite(Path folder, String text) throws IOException {
    Files.writeString(folder.resolve("p.cf"), POLICY);
    Path file = folder.resolve("p.test");
    Files.writeString(file, "policy p.cf\n" + text);
    return SuiteReader.read(file);
  }

  /** The tests of the stock policy, file by file. */
  @TestFactory
  List<DynamicTest> stockPolicy() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("rulesets", "tests"))) {
      for (Path file : files.sorted().toList()) {
        tests.add(
            DynamicTest.dynamicTest(
                file.getFileName().toString(),
                () -> {
                  SuiteFile suite = SuiteReader.read(file);
                  assertEquals(List.of(), suite.problems());
                  SuiteRunner.Run run = new SuiteRunner(SuiteTest::build).run(suite);
                  assertEquals(
                      List.of(),
                      run.results().stream()
                          .filter(r -> !r.passed())
                          .map(r -> r.test().line() + ": " + r.answer())
                          .toList());
                  assertTrue(run.results().size() >= 5);
                }));
      }
    }
    return tests;
  }

  @Test
  void factsHoldUntilTheNextHeading(@TempDir Path folder) throws Exception {
    SuiteFile suite =
        suite(
            folder,
            """
            access
              TLS_Srv:a.example	VERIFY

            == One
            given server-name=a.example
            when tls_server verify=OK => accept
            when tls_server verify=NO => 454 4.7.0 not verified
            when tls_server verify=FAIL => 454
            == Two
            when tls_server verify=NO => accept
            when tls_server verify=NO server-name=a.example => 550
            """);
    assertEquals(List.of(), suite.problems());
    SuiteRunner.Run run = new SuiteRunner(SuiteTest::build).run(suite);
    assertEquals(
        List.of(true, true, true, true, false),
        run.results().stream().map(TestResult::passed).toList());
    TestResult last = run.results().get(4);
    assertEquals("454 4.7.0 not verified", last.answer());
    assertEquals(12, last.test().line());
    assertEquals(Set.of(3), last.lines());
    assertTrue(last.why().contains("Access line 3 `TLS_Srv:a.example VERIFY`"), last.why());
    Coverage coverage = new Coverage(List.of(run));
    assertEquals(4, coverage.rules());
    assertEquals(4, coverage.rulesMatched());
    assertEquals(List.of(), coverage.linesUnused());
  }

  @Test
  void whatIsWrongWithATestFileIsSaidLineByLine(@TempDir Path folder) throws Exception {
    SuiteFile suite =
        suite(
            folder,
            """
            expect nothing
            when tls_server verify=OK
            when tls_serve verify=OK => accept
            when tls_server verfy=OK => accept
            when tls_server bits=many => accept
            when tls_server cn="a => accept
            when tls_server verify=OK =>
            """);
    assertEquals(
        List.of(
            "2: policy, host, set, option, add, access, given, when or a == heading is expected,"
                + " not expect",
            "3: when wants => and the expected answer",
            "4: no such hook: tls_serve",
            "5: no such fact: verfy",
            "6: bits is a number, not many",
            "7: a closing quote is missing",
            "8: behind => the expected answer is missing"),
        suite.problems().stream().map(p -> p.substring(p.indexOf(':') + 1)).toList());
    assertEquals(0, suite.tests().size());
  }

  @Test
  void aPolicyWithErrorsIsNotTested(@TempDir Path folder) throws Exception {
    SuiteFile suite = suite(folder, "add R$* no tab\nwhen tls_server verify=OK => accept\n");
    SuiteException e =
        assertThrows(SuiteException.class, () -> new SuiteRunner(SuiteTest::build).run(suite));
    assertTrue(String.valueOf(e.getMessage()).contains("p.cf:10:"), e.getMessage());
  }

  @Test
  void mutantsThatNoTestNoticesAreNamed(@TempDir Path folder) throws Exception {
    String access = "access\n  TLS_Srv:a.example\tVERIFY\n  TLS_Srv:b.example\tOK\n\n";
    String strong =
        """
        when tls_server server-name=a.example verify=OK => accept
        when tls_server server-name=a.example verify=NO => 454 4.7.0 not verified
        when tls_server server-name=c.example verify=NO => accept
        """;
    Mutation.Outcome good = mutate(suite(folder, access + strong));
    // A line that says OK, and a rule whose work the end of the rule set does, change nothing.
    assertEquals(
        List.of("7 dropped", "4 dropped", "4 VERIFY:9999 for OK"),
        good.survivors().stream().map(m -> m.line() + " " + m.what()).toList());
    String weak = "when tls_server server-name=a.example verify=NO => refuse\n";
    Mutation.Outcome bad = mutate(suite(folder, access + weak));
    assertTrue(bad.killed() < good.killed(), bad.killed() + " " + good.killed());
    assertTrue(
        bad.survivors().stream().anyMatch(m -> m.line() == 9 && m.what().equals("another code")),
        bad.survivors().toString());
  }

  private static Mutation.Outcome mutate(SuiteFile suite) throws Exception {
    SuiteRunner.Run run = new SuiteRunner(SuiteTest::build).run(suite);
    assertEquals(0, run.failures());
    return new Mutation(SuiteTest::build, List.of(run)).run(Set.of(), left -> {}, () -> false);
  }

  @Test
  void resultsAsXml(@TempDir Path folder) throws Exception {
    SuiteFile suite =
        suite(
            folder,
            """
            == <Strange> & "quoted"
            when tls_server server-name=a.example verify=OK => accept
            when tls_server server-name=a.example verify=OK => 454
            """);
    List<SuiteRunner.Run> runs = List.of(new SuiteRunner(SuiteTest::build).run(suite));
    String page = CoveragePage.of(runs);
    Coverage coverage = new Coverage(runs);
    assertTrue(
        page.contains(
            "<p>%d of %d rules matched".formatted(coverage.rulesMatched(), coverage.rules())),
        page);
    assertEquals(
        coverage.rules() - coverage.rulesMatched(), page.split("<tr class=\"no\">", -1).length - 1);
    String xml = JUnitXml.of(runs);
    var parser = javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder();
    var document =
        parser.parse(
            new java.io.ByteArrayInputStream(
                xml.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    assertEquals("1", document.getDocumentElement().getAttribute("failures"));
    var cases = document.getElementsByTagName("testcase");
    assertEquals(2, cases.getLength());
    assertEquals(
        "<Strange> & \"quoted\"",
        cases.item(0).getAttributes().getNamedItem("classname").getNodeValue());
    assertEquals(
        "expected 454, got accept",
        document
            .getElementsByTagName("failure")
            .item(0)
            .getAttributes()
            .getNamedItem("message")
            .getNodeValue());
  }
}
