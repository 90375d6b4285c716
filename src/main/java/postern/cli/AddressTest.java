package postern.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Mailer;
import postern.cf.TypedText;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;
import postern.policy.AddressSyntax;
import postern.policy.Resolver;
import postern.rule.Machine;
import postern.rule.Program;
import postern.rule.Rule;
import postern.rule.Trace;
import postern.source.Diagnostic;
import postern.text.Bytes;
import postern.text.Expander;
import postern.text.MacroNames;
import postern.text.Macros;
import postern.text.Prescan;
import postern.text.TokenText;

/**
 * Address test mode ({@code -bt}): reads commands from standard input, answers as sendmail 8.17
 * does. Input and output are bytes.
 */
final class AddressTest {
  private static final int MAX_HOST_NAME = 255;

  private final Startup startup;
  private final Configuration configuration;
  private final Program program;
  private final MacroNames names;
  private final Macros macros;
  private final DebugFlags debug;
  private final ExitStatus exit;
  private final LineInput in;
  private final ByteOutput out;
  private final boolean echo;
  private final BtTrace trace;
  private Machine machine;
  private Trace.Detail detail;
  private boolean sender;
  private boolean header;

  AddressTest(
      Configuration configuration,
      DebugFlags debug,
      boolean verbose,
      InputStream input,
      OutputStream output) {
    this(new Startup(debug, output), configuration, verbose, input);
    configuration.diagnostics().forEach(startup::found);
  }

  /** A session after a {@code startup} that has heard of everything in the configuration. */
  AddressTest(Startup startup, Configuration configuration, boolean verbose, InputStream input) {
    this.startup = startup;
    this.configuration = configuration;
    debug = startup.debug;
    exit = startup.exit;
    out = startup.out;
    echo = verbose || configuration.options().bool("Verbose", false);
    program = configuration.program();
    names = program.names();
    macros = new Macros(program.macros());
    in = new LineInput(input);
    trace = new BtTrace(out::print, names, debug, exit);
    detail = trace.detail();
    machine = new Machine(program, macros, trace);
  }

  /** Shows what happens while the configuration is read, in sendmail's form. */
  static final class Startup implements Compiler.Watcher {
    private final DebugFlags debug;
    private final ByteOutput out;
    private final ExitStatus exit = new ExitStatus();
    private BtTrace trace;
    private boolean usable = true;
    private boolean deliveryModeKept;

    Startup(DebugFlags debug, OutputStream output) {
      this.debug = debug;
      out = new ByteOutput(output);
      trace = new BtTrace(out::print, new MacroNames(), debug, exit);
    }

    /** The command line had a fault that does not keep test mode from running. */
    void misused() {
      exit.replace(ExitStatus.USAGE);
    }

    /** Whether the delivery mode is what the command line says. */
    void keepDeliveryMode(boolean kept) {
      deliveryModeKept = kept;
    }

    /** Prints a line. */
    void say(String line) {
      out.print(line + "\n");
    }

    @Override
    public void begins(MacroNames names) {
      trace = new BtTrace(out::print, names, debug, exit);
    }

    @Override
    public boolean watches() {
      return trace.watches();
    }

    @Override
    public void scanning(String text) {
      trace.scanning(text);
    }

    @Override
    public void token(String text) {
      trace.token(text);
    }

    @Override
    public void scanned(@Nullable Prescan tokens) {
      trace.scanned(tokens);
    }

    @Override
    public void found(Diagnostic diagnostic) {
      Diagnostic.Code code = diagnostic.code();
      String place =
          diagnostic.recordLine() > 0 || code == Diagnostic.Code.UNREADABLE_FILE
              ? diagnostic.file() + ": line " + diagnostic.recordLine() + ": "
              : "";
      out.print(place + diagnostic.fullMessage() + "\n");
      switch (code) {
        case FATAL_OPTION -> {
          exit.replace(ExitStatus.USAGE);
          usable = false;
        }
        case UNREADABLE_FILE -> {
          exit.replace(ExitStatus.OS_FILE);
          usable = false;
        }
        case BAD_TIME, BAD_TEXT -> {}
        default -> {
          if (diagnostic.isError()) {
            exit.fault(diagnostic.cause() != null);
          }
        }
      }
    }
  }

  /** Runs until the end of input or {@code /quit}; returns the exit status. */
  int run() throws IOException {
    if (startup.usable) {
      prepare();
      out.print("ADDRESS TEST MODE (ruleset 3 NOT automatically invoked)\n");
      out.print("Enter <ruleset> <address>\n");
      converse();
    }
    out.flush();
    return exit.last();
  }

