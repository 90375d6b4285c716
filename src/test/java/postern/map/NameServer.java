package postern.map;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A name server on the loopback interface. Names that begin with {@code fail}, {@code refuse} or
 * {@code silent} have no answer.
 */
final class NameServer implements AutoCloseable {
  private final DatagramSocket socket;
  private final Map<String, Map<Integer, java.util.List<Record>>> zone = new ConcurrentHashMap<>();
  private final AtomicInteger questions = new AtomicInteger();

  NameServer() throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "name server");
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
  }

  int questions() {
    return questions.get();
  }

  /** Adds records in the form of a zone file: name, type, data. */
  NameServer add(String name, String type, String... data) throws IOException {
    Name owner = Name.fromString(name, Name.root);
    int number = Type.value(type);
    for (String one : data) {
      zone.computeIfAbsent(key(owner), k -> new ConcurrentHashMap<>())
          .computeIfAbsent(number, k -> new java.util.concurrent.CopyOnWriteArrayList<>())
          .add(Record.fromString(owner, number, DClass.IN, 300, one, Name.root));
    }
    return this;
  }

  private static String key(Name name) {
    return name.toString().toLowerCase(java.util.Locale.ROOT);
  }

  private void serve() {
    byte[] buffer = new byte[4096];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        questions.incrementAndGet();
        Message query = new Message(java.util.Arrays.copyOf(buffer, packet.getLength()));
        String name = query.getQuestion().getName().toString();
        if (!name.startsWith("silent")) {
          byte[] reply = answer(query, name).toWire();
          socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        // closed, or not a question
      }
    }
  }

  private Message answer(Message query, String name) {
    Record question = query.getQuestion();
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RA);
    answer.addRecord(question, Section.QUESTION);
    if (name.startsWith("fail") || name.startsWith("refuse")) {
      answer.getHeader().setRcode(name.startsWith("fail") ? Rcode.SERVFAIL : Rcode.REFUSED);
      return answer;
    }
    Name owner = question.getName();
    Map<Integer, java.util.List<Record>> records = zone.get(key(owner));
    if (records == null) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
      return answer;
    }
    if (records.containsKey(Type.CNAME) && question.getType() != Type.CNAME) {
      CNAMERecord alias = (CNAMERecord) records.get(Type.CNAME).get(0);
      answer.addRecord(alias, Section.ANSWER);
      records = zone.getOrDefault(key(alias.getTarget()), Map.of());
    }
    records
        .getOrDefault(question.getType(), java.util.List.of())
        .forEach(record -> answer.addRecord(record, Section.ANSWER));
    return answer;
  }

  @Override
  public void close() {
    socket.close();
  }
}
