package postern.cf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.map.FileSafety;
import postern.map.MapTable;
import postern.map.Query;
import postern.map.dns.DnsNames;
import postern.map.dns.NameService;
import postern.rule.Program;
import postern.source.Diagnostic;
import postern.source.Diagnostic.Code;
import postern.source.FileNames;
import postern.source.SourceText;
import postern.source.Span;
import postern.text.Classes;
import postern.text.Expander;
import postern.text.MacroNames;
import postern.text.Macros;
import postern.text.Prescan;
import postern.text.Symbols;
import postern.text.TokenTables;

/**
 * Turns a configuration file into a {@link Configuration}, line by line and in order, as the
 * language wants it: a {@code $x} in a rule is what the macro is when the rule is read. Never fails
 * for what the text says; faults become diagnostics, in sendmail's words.
 */
public final class Compiler {
  /**
   * What a configuration is read with, besides its file.
   *
   * @param options {@code -O} and {@code -o} settings in order
   * @param macros {@code -M} settings: name (one character or {@code {long}}) and value, in order
   * @param testMode whether to read as {@code sendmail -bt} does: unsafe files and what its build
   *     lacks are refused, map files looked at before each look-up
   * @param multipleWarned whether a rule set that is continued later is worth a warning
   */
  public record Settings(
      Host host,
      List<Setting> options,
      List<Setting> macros,
      boolean testMode,
      boolean multipleWarned) {
    public Settings {
      options = List.copyOf(options);
      macros = List.copyOf(macros);
    }

    /** Plain settings for this host. */
    public static Settings plain(Host host) {
      return new Settings(host, List.of(), List.of(), true, false);
    }
  }

  /** Hears at once what happens while a configuration is read: how rules are split, and faults. */
  public interface Watcher extends Prescan.Reporter {
    /** Hears nothing. */
    Watcher NONE =
        new Watcher() {
          @Override
          public void found(Diagnostic diagnostic) {}
        };

    /** Reading begins; {@code names} will know the long macro names. */
    default void begins(MacroNames names) {}

    /** A diagnostic was made; it will be among those of the configuration as well. */
    void found(Diagnostic diagnostic);

    /** Not called: what is wrong with a rule becomes a diagnostic. */
    @Override
    default void problem(int code, String message, String text) {}
  }

  /** One option or macro of the command line. {@code letter} is for {@code -oX}. */
  public record Setting(String name, String value, boolean letter) {}

  final Symbols symbols = new Symbols();
  final MacroNames names = new MacroNames();
  final Macros macros = new Macros();

  private final Expander.Remains remains = new Expander.Remains();
  final Classes classes = new Classes(symbols);
  final Options options = new Options();
  private final ServiceSwitch services = new ServiceSwitch();
  final MapTable maps;
  final Program program;
  final List<Diagnostic> diagnostics = new ArrayList<>();
  final FileSafety fileSafety;
  final Map<String, Integer> precedences = new LinkedHashMap<>();
  private final List<SourceText> sources = new ArrayList<>();
  private final Settings settings;
  final Watcher watcher;
  private final MailerLines mailers = new MailerLines(this);
  private final RuleLines rules;
  private final OptionLines optionLines = new OptionLines(this);
  private final ClassFiles classFiles = new ClassFiles(this);
  private final HeaderLines headers = new HeaderLines(this);
  private final QueueLines queues = new QueueLines(this);
  private final FilterLines filters = new FilterLines(this);
  private final LevelLines levels = new LevelLines(this);

  /** Whether an option has set the operator characters. */
  boolean operatorsSet;

  // Where reading stands.
  private String fileName = "";
  private @Nullable SourceText source;
  private @Nullable CfText current;
  private int record;

  private Compiler(Settings settings, Watcher watcher) {
    this.settings = settings;
    this.watcher = watcher;
    rules = new RuleLines(this);
    watcher.begins(names);
    fileSafety =
        settings.testMode()
            ? FileSafety.strict(word -> options.words("DontBlameSendmail").contains(word))
            : FileSafety.LENIENT;
    maps =
        new MapTable(
            new MapTable.Environment(
                settings.testMode(),
                fileSafety,
                () -> FileNames.path(options.string("HostsFile", "/etc/hosts")),
                kind -> services.services(options.string("ServiceSwitchFile", ""), kind),
                this::blankSubstitute,
                () -> options.bool("MapTextFallback", true),
                DnsNames.system(),
                this::patience));
    program = new Program(symbols, names, macros, classes, maps);
    // sendmail's own first names: they count towards the limit.
    names.id("deliveryMode");
    names.id("load_avg");
  }

