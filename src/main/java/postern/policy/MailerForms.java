package postern.policy;

import postern.cf.Mailer;
import postern.rule.Machine;
import postern.text.Guarded;
import postern.text.Macros;
import postern.text.Prescan;

/** Address forms of one mailer of a compiled policy. */
final class MailerForms implements AddressForms {
  private final CompiledPolicy policy;
  private final Mailer mailer;

  MailerForms(CompiledPolicy policy, Mailer mailer) {
    this.policy = policy;
    this.mailer = mailer;
  }

  @Override
  public String sender(String address) {
    return address.isEmpty() ? address : form(address, true, false);
  }

  @Override
  public String header(String address, boolean sender) {
    return form(address, sender, true);
  }

  private String form(String address, boolean sender, boolean header) {
    Resolver.Rewritten form = resolver().plain(mailer, Guarded.in(address), sender, header);
    String shown = Guarded.out(form.address()).strip();
    return form.status() == Machine.TEMPORARY_FAILURE || shown.isEmpty() ? address : shown;
  }

  private Resolver resolver() {
    Macros scope = new Macros(policy.configuration().program().macros());
    return new Resolver(policy.configuration(), policy.machine(scope), Prescan.Reporter.SILENT);
  }
}
