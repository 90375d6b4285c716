package postern.offline.lint;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postern.cf.Option;
import postern.cf.OptionTable;
import postern.cf.Spelling;
import postern.map.MapTable;
import postern.source.Diagnostic;
import postern.source.Excerpt;
import postern.source.SourceText;
import postern.source.Span;

/**
 * Something to look at, from the compiler or from a lint.
 *
 * @param code name of the section in docs/diagnostics.md
 */
public record Finding(String code, LintCode.Level level, String file, Span span, String message) {

  private static final Pattern UNAVAILABLE = Pattern.compile("class ([A-Za-z0-9]+) not available");

  private static final Pattern UNKNOWN_OPTION =
      Pattern.compile("readcf: unknown option name ([A-Za-z0-9]+)");
  private static final List<String> OPTIONS =
      OptionTable.OPTIONS.stream().map(Option::name).toList();

  /** By file, then by place. */
  public static final Comparator<Finding> BY_PLACE =
      Comparator.comparing(Finding::file)
          .thenComparing(f -> f.span().line())
          .thenComparing(f -> f.span().column())
          .thenComparing(Finding::code);

  static Finding of(LintCode code, String file, Span span, String message) {
    return new Finding(code.name(), code.level(), file, span, message);
  }

  static Finding of(Diagnostic.Code code, String file, Span span, String message) {
    return of(new Diagnostic(code, file, span, span.line(), message, null));
  }

  /** What the compiler said. */
  public static Finding of(Diagnostic diagnostic) {
    return new Finding(
        diagnostic.code().name(),
        level(diagnostic),
        diagnostic.file(),
        diagnostic.span(),
        words(diagnostic));
  }

  private static LintCode.Level level(Diagnostic diagnostic) {
    if (diagnostic.code() == Diagnostic.Code.REDEFINED_RULE_SET) {
      return LintCode.Level.NOTE; // adding to a rule set is a way to write policy
    }
    return diagnostic.isError() ? LintCode.Level.ERROR : LintCode.Level.WARNING;
  }

  /** sendmail's words, except where they point to a file of its own or leave one alone. */
  public static String words(Diagnostic diagnostic) {
    Matcher unavailable = UNAVAILABLE.matcher(diagnostic.message());
    if (diagnostic.code() == Diagnostic.Code.BAD_MAP && unavailable.find()) {
      String instead = MapTable.alternatives(unavailable.group(1));
      return diagnostic.fullMessage() + (instead.isEmpty() ? "" : "; " + instead);
    }
    Matcher unknown = UNKNOWN_OPTION.matcher(diagnostic.message());
    if (diagnostic.code() == Diagnostic.Code.BAD_OPTION && unknown.matches()) {
      return diagnostic.fullMessage() + Spelling.suggestion(unknown.group(1), OPTIONS);
    }
    return diagnostic.code() == Diagnostic.Code.UNQUALIFIED_HOST
        ? "this host's name has no domain; say -Mjgateway.your.domain, or Dj in the file"
        : diagnostic.fullMessage();
  }

  /**
   * {@code file:line:column: level: message [CODE]}, the quoted line and a caret under the span.
   *
   * @param shown name of the file as it is to be shown
   * @param text the file, or null if it could not be read
   */
  public String render(String shown, @Nullable SourceText text) {
    StringBuilder out = new StringBuilder(shown.isEmpty() ? "command line" : shown);
    if (span.line() > 0) {
      out.append(':').append(span);
    }
    out.append(": ").append(level.name().toLowerCase(Locale.ROOT));
    out.append(": ").append(Excerpt.printable(message)).append(" [").append(code).append(']');
    if (text != null && span.line() > 0) {
      out.append(Excerpt.of(text, span));
    }
    return out.toString();
  }
}