  final Query.Problems mapProblems =
      new Query.Problems() {
        @Override
        public void report(String message, String cause) {
          fault(Code.BAD_MAP, message, cause);
        }

        @Override
        public void badTime(String message) {
          error(Code.BAD_TIME, message);
        }
      };

  private NameService.Patience patience() {
    return new NameService.Patience(
        options.time("Timeout.resolver.retrans", Duration.ofSeconds(5)),
        Math.max(1, options.number("Timeout.resolver.retry", 4)));
  }

  int blankSubstitute() {
    String blank = options.string("BlankSub", " ");
    return blank.isEmpty() ? ' ' : blank.charAt(0);
  }

  /**
   * Compiles {@code file}.
   *
   * @param name the file's name as diagnostics show it
   */
  public static Configuration compile(String name, Path file, Settings settings) {
    return compile(name, file, settings, Watcher.NONE);
  }

  /** Compiles {@code file} under the eyes of {@code watcher}. */
  public static Configuration compile(String name, Path file, Settings settings, Watcher watcher) {
    Compiler compiler = new Compiler(settings, watcher);
    try {
      compiler.begin();
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        return compiler.unreadable(name, "not a plain file", null);
      }
      compiler.read(SourceText.of(name, Files.readString(file, StandardCharsets.ISO_8859_1)));
    } catch (NoSuchFileException e) {
      return compiler.unreadable(name, "cannot open", "No such file or directory");
    } catch (AccessDeniedException e) {
      return compiler.unreadable(name, "cannot open", "Permission denied");
    } catch (IOException e) {
      return compiler.unreadable(name, "cannot open", String.valueOf(e.getMessage()));
    } catch (FatalOptionException e) {
      return compiler.configuration();
    }
    return compiler.finished();
  }

  /** Compiles text that is not in a file. */
  public static Configuration compile(SourceText text, Settings settings) {
    Compiler compiler = new Compiler(settings, Watcher.NONE);
    try {
      compiler.begin();
      compiler.read(text);
    } catch (FatalOptionException e) {
      return compiler.configuration();
    }
    return compiler.finished();
  }

  /** Ends reading: an option has a value that sendmail gives up at. */
  private static final class FatalOptionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FatalOptionException(String message) {
      super(message, null, false, false);
    }
  }

  /** A file beside the configuration's own: it can be quoted, and a change of it counts. */
  void alsoRead(SourceText text) {
    sources.add(text);
  }

  private Configuration unreadable(String name, String message, @Nullable String why) {
    found(new Diagnostic(Code.UNREADABLE_FILE, name, Span.NONE, 0, message, why));
    return configuration();
  }

  // ---- the file

  private void begin() {
    new BeforeFile(this).prepare(settings);
    for (Setting setting : settings.options()) {
      optionLines.commandLine(setting);
    }
  }

  private void read(SourceText text) {
    SourceText unix =
        text.text().indexOf('\r') < 0
            ? text
            : SourceText.of(text.name(), text.text().replace("\r\n", "\n"));
    sources.add(unix);
    source = unix;
    String shown = text.name();
    fileName = shown.length() > 83 ? shown.substring(0, 83) : shown;
    for (CfRecord line : CfReader.read(unix)) {
      record = line.lastLine();
      lineSpan = unix.span(line.offset(), Integer.MAX_VALUE);
      current = null;
      CfText translated = CfText.of(line.withDollar(), levels.level(), names, this::error);
      current = translated;
      line(line, translated);
    }
    current = null;
    source = null;
    record = 0;
  }

  private Span lineSpan = Span.NONE;

  private void line(CfRecord line, CfText translated) {
    String text = translated.text();
    switch (line.kind()) {
      case 'R' -> rules.rule(translated, text);
      case 'S' -> rules.ruleSet(text, settings.multipleWarned());
      case 'D' -> macro(text);
      case 'C' -> classLine(text);
      case 'T' -> words('t', text);
      case 'F' -> classFiles.line(text);
      case 'K' -> maps.declare(expand(text), mapProblems);
      case 'M' -> mailers.line(text);
      case 'H' -> headers.line(text);
      case 'O' -> optionLines.line(text);
      case 'P' -> levels.precedence(text);
      case 'V' -> levels.version(text);
      case 'Q' -> queues.line(text);
      case 'X' -> filters.line(text);
      case 'E' -> {
        // the environment of child programs has no part here
      }
      case '$' -> unknown(text);
      default -> unknown(guard(line.kind()) + text);
    }
  }

  /**
   * A byte of the configuration that would be taken for a sign of the language has one in front.
   */
  private static String guard(char kind) {
    return (kind >= 0x80 && kind < 0xa0) || kind == 0xff ? "\u00ff" + kind : String.valueOf(kind);
  }

  void unknown(String line) {
    error(Code.UNKNOWN_LINE, "unknown configuration line \"" + shown(line) + "\"");
  }

  /** Text as sendmail's messages show it: the high bit is cleared, and a NUL ends it. */
  static String shown(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = (char) (text.charAt(i) & 0x7f);
      if (c == 0) {
        break;
      }
      out.append(c);
    }
    return out.toString();
  }

  private void macro(String text) {
    MacroNames.Parsed parsed = names.parse(text, 0, this::error);
    if (parsed.id() == MacroNames.BAD) {
      return;
    }
    macros.set(parsed.id(), Munch.take(text, parsed.end(), (char) 0).text());
  }

  private void classLine(String text) {
    MacroNames.Parsed parsed = names.parse(text, 0, this::error);
    if (parsed.id() != MacroNames.BAD) {
      words(parsed.id(), expand(text.substring(parsed.end())));
    }
  }

  void words(int id, String text) {
    TypedText.addWords(classes, id, text, this::error, TypedText.Listener.NOBODY);
  }

  private Configuration finished() {
    new BehindFile(this).finish(levels.level());
    return configuration();
  }

  private Configuration configuration() {
    return new Configuration(
        program,
        options,
        mailers.list(),
        headers.list(),
        precedences,
        levels.level(),
        diagnostics,
        sources);
  }

  // ---- what the lines share

  int level() {
    return levels.level();
  }

  String fileName() {
    return fileName;
  }

  /** Number of the record's last line. */
  int recordLine() {
    return record;
  }

  /** The place of characters {@code [from, to)} of a translated line, or null outside a file. */
  @Nullable Span spanOf(CfText line, int from, int to) {
    SourceText text = source;
    int start = line.offset(from);
    return text == null ? null : text.span(start, Math.max(1, line.offset(to - 1) + 1 - start));
  }

  MailerLines mailers() {
    return mailers;
  }

  /** Whether to read as sendmail's address test mode does. */
  boolean isTestMode() {
    return settings.testMode();
  }

  RuleLines rules() {
    return rules;
  }

  QueueLines queues() {
    return queues;
  }

  /** The operator characters in force. */
  TokenTables tables() {
    String operators = options.string("OperatorChars", "");
    if (!options.isSet("OperatorChars")) {
      String o = levels.level() < 7 ? macros.text('o') : null;
      operators = o == null ? TokenTables.DEFAULT_OPERATORS : o;
    }
    return TokenTables.of(expand(operators));
  }

  /** Expands macros with their values of this moment. */
  String expand(String text) {
    return expand(text, Expander.LINE);
  }

  /** Expands macros; at most {@code room} bytes of the result are kept. */
  String expand(String text, int room) {
    return Expander.expand(
        text,
        id -> macros.text(id),
        room,
        m -> error(Code.BAD_EXPANSION, m),
        Expander.NOBODY,
        remains);
  }

  /** Complains about what is no time. */
  void checkTime(String value, Option.Kind unit) {
    Options.seconds(value, unit, m -> error(Code.BAD_TIME, shown(m)));
  }

  /** Says that an option makes it impossible to go on, and does not. */
  void fatal(Code code, String message) {
    error(code, shown(message));
    throw new FatalOptionException(message);
  }

  void error(String message) {
    error(Code.BAD_NAME, shown(message));
  }

  void error(Code code, String message) {
    fault(code, message, "");
  }

  void fault(Code code, String message, String cause) {
    at(code, 0, 0, message, cause);
  }

  /** A fault at characters {@code [from, to)} of the translated line. */
  void errorAt(Code code, int from, int to, String message) {
    at(code, from, to, message, "");
  }

  private void found(Diagnostic diagnostic) {
    diagnostics.add(diagnostic);
    watcher.found(diagnostic);
  }

  private void at(Code code, int from, int to, String message, String cause) {
    SourceText text = source;
    Span span = lineSpan;
    if (text == null) {
      span = Span.NONE;
    } else if (current != null && to > from) {
      int start = current.offset(from);
      span = text.span(start, Math.max(1, current.offset(to - 1) + 1 - start));
    }
    found(new Diagnostic(code, fileName, span, record, message, cause.isEmpty() ? null : cause));
  }

  /** A message that sendmail prints without the place in front. */
  void warning(Code code, String message) {
    notice(code, shown(message));
  }

  /** A line that sendmail prints without the place in front, all its bytes as they are. */
  void notice(Code code, String message) {
    SourceText text = source;
    found(new Diagnostic(code, fileName, text == null ? Span.NONE : lineSpan, 0, message, null));
  }

  /** Names that options were given under on the command line: they win over the file. */
  final Set<String> sticky = new HashSet<>();
}
