package postern.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import postern.cf.Configuration;
import postern.policy.AddressSyntax;
import postern.policy.MailDate;
import postern.rule.Machine;
import postern.rule.Trace;
import postern.text.MacroNames;

/**
 * Address test mode ({@code -bt}): reads commands from standard input, answers as sendmail 8.17
 * does. Input and output are bytes.
 */
final class AddressTest {
  // Who runs rule sets, see Machine.caller.
  private static final int TYPED = 0;
  private static final int PARSE = 1;
  private static final int TRY = 2;

  // Those of an envelope without a message, unless somebody has set MeToo.
  private static final String ENVELOPE_FLAGS = "e_flags=4000<METOO>\n";

  private final BtStartup startup;
  private final BtContext bt;
  private final BtMacros macros;
  private final BtListings listings;
  private final BtMaps maps;
  private final BtAddresses addresses;
  private final BtPlus plus;
  private final boolean echo;
  private CommandLines in;
  private Machine machine;
  private Trace.Detail detail;

  AddressTest(
      Configuration configuration,
      DebugFlags debug,
      boolean verbose,
      InputStream input,
      OutputStream output) {
    this(new BtStartup(debug, output), configuration, verbose, input);
    configuration.diagnostics().forEach(startup::found);
  }

  /** A session after a {@code startup} that has heard of everything in the configuration. */
  AddressTest(BtStartup startup, Configuration configuration, boolean verbose, InputStream input) {
    this.startup = startup;
    bt = new BtContext(startup, configuration);
    macros = new BtMacros(bt);
    listings = new BtListings(bt);
    maps = new BtMaps(bt);
    addresses = new BtAddresses(bt);
    plus = new BtPlus(bt);
    echo = verbose || configuration.options().bool("Verbose", false);
    in = new PipedLines(input, bt.out, echo);
    detail = bt.trace.detail();
    machine = Machine.changingWords(bt.program, bt.macros, bt.trace);
  }

  /** What the commands share. */
  BtContext context() {
    return bt;
  }

  /** What is beyond sendmail. */
  BtPlus plus() {
    return plus;
  }

  /** Takes commands from {@code lines} in place of the input. */
  void readFrom(CommandLines lines) {
    in = lines;
  }

  /** Runs until the end of input or {@code /quit}; returns the exit status. */
  int run() throws IOException {
    if (startup.isUsable()) {
      prepare();
      bt.print("ADDRESS TEST MODE (ruleset 3 NOT automatically invoked)\n");
      bt.print("Enter <ruleset> <address>\n");
      String line = in.next();
      while (line != null && !command(line)) {
        line = in.next();
      }
    }
    if (bt.debug.on(2, 1)) {
      bt.print("\n====finis: stat " + bt.exit.last() + " e_id=NOQUEUE " + ENVELOPE_FLAGS);
    }
    bt.out.flush();
    return bt.exit.last();
  }

  private void prepare() {
    set("{opMode}", "t");
    set("{addr_type}", "e r");
    if (!startup.isDeliveryModeKept()) {
      set("{deliveryMode}", "i");
    }
    if (bt.macros.get('i') == null) {
      bt.macros.set('i', queueId());
    }
    if (bt.macros.get('b') == null) {
      bt.macros.set('b', MailDate.now());
    }
  }

  private static String queueId() {
    int instance = (int) (ProcessHandle.current().pid() % 1_000_000);
    return new postern.smtp.QueueIds(java.time.Clock.systemUTC(), instance).next();
  }

  private void set(String name, String value) {
    MacroNames.Parsed parsed = bt.names.parse(name, 0, m -> {});
    if (parsed.id() != MacroNames.BAD) {
      bt.macros.set(parsed.id(), value);
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
      case '?' -> help();
      case '.' -> {
        if (!plus.dot(line)) {
          macros.dot(line);
        }
      }
      case '=' -> listings.command(line, machine);
      case '-' -> dash(line);
      case '$' -> macros.dollar(line);
      case '/' -> {
        return slash(line);
      }
      default -> address(line);
    }
    return false;
  }

  private void help() {
    if (in.isTerminal() || plus.isOn()) {
      bt.print(Help.ADDRESS_TEST);
    } else {
      bt.print("Sendmail " + bt.macros.text('v') + " -- HELP not implemented\n");
    }
  }

  private void dash(String line) {
    if (line.length() < 2) {
      bt.print("Usage: -d{debug arguments}\n");
      return;
    }
    if (line.charAt(1) != 'd') {
      bt.print("Unknown \"-\" command " + line + "\n");
      return;
    }
    bt.debug.set(line.substring(2));
    if (!BtTrace.fits(detail, bt.debug)) {
      detail = bt.trace.detail();
      machine = machine.watchedBy(bt.trace);
    }
  }

  private boolean slash(String line) {
    int end = line.length();
    while (end > 1 && BtContext.isBlank(line.charAt(end - 1))) {
      end--;
    }
    int at = 1;
    while (at < end && line.charAt(at) != ' ' && line.charAt(at) != '\t') {
      at++;
    }
    String verb = line.substring(1, at);
    while (at < end && BtContext.isBlank(line.charAt(at))) {
      at++;
    }
    String argument = line.substring(at, end);
    if (verb.isEmpty()) {
      bt.print("Usage: /[canon|map|mx|parse|try|tryflags]\n");
      return false;
    }
    switch (lower(verb)) {
      case "quit" -> {
        return true;
      }
      case "mx" -> maps.mx(argument);
      case "canon" -> maps.canon(argument);
      case "map" -> maps.map(argument);
      case "try" -> {
        machine.caller(TRY);
        addresses.tryMailer(argument, machine);
        machine.caller(TYPED);
      }
      case "tryflags" -> addresses.flags(argument);
      case "parse" -> {
        machine.caller(PARSE);
        addresses.parse(argument, machine);
        machine.caller(TYPED);
      }
      case "expand" -> macros.expand(argument);
      default -> bt.print("Unknown \"/\" command /" + verb + "\n");
    }
    return false;
  }

  // ---- rule sets

  private void address(String line) {
    int start = 0;
    while (start < line.length() && BtContext.isBlank(line.charAt(start))) {
      start++;
    }
    int end = start;
    while (end < line.length() && !BtContext.isBlank(line.charAt(end))) {
      end++;
    }
    if (end >= line.length()) {
      bt.print("No address!\n");
      return;
    }
    String list = line.substring(start, end);
    String typed = line.substring(end + 1);
    plus.warn(list, typed);
    TypedAddress address = plus.read(typed);
    bt.trace.address("");
    AddressSyntax.Fault fault = AddressSyntax.check(address.text());
    if (fault != null) {
      bt.trace.faulty(fault);
      return;
    }
    byte[] table =
        bt.configuration.level() >= 9 ? bt.program.tables().rule() : bt.program.tables().external();
    while (address.hasNext()) {
      machine.clear();
      if (address.next(machine, table, bt.trace)) {
        runSets(list);
      }
    }
  }

  private void runSets(String list) {
    int at = 0;
    while (at < list.length()) {
      String rest = list.substring(at);
      int number = bt.ruleSet(rest);
      if (number < 0) {
        bt.print("Undefined ruleset " + rest + "\n");
        return;
      }
      int status = machine.run(number);
      if (status != 0) {
        bt.print("== Ruleset " + rest + " (" + number + ") status " + status + "\n");
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