  private void converse() throws IOException {
    while (true) {
      if (!echo) {
        out.print("> ");
      }
      if (in.mustWait()) {
        out.flush();
      }
      String line = in.readLine();
      if (line == null) {
        return;
      }
      if (echo) {
        out.print("> " + line + "\n");
      }
      if (command(line)) {
        return;
      }
    }
  }

  private void prepare() {
    set("{opMode}", "t");
    set("{addr_type}", "e r");
    if (!startup.deliveryModeKept) {
      set("{deliveryMode}", "i");
    }
    if (macros.get('i') == null) {
      macros.set('i', queueId());
    }
    if (macros.get('b') == null) {
      macros.set('b', postern.policy.MailDate.now());
    }
  }

  private static String queueId() {
    int instance = (int) (ProcessHandle.current().pid() % 1_000_000);
    return new postern.smtp.QueueIds(java.time.Clock.systemUTC(), instance).next();
  }

  private void set(String name, String value) {
    MacroNames.Parsed parsed = names.parse(name, 0, m -> {});
    if (parsed.id() != MacroNames.BAD) {
      program.macros().set(parsed.id(), value);
    }
  }

  // ---- commands

  /** Carries out one line; says whether it was the last. */
  private boolean command(String typed) {
    int i = 0;
    while (i < typed.length() && typed.charAt(i) == ' ') {
      i++;
    }
    String line = typed.substring(i);
    if (line.isEmpty() || line.charAt(0) == '#') {
      return false;
    }
    switch (line.charAt(0)) {
      case '?' -> out.print("Sendmail " + macros.text('v') + " -- HELP not implemented\n");
      case '.' -> dot(line);
      case '=' -> equals(line);
      case '-' -> dash(line);
      case '$' -> dollar(line);
      case '/' -> {
        return slash(line);
      }
      default -> address(line);
    }
    return false;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private void complain(String message) {
    exit.fault(false);
    out.print(BtTrace.cleared(message) + "\n");
  }

  private void dot(String line) {
    if (line.length() < 2) {
      out.print("Usage: .[DC]macro value(s)\n");
      return;
    }
    char what = line.charAt(1);
    if (what != 'D' && what != 'C') {
      out.print("Unknown \".\" command " + line + "\n");
      return;
    }
    if (what == 'C' && line.length() == 2) {
      return;
    }
    MacroNames.Parsed parsed = names.parse(line, 2, this::complain);
    if (parsed.id() == MacroNames.BAD) {
      return;
    }
    String value =
        TypedText.translate(
            line.substring(parsed.end()), configuration.level(), names, this::complain);
    if (what == 'D') {
      macros.set(parsed.id(), value);
    } else {
      TypedText.addWords(program.classes(), parsed.id(), expand(value), this::complain);
    }
  }

  private String expand(String text) {
    return Expander.expand(text, id -> macros.text(id), Expander.LINE, this::complain);
  }

  private void print(String value, StringBuilder text) {
    TokenText.print(value, names, debug.ansi(), text);
  }

  private void equals(String line) {
    if (line.length() < 2) {
      out.print("Usage: =Sruleset or =M\n");
      return;
    }
    switch (line.charAt(1)) {
      case 'S' -> listRuleSet(line.substring(2));
      case 'M' -> {
        for (Mailer mailer : configuration.mailers()) {
          listMailer(mailer);
        }
      }
      default -> out.print("Unknown \"=\" command " + line + "\n");
    }
  }

  private void listRuleSet(String name) {
    int number = find(name);
    if (number < 0) {
      out.print("Undefined ruleset " + name.substring(0, Program.nameEnd(name)) + "\n");
      return;
    }
    StringBuilder text = new StringBuilder();
    for (Rule rule : program.ruleSet(number).rules()) {
      text.setLength(0);
      text.append('R');
      for (int token : rule.lhs()) {
        print(program.symbols().text(token), text);
        text.append(' ');
      }
      text.append("\t\t");
      for (int token : machine.rhs(rule)) {
        print(program.symbols().text(token), text);
        text.append(' ');
      }
      text.append('\n');
      out.print(text);
    }
  }

  /** A rule set by what was typed, with sendmail's complaints; -1 if there is none. */
  private int find(String typed) {
    return program.resolve(typed, this::complain);
  }

  private void listMailer(Mailer mailer) {
    StringBuilder text = new StringBuilder();
    text.append("mailer ").append(mailer.number()).append(" (").append(mailer.name());
    text.append("): P=").append(mailer.path());
    text.append(" S=").append(setName(mailer.senderEnvelope()));
    text.append('/').append(setName(mailer.senderHeader()));
    text.append(" R=").append(setName(mailer.recipientEnvelope()));
    text.append('/').append(setName(mailer.recipientHeader()));
    text.append(" M=").append(mailer.maxMessageSize());
    text.append(" U=").append(mailer.user()).append(" F=").append(mailer.flags());
    text.append(" L=").append(mailer.lineLimit()).append(" E=");
    print(mailer.eol(), text);
    if (!mailer.charset().isEmpty()) {
      text.append(" C=").append(mailer.charset());
    }
    text.append(" T=");
    for (int i = 0; i < mailer.types().size(); i++) {
      String type = mailer.types().get(i);
      text.append(i == 0 ? "" : "/").append(type.isEmpty() ? "<undefined>" : type);
    }
    text.append(" r=").append(mailer.maxRecipients()).append(" A=");
    for (int i = 0; i < mailer.argv().size(); i++) {
      text.append(i == 0 ? "" : " ");
      print(mailer.argv().get(i), text);
    }
    text.append('\n');
    out.print(text);
  }

  private String setName(int number) {
    return program.ruleSet(number).name();
  }

  private void dash(String line) {
    if (line.length() < 2) {
      out.print("Usage: -d{debug arguments}\n");
      return;
    }
    if (line.charAt(1) != 'd') {
      out.print("Unknown \"-\" command " + line + "\n");
      return;
    }
    debug.set(line.substring(2));
    if (!BtTrace.fits(detail, debug)) {
      detail = trace.detail();
      machine = machine.watchedBy(trace);
    }
  }

  private void dollar(String line) {
    if (line.length() > 1 && line.charAt(1) == '=') {
      MacroNames.Parsed parsed = names.parse(line, 2, this::complain);
      if (parsed.id() != MacroNames.BAD) {
        for (String word : program.classes().list(parsed.id())) {
          out.print(word);
          out.print("\n");
        }
      }
      return;
    }
    MacroNames.Parsed parsed = names.parse(line, 1, this::complain);
    if (parsed.id() == MacroNames.BAD) {
      return;
    }
    String value = macros.text(parsed.id());
    if (value == null) {
      out.print("Undefined\n");
    } else {
      StringBuilder text = new StringBuilder();
      print(value, text);
      out.print(text.append('\n'));
    }
  }

  private boolean slash(String line) {
    int end = line.length();
    while (end > 1 && isBlank(line.charAt(end - 1))) {
      end--;
    }
    int at = 1;
    while (at < end && line.charAt(at) != ' ' && line.charAt(at) != '\t') {
      at++;
    }
    String verb = line.substring(1, at);
    while (at < end && isBlank(line.charAt(at))) {
      at++;
    }
    String argument = line.substring(at, end);
    if (verb.isEmpty()) {
      out.print("Usage: /[canon|map|mx|parse|try|tryflags]\n");
      return false;
    }
    switch (lower(verb)) {
      case "quit" -> {
        return true;
      }
      case "mx" -> {
        if (argument.isEmpty()) {
          out.print("Usage: /mx address\n");
        } else {
          out.print("getmxrr(" + argument + ") returns 0 value(s):\n");
        }
      }
      case "canon" -> canon(argument);
      case "map" -> map(argument);
      case "try" -> tryMailer(argument);
      case "tryflags" -> flags(argument);
      case "parse" -> parse(argument);
      case "expand" -> {
        if (argument.isEmpty()) {
          out.print("Usage: /expand string\n");
        } else {
          StringBuilder text = new StringBuilder();
          print(expand(argument), text);
          out.print(text);
        }
      }
      default -> out.print("Unknown \"/\" command /" + verb + "\n");
    }
    return false;
  }

  private void canon(String host) {
    if (host.isEmpty()) {
      out.print("Usage: /canon address\n");
      return;
    }
    if (host.length() > MAX_HOST_NAME) {
      out.print("Name too long\n");
      return;
    }
    String domain = macros.text('m');
    String found = program.maps().canonicalHost(host, domain == null ? "" : domain);
    out.print("getcanonname(" + host + ") returns " + (found == null ? host : found) + "\n");
  }

  private void map(String argument) {
    if (argument.isEmpty()) {
      out.print("Usage: /map mapname key\n");
      return;
    }
    int end = 0;
    while (end < argument.length() && !isBlank(argument.charAt(end))) {
      end++;
    }
    String name = argument.substring(0, end);
    if (end >= argument.length()) {
      out.print("No key specified\n");
      return;
    }
    String key = argument.substring(end + 1);
    MapEntry map = program.maps().find(name);
    if (map == null) {
      out.print("Map named \"" + name + "\" not found\n");
      return;
    }
    if (!map.open(trace::fault)) {
      out.print("Map named \"" + name + "\" not open\n");
      return;
    }
    out.print("map_lookup: " + name + " (" + key + ") ");
    Query query = new Query();
    Answer answer = new Answer();
    query.start(macros, names, trace::fault).key().append(key);
    map.lookup(query, answer);
    if (answer.isFound()) {
      out.print("returns " + answer.value() + " (" + answer.status() + ")\n");
    } else {
      out.print("no match (" + answer.status() + ")\n");
    }
  }

  private void flags(String argument) {
    if (argument.isEmpty()) {
      out.print("Usage: /tryflags [Hh|Ee][Ss|Rr]\n");
      return;
    }
    for (int i = 0; i < argument.length(); i++) {
      switch (argument.charAt(i)) {
        case 'H', 'h' -> header = true;
        case 'E', 'e' -> header = false;
        case 'S', 's' -> sender = true;
        case 'R', 'r' -> sender = false;
        default -> {}
      }
    }
    define("{addr_type}", (header ? "h" : "e") + " " + (sender ? "s" : "r"));
  }

  private void define(String name, String value) {
    MacroNames.Parsed parsed = names.parse(name, 0, m -> {});
    if (parsed.id() != MacroNames.BAD) {
      macros.set(parsed.id(), value);
    }
  }

  private Resolver resolver() {
    return new Resolver(configuration, machine, trace);
  }

  private void parse(String address) {
    if (address.isEmpty()) {
      out.print("Usage: /parse address\n");
      return;
    }
    StringBuilder text = new StringBuilder("Cracked address = ");
    print(resolver().crack(address), text);
    text.append("\nParsing ").append(header ? "header" : "envelope");
    text.append(sender ? " sender" : " recipient").append(" address\n");
    out.print(text);
    trace.address(address);
    Resolver.Resolved resolved = resolver().resolve(address, !sender && !header);
    if (resolved == null) {
      out.print("Cannot parse\n");
      return;
    }
    Mailer mailer = resolved.mailer();
    String name = mailer != null ? mailer.name() : "*error*";
    out.print(
        "mailer "
            + name
            + (resolved.host().isEmpty() ? "" : ", host " + resolved.host())
            + ", user "
            + resolved.user()
            + "\n");
  }

  private void tryMailer(String argument) {
    int end = 0;
    while (end < argument.length() && argument.charAt(end) != ' ' && argument.charAt(end) != '\t') {
      end++;
    }
    String name = argument.substring(0, end);
    while (end < argument.length() && isBlank(argument.charAt(end))) {
      end++;
    }
    String address = argument.substring(end);
    if (address.isEmpty()) {
      out.print("Usage: /try mailer address\n");
      return;
    }
    Mailer mailer = configuration.mailer(name);
    if (mailer == null) {
      out.print("Unknown mailer " + name + "\n");
      return;
    }
    out.print(
        "Trying "
            + (header ? "header " : "envelope ")
            + (sender ? "sender" : "recipient")
            + " address "
            + address
            + " for mailer "
            + name
            + "\n");
    trace.address(address);
    Resolver.Rewritten rewritten = resolver().rewrite(mailer, address, sender, header);
    out.print("Rcode = " + rewritten.status() + ", addr = " + rewritten.address() + "\n");
  }

  // ---- rule sets

  private void address(String line) {
    int start = 0;
    while (start < line.length() && isBlank(line.charAt(start))) {
      start++;
    }
    int end = start;
    while (end < line.length() && !isBlank(line.charAt(end))) {
      end++;
    }
    if (end >= line.length()) {
      out.print("No address!\n");
      return;
    }
    String list = line.substring(start, end);
    String text = line.substring(end + 1);
    trace.address("");
    AddressSyntax.Fault fault = AddressSyntax.check(text);
    if (fault != null) {
      trace.faulty(fault);
      return;
    }
    byte[] table =
        configuration.level() >= 9 ? program.tables().rule() : program.tables().external();
    Bytes bytes = Bytes.of(text);
    int at = 0;
    do {
      machine.clear();
      boolean found = machine.add(bytes.array(), at, bytes.length(), table, false, ',', trace);
      at = Math.max(at, machine.scanEnd()) + 1;
      if (found) {
        runSets(list);
      }
    } while (at <= bytes.length());
  }

  private void runSets(String list) {
    int at = 0;
    while (at < list.length()) {
      String rest = list.substring(at);
      int number = find(rest);
      if (number < 0) {
        out.print("Undefined ruleset " + rest + "\n");
        return;
      }
      int status = machine.run(number);
      if (status != 0) {
        out.print("== Ruleset " + rest + " (" + number + ") status " + status + "\n");
      }
      while (at < list.length() && list.charAt(at) != ',') {
        at++;
      }
      at++;
    }
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
