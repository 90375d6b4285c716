package postern.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import postern.smtp.client.MxResolver;

/** Addresses of hosts from the hosts file, else from the system's resolver; no MX records. */
final class HostsResolver implements MxResolver {
  private final Path hosts;
  private final Executor workers;

  HostsResolver(Path hosts, Executor workers) {
    this.hosts = hosts;
    this.workers = workers;
  }

  @Override
  public CompletionStage<Answer<Mx>> mx(String domain) {
    return CompletableFuture.completedFuture(new Answer.Empty<>());
  }

  @Override
  public CompletionStage<Answer<InetAddress>> addresses(String host) {
    return CompletableFuture.supplyAsync(() -> find(host), workers);
  }

  private Answer<InetAddress> find(String host) {
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
      found.clear(); // no file, or one that holds no addresses
    }
    if (!found.isEmpty()) {
      return new Answer.Found<>(found);
    }
    try {
      return new Answer.Found<>(List.of(InetAddress.getAllByName(host)));
    } catch (UnknownHostException e) {
      return new Answer.NoName<>();
    }
  }
}
