package postern.gateway;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import postern.cf.Options;
import postern.policy.PeerFacts.Resolve;
import postern.smtp.server.PeerNames;

/**
 * Names of connecting addresses: from the hosts file at once, from the system's resolver (forward
 * and back) on a worker unless {@code ServiceSwitchFile} says files only.
 */
final class HostNames implements PeerNames {
  private final HostsFile hosts;
  private final boolean filesOnly;
  private final Executor workers;

  HostNames(Options options, Executor workers) {
    hosts = new HostsFile(Path.of(options.string("HostsFile", "/etc/hosts")));
    filesOnly = filesOnly(options.string("ServiceSwitchFile"));
    this.workers = workers;
  }

  /** Whether {@code ServiceSwitchFile} knows no other source of host names than the hosts file. */
  static boolean filesOnly(String switchFile) {
    if (switchFile.isEmpty()) {
      return false;
    }
    try {
      for (String line : Files.readAllLines(Path.of(switchFile), StandardCharsets.ISO_8859_1)) {
        String[] fields = line.strip().split("[ \t]+", -1);
        if (fields[0].equals("hosts")) {
          return fields.length == 2 && fields[1].equals("files");
        }
      }
    } catch (IOException e) {
      // as if there were none
    }
    return false;
  }

  @Override
  public CompletionStage<PeerName> find(InetAddress address) {
    String shown = shown(address);
    String known = hosts.name(address.getHostAddress());
    if (known != null) {
      return CompletableFuture.completedFuture(new PeerName(known, known, Resolve.OK));
    }
    PeerName unknown = new PeerName("[" + shown + "]", "[" + shown + "]", Resolve.FAIL);
    if (filesOnly || address.isLoopbackAddress()) {
      return CompletableFuture.completedFuture(unknown);
    }
    return CompletableFuture.supplyAsync(() -> ask(address, unknown), workers);
  }

  /** The address as macros show it. */
  static String shown(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return "IPv6:" + (scope < 0 ? text : text.substring(0, scope));
  }

  private static PeerName ask(InetAddress address, PeerName unknown) {
    String name = address.getCanonicalHostName();
    if (name.equals(address.getHostAddress())) {
      return unknown;
    }
    try {
      for (InetAddress back : InetAddress.getAllByName(name)) {
        if (back.equals(address)) {
          return new PeerName(name, name, Resolve.OK);
        }
      }
      return new PeerName(unknown.name(), name, Resolve.FORGED);
    } catch (UnknownHostException e) {
      return new PeerName(unknown.name(), name, Resolve.FORGED);
    }
  }
}
