package postern.smtp.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** The resolver against a name server on loopback that answers from a table. */
class DnsMxResolverTest {
  private static final Map<String, List<String>> ZONE =
      Map.of(
          "remote.test. MX", List.of("10 mx1.remote.test.", "20 mx2.remote.test."),
          "null.test. MX", List.of("0 ."),
          "mx1.remote.test. A", List.of("192.0.2.1", "192.0.2.2"),
          "mx1.remote.test. AAAA", List.of("2001:db8::1"),
          "plain.test. A", List.of("192.0.2.9"));

  @SuppressWarnings("NullAway.Init")
  private DatagramSocket socket;

  @SuppressWarnings("NullAway.Init")
  private DnsMxResolver resolver;

  @BeforeEach
  void start() throws Exception {
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread thread = new Thread(this::serve, "name-server");
    thread.setDaemon(true);
    thread.start();
    SimpleResolver simple =
        new SimpleResolver(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort()));
    simple.setTimeout(Duration.ofSeconds(2));
    resolver = DnsMxResolver.of(simple);
  }

  @AfterEach
  void stop() {
    socket.close();
  }

  private void serve() {
    byte[] buffer = new byte[4096];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        byte[] answer = answer(query).toWire();
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private static Message answer(Message query) throws IOException {
    Record question = query.getQuestion();
    Name name = question.getName();
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.addRecord(question, Section.QUESTION);
    if (name.toString().equals("broken.test.")) {
      answer.getHeader().setRcode(Rcode.SERVFAIL);
      return answer;
    }
    List<String> records = ZONE.get(name + " " + Type.string(question.getType()));
    if (records != null) {
      for (String text : records) {
        answer.addRecord(
            Record.fromString(name, question.getType(), DClass.IN, 60, text, Name.root),
            Section.ANSWER);
      }
    } else if (ZONE.keySet().stream().noneMatch(key -> key.startsWith(name + " "))) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    return answer;
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  @Test
  void mxRecords() {
    assertEquals(
        new MxResolver.Answer.Found<>(
            List.of(
                new MxResolver.Mx(10, "mx1.remote.test"),
                new MxResolver.Mx(20, "mx2.remote.test"))),
        get(resolver.mx("remote.test")));
    assertEquals(
        new MxResolver.Answer.Found<>(List.of(new MxResolver.Mx(0, ""))),
        get(resolver.mx("null.test")));
    assertInstanceOf(MxResolver.Answer.Empty.class, get(resolver.mx("plain.test")));
    assertInstanceOf(MxResolver.Answer.NoName.class, get(resolver.mx("no.test")));
    assertInstanceOf(MxResolver.Answer.NoName.class, get(resolver.mx("a..b")));
    assertEquals(
        new MxResolver.Answer.Unknown<>("host name lookup failure (serverfailed)"),
        get(resolver.mx("broken.test")));
  }

  @Test
  void addressesOfBothFamilies() throws IOException {
    assertEquals(
        new MxResolver.Answer.Found<>(
            List.of(
                InetAddress.getByName("192.0.2.1"),
                InetAddress.getByName("192.0.2.2"),
                InetAddress.getByName("2001:db8::1"))),
        get(resolver.addresses("mx1.remote.test.")));
    assertInstanceOf(MxResolver.Answer.Empty.class, get(resolver.addresses("remote.test")));
    assertInstanceOf(MxResolver.Answer.NoName.class, get(resolver.addresses("no.test")));
    assertInstanceOf(MxResolver.Answer.Unknown.class, get(resolver.addresses("broken.test")));
  }
}
