package postern.map.dns;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Cache;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;

/** Name servers asked through dnsjava, with one cache for all. */
public final class DnsNames implements NameService {
  private static final int MOST_CACHED = 20_000;

  private final Supplier<List<InetSocketAddress>> servers;
  // Made with the first question: dnsjava brings a log along, which a short command need not start.
  private @Nullable Cache cache;
  private final Map<Patience, LookupSession> sessions = new ConcurrentHashMap<>();

  private DnsNames(Supplier<List<InetSocketAddress>> servers) {
    this.servers = servers;
  }

  /** The servers that the system is configured for. */
  public static DnsNames system() {
    return new DnsNames(() -> ResolverConfig.getCurrentConfig().servers());
  }

  /** These servers. */
  public static DnsNames of(List<InetSocketAddress> servers) {
    List<InetSocketAddress> fixed = List.copyOf(servers);
    return new DnsNames(() -> fixed);
  }

  @Override
  public Reply ask(String name, int type, Patience patience) {
    Name asked;
    try {
      asked = Name.fromString(name, Name.root);
    } catch (TextParseException e) {
      return Reply.without(Outcome.NO_NAME);
    }
    try {
      LookupResult result =
          sessions
              .computeIfAbsent(patience, this::session)
              .lookupAsync(asked, type, DClass.IN)
              .toCompletableFuture()
              .get(patience.whole().toMillis(), TimeUnit.MILLISECONDS);
      return result.getRecords().isEmpty()
          ? Reply.without(Outcome.NO_DATA)
          : new Reply(Outcome.FOUND, result.getRecords());
    } catch (ExecutionException e) {
      return Reply.without(outcome(e.getCause()));
    } catch (TimeoutException e) {
      return Reply.without(Outcome.UNKNOWN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reply.without(Outcome.UNKNOWN);
    }
  }

  private static Outcome outcome(@Nullable Throwable cause) {
    if (cause instanceof NoSuchDomainException) {
      return Outcome.NO_NAME;
    }
    return cause instanceof NoSuchRRSetException ? Outcome.NO_DATA : Outcome.UNKNOWN;
  }

  private LookupSession session(Patience patience) {
    List<Resolver> resolvers = new ArrayList<>();
    for (InetSocketAddress server : servers.get()) {
      SimpleResolver resolver = new SimpleResolver(server);
      resolver.setTimeout(patience.each());
      resolvers.add(resolver);
    }
    ExtendedResolver all = new ExtendedResolver(resolvers);
    all.setRetries(patience.tries());
    all.setTimeout(patience.whole());
    return LookupSession.builder().resolver(all).cache(cache()).build();
  }

  private synchronized Cache cache() {
    Cache known = cache;
    if (known == null) {
      known = new Cache(DClass.IN);
      known.setMaxEntries(MOST_CACHED);
      cache = known;
    }
    return known;
  }
}
