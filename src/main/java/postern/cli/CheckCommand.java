package postern.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.mc.McAssembly;
import postern.map.FileFault;
import postern.offline.Words;
import postern.offline.lint.CodePages;
import postern.offline.lint.Finding;
import postern.offline.lint.FindingJson;
import postern.offline.lint.Lint;
import postern.offline.lint.LintCode;
import postern.offline.lint.Origins;
import postern.offline.lint.Sarif;
import postern.source.Diagnostic;

/** {@code postern check}: reports what is wrong with a configuration. */
final class CheckCommand {
  private static final Pattern CONFIGURATION =
      Pattern.compile(
          "^(V[0-9]|S\\w|R.*\t|K\\w|O\\s*\\w+=|M\\w+,|define\\(|FEATURE\\()", Pattern.MULTILINE);

  private CheckCommand() {}

  static final String HELP =
      """
      postern check: everything that is wrong with a configuration, and what may not be meant

        postern check [-C FILE | FILE]    a .cf or .mc file with the files it names
        postern check ACCESS-FILE         an access map, with the stock policy
        postern check --explain CODE      what a code means, with an example

        --access FILE     the access map to look at ({AccessFile})
        --notes           show notes as well: what is unusual and may well be meant
        --strict          exit code 1 if there are warnings
        --format FORM     text; json for programs; sarif for editors and code hosts

      A comment "# postern: allow CODE" on a line, or on the line above it, keeps a warning quiet.
      Exit codes: 0 no errors, 1 warnings and --strict, 72 no such file, 78 errors.
      """;

