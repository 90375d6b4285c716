package postern.cf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import postern.source.Diagnostic.Code;
import postern.text.Meta;

/** {@code M} lines. */
final class MailerLines {
  private static final int MAX = 25;
  private static final int SMTP_LINE = 990;
  private static final int MAX_RECIPIENTS = 100;

  private final Compiler in;
  private final Map<String, Mailer> mailers = new LinkedHashMap<>();

  MailerLines(Compiler in) {
    this.in = in;
  }

  List<Mailer> list() {
    return List.copyOf(mailers.values());
  }

  boolean knows(String name) {
    return mailers.containsKey(name);
  }

  /** The mailers that exist without being declared. */
  void prepare() {
    String u = (char) Meta.EXPAND + "u";
    line("prog, P=/bin/sh, F=lsouDq9, T=X-Unix/X-Unix/X-Unix, A=sh -c " + u);
    line("*file*, P=[FILE], F=lsDFMPEouq9, T=X-Unix/X-Unix/X-Unix, A=FILE " + u);
    line("*include*, P=/dev/null, F=su, A=INCLUDE " + u);
  }

  private static final class Draft {
    String path = "";
    final TreeSet<Character> flags = new TreeSet<>();
    int senderEnvelope;
    int senderHeader;
    int recipientEnvelope;
    int recipientHeader;
    @Nullable List<String> argv;
    @Nullable String eol;
    int lineLimit;
    long maxSize;
    int maxRecipients;
    String user = "-1:-1";
    List<String> types = List.of("", "", "");
    String charset = "";
  }

  void line(String text) {
    int at = 0;
    while (at < text.length() && text.charAt(at) != ',' && !isSpace(text.charAt(at))) {
      at++;
    }
    String name = text.substring(0, at);
    if (name.isEmpty()) {
      in.error(Code.BAD_MAILER, "name required for mailer");
      return;
    }
    at = Math.min(text.length(), at + 1);
    Draft draft = new Draft();
    while (at < text.length()) {
      while (at < text.length() && (text.charAt(at) == ',' || isSpace(text.charAt(at)))) {
        at++;
      }
      char code = at < text.length() ? text.charAt(at) : 0;
      int start = at;
      while (at < text.length() && text.charAt(at) != '=' && text.charAt(at) != ',') {
        at++;
      }
      if (at >= text.length() || text.charAt(at) != '=') {
        in.errorAt(Code.BAD_MAILER, start, at, "mailer " + name + ": `=' expected");
        return;
      }
      at++;
      while (at < text.length() && isSpace(text.charAt(at))) {
        at++;
      }
      Munch.Taken taken = Munch.take(text, at, ',');
      at = taken.end();
      if (!field(name, code, taken.text(), draft, start, at)) {
        return;
      }
    }
    finish(name, draft);
  }

  private boolean field(String name, char code, String value, Draft draft, int from, int to) {
    switch (code) {
      case 'P' -> draft.path = value;
      case 'F' -> {
        for (char c : value.toCharArray()) {
          if (!isSpace(c)) {
            draft.flags.add(c);
          }
        }
      }
      case 'S', 'R' -> {
        return ruleSets(code, value, draft);
      }
      case 'E' -> {
        if (value.isEmpty()) {
          in.errorAt(Code.BAD_MAILER, from, to, "mailer " + name + ": null end-of-line string");
        } else {
          draft.eol = value;
        }
      }
      case 'A' -> {
        if (!value.isEmpty()) {
          draft.argv = List.of(value.strip().split("[ \t]+"));
        }
      }
      case 'M' -> draft.maxSize = Options.atol(value);
      case 'r' -> draft.maxRecipients = (int) Options.atol(value);
      case 'L' -> draft.lineLimit = (int) Math.max(0, Options.atol(value));
      case 'C' -> draft.charset = value;
      case 'T' -> draft.types = types(value);
      case 'U' -> draft.user = value;
      case 'm', 'N', 'D', 'Q', 'W', '/' -> {
        // limits of child programs and of reuse: no part here
      }
      default ->
          in.errorAt(
              Code.BAD_MAILER, from, to, "M" + name + ": unknown mailer equate " + code + "=");
    }
    return true;
  }

  private boolean ruleSets(char code, String value, Draft draft) {
    int envelope = in.rules().enter(value);
    if (envelope < 0) {
      return false;
    }
    int header = envelope;
    int end = in.rules().end();
    if (end < value.length() && value.charAt(end) == '/') {
      header = in.rules().enter(value.substring(end + 1));
      if (header < 0) {
        return false;
      }
    }
    if (code == 'S') {
      draft.senderEnvelope = envelope;
      draft.senderHeader = header;
    } else {
      draft.recipientEnvelope = envelope;
      draft.recipientHeader = header;
    }
    return true;
  }

  private static List<String> types(String value) {
    String[] defaults = {"dns", "rfc822", "smtp"};
    String[] given = value.split("/", 3);
    List<String> types = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      types.add(i < given.length && !given[i].isEmpty() ? given[i] : defaults[i]);
    }
    return types;
  }

  private void finish(String name, Draft draft) {
    if (draft.argv == null) {
      in.error(Code.BAD_MAILER, "M" + name + ": A= argument required");
      return;
    }
    if (draft.path.isEmpty()) {
      in.error(Code.BAD_MAILER, "M" + name + ": P= argument required");
      return;
    }
    if (mailers.size() >= MAX) {
      in.error(Code.BAD_MAILER, "too many mailers defined (" + MAX + " max)");
      return;
    }
    List<String> argv = draft.argv;
    if (draft.flags.contains('L') && draft.lineLimit == 0) {
      draft.lineLimit = SMTP_LINE;
    }
    if (draft.path.equals("[TCP]")) {
      in.error(Code.BAD_MAILER, "M" + name + ": P=[TCP] must be replaced by P=[IPC]");
      return;
    }
    if (draft.path.equals("[IPC]")) {
      if (argv.size() < 2) {
        in.error(Code.BAD_MAILER, "M" + name + ": too few parameters for [IPC] mailer");
        return;
      }
      if (!argv.get(0).equals("TCP") && !argv.get(0).equals("FILE")) {
        in.warning(
            Code.MAILER_ARGUMENT,
            "M" + name + ": Warning: first argument in [IPC] mailer must be TCP or FILE");
      }
    }
    String u = (char) Meta.EXPAND + "u";
    String eol =
        draft.eol != null
            ? draft.eol
            : argv.stream().anyMatch(word -> word.contains(u)) ? "\n" : "\r\n";
    String key = name.toLowerCase(Locale.ROOT);
    Mailer old = mailers.get(key);
    StringBuilder flags = new StringBuilder();
    draft.flags.forEach(flags::append);
    mailers.put(
        key,
        new Mailer(
            old == null ? mailers.size() : old.number(),
            name,
            draft.path,
            flags.toString(),
            draft.senderEnvelope,
            draft.senderHeader,
            draft.recipientEnvelope,
            draft.recipientHeader,
            argv,
            eol,
            draft.lineLimit,
            draft.maxSize,
            draft.maxRecipients > 0 ? draft.maxRecipients : MAX_RECIPIENTS,
            draft.user,
            draft.types,
            draft.charset));
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
