package postern.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.policy.MailDate;

/**
 * {@code postern -bt}: reads all of sendmail's switches the way sendmail does, complaints and exit
 * codes included, and starts an {@link AddressTest}.
 */
final class AddressTestCommand {
  private static final String LETTERS = "A:B:b:C:cD:d:e:F:f:Gh:IiL:M:mN:nO:o:p:Q:q:R:r:sTtUV:vX:";
  private static final String MODES = "adhimpstvCDHOP";

  private final ByteOutput early;
  private final List<String> settings = new ArrayList<>();
  private final List<String> late = new ArrayList<>();
  private String mode = "t";
  private boolean misused;
  private boolean sender;
  private BtPlus.Mode plus = BtPlus.Mode.OFF;

  private AddressTestCommand(OutputStream output) {
    early = new ByteOutput(output);
  }

  /** Whether somebody asks for address test mode. */
  static boolean isMeant(List<String> arguments) {
    return arguments.contains("-bt");
  }

  /** Runs address test mode; returns the exit status. */
  static int run(List<String> arguments, InputStream input, OutputStream output, PrintStream errors)
      throws IOException, UsageException {
    return new AddressTestCommand(output).run(bytes(arguments), input, errors, output);
  }

  /** Takes Postern's own switch out of the arguments; the others are sendmail's. */
  private List<String> withoutPlus(List<String> arguments) throws UsageException {
    List<String> others = new ArrayList<>();
    for (String argument : arguments) {
      switch (argument) {
        case "--plus", "--plus=on" -> plus = BtPlus.Mode.ON;
        case "--plus=warn" -> plus = BtPlus.Mode.WARN;
        case "--plus=off" -> plus = BtPlus.Mode.OFF;
        default -> {
          if (argument.startsWith("--plus")) {
            throw new UsageException(argument + ": it is --plus, --plus=warn or --plus=off");
          }
          others.add(argument);
        }
      }
    }
    return others;
  }

  private int run(
      List<String> arguments, InputStream input, PrintStream errors, OutputStream output)
      throws IOException, UsageException {
    Getopt words = Getopt.split(oldForms(withoutPlus(arguments)), LETTERS);
    boolean goesOn = true;
    for (Getopt.Switch one : words.switches()) {
      goesOn = goesOn && take(one);
    }
    early.flush();
    if (!goesOn) {
      return ExitStatus.USAGE;
    }
    if (words.problem() != null) {
      errors.println("postern: " + words.problem());
      return ExitStatus.USAGE;
    }
    if (!mode.equals("t")) {
      throw new UsageException("-bt together with -b" + mode);
    }
    settings.add(0, "-M{opMode}t");
    settings.add(1, "-Mb" + MailDate.now());
    SendmailSwitches switches = SendmailSwitches.parse(settings);
    PaintedOutput screen =
        Tty.isUsed()
            ? new PaintedOutput(output, new BtPaint(BtPaint.isWanted(System.getenv())))
            : null;
    BtStartup startup = new BtStartup(switches.debug(), screen == null ? output : screen);
    startup.keepDeliveryMode(settings.stream().anyMatch(AddressTestCommand::isDeliveryMode));
    if (misused) {
      startup.misused();
    }
    Configuration configuration = switches.compile(startup);
    late.forEach(startup::say);
    AddressTest test = new AddressTest(startup, configuration, switches.verbose(), input);
    test.plus().mode(plus);
    return screen == null ? test.run() : atTerminal(test, screen);
  }

  private static int atTerminal(AddressTest test, PaintedOutput screen) throws IOException {
    BtContext bt = test.context();
    BtWords words = new BtWords(new BtNames(bt), test.plus()::isOn);
    CommandLines lines;
    try {
      lines = TerminalLines.system(words, bt.out, screen);
    } catch (IOException | IllegalStateException e) {
      return test.run(); // no stty: then the terminal itself is all the editing there is
    }
    try (lines) {
      test.readFrom(lines);
      return test.run();
    }
  }

  private static boolean isDeliveryMode(String setting) {
    return setting.startsWith("-od")
        || setting.toLowerCase(Locale.ROOT).matches("-o *deliverymode *=?.*");
  }

