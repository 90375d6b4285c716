package postern.policy;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.cf.Mailer;
import postern.cf.Options;
import postern.rule.Machine;
import postern.text.Bytes;
import postern.text.Expander;
import postern.text.Meta;
import postern.text.Prescan;

/**
 * Addresses through rule sets 3 and 0 to a mailer's triple, and through 1, 2, {@code S=}, {@code
 * R=} and 4 to the form that a mailer shows (operations guide, "Address rewriting").
 */
public final class Resolver {
  // Sizes of sendmail's buffers for the parts of an address.
  private static final int MOST_MOVES = 10; // sendmail's MaxAliasRecursion
  private static final ErrorText LATER =
      new ErrorText(451, "4.3.0", "Name server or map timeout", 0, true);

  private static final int HOST_ROOM = 257;
  private static final int USER_ROOM = 258;
  private static final int ADDRESS_ROOM = 257;

  // What is left of an address that does not fit.
  private static final int SHOWN = 256;

  private final Configuration configuration;
  private final Machine machine;
  private final Witness witness;

  /** What happens while an address is worked on, for those who want to follow. */
  public sealed interface Step {
    /** An address is to be separated from what surrounds it. */
    record Cracking(String address) implements Step {}

    /** What surrounds the address, {@code $g} in its place. */
    record Cracked(String surroundings) implements Step {}

    /** An address is to be resolved. */
    record Parsing(String address) implements Step {}

    /** There is no address in it, or one that cannot be. */
    record Refused(Reason reason) implements Step {}

    /** The machine's workspace holds what rule set 0 left. */
    record Triple(Machine machine) implements Step {}

    /** A triple with a mailer was read; {@code host} is null if there is none. */
    record Built(Mailer mailer, @Nullable String host, String user) implements Step {}

    /** The triple belongs to {@code address} now. */
    record Placed(String address) implements Step {}

    /** A rule set is asked about {@code argument}. */
    record Asking(String ruleSet, String argument) implements Step {}

    /** The address has to wait. */
    record Waiting() implements Step {}

    /** The address is resolved. */
    record Done(String address, Resolved resolved, boolean waits) implements Step {}

    /** An address is to get a mailer's form. */
    record Rewriting(String address) implements Step {}

    /** {@code $g} is {@code address} while what surrounds it is expanded; null when it is done. */
    record Inserted(@Nullable String address) implements Step {}

    /** The mailer's form. */
    record InForm(String address, int status) implements Step {}
  }

  /** Why there is no address. */
  public enum Reason {
    NOTHING,
    BAD_ADDRESS,
    BAD_USER
  }

  /** Hears what becomes of an address while it is worked on. */
  public interface Witness extends Prescan.Reporter {
    /** One thing after the other. */
    default void step(Step step) {}

    /** Who follows the expansion of what surrounds an address. */
    default Expander.Watcher expansion() {
      return Expander.NOBODY;
    }

    /** The address has no place among the rule sets, or what they made of it has none outside. */
    void faulty(AddressSyntax.Fault fault);

    /** The rule sets refuse the address, or are not up to it. */
    default void refused(ErrorText error) {}

    /** What surrounds an address refers to itself. */
    default void tooDeep(String message) {}

    /** The rule sets cannot tell now. */
    default void later() {}
  }

  /** Passes on to a reporter what is wrong with an address. */
  private record Reporting(Prescan.Reporter reporter) implements Witness {
    @Override
    public void problem(int code, String message, String text) {
      reporter.problem(code, message, text);
    }

    @Override
    public void faulty(AddressSyntax.Fault fault) {
      reporter.problem(fault.code(), fault.message(), fault.text());
    }
  }

  /**
   * What an address became.
   *
   * @param mailer the mailer, or null for the error mailer
   * @param host host part, empty if there is none
   * @param user user part
   * @param error what {@code $#error} or a fault of the rules says, else null
   * @param discard whether the rule sets want the message thrown away; sendmail knows that in
   *     checks only and calls it a fault here, which {@code error} has
   * @param remains whether rule set 5 has no say in it, because rule set 0 began the user with an
   *     {@code @} (sendmail's QNOTREMOTE)
   */
  public record Resolved(
      @Nullable Mailer mailer,
      String host,
      String user,
      @Nullable ErrorText error,
      boolean discard,
      boolean remains) {
    private Resolved withUser(String other) {
      return new Resolved(mailer, host, other, error, discard, remains);
    }

    private static Resolved failed(String host, String user, @Nullable ErrorText error) {
      return new Resolved(null, host, user, error, false, false);
    }
  }

  public Resolver(Configuration configuration, Machine machine, Prescan.Reporter reporter) {
    this(configuration, machine, new Reporting(reporter));
  }

  public Resolver(Configuration configuration, Machine machine, Witness witness) {
    this.configuration = configuration;
    this.machine = machine;
    this.witness = witness;
  }

