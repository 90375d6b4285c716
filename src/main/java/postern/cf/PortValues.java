package postern.cf;

import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** {@code DaemonPortOptions} and {@code ClientPortOptions}: what is said of their parts. */
final class PortValues {
  private static final int MOST_DAEMONS = 64;
  private static final String KNOWN = "ADFILMNPRSacdfilmnpqrs";

  private final Consumer<String> bad;
  private final BooleanSupplier asksForHosts;
  private int daemons;

  /**
   * @param asksForHosts whether names of hosts are looked up, as sendmail does; a gateway does so
   *     when it listens
   */
  PortValues(Consumer<String> bad, BooleanSupplier asksForHosts) {
    this.bad = bad;
    this.asksForHosts = asksForHosts;
  }

  void daemon(String value) {
    if (asksForHosts.getAsBoolean() && ++daemons > MOST_DAEMONS) {
      bad.accept("too many daemons defined (" + MOST_DAEMONS + " max)");
      return;
    }
    check(value);
  }

  void client(String value) {
    check(value);
  }

  private void check(String value) {
    String family = "inet";
    String address = null;
    String port = null;
    for (String part : value.split(",", -1)) {
      String one = part.stripLeading();
      int equals = one.indexOf('=');
      if (equals < 0 || one.isEmpty()) {
        continue;
      }
      String what = one.substring(equals + 1).stripLeading();
      switch (one.charAt(0)) {
        case 'A', 'a' -> address = what;
        case 'P', 'p' -> port = what;
        case 'F', 'f' -> family = family(what, family);
        case 'D' -> {
          if (!what.isEmpty() && "ibqd".indexOf(what.charAt(0)) < 0) {
            bad.accept("Unknown delivery mode " + what.charAt(0));
          }
        }
        default -> {
          if (KNOWN.indexOf(one.charAt(0)) < 0) {
            bad.accept("PortOptions parameter \"" + one + "\" unknown");
          }
        }
      }
    }
    if (address != null && asksForHosts.getAsBoolean()) {
      if (OptionValues.isDigit(family)) {
        bad.accept("address= option unsupported for family " + (int) Options.atol(family));
      } else if (!isAddress(family, address)) {
        bad.accept("host \"" + address + "\" unknown");
      }
    }
    if (port != null && !OptionValues.isDigit(port) && !Accounts.isService(port)) {
      bad.accept("service \"" + port + "\" unknown");
    }
  }

  private String family(String what, String before) {
    String family = what.toLowerCase(Locale.ROOT);
    switch (family) {
      case "inet", "inet6", "unix", "local" -> {
        return family;
      }
      default -> {
        if (!OptionValues.isDigit(what)) {
          bad.accept("Unknown address family " + what + " in Family=option");
          return before;
        }
        return what;
      }
    }
  }

  private static boolean isAddress(String family, String address) {
    return switch (family) {
      case "inet" ->
          (OptionValues.isDigit(address) && AddressText.isFour(address))
              || AddressText.isHost(address, false);
      case "inet6" -> AddressText.isSix(address) || AddressText.isHost(address, true);
      default -> true;
    };
  }
}