  static int run(List<String> arguments, PrintStream out) throws UsageException, IOException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    Flags flags = new Flags("check", switches.rest());
    if (flags.has("help")) {
      out.print(HELP);
      return ExitStatus.OK;
    }
    String code = flags.value("explain");
    if (code != null) {
      return explain(code, out);
    }
    String access = flags.value("access");
    String format = flags.value("format");
    boolean notes = flags.has("notes");
    boolean strict = flags.has("strict");
    if (format != null && !List.of("text", "json", "sarif").contains(format)) {
      throw new UsageException("check: --format is text, json or sarif, not " + format);
    }
    List<String> files = flags.operands();
    if (files.size() > 1 || (!files.isEmpty() && !switches.file().isEmpty())) {
      throw new UsageException("check takes one configuration");
    }
    if (!files.isEmpty()) {
      List<String> again = new ArrayList<>(arguments);
      again.remove(files.get(0));
      again.addAll(
          isAccessFile(Path.of(files.get(0)))
              ? List.of("--access", files.get(0))
              : List.of("-C", files.get(0)));
      return run(again, out);
    }
    Compiler.Settings settings =
        switches.settings(List.of(), ExplainCommand.accessMacro(access), false);
    // A rule set that is continued is worth a note.
    settings =
        new Compiler.Settings(
            settings.host(), settings.options(), settings.macros(), settings.testMode(), true);
    String name = switches.configurationFile();
    Configuration configuration;
    Lint.Report report;
    if (name.endsWith(".mc")) {
      McCompiler.Joined joined =
          McCompiler.join(name, Home.rulesets().resolve("postern.cf"), settings);
      configuration = joined.configuration();
      report = Lint.check(configuration, origins(joined));
    } else {
      configuration = Compiler.compile(name, Path.of(name), settings);
      report = Lint.check(configuration);
    }
    if ("json".equals(format)) {
      StringWriter text = new StringWriter();
      FindingJson.write(report, text);
      out.print(text);
    } else if ("sarif".equals(format)) {
      StringWriter text = new StringWriter();
      Sarif.write(report, Version.TEXT, text);
      out.print(text);
    } else {
      text(report, notes, switches.configurationFile(), out);
    }
    if (report.count(LintCode.Level.ERROR) > 0) {
      return failure(configuration);
    }
    return strict && report.count(LintCode.Level.WARNING) > 0 ? 1 : ExitStatus.OK;
  }

  /** An access map is whatever is no configuration: it has no line that begins one. */
  private static boolean isAccessFile(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    if (name.endsWith(".cf") || name.endsWith(".mc") || !Files.isRegularFile(file)) {
      return false;
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    return !CONFIGURATION.matcher(text).find();
  }

  private static Origins origins(McCompiler.Joined joined) {
    McAssembly assembly = joined.assembly();
    if (assembly == null) {
      return Origins.NONE;
    }
    return new Origins(
        joined.stock().toString(),
        assembly.lines().stream().map(l -> new Origins.Line(l.file(), l.line())).toList(),
        List.of(joined.rules()));
  }

  private static void text(Lint.Report report, boolean notes, String file, PrintStream out) {
    for (Finding finding : report.findings()) {
      if (finding.level() == LintCode.Level.NOTE && !notes) {
        continue;
      }
      String text = finding.render(Words.path(finding.file()), report.texts().get(finding.file()));
      int end = text.indexOf('\n');
      String first = end < 0 ? text : text.substring(0, end);
      Ink ink =
          switch (finding.level()) {
            case ERROR -> Ink.RED;
            case WARNING -> Ink.YELLOW;
            case NOTE -> Ink.DIM;
          };
      out.println(ink.on(first) + (end < 0 ? "" : text.substring(end)));
    }
    if (!report.findings().isEmpty()) {
      out.println("postern check --explain CODE says more about a code.");
    }
    long errors = report.count(LintCode.Level.ERROR);
    long warnings = report.count(LintCode.Level.WARNING);
    long hidden = notes ? 0 : report.count(LintCode.Level.NOTE);
    out.println(
        Words.path(file)
            + ": "
            + (errors == 0 ? "no errors" : Words.count(errors, "error"))
            + (warnings == 0 ? "" : ", " + Words.count(warnings, "warning"))
            + (hidden == 0 ? "" : ", " + Words.count(hidden, "note") + " (--notes shows them)"));
  }

  private static int explain(String code, PrintStream out) throws UsageException, IOException {
    String section = CodePages.section(code);
    if (section == null) {
      throw new UsageException(
          "check: no such code: " + code + "; there are " + String.join(", ", CodePages.codes()));
    }
    for (String paragraph : section.strip().split("\n\n", -1)) {
      out.println(
          paragraph.startsWith("    ")
              ? paragraph
              : Words.wrap(paragraph.replace('\n', ' '), Words.WIDTH, ""));
      out.println();
    }
    return ExitStatus.OK;
  }

  /** The exit status for a configuration with errors: 72 if it could not even be read. */
  static int failure(Configuration configuration) {
    return configuration.diagnostics().stream()
            .anyMatch(d -> d.code() == Diagnostic.Code.UNREADABLE_FILE)
        ? ExitStatus.OS_FILE
        : ExitStatus.CONFIGURATION;
  }

  /**
   * Prints all diagnostics of the configuration and of the files that its maps are read from, with
   * their quoted lines; returns how many are errors. That the host's name has no domain matters to
   * those who send mail only, and is left out.
   */
  static int print(Configuration configuration, PrintStream out) {
    return print(configuration, out, EnumSet.of(Diagnostic.Code.UNQUALIFIED_HOST));
  }

  /** The same without what is of no interest. */
  static int print(Configuration configuration, PrintStream out, Set<Diagnostic.Code> without) {
    int errors = 0;
    for (Diagnostic diagnostic :
        configuration.diagnostics().stream().sorted(Diagnostic.BY_PLACE).toList()) {
      if (!without.contains(diagnostic.code())) {
        out.println(friendly(diagnostic).render(configuration.source(diagnostic)));
        errors += diagnostic.isError() ? 1 : 0;
      }
    }
    for (FileFault fault : configuration.program().maps().check()) {
      out.println(fault.render());
      errors += fault.isError() ? 1 : 0;
    }
    if (errors > 0) {
      out.println(errors == 1 ? "1 error" : errors + " errors");
    }
    return errors;
  }

  /** The diagnostic in words that suit Postern. */
  private static Diagnostic friendly(Diagnostic d) {
    String words = Finding.words(d);
    return words.equals(d.fullMessage())
        ? d
        : new Diagnostic(d.code(), d.file(), d.span(), d.recordLine(), words, null);
  }

  /** {@code -bC}: sendmail's own form. */
  static int sendmailStyle(SendmailSwitches switches, PrintStream out) throws UsageException {
    Configuration configuration = switches.compile(true);
    ExitStatus exit = new ExitStatus();
    for (Diagnostic d : configuration.diagnostics()) {
      String place = d.recordLine() > 0 ? d.file() + ": line " + d.recordLine() + ": " : "";
      out.println(place + d.fullMessage());
      if (d.isError()) {
        exit.fault(d.cause() != null);
      }
    }
    return exit.value();
  }
}
