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
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A next hop on a bad day: it hangs up, answers 421, 4xx or 5xx at any point, falls silent, breaks
 * off within the content, and sometimes takes a message without saying so.
 */
final class ChaosPeer implements AutoCloseable {
  private final ServerSocket listening;
  private final long seed;
  private final int silence;
  private final Queue<Taken> taken = new ConcurrentLinkedQueue<>();
  private volatile int epoch;
  private volatile boolean wellBehaved;
  private long connections;

  /**
   * A message that was taken.
   *
   * @param epoch in which life of the gateway its connection began
   * @param answered the 250 was written; whether it arrived is another question
   */
  record Taken(int epoch, String token, boolean answered, boolean whole) {}

  /**
   * @param silence milliseconds of a pause that the other side should not have the patience for
   */
  ChaosPeer(long seed, int silence) throws IOException {
    this.seed = seed;
    this.silence = silence;
    listening = new ServerSocket(0, 200, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    Thread accepting = new Thread(this::accept, "chaos peer");
    accepting.setDaemon(true);
    accepting.start();
  }

  int port() {
    return listening.getLocalPort();
  }

  void epoch(int life) {
    epoch = life;
  }

  /** From now on it does what it should, so that the rest can leave. */
  void calmDown() {
    wellBehaved = true;
  }

  List<Taken> taken() {
    return List.copyOf(taken);
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        Random random = new Random(seed + connections++);
        int life = epoch;
        Thread serving = new Thread(() -> serve(socket, random, life), "chaos session");
        serving.setDaemon(true);
        serving.start();
      } catch (IOException e) {
        // closed, or one connection less
      }
    }
  }

  private void serve(Socket socket, Random random, int life) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
      OutputStream out = socket.getOutputStream();
      if (mishap(out, random, 30)) {
        return;
      }
      say(out, "220 chaos.test ESMTP");
      String recipient = "";
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String verb = line.length() < 4 ? line : line.substring(0, 4);
        if (!verb.equals("QUIT") && mishap(out, random, 4)) {
          return;
        }
        int dice = wellBehaved ? 999 : random.nextInt(1000);
        switch (verb) {
          case "EHLO" -> say(out, "250-chaos.test\r\n250-PIPELINING\r\n250 8BITMIME");
          case "RCPT" -> {
            recipient = dice < 50 || (dice >= 50 && dice < 90) ? "" : line;
            say(
                out,
                dice < 50
                    ? "550 5.1.1 not here"
                    : dice < 90 ? "450 4.2.1 not now" : "250 2.1.5 ok");
          }
          case "DATA" -> {
            if (recipient.isEmpty()) {
              say(out, "503 5.5.1 nobody to send it to");
            } else if (dice < 20) {
              say(out, "451 4.3.0 no room");
            } else {
              say(out, "354 go on");
              String message = content(in, dice < 40 ? random.nextInt(5) : Integer.MAX_VALUE);
              if (message == null) {
                return;
              }
              if (!end(out, message, wellBehaved ? 999 : random.nextInt(1000), life)) {
                return;
              }
            }
            recipient = "";
          }
          case "QUIT" -> {
            say(out, "221 2.0.0 bye");
            return;
          }
          default -> say(out, "250 2.0.0 ok");
        }
      }
    } catch (IOException | InterruptedException e) {
      // the peer is gone
    }
  }

  /** Something goes wrong with the connection, {@code permille} of the time. */
  private boolean mishap(OutputStream out, Random random, int permille)
      throws IOException, InterruptedException {
    if (wellBehaved || random.nextInt(1000) >= permille) {
      return false;
    }
    switch (random.nextInt(3)) {
      case 0 -> say(out, "421 4.3.2 going away");
      case 1 -> Thread.sleep(silence);
      default -> {
        // hangs up
      }
    }
    return true;
  }

  private boolean end(OutputStream out, String message, int dice, int life) throws IOException {
    String token = Letter.tokenOf(message);
    boolean whole = message.endsWith("the end of " + token + "\n");
    if (dice < 30) {
      say(out, "452 4.3.1 full");
    } else if (dice < 50) {
      say(out, "554 5.6.0 no thanks");
    } else if (dice < 70) {
      taken.add(new Taken(life, token, false, whole));
      return false; // it has the message, and nobody will know
    } else {
      taken.add(new Taken(life, token, true, whole));
      say(out, "250 2.0.0 taken");
    }
    return true;
  }

  private static @Nullable String content(BufferedReader in, int mostLines) throws IOException {
    StringBuilder data = new StringBuilder();
    List<String> seen = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals(".")) {
        return data.toString();
      }
      seen.add(line);
      if (seen.size() > mostLines) {
        return null;
      }
      data.append(line.startsWith(".") ? line.substring(1) : line).append('\n');
    }
    return null;
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
