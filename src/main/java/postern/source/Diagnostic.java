package postern.source;

import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something the operator should know about a configuration, with the place that shows it.
 *
 * <p>A diagnostic is a value. Readers and compilers collect them and go on; whoever asked for the
 * file decides what a list of them means.
 *
 * @param code what went wrong, for programs and tests
 * @param file name of the file, as it was given; empty for the command line
 * @param span the place, {@link Span#NONE} if there is none
 * @param recordLine last line of the logical line: the number that sendmail's own message shows; 0
 *     if sendmail shows none
 * @param message sendmail's text where sendmail has one, without place
 * @param cause the operating system's words, or null
 */
public record Diagnostic(
    Code code, String file, Span span, int recordLine, String message, @Nullable String cause) {

  /** By file, then by place. */
  public static final Comparator<Diagnostic> BY_PLACE =
      Comparator.comparing(Diagnostic::file)
          .thenComparing(d -> d.span().line())
          .thenComparing(d -> d.span().column());

  /** What went wrong. The message is for people and may be reworded; the code stays. */
  public enum Code {
    UNKNOWN_LINE(Severity.ERROR),
    UNREADABLE_FILE(Severity.ERROR),
    BAD_RULE(Severity.ERROR),
    BAD_RULE_SET(Severity.ERROR),
    REDEFINED_RULE_SET(Severity.WARNING),
    BAD_NAME(Severity.ERROR),
    BAD_VERSION(Severity.ERROR),
    UNTOLD_VERSION(Severity.ERROR),
    OLD_VERSION(Severity.WARNING),
    UNQUALIFIED_HOST(Severity.WARNING),
    BAD_OPTION(Severity.ERROR),
    BAD_OPTION_VALUE(Severity.ERROR),
    FATAL_OPTION(Severity.ERROR),
    BAD_TIME(Severity.ERROR),
    ABBREVIATED_OPTION(Severity.WARNING),
    OPTION_IGNORED(Severity.WARNING),
    BAD_CLASS_FILE(Severity.ERROR),
    BAD_MAP(Severity.ERROR),
    BAD_MAILBOX_DATABASE(Severity.WARNING),
    BAD_MAILER(Severity.ERROR),
    MAILER_ARGUMENT(Severity.WARNING),
    BAD_HEADER(Severity.ERROR),
    BAD_PRECEDENCE(Severity.ERROR),
    BAD_QUEUE_GROUP(Severity.ERROR),
    QUEUE_GROUP_IGNORED(Severity.WARNING),
    BAD_FILTER(Severity.ERROR),
    BAD_EXPANSION(Severity.ERROR),
    BAD_TEXT(Severity.ERROR),
    BAD_MAP_LINE(Severity.ERROR),
    DUPLICATE_KEY(Severity.WARNING),
    MISSING_MAP_FILE(Severity.WARNING),
    BAD_DATABASE(Severity.ERROR),
    STALE_DATABASE(Severity.WARNING),
    BAD_MC(Severity.ERROR),
    BAD_PASSWORD_LINE(Severity.ERROR);

    private final Severity severity;

    Code(Severity severity) {
      this.severity = severity;
    }

    /** Whether the file can still be used. */
    public Severity severity() {
      return severity;
    }
  }

  /** Whether the file can still be used. */
  public enum Severity {
    ERROR,
    WARNING
  }

  /** Whether the file cannot be used as it is. */
  public boolean isError() {
    return code.severity() == Severity.ERROR;
  }

  /** The message with the operating system's words behind it. */
  public String fullMessage() {
    return cause == null ? message : message + ": " + cause;
  }

  /** {@code file:line:column: severity: message [CODE]}, on one line. */
  public String headline() {
    return (file.isEmpty() ? "command line" : file + (span.line() > 0 ? ":" + span : ""))
        + ": "
        + code.severity().name().toLowerCase(Locale.ROOT)
        + ": "
        + Excerpt.printable(fullMessage())
        + " ["
        + code
        + "]";
  }

  /**
   * {@link #headline}, the quoted line and a caret under the span.
   *
   * @param text the file, or null if it could not be read
   */
  public String render(@Nullable SourceText text) {
    StringBuilder out = new StringBuilder(headline());
    if (text != null && span.line() > 0) {
      out.append(Excerpt.of(text, span));
    }
    return out.toString();
  }
}
