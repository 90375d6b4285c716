package postern.cf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.map.MapTable;
import postern.rule.Program;
import postern.source.Diagnostic;
import postern.source.Diagnostic.Code;
import postern.source.SourceText;
import postern.source.Span;
import postern.text.Classes;
import postern.text.Expander;
import postern.text.MacroNames;
import postern.text.Macros;
import postern.text.Meta;
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
   * @param eagerMaps whether map files are looked at before each look-up
   * @param multipleWarned whether a rule set that is continued later is worth a warning
   */
  public record Settings(
      Host host,
      List<Setting> options,
      List<Setting> macros,
      boolean eagerMaps,
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

  /** One option or macro of the command line. {@code letter} is for {@code -oX}. */
  public record Setting(String name, String value, boolean letter) {}

  final Symbols symbols = new Symbols();
  final MacroNames names = new MacroNames();
  final Macros macros = new Macros();
  final Classes classes = new Classes(symbols);
  final Options options = new Options();
  final MapTable maps;
  final Program program;
  final List<Diagnostic> diagnostics = new ArrayList<>();
  final List<HeaderLine> headers = new ArrayList<>();
  final Map<String, Integer> precedences = new LinkedHashMap<>();
  private final List<SourceText> sources = new ArrayList<>();
  private final Settings settings;
  private final MailerLines mailers = new MailerLines(this);
  private final RuleLines rules = new RuleLines(this);
  private final OptionLines optionLines = new OptionLines(this);
  private final ClassFiles classFiles = new ClassFiles(this);

  // Where reading stands.
  private String fileName = "";
  private @Nullable SourceText source;
  private @Nullable CfText current;
  private int record;
  private int level;

  private Compiler(Settings settings) {
    this.settings = settings;
    maps =
        new MapTable(
            new MapTable.Environment(
                settings.eagerMaps(),
                () -> Path.of(options.string("HostsFile", "/etc/hosts")),
                () -> options.string("AliasFile"),
                this::services));
    program = new Program(symbols, names, macros, classes, maps);
    names.id("opMode");
    names.id("addr_type");
  }

  /**
   * Compiles {@code file}.
   *
   * @param name the file's name as diagnostics show it
   */
  public static Configuration compile(String name, Path file, Settings settings) {
    Compiler compiler = new Compiler(settings);
    compiler.prepare();
    try {
      if (Files.isDirectory(file)) {
        compiler.unreadable(name, "Is a directory");
      } else {
        compiler.read(
            SourceText.of(
                name, Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1)));
      }
    } catch (NoSuchFileException e) {
      compiler.unreadable(name, "No such file or directory");
    } catch (IOException e) {
      compiler.unreadable(
          name,
          e.getClass().getSimpleName().startsWith("AccessDenied")
              ? "Permission denied"
              : String.valueOf(e.getMessage()));
    }
    return compiler.finish();
  }

  /** Compiles text that is not in a file. */
  public static Configuration compile(SourceText text, Settings settings) {
    Compiler compiler = new Compiler(settings);
    compiler.prepare();
    compiler.read(text);
    return compiler.finish();
  }

  private void unreadable(String name, String why) {
    diagnostics.add(
        new Diagnostic(Code.UNREADABLE_FILE, name, new Span(0, 0, 0), 0, "cannot open", why));
  }

  // ---- before the file

  private void prepare() {
    for (int i = 0; i < Meta.names().length(); i++) {
      char name = Meta.names().charAt(i);
      macros.set(name, String.valueOf((char) Meta.valueOf(name)));
    }
    for (char digit = '0'; digit <= '9'; digit++) {
      macros.set(digit, "" + (char) Meta.REPL + digit);
    }
    Host host = settings.host();
    define("w", host.name());
    define("j", host.name());
    define("k", host.node());
    if (!host.domain().isEmpty()) {
      define("m", host.domain());
    }
    define("n", "MAILER-DAEMON");
    define("v", "8.17.1.9");
    define("_", "root@localhost");
    List.of("7bit", "8bit", "binary").forEach(w -> classes.add('e', w));
    List.of("multipart/signed").forEach(w -> classes.add('n', w));
    classes.add('s', "rfc822");
    classes.add('w', host.name());
    if (!host.shortName().equals(host.name())) {
      classes.add('w', host.shortName());
    }
    classes.add('w', "localhost");
    host.others().forEach(w -> classes.add('w', w));
    mailers.prepare();
    for (Setting setting : settings.macros()) {
      String typed = setting.name();
      MacroNames.Parsed parsed = names.parse(typed, 0, this::error);
      if (parsed.id() != MacroNames.BAD) {
        macros.set(parsed.id(), setting.value());
      }
    }
    for (Setting setting : settings.options()) {
      optionLines.commandLine(setting);
    }
  }

  private void define(String name, String value) {
    macros.set(names.id(name), value);
  }

  // ---- the file

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
      CfText translated = CfText.of(line, level, names, this::error);
      current = translated;
      line(line, translated);
    }
    current = null;
    source = null;
    record = 0;
    if (level < 10 && !unix.text().isEmpty()) {
      warning(
          Code.OLD_VERSION,
          "Warning: .cf file is out of date: sendmail "
              + macros.text('v')
              + " supports version 10, .cf file is version "
              + level);
    } else if (level > 10) {
      diagnostics.add(
          new Diagnostic(
              Code.BAD_VERSION,
              unix.name(),
              Span.NONE,
              0,
              "Warning: .cf version level ("
                  + level
                  + ") exceeds sendmail version "
                  + macros.text('v')
                  + " functionality (10)",
              null));
    }
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
      case 'K' ->
          maps.declare(expand(text), (message, cause) -> fault(Code.BAD_MAP, message, cause));
      case 'M' -> mailers.line(text);
      case 'H' -> header(text);
      case 'O' -> optionLines.line(text);
      case 'P' -> precedence(text);
      case 'V' -> version(text);
      case 'E', 'Q', 'X' -> {
        // environment of child programs, queue groups and mail filters have no part here yet
      }
      default ->
          error(
              Code.UNKNOWN_LINE,
              "unknown configuration line \"" + shown(line.kind() + text) + "\"");
    }
  }

  /** Text as sendmail's messages show it: the high bit is cleared. */
  static String shown(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      out.append((char) (text.charAt(i) & 0x7f));
    }
    return out.toString();
  }

  private void macro(String text) {
    MacroNames.Parsed parsed = names.parse(text, 0, this::error);
    if (parsed.id() == MacroNames.BAD) {
      return;
    }
    String value = Munch.take(text, parsed.end(), (char) 0).text();
    macros.set(parsed.id(), cut(value));
  }

  private static String cut(String value) {
    return value.length() > Expander.LINE ? value.substring(0, Expander.LINE) : value;
  }

  private void classLine(String text) {
    MacroNames.Parsed parsed = names.parse(text, 0, this::error);
    if (parsed.id() != MacroNames.BAD) {
      words(parsed.id(), expand(text.substring(parsed.end())));
    }
  }

  void words(int id, String text) {
    TypedText.addWords(classes, id, text);
  }

  private void version(String text) {
    int i = 0;
    while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
      i++;
    }
    int start = i;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    if (i == start) {
      error(Code.BAD_VERSION, "invalid argument to V line: \"" + text + "\"");
      return;
    }
    level = (int) Math.min(Integer.MAX_VALUE, Options.atol(text.substring(start, i)));
    if (level >= 5) {
      String w = macros.text('w');
      if (w != null && w.indexOf('.') >= 0) {
        macros.set('w', w.substring(0, w.indexOf('.')));
      }
    }
    if (i < text.length() && text.charAt(i) == '/') {
      int vendor = i + 1;
      int end = vendor;
      while (end < text.length() && Character.isLetter(text.charAt(end))) {
        end++;
      }
      String name = text.substring(vendor, end);
      if (!name.equalsIgnoreCase("Berkeley")) {
        error(Code.BAD_VERSION, "invalid V line vendor code: \"" + name + "\"");
      }
    }
  }

  private void precedence(String text) {
    int equals = text.indexOf('=');
    if (equals >= 0) {
      String name = text.substring(0, equals).strip();
      precedences.put(
          name.toLowerCase(Locale.ROOT), (int) Options.atol(text.substring(equals + 1)));
    }
  }

  private void header(String text) {
    String rest = text;
    String flags = "";
    int condition = 0;
    if (rest.startsWith("?")) {
      int close = rest.indexOf('?', 1);
      if (close < 0) {
        badHeader(text);
        return;
      }
      String inside = rest.substring(1, close);
      if (!inside.isEmpty() && inside.charAt(0) == Meta.EXPAND) {
        condition = inside.length() > 1 ? inside.charAt(1) : 0;
      } else {
        flags = inside;
      }
      rest = rest.substring(close + 1).stripLeading();
    }
    int colon = rest.indexOf(':');
    String name = colon < 0 ? "" : rest.substring(0, colon).strip();
    if (name.isEmpty() || name.indexOf(' ') >= 0) {
      badHeader(text);
      return;
    }
    String template = rest.substring(colon + 1);
    String value = template.stripLeading();
    String check = "";
    boolean comments = false;
    if (value.length() > 1 && value.charAt(0) == Meta.EXPAND && value.charAt(1) == '>') {
      String target = value.substring(2);
      if (target.startsWith("+")) {
        comments = true;
        target = target.substring(1);
      }
      check = target.strip();
      rules.enter(check);
      template = "";
    }
    headers.add(new HeaderLine(name, template.stripLeading(), flags, condition, check, comments));
  }

  private void badHeader(String text) {
    error(Code.BAD_HEADER, "header syntax error, line \"" + shown(text) + "\"");
  }

  // ---- behind the file

  private Configuration finish() {
    if (!mailers.knows("local") && sources.size() > 0) {
      diagnostics.add(
          new Diagnostic(Code.BAD_MAILER, fileName, Span.NONE, 0, "No local mailer defined", null));
    }
    rules.finish();
    String blank = options.string("BlankSub", " ");
    program.blankSubstitute(blank.isEmpty() ? ' ' : blank.charAt(0));
    return new Configuration(
        program, options, mailers.list(), headers, precedences, level, diagnostics, sources);
  }

  // ---- what the lines share

  int level() {
    return level;
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

  RuleLines rules() {
    return rules;
  }

  /** The operator characters in force. */
  TokenTables tables() {
    String operators = options.string("OperatorChars", "");
    if (!options.isSet("OperatorChars")) {
      String o = level < 7 ? macros.text('o') : null;
      operators = Objects.requireNonNullElse(o, TokenTables.DEFAULT_OPERATORS);
    }
    return TokenTables.of(expand(operators), level);
  }

  /** Expands macros with their values of this moment. */
  String expand(String text) {
    return Expander.expand(
        text, id -> macros.text(id), Expander.LINE, m -> error(Code.BAD_EXPANSION, m));
  }

  private List<String> services(String service) {
    String file = options.string("ServiceSwitchFile", "");
    if (file.isEmpty()) {
      return List.of("files");
    }
    try {
      for (String line :
          Files.readAllLines(Path.of(file), java.nio.charset.StandardCharsets.ISO_8859_1)) {
        String[] fields = line.replaceFirst("#.*", "").strip().split("[ \t]+");
        if (fields[0].equals(service)) {
          return List.of(fields).subList(1, fields.length);
        }
      }
    } catch (IOException e) {
      // as without a file
    }
    return List.of("files");
  }

  void error(String message) {
    error(Code.BAD_NAME, message);
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

  private void at(Code code, int from, int to, String message, String cause) {
    SourceText text = source;
    Span span = lineSpan;
    if (text == null) {
      span = Span.NONE;
    } else if (current != null && to > from) {
      int start = current.offset(from);
      span = text.span(start, Math.max(1, current.offset(to - 1) + 1 - start));
    }
    diagnostics.add(
        new Diagnostic(
            code,
            text == null ? "" : fileName,
            span,
            record,
            message,
            cause.isEmpty() ? null : cause));
  }

  /** A line that sendmail prints without the place in front. */
  void warning(Code code, String message) {
    SourceText text = source;
    diagnostics.add(
        new Diagnostic(code, fileName, text == null ? Span.NONE : lineSpan, 0, message, null));
  }

  /** Names that options were given under on the command line: they win over the file. */
  final Set<String> sticky = new HashSet<>();
}
