package postern.smtp.client;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
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

  /** An address to try. */
  record Target(String host, InetSocketAddress address) {
    /** {@code relay=}. */
    String relay() {
      return host + " [" + literal() + "]";
    }

    /** As in ${server_addr}: IPv6 addresses with their tag, uncompressed. */
    String literal() {
      InetAddress ip = address.getAddress();
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
  CompletableFuture<Resolved> resolve(String hosts, int port) {
    Resolved all = new Resolved(new ArrayList<>(), new ArrayList<>());
    List<NextHop> hops = NextHop.parse(hosts);
    if (hops.isEmpty()) {
      all.failures.add(
          Failure.permanent(
              "5.3.5", "550 5.3.5 no host to deliver to", "Local configuration error"));
    }
    CompletableFuture<Resolved> chain = CompletableFuture.completedFuture(all);
    for (NextHop hop : hops) {
      chain = chain.thenCompose(unused -> hop(hop, port, all));
    }
    return chain.handle(
        (done, e) -> {
          if (e != null) {
            all.failures.add(Failure.temporary("4.4.3", "name service: " + e.getMessage()));
          }
          return all;
        });
  }

  private CompletableFuture<Resolved> hop(NextHop hop, int port, Resolved all) {
    String inner = hop.inner();
    if (hop.bracketed()) {
      InetAddress literal = literal(inner);
      if (literal != null) {
        all.targets.add(new Target(hop.name(), new InetSocketAddress(literal, port)));
        return CompletableFuture.completedFuture(all);
      }
      return host(hop.name(), inner, port, all);
    }
    return resolver.mx(inner).toCompletableFuture().thenCompose(mx -> byMx(inner, mx, port, all));
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
      String domain, MxResolver.Answer<MxResolver.Mx> answer, int port, Resolved all) {
    if (answer instanceof MxResolver.Answer.Found<MxResolver.Mx> found) {
      return byMx(domain, found.records(), port, all);
    }
    if (answer instanceof MxResolver.Answer.Unknown<MxResolver.Mx> unknown) {
      all.failures.add(nameServer(domain, unknown.reason()));
    } else if (answer instanceof MxResolver.Answer.NoName<MxResolver.Mx>) {
      all.failures.add(hostUnknown(domain));
    } else {
      return host(domain, domain, port, all);
    }
    return CompletableFuture.completedFuture(all);
  }

  private CompletableFuture<Resolved> byMx(
      String domain, List<MxResolver.Mx> records, int port, Resolved all) {
    List<MxResolver.Mx> exchangers =
        new ArrayList<>(records.stream().filter(mx -> !mx.host().isEmpty()).toList());
    if (exchangers.isEmpty()) {
      all.failures.add(
          Failure.permanent(
              "5.1.10", "556 5.1.10 " + domain + " accepts no mail (null MX)", "Host unknown"));
      return CompletableFuture.completedFuture(all);
    }
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
                      ? host(mx.host(), mx.host(), port, all)
                      : CompletableFuture.completedFuture(all));
    }
    return chain;
  }

  /** The addresses of {@code host}, under the name {@code shown}. */
  private CompletableFuture<Resolved> host(String shown, String host, int port, Resolved all) {
    return resolver
        .addresses(host)
        .toCompletableFuture()
        .thenApply(
            answer -> {
              if (answer instanceof MxResolver.Answer.Found<InetAddress> found) {
                for (InetAddress ip : found.records()) {
                  all.targets.add(new Target(shown, new InetSocketAddress(ip, port)));
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
