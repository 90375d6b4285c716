package postern.offline.suite;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;

/**
 * A file of policy tests, read. docs/policy-tests.md describes the form.
 *
 * @param file the file
 * @param policy configuration that is tested, null for the one of the command line
 * @param host name of the host in the tests
 * @param macros lines that set macros
 * @param options lines that set options
 * @param additions lines put behind the end of the configuration
 * @param accessFile file of the access map, null if there is none
 * @param accessLines lines of an access map that stand in the test file, by line number
 * @param tests in order
 * @param problems what is wrong with the file: {@code file:line: message}
 */
public record SuiteFile(
    Path file,
    @Nullable Path policy,
    String host,
    List<Compiler.Setting> macros,
    List<Compiler.Setting> options,
    List<String> additions,
    @Nullable Path accessFile,
    Map<Integer, String> accessLines,
    List<PolicyTest> tests,
    List<String> problems) {
  public SuiteFile {
    macros = List.copyOf(macros);
    options = List.copyOf(options);
    additions = List.copyOf(additions);
    accessLines = Map.copyOf(accessLines);
    tests = List.copyOf(tests);
    problems = List.copyOf(problems);
  }
}