  /** Splits {@code address} into the machine's workspace; false if nothing is left. */
  private boolean scan(String address, byte[] table) {
    machine.clear();
    Bytes bytes = Bytes.of(address);
    return machine.add(bytes.array(), 0, bytes.length(), table, false, 0, witness);
  }

  /**
   * Rule sets 3 and 0.
   *
   * @param envelopeRecipient false leaves rule sets 2 and {@code R=} out below level 10
   * @return null if there is no address in {@code address}
   */
  public @Nullable Resolved resolve(String address, boolean envelopeRecipient) {
    witness.step(new Step.Parsing(address));
    if (!scan(address, configuration.program().tables().external())) {
      witness.step(new Step.Refused(Reason.NOTHING));
      return null;
    }
    AddressSyntax.Fault fault = AddressSyntax.check(address);
    if (fault != null) {
      witness.faulty(fault);
      witness.step(new Step.Refused(Reason.BAD_ADDRESS));
      return null;
    }
    boolean later = machine.run(3) == Machine.TEMPORARY_FAILURE;
    later |= machine.run(0) == Machine.TEMPORARY_FAILURE;
    witness.step(new Step.Triple(machine));
    Resolved resolved = triple(envelopeRecipient);
    ErrorText error = resolved.error();
    if (error != null) {
      witness.refused(error);
    }
    fault = AddressSyntax.checkUser(resolved.user());
    if (fault != null) {
      witness.faulty(fault.in(address));
      witness.step(new Step.Refused(Reason.BAD_USER));
      witness.step(new Step.Placed(address));
      return resolved.withUser(fault.text());
    }
    witness.step(new Step.Placed(address));
    if (error == null || error.code() / 100 == 4) {
      if (envelopeRecipient) {
        queueGroup(resolved.user());
      }
      if (later) {
        witness.step(new Step.Waiting());
        witness.later();
      }
      witness.step(new Step.Done(address, resolved, later));
    }
    return resolved;
  }

  /**
   * Rule set 5 ({@code localaddr}): where the mail of a local user goes instead, to a hub or a host
   * for unknown users. Asked for users of mailers with {@code F=5}, and again for the answer.
   * (recipient.c, maplocaluser)
   *
   * @return {@code local} if it stays where it is
   */
  public Resolved elsewhere(Resolved local) {
    Resolved now = local;
    for (int i = 0; i < MOST_MOVES; i++) {
      Mailer mailer = now.mailer();
      if (mailer == null
          || !mailer.has('5')
          || now.remains()
          || !scan(now.user(), configuration.program().tables().external())) {
        return now;
      }
      machine.macros().set('h', now.host());
      machine.macros().set('u', now.user());
      boolean later = machine.run(5) == Machine.TEMPORARY_FAILURE;
      if (later || !machine.isResolved()) {
        return later ? Resolved.failed("", "", LATER) : now;
      }
      Resolved other = triple(true);
      if (other.equals(now)) {
        return now;
      }
      now = other;
    }
    return now;
  }

  /** The rule set that picks a queue is run for its side effects; there is one queue here. */
  private void queueGroup(String user) {
    witness.step(new Step.Asking("queuegroup", user));
    int number = configuration.program().number("queuegroup");
    if (number >= 0 && scan(user, configuration.program().tables().internal())) {
      machine.run(number);
    }
  }

  private static Resolved broken(String message) {
    return Resolved.failed("", "", new ErrorText(554, "5.3.5", message, 0, true));
  }

