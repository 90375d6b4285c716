package postern.policy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.cf.Mailer;
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
  private static final int ROOM = 1022;
  private static final int USER_ROOM = 256;

  private final Configuration configuration;
  private final Machine machine;
  private final Prescan.Reporter reporter;

  /**
   * What an address became.
   *
   * @param mailer the mailer, or null for the error mailer
   * @param host host part, empty if there is none
   * @param user user part
   * @param error what {@code $#error} or a fault of the rules says, else null
   * @param discard whether the mailer is the one that throws away
   */
  public record Resolved(
      @Nullable Mailer mailer,
      String host,
      String user,
      @Nullable ErrorText error,
      boolean discard) {}

  public Resolver(Configuration configuration, Machine machine, Prescan.Reporter reporter) {
    this.configuration = configuration;
    this.machine = machine;
    this.reporter = reporter;
  }

  /** Splits {@code address} as an address; false if nothing is left. */
  private boolean scan(String address) {
    machine.clear();
    Bytes bytes = Bytes.of(address);
    return machine.add(
        bytes.array(),
        0,
        bytes.length(),
        configuration.program().tables().external(),
        false,
        0,
        reporter);
  }

  /**
   * Rule sets 3 and 0.
   *
   * @param envelopeRecipient false leaves rule sets 2 and {@code R=} out below level 10
   * @return null if there is no address in {@code address}
   */
  public @Nullable Resolved resolve(String address, boolean envelopeRecipient) {
    if (!scan(address)) {
      return null;
    }
    machine.run(3);
    machine.run(0);
    return triple(envelopeRecipient);
  }

  private static Resolved broken(String message) {
    return new Resolved(null, "", "", new ErrorText(554, "5.3.5", message, 0, true), false);
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
    String host = hostFrom < 0 || hostFrom == at ? "" : join(hostFrom, at, blank(), true, ROOM);
    boolean hasHost = hostFrom >= 0 && hostFrom != at;
    int userFrom = at + 1;
    String user = join(userFrom, machine.count(), ' ', false, USER_ROOM);
    if (name.equalsIgnoreCase("error")) {
      return new Resolved(null, host, user, ErrorText.of(user, hasHost ? host : null), false);
    }
    if (name.equals("discard")) {
      return new Resolved(null, host, user, null, true);
    }
    Mailer mailer = configuration.mailer(name);
    if (mailer == null) {
      return broken("buildaddr: unknown mailer " + name);
    }
    if (!hasHost && !mailer.has('l')) {
      return broken("buildaddr: no host");
    }
    int skip = 0;
    if (mailer.has('5') && user.startsWith("@")) {
      userFrom++;
      skip = 1;
    }
    String bare = user.substring(skip);
    if (bare.startsWith("\"")) {
      bare = bare.substring(1);
    }
    if (bare.startsWith("|") && mailer.has('|')) {
      mailer = java.util.Objects.requireNonNull(configuration.mailer("prog"));
    } else if (bare.startsWith("/") && mailer.has('/')) {
      mailer = java.util.Objects.requireNonNull(configuration.mailer("*file*"));
    } else if (bare.startsWith(":") && mailer.has(':')) {
      String plain = ErrorText.stripQuotes(user);
      if (plain.toLowerCase(Locale.ROOT).startsWith(":include:")) {
        return new Resolved(
            configuration.mailer("*include*"), host, plain.substring(9), null, false);
      }
    }
    machine.macros().set('h', host);
    machine.keep(userFrom, machine.count());
    if (configuration.level() >= 10 || envelopeRecipient) {
      machine.run(2);
      if (mailer.recipientEnvelope() > 0) {
        machine.run(mailer.recipientEnvelope());
      }
    }
    machine.run(4);
    String rewritten = join(0, machine.count(), blank(), true, ROOM);
    return new Resolved(
        mailer,
        mailer.has('h') ? host : lower(host),
        mailer.has('u') ? rewritten : lower(rewritten),
        null,
        false);
  }

  /** A form of an address and how the rule sets ended (0 or 75). */
  public record Rewritten(int status, String address) {}

  /**
   * An address in the form that {@code mailer} shows: rule sets 3, 1 or 2, the mailer's own, and 4.
   */
  public Rewritten rewrite(Mailer mailer, String address, boolean sender, boolean header) {
    int own =
        sender
            ? (header ? mailer.senderHeader() : mailer.senderEnvelope())
            : (header ? mailer.recipientHeader() : mailer.recipientEnvelope());
    String fancy = mailer.has('c') ? (char) Meta.EXPAND + "g" : CrackedAddress.crack(address);
    if (!scan(address)) {
      return new Rewritten(0, address);
    }
    int status = 0;
    status = worse(status, machine.run(3));
    status = worse(status, machine.run(sender ? 1 : 2));
    if (own > 0) {
      status = worse(status, machine.run(own));
    }
    status = worse(status, machine.run(4));
    String plain = join(0, machine.count(), blank(), false, ROOM);
    String result =
        Expander.expand(
            fancy, id -> id == 'g' ? plain : machine.macros().text(id), ROOM, message -> {});
    return new Rewritten(status, result);
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

  private String join(int from, int to, int separator, boolean external, int room) {
    Bytes out = new Bytes();
    machine.join(from, to, separator, external, room, out);
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
