package postern.map;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;
import postern.map.dns.NameService;
import postern.map.dns.NameService.Outcome;
import postern.map.dns.NameService.Patience;

/**
 * The hosts that take mail for a domain, as sendmail finds them: mail exchangers, best first; else
 * the host itself; and behind them the exchanger of last resort. May block.
 */
public final class MailExchangers {
  private final HostNames hosts;
  private final BooleanSupplier asksNameServers;
  private final NameService names;
  private final Supplier<Patience> patience;

  /** What a search came to. */
  public enum Kind {
    /** The list counts; it may be empty. */
    LIST,
    /** The domain takes no mail (RFC 7505). */
    NULL_MX,
    /** The name servers could not tell. */
    UNKNOWN
  }

  /**
   * The result of a search.
   *
   * @param hosts with a final dot each, or in brackets
   * @param answered whether name servers knew of exchangers, or of none
   * @param failure the resolver's error number ({@code h_errno}) if they did not; 0 if they did,
   *     and where nobody was asked
   */
  public record Found(Kind kind, List<String> hosts, boolean answered, int failure) {
    public Found {
      hosts = List.copyOf(hosts);
    }

    private static Found unasked(List<String> hosts) {
      return new Found(Kind.LIST, hosts, false, 0);
    }

    private static Found answer(Kind kind, List<String> hosts) {
      return new Found(kind, hosts, true, 0);
    }
  }

  MailExchangers(
      HostNames hosts,
      BooleanSupplier asksNameServers,
      NameService names,
      Supplier<Patience> patience) {
    this.hosts = hosts;
    this.asksNameServers = asksNameServers;
    this.names = names;
    this.patience = patience;
  }

  /**
   * Searches.
   *
   * @param host a domain, or a name or address in brackets
   * @param domain ours: put behind a name without a dot, and behind another that is not found
   * @param fallback {@code FallbackMXhost}, empty for none
   */
  public Found search(String host, String domain, String fallback) {
    Found found = search(host, domain);
    if (fallback.isEmpty() || found.kind() == Kind.NULL_MX) {
      return found;
    }
    List<String> more = search(fallback, domain).hosts();
    if (more.isEmpty()) {
      return found.kind() == Kind.UNKNOWN
          ? new Found(Kind.LIST, List.of(), false, found.failure())
          : found;
    }
    List<String> all = new ArrayList<>(found.hosts());
    all.addAll(more);
    return new Found(Kind.LIST, all, found.answered(), found.failure());
  }

  /**
   * Whether {@link #search} for {@code host} asks no name server: it is in brackets, or there is
   * none.
   */
  boolean isUnasked(String host) {
    return host.startsWith("[") || !asksNameServers.getAsBoolean();
  }

  private Found search(String host, String domain) {
    if (isUnasked(host)) {
      return Found.unasked(host.startsWith("[") ? bracketed(host, domain) : List.of());
    }
    Outcome first = null;
    boolean nothing = false;
    boolean unknown = false;
    for (String name : candidates(host, domain)) {
      NameService.Reply reply = names.ask(name, Type.MX, patience.get());
      if (reply.outcome() == Outcome.FOUND) {
        List<String> targets = sorted(reply.records());
        return targets.equals(List.of("."))
            ? Found.answer(Kind.NULL_MX, List.of())
            : Found.answer(Kind.LIST, targets);
      }
      // An alias whose target has no exchanger: sendmail takes the answer for an empty one.
      if (reply.outcome() == Outcome.NO_DATA
          && names.ask(name, Type.CNAME, patience.get()).outcome() == Outcome.FOUND) {
        return Found.answer(Kind.LIST, List.of());
      }
      first = first == null ? reply.outcome() : first;
      nothing |= reply.outcome() == Outcome.NO_DATA;
      unknown |= reply.outcome() == Outcome.UNKNOWN;
    }
    boolean dotted = host.indexOf('.') >= 0;
    Outcome outcome =
        dotted && first != null
            ? first
            : nothing ? Outcome.NO_DATA : unknown ? Outcome.UNKNOWN : Outcome.NO_NAME;
    if (outcome == Outcome.UNKNOWN) {
      return new Found(Kind.UNKNOWN, List.of(), false, 2);
    }
    return new Found(Kind.LIST, itself(host, domain), false, outcome == Outcome.NO_DATA ? 4 : 1);
  }

  /** The names to ask for, in order: the resolver's search list with one domain. */
  private static List<String> candidates(String host, String domain) {
    if (host.endsWith(".") || domain.isEmpty()) {
      return List.of(host);
    }
    String longer = host + "." + domain;
    return host.indexOf('.') < 0 ? List.of(longer, host) : List.of(host, longer);
  }

  private List<String> bracketed(String host, String domain) {
    int close = host.indexOf(']');
    if (close < 0) {
      return List.of();
    }
    String inner = host.substring(1, close);
    String six = inner.regionMatches(true, 0, "IPv6:", 0, 5) ? inner.substring(5) : inner;
    // 1.2.3 is an address, too, says inet_addr().
    boolean address = inner.matches("[0-9]+([.][0-9]+){0,3}") || Addresses.parse6(six) != null;
    return address ? List.of(host) : itself(inner, domain);
  }

  /** The host itself, if it has a canonical name. */
  private List<String> itself(String host, String domain) {
    @Nullable String name = hosts.canonical(host, host.endsWith(".") ? "" : domain).name();
    return name == null ? List.of() : List.of(dotted(name));
  }

  private static String dotted(String name) {
    return name.endsWith(".") ? name : name + ".";
  }

  /**
   * Targets of MX records with a final dot, the best first, none twice in a row. Those that are
   * equally good keep the order of the answer.
   */
  static List<String> sorted(List<Record> records) {
    List<String> targets = new ArrayList<>();
    records.stream()
        .filter(MXRecord.class::isInstance)
        .map(MXRecord.class::cast)
        .sorted(Comparator.comparingInt(MXRecord::getPriority))
        .map(mx -> mx.getTarget().toString())
        .filter(differsFromLast(targets))
        .forEach(targets::add);
    return targets;
  }

  private static Predicate<String> differsFromLast(List<String> list) {
    return one -> list.isEmpty() || !list.get(list.size() - 1).equalsIgnoreCase(one);
  }
}
