package postern.smtp.client;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Turns a route's host into addresses to connect to, best first (RFC 5321 section 5.1): MX records
 * by preference, equals shuffled, cut off where we are listed ourselves; a domain without MX is its
 * own exchanger; the null MX takes no mail (RFC 7505).
 */
final class Destination {

  /**
   * An address to try.
   *
   * @param address of the Internet, or of a local socket
   */
  record Target(String host, SocketAddress address, boolean lmtp) {
    /** {@code relay=}. */
    String relay() {
      return host + " [" + literal() + "]";
    }

    /** As in ${server_addr}: IPv6 addresses with their tag, uncompressed. */
    String literal() {
      if (!(address instanceof InetSocketAddress internet)) {
        return address.toString();
      }
      InetAddress ip = internet.getAddress();
      String text = ip.getHostAddress();
      int scope = text.indexOf('%');
      String bare = scope < 0 ? text : text.substring(0, scope);
      return ip.getAddress().length == 16 ? "IPv6:" + bare : bare;
    }
  }

  /** Targets in order, and what went wrong on the way to those that are missing. */
  record Resolved(List<Target> targets, List<Failure> failures) {}

  private final MxResolver resolver;
  private final RelaySettings settings;
  private final Random random;

  Destination(MxResolver resolver, RelaySettings settings, Random random) {
    this.resolver = resolver;
    this.settings = settings;
    this.random = random;
  }

  /** Never fails: failures are among the result. */
  CompletableFuture<Resolved> resolve(String hosts, Transport transport) {
    Resolved all = new Resolved(new ArrayList<>(), new ArrayList<>());
    Path socket = transport.socket();
    if (socket != null) {
      all.targets.add(
          new Target("localhost", UnixDomainSocketAddress.of(socket), transport.lmtp()));
      return CompletableFuture.completedFuture(all);
    }
    Asked asked =
        new Asked(transport.port() > 0 ? transport.port() : settings.port(), transport.lmtp(), all);
    List<NextHop> hops = NextHop.parse(hosts);
    if (hops.isEmpty()) {
      all.failures.add(
          Failure.permanent(
              "5.3.5", "550 5.3.5 no host to deliver to", "Local configuration error"));
    }
    CompletableFuture<Resolved> chain = CompletableFuture.completedFuture(all);
    for (NextHop hop : hops) {
      chain = chain.thenCompose(unused -> hop(hop, asked));
    }
    return chain
        .thenCompose(unused -> fallBack(asked))
        .handle(
            (done, e) -> {
              if (e != null) {
                all.failures.add(Failure.temporary("4.4.3", "name service: " + e.getMessage()));
              }
              return all;
            });
  }

  /** What is asked for, and what has been found so far. */
  private static final class Asked {
    final int port;
    final boolean lmtp;
    final Resolved all;

    /** A domain may have further exchangers than its own: it exists, and it did not decline. */
    boolean open;

    Asked(int port, boolean lmtp, Resolved all) {
      this.port = port;
      this.lmtp = lmtp;
      this.all = all;
    }

    void add(String host, InetAddress ip) {
      Target target = new Target(host, new InetSocketAddress(ip, port), lmtp);
      if (!all.targets.contains(target)) {
        all.targets.add(target);
      }
    }
  }

  /**
   * {@code FallbackMXhost} stands behind the exchangers of every domain, {@code FallbackSmartHost}
   * behind everything. Neither may lead back to us.
   */
  private CompletableFuture<Resolved> fallBack(Asked asked) {
    List<Target> targets = asked.all.targets;
    if (targets.size() > settings.mostHosts()) {
      targets.subList(settings.mostHosts(), targets.size()).clear();
    }
    CompletableFuture<Resolved> chain = CompletableFuture.completedFuture(asked.all);
    List<String> names = new ArrayList<>();
    if (asked.open) {
      names.add(settings.fallbackMx());
    }
    names.add(settings.fallbackSmartHost());
    for (String name : names) {
      for (NextHop hop : NextHop.parse(name)) {
        if (!settings.isOwnName(hop.inner())) {
          chain = chain.thenCompose(unused -> hop(hop, asked));
        }
      }
    }
    return chain;
  }

