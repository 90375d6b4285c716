package postern.smtp.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DestinationTest {
  private static final Map<String, List<MxResolver.Mx>> MX =
      Map.of(
          "two.test", List.of(mx(20, "b.test"), mx(10, "a.test")),
          "same.test", List.of(mx(10, "a.test"), mx(10, "b.test"), mx(10, "c.test")),
          "null.test", List.of(mx(0, "")),
          "us.test", List.of(mx(10, "a.test"), mx(20, "GW.example.test"), mx(20, "b.test")),
          "loop.test", List.of(mx(10, "gw.example.test"), mx(20, "b.test")),
          "half.test", List.of(mx(10, "gone.test"), mx(20, "b.test")));

  private static MxResolver.Mx mx(int preference, String host) {
    return new MxResolver.Mx(preference, host);
  }

  private static final MxResolver NAMES =
      new MxResolver() {
        @Override
        public CompletionStage<Answer<Mx>> mx(String domain) {
          List<Mx> records = MX.get(domain);
          Answer<Mx> answer = records == null ? new Answer.Empty<>() : new Answer.Found<>(records);
          if (domain.equals("unsure.test")) {
            answer = new Answer.Unknown<>("timeout");
          } else if (domain.equals("nowhere.test")) {
            answer = new Answer.NoName<>();
          }
          return CompletableFuture.completedFuture(answer);
        }

        @Override
        public CompletionStage<Answer<InetAddress>> addresses(String host) {
          try {
            return CompletableFuture.completedFuture(
                host.equals("gone.test")
                    ? new Answer.NoName<>()
                    : new Answer.Found<>(List.of(InetAddress.getByName("192.0.2.1"))));
          } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
          }
        }
      };

  private static Destination.Resolved resolve(String hosts) {
    return resolve(hosts, Transport.smtp(0), RelaySettings.of("gw.example.test"));
  }

  private static Destination.Resolved resolve(
      String hosts, Transport transport, RelaySettings settings) {
    return new Destination(NAMES, settings, new Random()).resolve(hosts, transport).join();
  }

  private static String hosts(String hosts) {
    return resolve(hosts).targets().stream()
        .map(Destination.Target::host)
        .collect(Collectors.joining(" "));
  }

  private static String failure(String hosts) {
    Destination.Resolved resolved = resolve(hosts);
    assertEquals(List.of(), resolved.targets());
    RecipientOutcome outcome = resolved.failures().get(0).outcome("", "", false);
    return outcome.kind() + " " + outcome.dsn() + " " + outcome.stat();
  }

  @Test
  void exchangersComeByPreference() {
    assertEquals("a.test b.test", hosts("two.test"));
    assertEquals("b.test", hosts("half.test"));
    assertEquals("plain.test", hosts("plain.test"));
  }

  @Test
  void equalPreferencesAreShuffled() {
    Set<String> orders = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      orders.add(hosts("same.test"));
    }
    assertEquals(6, orders.size());
  }

  @Test
  void ourselvesAndWhatIsNoBetterIsLeftOut() {
    assertEquals("a.test", hosts("us.test"));
    assertEquals("PERMANENT 5.3.5 Local configuration error", failure("loop.test"));
  }

  @Test
  void bracketsMeanNoMx() {
    assertEquals("[two.test]", hosts("[two.test]"));
    Destination.Target four = resolve("[127.0.0.20]").targets().get(0);
    assertEquals("[127.0.0.20] [127.0.0.20]", four.relay());
    Destination.Target six = resolve("[IPv6:2001:db8::1]").targets().get(0);
    assertEquals("IPv6:2001:db8:0:0:0:0:0:1", six.literal());
    assertEquals(25, ((java.net.InetSocketAddress) six.address()).getPort());
  }

  @Test
  void listsAreTriedInOrder() {
    assertEquals("[x.test] a.test b.test [2001:db8::1]", hosts("[x.test]:two.test.:[2001:db8::1]"));
  }

  private static String withFallbacks(String hosts, String exchanger, String smartHost) {
    RelaySettings settings =
        RelaySettings.of("gw.example.test").withFallbacks(exchanger, smartHost);
    return resolve(hosts, Transport.smtp(0), settings).targets().stream()
        .map(Destination.Target::host)
        .collect(Collectors.joining(" "));
  }

  @Test
  void fallbackExchangerStandsBehindAllOfADomainThatTakesMail() {
    assertEquals("a.test b.test [fall.test]", withFallbacks("two.test", "[fall.test]", ""));
    assertEquals("plain.test a.test b.test", withFallbacks("plain.test", "two.test", ""));
    assertEquals("[fall.test]", withFallbacks("unsure.test", "[fall.test]", ""));
    assertEquals("[fall.test]", withFallbacks("loop.test", "[fall.test]", ""));
    assertEquals("", withFallbacks("nowhere.test", "[fall.test]", ""));
    assertEquals("[x.test]", withFallbacks("[x.test]", "[fall.test]", ""));
    assertEquals("", withFallbacks("null.test", "[fall.test]", ""));
    assertEquals("plain.test", withFallbacks("plain.test", "[GW.example.test]", ""));
  }

  @Test
  void fallbackSmartHostIsTheLastResortForEverything() {
    assertEquals("a.test b.test [smart.test]", withFallbacks("two.test", "", "[smart.test]"));
    assertEquals("[smart.test]", withFallbacks("nowhere.test", "", "[smart.test]"));
    assertEquals("[x.test] [smart.test]", withFallbacks("[x.test]", "", "[smart.test]"));
  }

  @Test
  void lmtpAndLocalSocketsAskNoExchangers() {
    Transport lmtp = new Transport(24, null, true);
    RelaySettings settings = RelaySettings.of("gw.example.test");
    assertEquals("two.test", resolve("two.test", lmtp, settings).targets().get(0).host());
    Transport socket = new Transport(0, java.nio.file.Path.of("/run/lmtp"), true);
    Destination.Target target = resolve("x", socket, settings).targets().get(0);
    assertEquals("localhost [/run/lmtp]", target.relay());
    assertTrue(target.lmtp());
  }

  @Test
  void whatCannotBeReached() {
    assertEquals("PERMANENT 5.1.10 Host unknown", failure("null.test"));
    assertEquals("PERMANENT 5.1.2 Host unknown", failure("nowhere.test"));
    assertEquals(
        "TEMPORARY 4.4.3 Deferred: Name server: unsure.test: timeout", failure("unsure.test"));
    assertEquals("PERMANENT 5.3.5 Local configuration error", failure(""));
    assertTrue(resolve("half.test").failures().size() == 1);
  }
}
