package postern.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes every message that is relayed to it, and keeps it. */
final class NextHop implements AutoCloseable {
  private final ServerSocket listening;
  private final Queue<Taken> taken = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile int epoch;

  /**
   * A message taken.
   *
   * @param epoch what {@link #epoch(int)} had said last when its connection began
   * @param data header and body, lines ended by LF
   */
  record Taken(int epoch, String sender, List<String> recipients, String data) {}

  NextHop() throws IOException {
    listening = new ServerSocket(0, 100, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    Thread accepting = new Thread(this::accept, "next hop");
    accepting.setDaemon(true);
    accepting.start();
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Marks the messages of connections that begin from now on. */
  void epoch(int number) {
    epoch = number;
  }

  List<Taken> taken() {
    return List.copyOf(taken);
  }

  /** The first message; waits for it. */
  Taken first() {
    for (int i = 0; i < 300 && taken.isEmpty(); i++) {
      Served.pause(100);
    }
    return taken().get(0);
  }

  int connections() {
    return connections.get();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        connections.incrementAndGet();
        int now = epoch;
        Thread serving = new Thread(() -> serve(socket, now), "next hop session");
        serving.setDaemon(true);
        serving.start();
      } catch (IOException e) {
        // closed, or one connection less
      }
    }
  }

  private void serve(Socket socket, int now) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
      OutputStream out = socket.getOutputStream();
      say(out, "220 next.test ESMTP");
      String sender = "";
      List<String> recipients = new ArrayList<>();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String verb = line.length() < 4 ? line : line.substring(0, 4);
        switch (verb) {
          case "EHLO" ->
              say(out, "250-next.test\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250 8BITMIME");
          case "MAIL" -> {
            sender = line.substring(10);
            recipients = new ArrayList<>();
            say(out, "250 2.1.0 ok");
          }
          case "RCPT" -> {
            recipients.add(line.substring(8));
            say(out, "250 2.1.5 ok");
          }
          case "DATA" -> {
            say(out, "354 go on");
            String data = content(in);
            if (data.isEmpty()) {
              return; // the peer died in the middle
            }
            taken.add(new Taken(now, sender, List.copyOf(recipients), data));
            say(out, "250 2.0.0 taken");
          }
          case "QUIT" -> {
            say(out, "221 2.0.0 bye");
            return;
          }
          default -> say(out, "250 2.0.0 ok");
        }
      }
    } catch (IOException e) {
      // the peer is gone
    }
  }

  private static String content(BufferedReader in) throws IOException {
    StringBuilder data = new StringBuilder();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals(".")) {
        return data.toString();
      }
      data.append(line.startsWith(".") ? line.substring(1) : line).append('\n');
    }
    return "";
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