  private CompletableFuture<Resolved> hop(NextHop hop, Asked asked) {
    String inner = hop.inner();
    if (hop.bracketed()) {
      InetAddress literal = literal(inner);
      if (literal != null) {
        asked.add(hop.name(), literal);
        return CompletableFuture.completedFuture(asked.all);
      }
      return host(hop.name(), inner, asked);
    }
    if (asked.lmtp) { // LMTP knows no mail exchangers
      return host(inner, inner, asked);
    }
    return resolver.mx(inner).toCompletableFuture().thenCompose(mx -> byMx(inner, mx, asked));
  }

  private static @org.jspecify.annotations.Nullable InetAddress literal(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null) {
      return null;
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      return null; // only for a wrong length, which the parser does not give
    }
  }

  private CompletableFuture<Resolved> byMx(
      String domain, MxResolver.Answer<MxResolver.Mx> answer, Asked asked) {
    Resolved all = asked.all;
    if (answer instanceof MxResolver.Answer.Found<MxResolver.Mx> found) {
      return byMx(domain, found.records(), asked);
    }
    asked.open |= !(answer instanceof MxResolver.Answer.NoName<MxResolver.Mx>);
    if (answer instanceof MxResolver.Answer.Unknown<MxResolver.Mx> unknown) {
      all.failures.add(nameServer(domain, unknown.reason()));
    } else if (answer instanceof MxResolver.Answer.NoName<MxResolver.Mx>) {
      all.failures.add(hostUnknown(domain));
    } else {
      return host(domain, domain, asked);
    }
    return CompletableFuture.completedFuture(all);
  }

  private CompletableFuture<Resolved> byMx(
      String domain, List<MxResolver.Mx> records, Asked asked) {
    Resolved all = asked.all;
    List<MxResolver.Mx> exchangers =
        new ArrayList<>(records.stream().filter(mx -> !mx.host().isEmpty()).toList());
    if (exchangers.isEmpty()) {
      all.failures.add(
          Failure.permanent(
              "5.1.10", "556 5.1.10 " + domain + " accepts no mail (null MX)", "Host unknown"));
      return CompletableFuture.completedFuture(all);
    }
    asked.open = true;
    Collections.shuffle(exchangers, random);
    exchangers.sort(Comparator.comparingInt(MxResolver.Mx::preference));
    int own =
        exchangers.stream()
            .filter(mx -> settings.isOwnName(mx.host()))
            .mapToInt(MxResolver.Mx::preference)
            .min()
            .orElse(Integer.MAX_VALUE);
    exchangers.removeIf(mx -> mx.preference() >= own);
    if (exchangers.isEmpty()) {
      all.failures.add(
          Failure.permanent(
              "5.3.5",
              "553 5.3.5 " + domain + " config error: mail loops back to me (MX problem?)",
              "Local configuration error"));
    }
    CompletableFuture<Resolved> chain = CompletableFuture.completedFuture(all);
    for (MxResolver.Mx mx : exchangers) {
      chain =
          chain.thenCompose(
              unused ->
                  all.targets.size() < settings.mostHosts()
                      ? host(mx.host(), mx.host(), asked)
                      : CompletableFuture.completedFuture(all));
    }
    return chain;
  }

  /** The addresses of {@code host}, under the name {@code shown}. */
  private CompletableFuture<Resolved> host(String shown, String host, Asked asked) {
    Resolved all = asked.all;
    return resolver
        .addresses(host)
        .toCompletableFuture()
        .thenApply(
            answer -> {
              if (answer instanceof MxResolver.Answer.Found<InetAddress> found) {
                for (InetAddress ip : found.records()) {
                  asked.add(shown, ip);
                }
              } else if (answer instanceof MxResolver.Answer.Unknown<InetAddress> unknown) {
                all.failures.add(nameServer(host, unknown.reason()));
              } else {
                all.failures.add(hostUnknown(host));
              }
              return all;
            });
  }

  private static Failure hostUnknown(String host) {
    return Failure.permanent(
        "5.1.2",
        "550 5.1.2 Host unknown (Name server: " + host + ": host not found)",
        "Host unknown");
  }

  private static Failure nameServer(String host, String reason) {
    return Failure.temporary("4.4.3", "Name server: " + host + ": " + reason);
  }
}
