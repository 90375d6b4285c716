package postern.offline.lint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import postern.cf.Configuration;
import postern.source.SourceText;
import postern.source.Span;

/** What can only be seen in the text of rules, because compiling has changed it. */
final class TextLints {
  private static final Pattern MACRO =
      Pattern.compile("(?<!\\$)\\$(?:\\{([A-Za-z_0-9]+)\\}|([a-zA-Z_]))");
  private static final Pattern BLANKS_THEN_VERDICT = Pattern.compile(" {2,}\\$[@:#>]");
  private static final Pattern BARE_BAR =
      Pattern.compile(
          "(?<=[ \t])(?:(?:\\$ )?\\||\\|\\$|\\$?\u00c2?\u00a6|\\$[!I](?=[ \t]\\S))(?=[ \t]|$)");

  private static final Pattern CONDITIONAL = Pattern.compile("(?<!\\$)\\$[?|.]");

  /** Macros that a session sets. In a rule {@code $x} is what they were when the file was read. */
  static final Set<String> SESSION =
      Set.of(
          "verify",
          "tls_version",
          "cipher",
          "cipher_bits",
          "alg_bits",
          "cert_subject",
          "cert_issuer",
          "cn_subject",
          "cn_issuer",
          "cert_md5",
          "cert_fp",
          "TLS_Name",
          "client_name",
          "client_addr",
          "client_ptr",
          "client_resolve",
          "client_port",
          "client_rate",
          "client_connections",
          "total_rate",
          "server_name",
          "server_addr",
          "auth_type",
          "auth_authen",
          "auth_author",
          "auth_ssf",
          "daemon_flags",
          "daemon_addr",
          "daemon_port",
          "mail_from",
          "mail_mailer",
          "mail_host",
          "mail_addr",
          "rcpt_mailer",
          "rcpt_host",
          "rcpt_addr",
          "hdr_name",
          "currHeader",
          "msg_size",
          "nrcpts",
          "nbadrcpts",
          "addr_type",
          "s",
          "f",
          "i",
          "r",
          "g",
          "_");

  private final SourceText text;
  private final Configuration configuration;
  private final List<Finding> findings = new ArrayList<>();

  private TextLints(SourceText text, Configuration configuration) {
    this.text = text;
    this.configuration = configuration;
  }

  static List<Finding> of(SourceText text, Configuration configuration) {
    TextLints lints = new TextLints(text, configuration);
    if (configuration.level() > 0) {
      lints.run();
    }
    return lints.findings;
  }

  private void run() {
    boolean rule = false;
    for (int number = 1; number <= text.lineStarts().size(); number++) {
      String line = text.line(number);
      boolean continued = line.startsWith(" ") || line.startsWith("\t");
      if (!continued) {
        rule = line.startsWith("R");
      }
      if (rule) {
        line(number, line, continued);
      }
    }
  }

  private void line(int number, String line, boolean continued) {
    int tab = line.indexOf('\t');
    String lhs = continued ? "" : tab < 0 ? line : line.substring(0, tab);
    Matcher blanks = BLANKS_THEN_VERDICT.matcher(lhs);
    if (blanks.find()) {
      add(
          LintCode.SPACES_FOR_TABS,
          number,
          blanks.start(),
          blanks.end() - blanks.start(),
          "blanks where a tab belongs: all of this is read as the left-hand side");
    }
    int end = noteStart(line, continued);
    String sides = line.substring(0, end);
    Matcher bar = BARE_BAR.matcher(sides);
    while (bar.find()) {
      add(
          LintCode.LOOKALIKE_SEPARATOR,
          number,
          bar.start(),
          bar.end() - bar.start(),
          bar.group().equals("|")
              ? "a plain | is a word; what separates two arguments is $|"
              : bar.group() + " only looks like $|, which separates two arguments");
    }
    conditionals(number, sides);
    Matcher macro = MACRO.matcher(sides);
    while (macro.find()) {
      String name = macro.group(1) != null ? macro.group(1) : macro.group(2);
      if (SESSION.contains(name) && !inConditional(sides, macro.start()) && !defined(name)) {
        String shown = macro.group().substring(1);
        add(
            LintCode.STATIC_MACRO,
            number,
            macro.start(),
            macro.end() - macro.start(),
            "$%s is what the macro was when the file was read, that is, empty; the session's value is $&%s"
                .formatted(shown, shown));
      }
    }
  }

  /** {@code $?x} and {@code $.} come in pairs, with one {@code $|} between them at most. */
  private void conditionals(int number, String sides) {
    Deque<Integer> open = new ArrayDeque<>();
    Deque<Boolean> split = new ArrayDeque<>();
    Matcher sign = CONDITIONAL.matcher(sides);
    while (sign.find()) {
      switch (sign.group().charAt(1)) {
        case '?' -> {
          open.push(sign.start());
          split.push(false);
        }
        case '|' -> {
          if (!open.isEmpty() && split.pop()) {
            unbalanced(number, sign.start(), "a second $| within one $?x: what follows is lost");
          }
          if (!open.isEmpty()) {
            split.push(true);
          }
        }
        default -> {
          if (open.isEmpty()) {
            unbalanced(number, sign.start(), "$. without a $?x in front of it");
          } else {
            open.pop();
            split.pop();
          }
        }
      }
    }
    open.forEach(
        at -> unbalanced(number, at, "$? without its $.: all that follows hangs on the condition"));
  }

  private void unbalanced(int number, int at, String message) {
    add(LintCode.UNBALANCED_CONDITIONAL, number, at, 2, message);
  }

  /** Where the comment of a rule begins: behind the second run of tabs. */
  static int noteStart(String line, boolean continued) {
    if (continued) {
      return line.length();
    }
    int tab = line.indexOf('\t');
    if (tab < 0) {
      return line.length();
    }
    int right = tab;
    while (right < line.length() && line.charAt(right) == '\t') {
      right++;
    }
    int note = line.indexOf('\t', right);
    return note < 0 ? line.length() : note;
  }

  /** {@code $?x ... $.}: such a line asks on purpose what was defined before. */
  private static boolean inConditional(String line, int at) {
    return line.lastIndexOf("$?", at) > line.lastIndexOf("$.", at);
  }

  /** Whether a {@code D} line gives it a value of its own. */
  private boolean defined(String name) {
    String line = name.length() == 1 ? "D" + name : "D{" + name + "}";
    for (SourceText source : configuration.sources()) {
      if (source.text().startsWith(line) || source.text().contains("\n" + line)) {
        return true;
      }
    }
    return false;
  }

  private void add(LintCode code, int line, int column, int length, String message) {
    findings.add(Finding.of(code, text.name(), new Span(line, column + 1, length), message));
  }
}
