package postern.offline.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;
import postern.offline.Facts;
import postern.offline.Hook;

/** Reads test files; what is wrong with a line is noted, and reading goes on. */
public final class SuiteReader {
  private final Path file;
  private final List<String> lines;
  private @Nullable Path policy;
  private String host = "gw.example.test";
  private final List<Compiler.Setting> macros = new ArrayList<>();
  private final List<Compiler.Setting> options = new ArrayList<>();
  private final List<String> additions = new ArrayList<>();
  private @Nullable Path accessFile;
  private final Map<Integer, String> accessLines = new TreeMap<>();
  private final List<PolicyTest> tests = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private String title = "";
  private Facts given = new Facts();
  private int at;

  private SuiteReader(Path file, List<String> lines) {
    this.file = file;
    this.lines = lines;
  }

  /**
   * Reads {@code file}.
   *
   * @throws IOException if it cannot be read
   */
  public static SuiteFile read(Path file) throws IOException {
    return new SuiteReader(
            file, new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList())
        .read();
  }

  private SuiteFile read() {
    while (at < lines.size()) {
      String line = lines.get(at++).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        line(line);
      }
    }
    return new SuiteFile(
        file, policy, host, macros, options, additions, accessFile, accessLines, tests, problems);
  }

  private void problem(String message) {
    problems.add(file + ":" + at + ": " + message);
  }

  private void line(String line) {
    if (line.startsWith("==")) {
      title = line.replaceFirst("^=+", "").replaceFirst("=+$", "").strip();
      given = new Facts();
      return;
    }
    int blank = line.indexOf(' ');
    String word = blank < 0 ? line : line.substring(0, blank);
    String rest = blank < 0 ? "" : line.substring(blank + 1).strip();
    switch (word) {
      case "policy" -> policy = file.resolveSibling(rest).normalize();
      case "host" -> host = rest;
      case "set" -> setting(rest);
      case "option" -> {
        int equals = rest.indexOf('=');
        options.add(
            new Compiler.Setting(
                equals < 0 ? rest : rest.substring(0, equals),
                equals < 0 ? "" : rest.substring(equals + 1),
                false));
      }
      case "add" -> additions.add(rest.replace("\\t", "\t"));
      case "access" -> access(rest);
      case "given" -> facts(given, rest);
      case "when" -> when(line, rest);
      default ->
          problem(
              "policy, host, set, option, add, access, given, when or a == heading is expected, not "
                  + word);
    }
  }

  private void setting(String text) {
    int end = text.startsWith("{") ? text.indexOf('}') + 1 : Math.min(1, text.length());
    if (end == 0) {
      problem("set wants {Name} and a value");
      return;
    }
    macros.add(new Compiler.Setting(text.substring(0, end), text.substring(end).strip(), false));
  }

  /** {@code access NAME}, or {@code access} and indented lines. */
  private void access(String name) {
    if (!name.isEmpty()) {
      accessFile = file.resolveSibling(name).normalize();
      return;
    }
    while (at < lines.size()) {
      String line = lines.get(at);
      if (!line.isBlank() && line.charAt(0) != ' ' && line.charAt(0) != '\t') {
        return;
      }
      at++;
      String entry = line.strip();
      if (!entry.isEmpty() && !entry.startsWith("#")) {
        accessLines.put(at, entry);
      }
    }
  }

  private void when(String line, String rest) {
    int arrow = rest.indexOf("=>");
    if (arrow < 0) {
      problem("when wants => and the expected answer");
      return;
    }
    String question = rest.substring(0, arrow).strip();
    int blank = question.indexOf(' ');
    String name = blank < 0 ? question : question.substring(0, blank);
    Hook hook = Hook.of(name);
    if (hook == null) {
      problem("no such hook: " + name);
      return;
    }
    Facts facts = given.copy();
    String own = blank < 0 ? "" : question.substring(blank + 1);
    if (own.contains("to=")) {
      facts.clearRecipients();
    }
    if (facts(facts, own)) {
      String expectation = rest.substring(arrow + 2).strip().replaceAll("\\s+", " ");
      if (expectation.isEmpty()) {
        problem("behind => the expected answer is missing");
        return;
      }
      String text = line.substring(0, line.indexOf("=>")).strip();
      tests.add(new PolicyTest(title, at, text, facts, hook, expectation));
    }
  }

  /** Reads {@code name=value name="value with blanks" ...}; says whether all of it is right. */
  private boolean facts(Facts facts, String text) {
    int i = 0;
    boolean right = true;
    while (i < text.length()) {
      if (text.charAt(i) == ' ' || text.charAt(i) == '\t' || text.charAt(i) == ',') {
        i++;
        continue;
      }
      int equals = text.indexOf('=', i);
      if (equals < 0) {
        problem("a fact is name=value, not " + text.substring(i));
        return false;
      }
      StringBuilder value = new StringBuilder();
      int to = equals + 1;
      if (to < text.length() && text.charAt(to) == '"') {
        to++;
        while (to < text.length() && text.charAt(to) != '"') {
          to += text.charAt(to) == '\\' && to + 1 < text.length() ? 1 : 0;
          value.append(text.charAt(to++));
        }
        if (to >= text.length()) {
          problem("a closing quote is missing");
          return false;
        }
      } else {
        while (to < text.length() && text.charAt(to) != ' ' && text.charAt(to) != '\t') {
          value.append(text.charAt(to++));
        }
      }
      try {
        facts.set(text.substring(i, equals), value.toString());
      } catch (IllegalArgumentException e) {
        problem(String.valueOf(e.getMessage()));
        right = false;
      }
      i = to + 1;
    }
    return right;
  }
}
