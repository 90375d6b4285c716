package postern.smtp.client;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;

/**
 * Name service over dnsjava: asynchronous, with its cache, the hosts file first. Names are taken as
 * fully qualified; IPv4 addresses come first, so that a host without IPv6 loses no time.
 */
public final class DnsMxResolver implements MxResolver {
  private final LookupSession session;

  private DnsMxResolver(LookupSession session) {
    this.session = session;
  }

  /** The system's name servers and hosts file. */
  public static DnsMxResolver system() {
    return new DnsMxResolver(LookupSession.defaultBuilder().defaultHostsFileParser().build());
  }

  /** One name server, no hosts file; for tests and for those who run their own. */
  static DnsMxResolver of(Resolver resolver) {
    return new DnsMxResolver(LookupSession.builder().resolver(resolver).build());
  }

  @Override
  public CompletionStage<Answer<Mx>> mx(String domain) {
    return lookup(domain, Type.MX)
        .thenApply(
            answer -> {
              if (!(answer instanceof Answer.Found<Record> found)) {
                return other(answer);
              }
              List<Mx> records = new ArrayList<>();
              for (Record record : found.records()) {
                if (record instanceof MXRecord mx) {
                  records.add(new Mx(mx.getPriority(), host(mx.getTarget())));
                }
              }
              return records.isEmpty() ? new Answer.Empty<Mx>() : new Answer.Found<>(records);
            });
  }

  /** Without the final dot; the root, which is the null MX's target, becomes empty. */
  private static String host(Name name) {
    return name.toString(true).equals(".") ? "" : NextHop.withoutDot(name.toString());
  }

  @Override
  public CompletionStage<Answer<InetAddress>> addresses(String host) {
    CompletionStage<Answer<Record>> six = lookup(host, Type.AAAA);
    return lookup(host, Type.A).thenCombine(six, DnsMxResolver::addresses);
  }

  private static Answer<InetAddress> addresses(Answer<Record> four, Answer<Record> six) {
    List<InetAddress> addresses = new ArrayList<>();
    for (Answer<Record> answer : List.of(four, six)) {
      if (answer instanceof Answer.Found<Record> found) {
        for (Record record : found.records()) {
          if (record instanceof ARecord a) {
            addresses.add(a.getAddress());
          } else if (record instanceof AAAARecord a) {
            addresses.add(a.getAddress());
          }
        }
      }
    }
    if (!addresses.isEmpty()) {
      return new Answer.Found<>(addresses);
    }
    // What could not be told counts: there may be an address after all.
    return six instanceof Answer.Unknown<Record> ? other(six) : other(four);
  }

  private static <T> Answer<T> other(Answer<Record> answer) {
    if (answer instanceof Answer.NoName<Record>) {
      return new Answer.NoName<>();
    }
    return answer instanceof Answer.Unknown<Record> unknown
        ? new Answer.Unknown<>(unknown.reason())
        : new Answer.Empty<>();
  }

  private CompletionStage<Answer<Record>> lookup(String text, int type) {
    Name name;
    try {
      name = Name.fromString(text, Name.root);
    } catch (TextParseException e) {
      return CompletableFuture.completedFuture(new Answer.NoName<>());
    }
    return session
        .lookupAsync(name, type, DClass.IN)
        .handle((result, e) -> e == null ? found(result) : failed(Opening.cause(e)));
  }

  private static Answer<Record> found(LookupResult result) {
    return result.getRecords().isEmpty()
        ? new Answer.Empty<>()
        : new Answer.Found<>(result.getRecords());
  }

  private static Answer<Record> failed(Throwable e) {
    if (e instanceof NoSuchDomainException) {
      return new Answer.NoName<>();
    }
    if (e instanceof NoSuchRRSetException) {
      return new Answer.Empty<>();
    }
    String kind = e.getClass().getSimpleName().replaceAll("Exception$", "");
    return new Answer.Unknown<>("host name lookup failure (" + kind.toLowerCase(Locale.ROOT) + ")");
  }
}
