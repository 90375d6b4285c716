package postern.policy;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import postern.rule.Machine;
import postern.text.Bytes;
import postern.text.Guarded;
import postern.text.Macros;
import postern.text.Meta;
import postern.text.Prescan;
import postern.text.Symbols;
import postern.text.TokenTables;

/**
 * Calls rule sets by name and reads what they answer, the way sendmail's server and client do: one
 * or two texts in ({@code a $| b}), and out of it a verdict, letters, a number or a text.
 */
final class Checks {
  private static final int ROOM = 2046;
  private static final int ELSE = Symbols.ofMeta(Meta.ELSE);

  private final CompiledPolicy policy;
  private final Function<String, Verdict> onFault;

  /**
   * For one session.
   *
   * @param onFault the verdict where a rule set broke off, see {@link RuleFault}
   */
  Checks(CompiledPolicy policy, Function<String, Verdict> onFault) {
    this.policy = policy;
    this.onFault = onFault;
  }

  /** Whether the configuration has rules for {@code name}. */
  boolean defines(String name) {
    int number = policy.configuration().program().number(name);
    return number >= 0 && !policy.configuration().program().ruleSet(number).isEmpty();
  }

  /**
   * Runs {@code name} on {@code first}, or {@code first $| second}.
   *
   * @param strip whether comments vanish (checks of addresses) or parentheses stay (header values)
   * @return the machine with the result in its workspace, or null if nothing was run
   */
  private @Nullable Machine run(
      String name, String first, @Nullable String second, Macros scope, boolean strip) {
    int number = policy.configuration().program().number(name);
    if (number < 0) {
      return null;
    }
    return run(number, first, second, scope, strip);
  }

  private @Nullable Machine run(
      int number, String first, @Nullable String second, Macros scope, boolean strip) {
    Machine machine = policy.machine(scope);
    TokenTables tables = policy.configuration().program().tables();
    byte[] table = strip ? tables.internal() : tables.rule();
    machine.clear();
    scan(machine, strip ? Guarded.in(first) : first, table, strip);
    if (second != null) {
      machine.add(ELSE);
      scan(machine, strip ? Guarded.in(second) : second, table, strip);
    }
    if (machine.count() == 0) {
      return null;
    }
    machine.run(number);
    return machine;
  }

  /** Adds text that came from outside: its bytes can never become metasymbols. */
  private static void scan(Machine machine, String text, byte[] table, boolean strip) {
    Bytes bytes = new Bytes(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes.append(c > 0xff || Meta.isMeta(c) || c == Meta.QUOTE || c == 0 ? '?' : c);
    }
    machine.add(bytes.array(), 0, bytes.length(), table, !strip, 0, Prescan.Reporter.SILENT);
  }

  /** The verdict of a check rule set; {@code address} is shown in replies that show one. */
  Verdict check(
      String name,
      String first,
      @Nullable String second,
      Macros scope,
      boolean strip,
      String address) {
    Machine machine = run(name, first, second, scope, strip);
    return machine == null ? Verdict.accept() : verdict(machine, name, address);
  }

  /** The same for a rule set that is known by number. */
  Verdict check(int number, String first, Macros scope, boolean strip, String address) {
    Machine machine = run(number, first, null, scope, strip);
    return machine == null
        ? Verdict.accept()
        : verdict(machine, policy.configuration().program().ruleSet(number).name(), address);
  }

  private Verdict verdict(Machine machine, String name, String address) {
    String fault = machine.fault();
    if (fault != null) {
      return onFault.apply(fault);
    }
    if (!machine.isResolved() || machine.count() < 2) {
      return Verdict.accept();
    }
    String mailer = text(machine, 1);
    if (mailer.equals("discard")) {
      return Verdict.discard();
    }
    if (!mailer.equals("error")) {
      return Verdict.accept();
    }
    int at = 2;
    String host = null;
    if (at < machine.count() && first(machine, at) == Meta.HOST) {
      int from = ++at;
      while (at < machine.count() && first(machine, at) != Meta.USER) {
        at++;
      }
      host = join(machine, from, at, policy.configuration().program().blankSubstitute());
    }
    while (at < machine.count() && first(machine, at) != Meta.USER) {
      at++;
    }
    if (host != null && host.equals("quarantine")) {
      String reason = at + 1 < machine.count() ? join(machine, at + 1, machine.count(), ' ') : name;
      return new Verdict.Quarantine(CompiledPolicy.oneLine(reason));
    }
    if (at >= machine.count()) {
      return new Verdict.Reject(554, "5.3.5", "buildaddr: no user");
    }
    String user = join(machine, at + 1, machine.count(), ' ');
    String given = host == null || host.isEmpty() ? null : host;
    return CompiledPolicy.reject(ErrorText.of(user, given), address);
  }

  /**
   * The words behind {@code $#} of a capability rule set; null if it is not defined or says
   * nothing.
   */
  String @Nullable [] capability(String name, String first, @Nullable String second, Macros scope) {
    Machine machine = run(name, first, second, scope, true);
    if (machine == null || !machine.isResolved()) {
      return null;
    }
    String[] words = new String[machine.count() - 1];
    for (int i = 0; i < words.length; i++) {
      words[i] = text(machine, i + 1);
    }
    return words;
  }

  /** The result of a rule set as one text without added blanks; empty if it is not defined. */
  String text(String name, String first, @Nullable String second, Macros scope) {
    Machine machine = run(name, first, second, scope, true);
    if (machine == null || machine.isResolved()) {
      return "";
    }
    return join(machine, 0, machine.count(), 0);
  }

  private static int first(Machine machine, int index) {
    return machine.symbols().first(machine.token(index));
  }

  private static String text(Machine machine, int index) {
    return machine.symbols().text(machine.token(index));
  }

  private static String join(Machine machine, int from, int to, int separator) {
    Bytes out = new Bytes();
    machine.join(from, to, separator, ROOM, out);
    return out.toString();
  }
}
