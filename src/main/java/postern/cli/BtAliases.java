package postern.cli;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import postern.cf.Mailer;
import postern.map.AliasNames;
import postern.map.Query;
import postern.policy.AddressSyntax;
import postern.policy.ErrorText;
import postern.policy.Resolver;
import postern.rule.Machine;

/** Alias names through the rule sets, on a machine of their own: a rule may be what asks. */
final class BtAliases implements AliasNames {
  private final BtContext bt;

  BtAliases(BtContext bt) {
    this.bt = bt;
  }

  @Override
  public @Nullable Name read(String line, String place, Query.Problems problems) {
    Machine machine = new Machine(bt.program, bt.macros, bt.trace);
    String name = name(line, machine);
    Resolver.Witness witness =
        new Resolver.Witness() {
          @Override
          public void problem(int code, String message, String text) {
            problems.report(name + "... " + message, "");
          }

          @Override
          public void faulty(AddressSyntax.Fault fault) {
            problem(fault.code(), fault.message(), fault.text());
          }

          @Override
          public void refused(ErrorText error) {
            if (error.fault()) {
              problems.report(error.text(), "");
            } else {
              problem(error.code(), error.text(), name);
            }
          }
        };
    bt.trace.reading(place);
    Resolver.Resolved resolved =
        new Resolver(bt.configuration, machine, witness).resolve(name, false);
    bt.trace.reading("");
    if (resolved == null) {
      return null;
    }
    Mailer mailer = resolved.mailer();
    return new Name(name, resolved.user(), mailer != null && mailer.has('A'));
  }

  /** What stands before the first colon that is not quoted, in brackets or in a comment. */
  private String name(String line, Machine machine) {
    byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
    machine.clear();
    machine.add(
        bytes,
        0,
        bytes.length,
        bt.program.tables().external(),
        false,
        ':',
        (code, message, text) -> {});
    return line.substring(0, Math.min(line.length(), machine.scanEnd()));
  }
}
