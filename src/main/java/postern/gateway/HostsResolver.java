package postern.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  private final Path hosts;
  private final boolean filesOnly;

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
    List<InetAddress> found = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(hosts, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.strip().split("[ \t]+", -1);
        for (int i = 1; i < fields.length; i++) {
          if (fields[i].equalsIgnoreCase(host)) {
            found.add(InetAddress.getByName(fields[0]));
          }
        }
      }
    } catch (IOException e) {
      return null; // no file, or one that holds no addresses
    }
    return found.isEmpty() ? null : new Answer.Found<>(found);
  }
}