  /** Reads the triple in the machine's workspace. */
  private Resolved triple(boolean envelopeRecipient) {
    if (!machine.isResolved()) {
      return broken("buildaddr: no mailer in parsed address");
    }
    if (machine.count() < 2) {
      return broken("buildaddr: no mailer name?");
    }
    String name = machine.symbols().text(machine.token(1));
    int at = 2;
    int hostFrom = -1;
    if (at < machine.count() && first(at) == Meta.HOST) {
      hostFrom = ++at;
    }
    while (at < machine.count() && first(at) != Meta.USER) {
      at++;
    }
    if (at >= machine.count()) {
      return broken("buildaddr: no user");
    }
    boolean hasHost = hostFrom >= 0 && hostFrom != at;
    String host = hasHost ? join(hostFrom, at, blank(), HOST_ROOM) : "";
    int userFrom = at + 1;
    String user = join(userFrom, machine.count(), ' ', USER_ROOM);
    if (name.equalsIgnoreCase("error")) {
      return Resolved.failed(host, user, ErrorText.of(user, hasHost ? host : null));
    }
    Mailer mailer = configuration.mailer(name);
    if (mailer == null) {
      return new Resolved(
          null,
          "",
          "",
          broken("buildaddr: unknown mailer " + name).error(),
          name.equals("discard"),
          false);
    }
    if (!hasHost && !mailer.has('l')) {
      return broken("buildaddr: no host");
    }
    String bare = user;
    boolean remains = mailer.has('@') && user.startsWith("@");
    if (remains) {
      userFrom++;
      bare = user.substring(1);
    }
    if (bare.startsWith("\"")) {
      bare = bare.substring(1);
    }
    if (bare.startsWith("|") && mailer.has('|')) {
      mailer = Objects.requireNonNull(configuration.mailer("prog"));
    } else if (bare.startsWith("/") && mailer.has('/')) {
      mailer = Objects.requireNonNull(configuration.mailer("*file*"));
    } else if (bare.startsWith(":") && mailer.has(':')) {
      String plain = ErrorText.stripQuotes(user);
      if (lower(plain).startsWith(":include:")) {
        return new Resolved(
            configuration.mailer("*include*"), host, plain.substring(9), null, false, remains);
      }
    }
    if (hasHost) {
      machine.macros().set('h', host);
    } else {
      machine.macros().unset('h');
    }
    int room = Machine.MAX_TOKENS - userFrom;
    machine.keep(userFrom, machine.count());
    if (configuration.level() >= 10 || envelopeRecipient) {
      machine.run(2, room);
      if (mailer.recipientEnvelope() > 0) {
        machine.run(mailer.recipientEnvelope(), room);
      }
    }
    machine.run(4, room);
    String rewritten = join(0, machine.count(), blank(), USER_ROOM);
    String lastHost = mailer.has('h') ? host : lower(host);
    String lastUser = mailer.has('u') ? rewritten : lower(rewritten);
    witness.step(new Step.Built(mailer, hasHost ? lastHost : null, lastUser));
    return new Resolved(mailer, lastHost, lastUser, null, false, remains);
  }

  /** A form of an address and how the rule sets ended (0 or 75). */
  public record Rewritten(int status, String address) {}

  /**
   * An address in the form that {@code mailer} shows: rule sets 3, 1 or 2, the mailer's own, and 4.
   */
  public Rewritten rewrite(Mailer mailer, String address, boolean sender, boolean header) {
    witness.step(new Step.Rewriting(address));
    String fancy = mailer.has('c') ? (char) Meta.EXPAND + "g" : crack(address);
    return rewrite(mailer, address, fancy, sender, header);
  }

  /** The same for an address that has nothing around it. */
  Rewritten plain(Mailer mailer, String address, boolean sender, boolean header) {
    witness.step(new Step.Rewriting(address));
    return rewrite(mailer, address, (char) Meta.EXPAND + "g", sender, header);
  }

  private Rewritten rewrite(
      Mailer mailer, String address, String fancy, boolean sender, boolean header) {
    int own =
        sender
            ? (header ? mailer.senderHeader() : mailer.senderEnvelope())
            : (header ? mailer.recipientHeader() : mailer.recipientEnvelope());
    if (!scan(address, configuration.program().tables().external())) {
      boolean cut = machine.isTooLong() && address.length() > SHOWN;
      return new Rewritten(0, cut ? address.substring(0, SHOWN) : address);
    }
    int status = 0;
    status = worse(status, machine.run(3));
    status = worse(status, machine.run(sender ? 1 : 2));
    if (own > 0) {
      status = worse(status, machine.run(own));
    }
    status = worse(status, machine.run(4));
    String plain = join(0, machine.count(), blank(), ADDRESS_ROOM);
    witness.step(new Step.Inserted(plain));
    String result =
        Expander.expand(
            fancy,
            id -> id == 'g' ? plain : machine.macros().text(id),
            ADDRESS_ROOM - 1,
            witness::tooDeep,
            witness.expansion());
    witness.step(new Step.Inserted(machine.macros().text('g')));
    witness.step(new Step.InForm(result, status));
    return new Rewritten(status, result);
  }

  /** What surrounds {@code address}, with {@code $g} in its place. */
  public String crack(String address) {
    witness.step(new Step.Cracking(address));
    String cracked =
        CrackedAddress.crack(
            address,
            configuration.options().bool("ColonOkInAddr", true),
            mustQuote(configuration.options()));
    witness.step(new Step.Cracked(cracked));
    return cracked;
  }

  private static String mustQuote(Options options) {
    return options.isSet("MustQuoteChars")
        ? CrackedAddress.ALWAYS_QUOTE + options.string("MustQuoteChars")
        : CrackedAddress.MUST_QUOTE;
  }

  private static int worse(int old, int now) {
    return now == Machine.TEMPORARY_FAILURE ? now : old;
  }

  private int first(int index) {
    return machine.symbols().first(machine.token(index));
  }

  private int blank() {
    return configuration.program().blankSubstitute();
  }

  private String join(int from, int to, int separator, int room) {
    Bytes out = new Bytes();
    machine.join(from, to, separator, room, out);
    return out.toString();
  }

  static String lower(String text) {
    StringBuilder out = new StringBuilder(text);
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        out.setCharAt(i, (char) (c + 32));
      }
    }
    return out.toString();
  }
}
