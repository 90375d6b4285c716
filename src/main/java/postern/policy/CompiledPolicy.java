package postern.policy;

import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.cf.Mailer;
import postern.map.MapEntry;
import postern.rule.Machine;
import postern.rule.Trace;
import postern.text.Guarded;
import postern.text.Macros;
import postern.text.Prescan;

/**
 * A {@link Policy} over a compiled configuration. Thread-safe: each thread has a machine of its
 * own.
 */
public final class CompiledPolicy implements Policy {
  private static final String COMPATIBLE = "check_compat";

  /** sendmail's MAXSHORTSTR, and what it leaves of either end. */
  private static final int SHOWN = 203;

  private static final int SHOWN_END = (SHOWN - 3) / 2;

  private final Configuration configuration;
  private final ThreadLocal<Machine> machines;
  private final boolean blocks;
  private final MailDate dates = new MailDate();
  private final Predicate<String> localUsers;

  /** A policy that takes every local user for real. */
  public CompiledPolicy(Configuration configuration) {
    this(configuration, user -> true);
  }

  /**
   * A policy.
   *
   * @param localUsers says whether a user of a local mailer has a mailbox
   */
  public CompiledPolicy(Configuration configuration, Predicate<String> localUsers) {
    this(configuration, localUsers, FaultLog::new);
  }

  /**
   * A policy whose evaluations are watched.
   *
   * @param traces makes the trace of each thread's machine
   */
  public CompiledPolicy(
      Configuration configuration, Predicate<String> localUsers, Supplier<? extends Trace> traces) {
    this.configuration = configuration;
    this.localUsers = localUsers;
    Macros none = new Macros(configuration.program().macros());
    machines =
        ThreadLocal.withInitial(
            () -> new Machine(configuration.program(), none, traces.get()).guarded());
    blocks = configuration.program().maps().all().stream().anyMatch(MapEntry::mayBlock);
  }

  public Configuration configuration() {
    return configuration;
  }

  /** This thread's machine, with {@code scope} for its macros. */
  Machine machine(Macros scope) {
    Machine machine = machines.get();
    machine.macros(scope);
    return machine;
  }

  @Override
  public boolean hasMailbox(Resolution.Deliverable resolved) {
    Mailer mailer = configuration.mailer(resolved.mailer());
    return mailer == null || !mailer.has('l') || localUsers.test(resolved.user());
  }

  MailDate dates() {
    return dates;
  }

  boolean mayBlock() {
    return blocks;
  }

  @Override
  public SessionPolicy session(PeerFacts peer) {
    return new ServerSession(this, peer);
  }

  @Override
  public RelayPolicy relay() {
    return new RelaySession(this);
  }

  @Override
  public AddressForms forms(String mailer) {
    Mailer found = configuration.mailer(mailer);
    return found == null ? AddressForms.UNCHANGED : new MailerForms(this, found);
  }

  @Override
  public Resolution resolve(String address) {
    Macros scope = new Macros(configuration.program().macros());
    Resolution resolution = resolve(address, scope, true);
    return resolution instanceof Resolution.Deliverable found
        ? elsewhere(found, address, scope)
        : resolution;
  }

  @Override
  public boolean vouches(String mailer) {
    Mailer found = configuration.mailer(mailer);
    return found != null && found.has('q');
  }

  @Override
  public boolean asksCompatible() {
    return new Checks(this, RuleFault::putOff).defines(COMPATIBLE);
  }

  @Override
  public Verdict compatible(String id, String sender, String recipient) {
    SessionMacros macros =
        new SessionMacros(
            configuration.program().names(), new Macros(configuration.program().macros()));
    macros.set("i", id).set("f", sender);
    String to = "<" + recipient + ">";
    return soft(
        new Checks(this, RuleFault::putOff)
            .check(COMPATIBLE, "<" + sender + ">", to, macros.scope(), true, to));
  }

  /** What becomes of a verdict on the way out: with SoftBounce nothing is refused for good. */
  Verdict soft(Verdict verdict) {
    return verdict instanceof Verdict.Reject reject
            && configuration.options().bool("SoftBounce", false)
        ? reject.softened()
        : verdict;
  }

