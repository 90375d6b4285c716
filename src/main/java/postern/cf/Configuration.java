package postern.cf;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postern.rule.Program;
import postern.source.Diagnostic;
import postern.source.SourceText;

/**
 * Everything that a configuration says, compiled.
 *
 * @param program rule sets, classes, maps, macros
 * @param options what {@code O} lines and the command line set
 * @param mailers in the order of their numbers
 * @param headers {@code H} lines in order
 * @param precedences {@code P} lines
 * @param level level of the {@code V} line
 * @param diagnostics what was wrong, in the order in which it was found
 * @param sources the files that were read, for quoting
 */
public record Configuration(
    Program program,
    Options options,
    List<Mailer> mailers,
    List<HeaderLine> headers,
    Map<String, Integer> precedences,
    int level,
    List<Diagnostic> diagnostics,
    List<SourceText> sources) {
  public Configuration {
    mailers = List.copyOf(mailers);
    headers = List.copyOf(headers);
    diagnostics = List.copyOf(diagnostics);
    sources = List.copyOf(sources);
  }

  /** The mailer called {@code name} in any case, or null. */
  public @Nullable Mailer mailer(String name) {
    for (Mailer mailer : mailers) {
      if (mailer.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
        return mailer;
      }
    }
    return null;
  }

  /** Whether something makes the configuration unusable. */
  public boolean hasErrors() {
    return diagnostics.stream().anyMatch(Diagnostic::isError);
  }

  /** The file that {@code diagnostic} is about, or null. */
  public @Nullable SourceText source(Diagnostic diagnostic) {
    for (SourceText source : sources) {
      if (source.name().equals(diagnostic.file())) {
        return source;
      }
    }
    return null;
  }
}
