package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.smtp.server.Listener;
import postern.source.SourceText;

/** Keys of DaemonPortOptions, and whom ETRN means. */
class ListenerOptionsTest {
  private static List<Listener> listeners(String... lines) throws StartupException {
    StringBuilder text = new StringBuilder("V10\n");
    for (String line : lines) {
      text.append("O DaemonPortOptions=").append(line).append('\n');
    }
    Configuration configuration =
        Compiler.compile(
            SourceText.of("test.cf", text.toString()), Compiler.Settings.plain(Host.local()));
    return new GatewayOptions(configuration)
        .listeners(new InetSocketAddress(InetAddress.getLoopbackAddress(), 2525));
  }

  @Test
  void everyKeyIsRead() throws StartupException {
    Listener listener =
        listeners(
                "Name=in, Port=2526, Addr=127.0.0.2, Modify=Ea, Listen=7, SndBufSize=4096,"
                    + " RcvBufSize=8192, children=9, delayLA=3, queueLA=4, refuseLA=5,"
                    + " DeliveryMode=q")
            .get(0);
    assertEquals("in", listener.name());
    assertEquals("/127.0.0.2:2526", listener.address().toString());
    assertEquals("EE a", listener.daemonFlags());
    assertEquals(List.of(7, 4096, 8192, 9), numbers(listener));
    assertEquals(new Listener.Load(3, 4, 5), listener.load());
    assertEquals("q", listener.deliveryMode());
  }

  private static List<Integer> numbers(Listener of) {
    return List.of(of.backlog(), of.sendBuffer(), of.receiveBuffer(), of.children());
  }

  @Test
  void whatIsNotSaidComesFromTheFallbackAndTheOptions() throws StartupException {
    Listener listener = listeners("Name=MSA, r=8").get(0);
    assertEquals(2525, listener.address().getPort());
    assertEquals(new Listener.Load(0, 0, 8), listener.load());
    assertEquals("", listener.deliveryMode());
  }

  @Test
  void nonsenseIsSaidSo() {
    assertThrows(StartupException.class, () -> listeners("Port=25, DeliveryMode=x"));
    assertThrows(StartupException.class, () -> listeners("Port=25, queueLA=high"));
    assertThrows(StartupException.class, () -> listeners("Port=25, zone=1"));
  }

  @Test
  void etrnMeansAHostOrADomain() {
    Predicate<String> host = NodeRuns.wanted("Mail.Example.");
    assertTrue(host.test("mail.example"));
    assertFalse(host.test("a.mail.example"));
    Predicate<String> domain = NodeRuns.wanted("@example");
    assertTrue(domain.test("example") && domain.test("mail.example."));
    assertFalse(domain.test("badexample"));
  }
}
