package postern.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.mc.McAssembler;
import postern.cf.mc.McAssembly;
import postern.cf.mc.McFile;
import postern.cf.mc.McProblem;
import postern.cf.mc.McReader;
import postern.source.Diagnostic;
import postern.source.SourceText;
import postern.source.Span;

/** Compiles an {@code .mc} file: joined with the stock rule sets, then read as a {@code .cf}. */
final class McCompiler {
  private McCompiler() {}

  /**
   * A configuration with the places that its lines come from.
   *
   * @param rules the stock rule sets
   * @param assembly null if a file could not be read
   */
  record Joined(
      Configuration configuration, Path stock, SourceText rules, @Nullable McAssembly assembly) {}

  static Configuration compile(String name, Path stock, Compiler.Settings settings) {
    return join(name, stock, settings).configuration();
  }

  static Joined join(String name, Path stock, Compiler.Settings settings) {
    String text;
    String rules;
    Path reading = Path.of(name);
    try {
      text = Files.readString(reading, StandardCharsets.ISO_8859_1);
      reading = stock;
      rules = Files.readString(reading, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return new Joined(
          Compiler.compile(reading.toString(), reading, settings), // which says why not
          stock,
          SourceText.of(stock.toString(), ""),
          null);
    }
    McFile file = McReader.read(name, text);
    McAssembly assembly = McAssembler.assemble(file, stock.toString(), rules);
    Configuration compiled =
        Compiler.compile(SourceText.of(stock.toString(), assembly.text()), settings);
    List<Diagnostic> all = new ArrayList<>();
    file.problems().forEach(problem -> all.add(diagnostic(problem)));
    assembly.problems().forEach(problem -> all.add(diagnostic(problem)));
    boolean misread = file.problems().stream().anyMatch(McProblem::hidesTheRest);
    for (Diagnostic d : compiled.diagnostics()) {
      Diagnostic placed = placed(d, assembly);
      if (!misread || !placed.file().equals(name)) {
        all.add(placed);
      }
    }
    List<SourceText> sources = new ArrayList<>(compiled.sources());
    sources.add(0, SourceText.of(name, text));
    Configuration whole =
        new Configuration(
            compiled.program(),
            compiled.options(),
            compiled.mailers(),
            compiled.headers(),
            compiled.precedences(),
            compiled.level(),
            all,
            sources);
    return new Joined(whole, stock, SourceText.of(stock.toString(), rules), assembly);
  }

  private static Diagnostic diagnostic(McProblem problem) {
    return new Diagnostic(
        problem.error() ? Diagnostic.Code.BAD_MC : Diagnostic.Code.OPTION_IGNORED,
        problem.place().file(),
        new Span(problem.place().line(), problem.place().column(), problem.place().length()),
        problem.place().line(),
        problem.message(),
        null);
  }

  /** A place in the joined text, told as the place in the file that the line came from. */
  private static Diagnostic placed(Diagnostic d, McAssembly assembly) {
    int line = d.span().line();
    if (line < 1 || line > assembly.lines().size()) {
      return d;
    }
    var origin = assembly.lines().get(line - 1);
    return new Diagnostic(
        d.code(),
        origin.file(),
        new Span(origin.line(), d.span().column(), d.span().length()),
        origin.line(),
        d.message(),
        d.cause());
  }
}