  /** Rule set 5: where mail for a local user really goes. */
  Resolution elsewhere(Resolution.Deliverable local, String address, Macros scope) {
    Mailer mailer = configuration.mailer(local.mailer());
    if (mailer == null || !mailer.has('5') || local.remains()) {
      return local;
    }
    Machine machine = machine(scope);
    Resolver resolver = new Resolver(configuration, machine, new Complaint(true));
    Resolver.Resolved moved =
        resolver.elsewhere(
            new Resolver.Resolved(
                mailer, local.host(), Guarded.in(local.user()), null, false, false));
    String fault = machine.fault();
    if (fault != null) {
      return new Resolution.Undeliverable(RuleFault.refused(fault));
    }
    ErrorText error = moved.error();
    return error != null
        ? new Resolution.Undeliverable(reject(error, address))
        : deliverable(moved);
  }

  private static Resolution.Deliverable deliverable(Resolver.Resolved resolved) {
    return new Resolution.Deliverable(
        Resolver.lower(Objects.requireNonNull(resolved.mailer()).name()),
        Guarded.out(resolved.host()),
        Guarded.out(resolved.user()),
        resolved.remains());
  }

  /** Rule sets 3 and 0 with the macros of {@code scope}. */
  Resolution resolve(String address, Macros scope, boolean recipient) {
    Machine machine = machine(scope);
    Complaint complaint = new Complaint(recipient);
    Resolver resolver = new Resolver(configuration, machine, complaint);
    Resolver.Resolved resolved = resolver.resolve(Guarded.in(address), recipient);
    String fault = machine.fault();
    Verdict.@Nullable Reject first = fault == null ? complaint.first : RuleFault.refused(fault);
    if (first != null) {
      return new Resolution.Undeliverable(first);
    }
    if (resolved == null) {
      return new Resolution.Undeliverable(
          new Verdict.Reject(553, "5.1.3", address + "... Invalid address"));
    }
    if (resolved.discard()) {
      return new Resolution.Discarded();
    }
    ErrorText error = resolved.error();
    if (error != null) {
      return new Resolution.Undeliverable(reject(error, address));
    }
    return deliverable(resolved);
  }

  /** The reply that an error of the rule sets becomes. */
  static Verdict.Reject reject(ErrorText error, String address) {
    String text =
        ErrorText.showsAddress(error.code()) && !address.isEmpty()
            ? shown(address) + "... " + error.text()
            : error.text();
    return new Verdict.Reject(error.code(), error.enhanced(), oneLine(text));
  }

  /** An address as replies show it: a long one without its middle. */
  static String shown(String address) {
    return address.length() <= SHOWN
        ? address
        : address.substring(0, SHOWN_END) + "..." + address.substring(address.length() - SHOWN_END);
  }

  /** A reply line holds no control characters, whatever a rule or a map put together. */
  static String oneLine(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x7f) {
        if (out == null) {
          out = new StringBuilder(text);
        }
        out.setCharAt(i, c == '\t' ? ' ' : '?');
      }
    }
    return out == null ? text : out.toString();
  }

  /** Keeps the first complaint about an address. */
  private static final class Complaint implements Prescan.Reporter {
    private final boolean recipient;
    private Verdict.@Nullable Reject first;

    Complaint(boolean recipient) {
      this.recipient = recipient;
    }

    @Override
    public void problem(int code, String message, String text) {
      if (first == null) {
        String line = ErrorText.showsAddress(code) ? shown(text) + "... " + message : message;
        first = new Verdict.Reject(code, enhanced(code, message), oneLine(line));
      }
    }

    /** As sendmail has it: by what is wrong, and for words of a mailbox by whose it is. */
    private String enhanced(int code, String message) {
      if (message.startsWith("Unbalanced")) {
        return "5.0.0";
      }
      if (code == 501) {
        return recipient ? "5.1.3" : "5.1.7";
      }
      return message.equals("Address too long") ? "5.1.1" : "5.1.0";
    }
  }
}