  /** Words that stand for longer ones when nothing follows them. */
  private static List<String> oldForms(List<String> arguments) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      boolean alone = i + 1 == arguments.size() || arguments.get(i + 1).startsWith("-");
      switch (word) {
        case "-C" -> words.add(alone ? "-Csendmail.cf" : word);
        case "-q", "-Q" -> words.add(alone ? word + "0" : word);
        case "-d" -> words.add("-d0-99.1");
        default -> words.add(word);
      }
    }
    return words;
  }

  private boolean take(Getopt.Switch one) {
    String value = one.value();
    switch (one.letter()) {
      case 'b' -> {
        char wanted = value.isEmpty() ? ' ' : value.charAt(0);
        if (wanted == 'z') {
          early.print("Frozen configurations unsupported\n");
          return false;
        }
        if (MODES.indexOf(wanted) < 0) {
          early.print("Invalid operation mode " + wanted + "\n");
          return false;
        }
        mode = String.valueOf(wanted);
      }
      case 'B' -> {
        if (!value.equalsIgnoreCase("7bit") && !value.equalsIgnoreCase("8bitmime")) {
          late.add("Illegal body type " + value);
        }
      }
      case 'C' -> settings.add("-C" + (value.isEmpty() ? "sendmail.cf" : value));
      case 'd' -> settings.add("-d" + value);
      case 'f', 'r' -> {
        if (sender) {
          misuse("More than one \"from\" person");
        }
        sender = true;
      }
      case 'I', 'U' -> {
        return false;
      }
      case 'M', 'O', 'o' -> {
        if (value.isEmpty() && one.letter() == 'O') {
          settings.add("-O="); // a name of no letters
        } else if (!value.isEmpty()) {
          settings.add("-" + one.letter() + value);
        }
      }
      case 'N' -> {
        if (!isNotification(value)) {
          misuse("Invalid -N argument");
        }
      }
      case 'p' -> protocol(value);
      case 'Q', 'q' -> misuse("Can not use -" + one.letter() + " with -bt");
      case 'R' -> {
        if (!value.equalsIgnoreCase("full") && !value.equalsIgnoreCase("hdrs")) {
          misuse("Invalid -R value");
        }
      }
      case 'T' -> early.print("Invalid time unit `T'\nInvalid time unit `T'\n");
      case 'v' -> settings.add("-ov");
      default -> {
        // about mail that test mode does not send
      }
    }
    return true;
  }

  private void misuse(String message) {
    early.print(message + "\n");
    misused = true;
  }

  private static boolean isNotification(String value) {
    if (value.equalsIgnoreCase("never")) {
      return true;
    }
    for (String word : value.split(",", -1)) {
      if (!List.of("success", "failure", "delay").contains(word.toLowerCase(Locale.ROOT))) {
        return false;
      }
    }
    return true;
  }

  /** {@code protocol:host} of the sender: {@code $r} and {@code $s}. */
  private void protocol(String value) {
    int colon = value.indexOf(':');
    String name = colon < 0 ? value : value.substring(0, colon);
    if (!name.isEmpty()) {
      settings.add("-Mr" + clean(name));
    }
    if (colon >= 0 && colon + 1 < value.length()) {
      settings.add("-Ms" + clean(value.substring(colon + 1)));
    }
  }

  private static String clean(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (letter || "!#$%&'*+-./^_`{|}~".indexOf(c) >= 0) {
        out.append(c);
      }
    }
    return out.toString();
  }

  /**
   * The arguments with one character a byte. Java's own reading of them depends on the locale and
   * loses what is not in its character set, so the kernel is asked if there is such.
   */
  private static List<String> bytes(List<String> arguments) throws IOException {
    boolean plain = arguments.stream().allMatch(a -> a.chars().allMatch(c -> c < 0x80));
    Path kernel = Path.of("/proc/self/cmdline");
    List<String> all = plain ? null : read(kernel);
    return all == null || all.size() < arguments.size()
        ? arguments
        : all.subList(all.size() - arguments.size(), all.size());
  }

  private static @Nullable List<String> read(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      return null;
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    List<String> words = new ArrayList<>(List.of(text.split("\0", -1)));
    words.remove(words.size() - 1); // behind the last end
    return words;
  }
}
