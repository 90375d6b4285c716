package postern.cf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import postern.source.Diagnostic.Code;
import postern.text.Meta;

/** {@code M} lines. */
final class MailerLines {
  private static final int MAX = 25;
  private static final int MAX_WORDS = 40;
  private static final int SMTP_LINE = 990;
  private static final int MAX_RECIPIENTS = 100;
  private static final String USER = (char) Meta.EXPAND + "u";

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
    line("prog, P=/bin/sh, F=lsouDq9, T=X-Unix/X-Unix/X-Unix, A=sh -c " + USER);
    line("*file*, P=[FILE], F=lsDFMPEouq9, T=X-Unix/X-Unix/X-Unix, A=FILE " + USER);
    line("*include*, P=/dev/null, F=su, A=INCLUDE " + USER);
  }

  /** What old levels of configuration, and the built-in mailers, take for granted. */
  void finish(int level) {
    change("prog", "", "m");
    change("*file*", "", "m");
    if (level < 6) {
      change("local", "Aw5:|/@", "");
      change("prog", "o", "");
      change("*file*", "o", "");
    }
    if (level < 7) {
      change("local", "q", "");
      change("prog", "q", "");
      change("*file*", "q", "");
    }
  }

  private void change(String name, String more, String less) {
    Mailer mailer = mailers.get(name);
    if (mailer != null) {
      TreeSet<Character> flags = new TreeSet<>();
      (mailer.flags() + more).chars().forEach(c -> flags.add((char) c));
      less.chars().forEach(c -> flags.remove((char) c));
      mailers.put(name, mailer.withFlags(joined(flags)));
    }
  }

  private static String joined(Set<Character> flags) {
    StringBuilder text = new StringBuilder();
    flags.forEach(text::append);
    return text.toString();
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
    String uid = "-1";
    String gid = "-1";
    List<String> types = List.of("", "", "");
    String charset = "";
  }

  void line(String text) {
    FieldLine fields = new FieldLine(text);
    String name = fields.name();
    if (name.isEmpty()) {
      in.error(Code.BAD_MAILER, "name required for mailer");
      return;
    }
    Draft draft = new Draft();
    boolean[] broken = {false};
    String value;
    while ((value =
            fields.next(
                f -> {
                  broken[0] = true;
                  fault(f, "mailer " + name + ": `=' expected");
                }))
        != null) {
      if (!field(name, fields, value, draft)) {
        return;
      }
    }
    if (!broken[0] && isSound(name, draft)) {
      enter(name, draft);
    }
  }

  private void fault(FieldLine field, String message) {
    in.errorAt(Code.BAD_MAILER, field.from(), field.to(), Compiler.shown(message));
  }

  /** Reads one field; false if the line is of no use. */
  private boolean field(String name, FieldLine fields, String value, Draft draft) {
    String who = "mailer " + name + ": ";
    switch (fields.code()) {
      case 'P' -> draft.path = value.isEmpty() ? draft.path : value;
      case 'F' -> {
        for (int i = 0; i < value.length(); i++) {
          char c = value.charAt(i);
          if (c < 0x80 && !FieldLine.isSpace(c)) { // a metasymbol is no flag
            draft.flags.add(c);
          }
        }
      }
      case 'S', 'R' -> {
        return ruleSets(fields.code(), value, draft);
      }
      case 'E' -> {
        if (value.isEmpty()) {
          fault(fields, who + "null end-of-line string");
        } else {
          draft.eol = value;
        }
      }
      case 'A' -> draft.argv = value.isEmpty() ? draft.argv : words(value);
      case 'M' -> draft.maxSize = Options.atol(value);
      case 'r' -> draft.maxRecipients = (int) Options.atol(value);
      case 'L' -> draft.lineLimit = (int) Math.max(0, Options.atol(value));
      case 'C' -> {
        if (value.isEmpty()) {
          fault(fields, who + "null charset");
        } else {
          draft.charset = value;
        }
      }
      case 'T' -> draft.types = types(value);
      case 'U' -> user(who, fields, value, draft);
      case 'D' -> {
        if (value.isEmpty()) {
          fault(fields, who + "null working directory");
        }
      }
      case '/' -> {
        if (value.isEmpty()) {
          fault(fields, who + "null root directory");
        }
      }
      case 'Q' -> {
        if (value.isEmpty()) {
          fault(fields, who + "null queue");
        } else if (!in.queues().knows(value)) {
          fault(fields, who + "unknown queue " + value);
        }
      }
      case 'W' -> in.checkTime(value, Option.Kind.SECONDS);
      case 'm', 'N' -> {
        // limits of child programs and of reuse: no part here
      }
      default -> fault(fields, "M" + name + ": unknown mailer equate " + fields.code() + "=");
    }
    return true;
  }

  private static List<String> words(String value) {
    List<String> words = new ArrayList<>();
    int at = 0;
    while (at < value.length() && words.size() < MAX_WORDS) {
      int end = at;
      while (end < value.length() && !FieldLine.isSpace(value.charAt(end))) {
        end++;
      }
      words.add(value.substring(at, end));
      at = end;
      while (at < value.length() && FieldLine.isSpace(value.charAt(at))) {
        at++;
      }
    }
    return words;
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

  /** {@code user[:group]}, each a name or a number. */
  private void user(String who, FieldLine fields, String value, Draft draft) {
    int end = 0;
    if (isDigit(value, 0) || (!value.isEmpty() && value.charAt(0) >= 0x80)) {
      while (isDigit(value, end)) {
        end++;
      }
      draft.uid = Long.toString(Options.atol(value.substring(0, end)));
    } else {
      while (end < value.length() && isNameCharacter(value.charAt(end))) {
        end++;
      }
      String user = value.substring(0, end);
      if (user.isEmpty()) {
        fault(fields, who + "null user name");
        return;
      }
      String known = Accounts.user(user);
      if (known == null) {
        fault(fields, "readcf: mailer U= flag: unknown user " + user);
        return;
      }
      draft.uid = known.substring(0, known.indexOf(':'));
      draft.gid = known.substring(known.indexOf(':') + 1);
    }
    String group = value.substring(end).strip();
    group = group.isEmpty() ? "" : group.substring(1).strip();
    if (group.isEmpty()) {
      return;
    }
    if (isDigit(group, 0)) {
      draft.gid = Long.toString(Options.atol(group));
      return;
    }
    String known = Accounts.group(group);
    if (known == null) {
      fault(fields, "readcf: mailer U= flag: unknown group " + group);
    } else {
      draft.gid = known;
    }
  }

  private static boolean isDigit(String text, int at) {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static boolean isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }

  private boolean isSound(String name, Draft draft) {
    List<String> argv = draft.argv;
    String bad = "";
    if (argv == null) {
      bad = ": A= argument required";
    } else if (draft.path.isEmpty()) {
      bad = ": P= argument required";
    } else if (mailers.size() >= MAX) {
      in.error(Code.BAD_MAILER, "too many mailers defined (" + MAX + " max)");
      return false;
    } else if (draft.path.equals("[TCP]")) {
      bad = ": P=[TCP] must be replaced by P=[IPC]";
    } else if (draft.path.equals("[IPC]")) {
      if (argv.size() < 2) {
        bad = ": too few parameters for [IPC] mailer";
      } else if (!argv.get(0).equals("TCP") && !argv.get(0).equals("FILE")) {
        in.notice(
            Code.MAILER_ARGUMENT,
            "M" + name + ": Warning: first argument in [IPC] mailer must be TCP or FILE");
      }
    } else if (draft.path.equals("[FILE]")) {
      if (argv.size() != 2) {
        bad = ": too " + (argv.size() < 2 ? "few" : "many") + " parameters for [FILE] mailer";
      } else if (!argv.get(0).equals("FILE")) {
        bad = ": first argument in [FILE] mailer must be FILE";
      }
    }
    if (!bad.isEmpty()) {
      in.error(Code.BAD_MAILER, Compiler.shown("M" + name + bad));
    }
    return bad.isEmpty();
  }

  private void enter(String name, Draft draft) {
    List<String> argv = java.util.Objects.requireNonNull(draft.argv);
    if (draft.flags.contains('L')) {
      if (draft.lineLimit == 0) {
        draft.lineLimit = SMTP_LINE;
      }
      if (in.level() < 2) {
        draft.flags.add('7');
      }
    }
    if (draft.path.equals("[IPC]") && draft.types.get(0).isEmpty()) {
      draft.types = List.of("dns", "rfc822", argv.get(0).equals("FILE") ? "x-unix" : "smtp");
    }
    String eol = draft.eol;
    if (eol == null) {
      eol = argv.stream().anyMatch(word -> word.contains(USER)) ? "\n" : "\r\n";
    }
    String key = name.toLowerCase(Locale.ROOT);
    Mailer old = mailers.get(key);
    mailers.put(
        key,
        new Mailer(
            old == null ? mailers.size() : old.number(),
            name,
            draft.path,
            joined(draft.flags),
            draft.senderEnvelope,
            draft.senderHeader,
            draft.recipientEnvelope,
            draft.recipientHeader,
            argv,
            eol,
            draft.lineLimit,
            draft.maxSize,
            draft.maxRecipients > 0 ? draft.maxRecipients : MAX_RECIPIENTS,
            draft.uid + ":" + draft.gid,
            draft.types,
            draft.charset));
  }
}
