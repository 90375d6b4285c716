package postern.cli;

import postern.cf.Mailer;
import postern.policy.Resolver;
import postern.rule.Machine;
import postern.text.MacroNames;

/** {@code /parse}, {@code /try}, {@code /tryflags}: addresses as mail would have them. */
final class BtAddresses {
  private final BtContext bt;
  private boolean sender;
  private boolean header;

  BtAddresses(BtContext bt) {
    this.bt = bt;
  }

  /** {@code ${addr_type}} says what the next address is. */
  private void kind() {
    bt.lines.purpose(sender, header);
    MacroNames.Parsed name = bt.name("{addr_type}", 0, message -> {});
    if (name.id() != MacroNames.BAD) {
      bt.macros.set(name.id(), (header ? "h" : "e") + " " + (sender ? "s" : "r"));
    }
  }

  void flags(String argument) {
    if (argument.isEmpty()) {
      bt.print("Usage: /tryflags [Hh|Ee][Ss|Rr]\n");
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
    kind();
  }

  void parse(String address, Machine machine) {
    if (address.isEmpty()) {
      bt.print("Usage: /parse address\n");
      return;
    }
    Resolver resolver = new Resolver(bt.configuration, machine, bt.trace);
    String cracked = resolver.crack(address);
    StringBuilder text = new StringBuilder("Cracked address = ");
    bt.show(cracked, text);
    text.append("\nParsing ").append(header ? "header" : "envelope");
    text.append(sender ? " sender" : " recipient").append(" address\n");
    bt.print(text);
    bt.trace.address(address);
    Resolver.Resolved resolved = resolver.resolve(address, !sender && !header);
    if (resolved == null) {
      bt.print("Cannot parse\n");
      return;
    }
    Mailer mailer = resolved.mailer();
    String name = mailer != null ? mailer.name() : "*error*";
    bt.print(
        "mailer "
            + name
            + (resolved.host().isEmpty() ? "" : ", host " + resolved.host())
            + ", user "
            + resolved.user()
            + "\n");
  }

  void tryMailer(String argument, Machine machine) {
    int end = 0;
    while (end < argument.length() && argument.charAt(end) != ' ' && argument.charAt(end) != '\t') {
      end++;
    }
    String name = argument.substring(0, end);
    while (end < argument.length() && BtContext.isBlank(argument.charAt(end))) {
      end++;
    }
    String address = argument.substring(end);
    if (address.isEmpty()) {
      bt.print("Usage: /try mailer address\n");
      return;
    }
    Mailer mailer = bt.configuration.mailer(name);
    if (mailer == null) {
      bt.print("Unknown mailer " + name + "\n");
      return;
    }
    bt.print(
        "Trying "
            + (header ? "header " : "envelope ")
            + (sender ? "sender" : "recipient")
            + " address "
            + address
            + " for mailer "
            + name
            + "\n");
    kind();
    bt.trace.address(address);
    Resolver resolver = new Resolver(bt.configuration, machine, bt.trace);
    Resolver.Rewritten rewritten = resolver.rewrite(mailer, address, sender, header);
    bt.print("Rcode = " + rewritten.status() + ", addr = " + rewritten.address() + "\n");
  }
}
