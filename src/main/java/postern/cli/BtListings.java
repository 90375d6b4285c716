package postern.cli;

import postern.cf.Mailer;
import postern.rule.Machine;
import postern.rule.Program;
import postern.rule.Rule;

/** {@code =S} and {@code =M}: what the configuration became. */
final class BtListings {
  private final BtContext bt;
  private final Program program;

  BtListings(BtContext bt) {
    this.bt = bt;
    program = bt.program;
  }

  /** {@code =...}. */
  void command(String line, Machine machine) {
    if (line.length() < 2) {
      bt.print("Usage: =Sruleset or =M\n");
      return;
    }
    switch (line.charAt(1)) {
      case 'S' -> ruleSet(line.substring(2), machine);
      case 'M' -> bt.configuration.mailers().forEach(this::mailer);
      default -> bt.print("Unknown \"=\" command " + line + "\n");
    }
  }

  private void ruleSet(String name, Machine machine) {
    int number = bt.ruleSet(name);
    if (number < 0) {
      bt.print("Undefined ruleset " + name.substring(0, Program.nameEnd(name)) + "\n");
      return;
    }
    StringBuilder text = new StringBuilder();
    for (Rule rule : program.ruleSet(number).rules()) {
      text.setLength(0);
      text.append('R');
      for (int token : rule.lhs()) {
        bt.show(program.symbols().text(token), text);
        text.append(' ');
      }
      text.append("\t\t");
      for (int token : machine.rhs(rule)) {
        bt.show(program.symbols().text(token), text);
        text.append(' ');
      }
      text.append('\n');
      bt.print(text);
    }
  }

  private void mailer(Mailer mailer) {
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
    bt.show(mailer.eol(), text);
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
      bt.show(mailer.argv().get(i), text);
    }
    text.append('\n');
    bt.print(text);
  }

  private String setName(int number) {
    return program.ruleSet(number).shownName();
  }
}
