package postern.gateway;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import postern.cf.Options;
import postern.smtp.client.DnsMxResolver;
import postern.smtp.client.MxResolver;

/**
 * Addresses of hosts from {@code HostsFile}, else from the name service; mail exchangers from the
 * name service. Where {@code ServiceSwitchFile} names files only, nobody else is asked.
 */
final class HostsResolver implements MxResolver {
  private static final long FRESH_NANOS = 2_000_000_000L;

  private final Path hosts;
  private final boolean filesOnly;
  private volatile Table table = new Table(System.nanoTime() - FRESH_NANOS - 1, Map.of());

  private HostsResolver(Path hosts, boolean filesOnly) {
    this.hosts = hosts;
    this.filesOnly = filesOnly;
  }

  static HostsResolver of(Options options) {
    return new HostsResolver(
        Path.of(options.string("HostsFile", "/etc/hosts")),
        HostNames.filesOnly(options.string("ServiceSwitchFile")));
  }

  /** Made when first needed: a gateway with a smart host by address never does. */
  private static final class Dns {
    static final DnsMxResolver RESOLVER = DnsMxResolver.system();
  }

  @Override
  public CompletionStage<Answer<Mx>> mx(String domain) {
    return filesOnly
        ? CompletableFuture.completedFuture(new Answer.Empty<>())
        : Dns.RESOLVER.mx(domain);
  }

  @Override
  public CompletionStage<Answer<InetAddress>> addresses(String host) {
    Answer<InetAddress> known = fromFile(host);
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    return filesOnly
        ? CompletableFuture.completedFuture(new Answer.NoName<>())
        : Dns.RESOLVER.addresses(host);
  }

  private @Nullable Answer<InetAddress> fromFile(String host) {
    Table now = table;
    if (System.nanoTime() - now.read > FRESH_NANOS) {
      now = read();
      table = now;
    }
    List<InetAddress> found = now.addresses.get(host.toLowerCase(Locale.ROOT));
    return found == null ? null : new Answer.Found<>(found);
  }

  /** What the file said when it was read last. */
  private record Table(long read, Map<String, List<InetAddress>> addresses) {}

  private Table read() {
    Map<String, List<InetAddress>> addresses = new HashMap<>();
    try {
      for (String line : Files.readAllLines(hosts, StandardCharsets.ISO_8859_1)) {
        int comment = line.indexOf('#');
        String text = comment < 0 ? line : line.substring(0, comment);
        String[] fields = text.strip().split("[ \t]+", -1);
        byte[] address = NetUtil.createByteArrayFromIpAddressString(fields[0]);
        for (int i = 1; i < fields.length && address != null; i++) {
          addresses
              .computeIfAbsent(fields[i].toLowerCase(Locale.ROOT), k -> new ArrayList<>())
              .add(InetAddress.getByAddress(address));
        }
      }
    } catch (IOException e) {
      // no file: no names from there
    }
    return new Table(System.nanoTime(), addresses);
  }
}
