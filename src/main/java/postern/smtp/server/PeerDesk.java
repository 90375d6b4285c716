package postern.smtp.server;

import io.netty.channel.socket.SocketChannel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import postern.policy.PeerFacts;

/** Receives one connection: counts it, refuses it if there are too many, finds its name. */
final class PeerDesk implements SessionHandler.Peers {
  private final SocketChannel channel;
  private final Listener listener;
  private final ServerSettings settings;
  private final ServerPorts ports;
  private final ConnectionCounts counts;
  private final SmtpServer.ListenerCount own;
  private boolean counted;

  PeerDesk(
      SocketChannel channel,
      Listener listener,
      ServerSettings settings,
      ServerPorts ports,
      ConnectionCounts counts,
      SmtpServer.ListenerCount own) {
    this.channel = channel;
    this.listener = listener;
    this.settings = settings;
    this.ports = ports;
    this.counts = counts;
    this.own = own;
  }

  @Override
  public void identify(Wire wire, Consumer<PeerFacts> known) {
    InetSocketAddress remote = ProxyHead.client(channel);
    ServerSettings.Limits limits = settings.limits();
    ConnectionCounts.Counts now =
        counts.opened(remote.getAddress(), ports.clock().millis(), limits.rateWindow());
    counted = true;
    int here = own.add(1);
    if (above(now.total(), limits.children()) || above(here, listener.children())) {
      ports
          .log()
          .note(
              "", "rejecting connections on daemon " + listener.name() + ": " + here + " children");
      refuse(wire);
      return;
    }
    if (ports.busy().refuses(listener)) {
      ports.log().note("", "rejecting connections on daemon " + listener.name() + ": load average");
      refuse(wire);
      return;
    }
    if (above(now.connections(), limits.perAddress())) {
      refuse(wire);
      return;
    }
    CompletableFuture<PeerNames.PeerName> name =
        ports.names().find(remote.getAddress()).toCompletableFuture();
    if (name.isDone()) {
      known.accept(facts(remote, name.join(), now));
    } else {
      var unused =
          name.thenAccept(found -> wire.onLoop(() -> known.accept(facts(remote, found, now))));
    }
  }

  @Override
  public void gone() {
    if (counted) {
      counted = false;
      own.add(-1);
      counts.closed(ProxyHead.client(channel).getAddress());
    }
  }

  private static boolean above(int count, int limit) {
    return limit > 0 && count > limit;
  }

  private void refuse(Wire wire) {
    wire.say(new Words(settings.hostName()).tooManyConnections());
    wire.finish(true);
  }

  private PeerFacts facts(
      InetSocketAddress remote, PeerNames.PeerName name, ConnectionCounts.Counts now) {
    InetSocketAddress local = channel.localAddress();
    return new PeerFacts(
        text(remote.getAddress()),
        remote.getPort(),
        name.name(),
        name.ptr(),
        name.resolve(),
        listener.name(),
        listener.daemonFlags(),
        listener.address().getAddress().getHostAddress(),
        local.getPort(),
        now.connections(),
        now.rate(),
        now.totalRate());
  }

  /** An address as sendmail writes it: {@code 192.0.2.1}, {@code IPv6:2001:db8:0:0:0:0:0:1}. */
  static String text(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return "IPv6:" + (scope < 0 ? text : text.substring(0, scope));
  }
}
