package postern.smtp.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import postern.policy.PeerFacts;
import postern.smtp.Envelope;
import postern.smtp.QueueIds;

/**
 * The server with {@link KitPolicy}, for tools that talk to a port: {@code KitServer PORT CERT KEY
 * [limits] [sink=PORT] [threads=N]}. With a sink, mail for it is passed on at once; without one it
 * is thrown away.
 */
public final class KitServer {
  private KitServer() {}

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    String host = "gw.example.test";
    ServerSettings settings = ServerSettings.defaults(host);
    int sink = 0;
    int threads = 0;
    boolean limits = false;
    for (String arg : List.of(args).subList(3, args.length)) {
      if (arg.equals("limits")) {
        limits = true;
      } else if (arg.startsWith("sink=")) {
        sink = Integer.parseInt(arg.substring(5));
      } else if (arg.startsWith("threads=")) {
        threads = Integer.parseInt(arg.substring(8));
      }
    }
    settings = settings.with(settings.limits().withMessageSize(limits ? 20_000 : 100_000_000));
    if (System.getProperty("size") != null) {
      settings = settings.with(settings.limits().withMessageSize(Long.getLong("size")));
    }
    if (limits) {
      settings = settings.with(settings.limits().withRecipients(10).withHeadersLength(8192));
      settings = settings.with(new ServerSettings.Timeouts(3000, 3000, 3000));
      Set<ServerSettings.Privacy> privacy =
          EnumSet.of(
              ServerSettings.Privacy.NEEDMAILHELO,
              ServerSettings.Privacy.NOEXPN,
              ServerSettings.Privacy.NOVRFY,
              ServerSettings.Privacy.NOETRN,
              ServerSettings.Privacy.NOVERB);
      settings = settings.with(privacy);
    }
    ServerConfiguration configuration =
        new ServerConfiguration(
            settings,
            new KitPolicy(host),
            new KitTls(Path.of(args[1]), Path.of(args[2]), KitTls.best()),
            null);
    ExecutorService workers = Executors.newFixedThreadPool(8);
    ServerPorts ports =
        new ServerPorts(
            sink > 0 ? new Passing(sink, workers) : new Nowhere(),
            address ->
                CompletableFuture.completedFuture(
                    address.getHostAddress().equals("127.0.0.1")
                        ? new PeerNames.PeerName("localhost", "localhost", PeerFacts.Resolve.OK)
                        : new PeerNames.PeerName(
                            "[" + address.getHostAddress() + "]",
                            "[" + address.getHostAddress() + "]",
                            PeerFacts.Resolve.FAIL)),
            Boolean.getBoolean("log") ? new Printing() : ServerLog.NONE,
            node -> true,
            new QueueIds(Clock.systemUTC(), 4711),
            workers,
            Clock.systemUTC());
    SmtpServer server =
        SmtpServer.start(
            List.of(
                Listener.on(
                    "MTA", new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "")),
            () -> configuration,
            ports,
            threads);
    System.out.println("listening on 127.0.0.1:" + server.addresses().get(0).getPort());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(Duration.ofSeconds(3))));
    Thread.currentThread().join();
  }

  private static final class Printing implements ServerLog {
    @Override
    public void note(String id, String text) {
      System.out.println(id + ": " + text);
    }

    @Override
    public void tlsFailed(PeerFacts peer, String reason) {
      System.out.println("TLS failed: " + reason);
    }

    @Override
    public void fault(String id, String what, Throwable cause) {
      System.out.println("FAULT " + id + ": " + what);
      cause.printStackTrace(System.out);
    }
  }

  /** Takes everything and keeps nothing. */
  private static final class Nowhere implements MessageIntake {
    @Override
    public boolean hasRoomFor(long octets) {
      return true;
    }

    @Override
    public Message begin(Envelope envelope) {
      return new Message() {
        @Override
        public boolean write(byte[] data, int offset, int length) {
          return true;
        }

        @Override
        public void whenReady(Runnable resume) {
          resume.run();
        }

        @Override
        public CompletionStage<?> commit(Envelope last, byte[] header) {
          return CompletableFuture.completedFuture(last);
        }

        @Override
        public void abort() {}
      };
    }
  }

  /** Passes messages on to a next hop, once, in the background. */
  private static final class Passing implements MessageIntake {
    private final int port;
    private final ExecutorService workers;

    Passing(int port, ExecutorService workers) {
      this.port = port;
      this.workers = workers;
    }

    @Override
    public boolean hasRoomFor(long octets) {
      return true;
    }

    @Override
    public Message begin(Envelope envelope) {
      MemoryIntake memory = new MemoryIntake();
      Message message = memory.begin(envelope);
      return new Message() {
        @Override
        public boolean write(byte[] data, int offset, int length) {
          return message.write(data, offset, length);
        }

        @Override
        public void whenReady(Runnable resume) {
          message.whenReady(resume);
        }

        @Override
        public CompletionStage<?> commit(Envelope last, byte[] header) {
          message.commit(last, header);
          workers.execute(() -> pass(memory.stored.get(0)));
          return CompletableFuture.completedFuture(last);
        }

        @Override
        public void abort() {
          message.abort();
        }
      };
    }

    private void pass(MemoryIntake.Stored message) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        OutputStream out = socket.getOutputStream();
        reply(in);
        say(out, in, "EHLO gw.example.test\r\n");
        say(out, in, "MAIL FROM:<" + message.envelope().sender() + ">\r\n");
        for (Envelope.Recipient recipient : message.envelope().recipients()) {
          say(out, in, "RCPT TO:<" + recipient.address() + ">\r\n");
        }
        say(out, in, "DATA\r\n");
        String content = message.content();
        String stuffed = content.replace("\r\n.", "\r\n..");
        say(out, in, (stuffed.startsWith(".") ? "." : "") + stuffed + ".\r\n");
        say(out, in, "QUIT\r\n");
      } catch (IOException e) {
        System.out.println("not passed on: " + e);
      }
    }

    private static void say(OutputStream out, BufferedReader in, String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      reply(in);
    }

    private static void reply(BufferedReader in) throws IOException {
      String line;
      do {
        line = in.readLine();
      } while (line != null && line.length() > 3 && line.charAt(3) == '-');
    }
  }
}
