package postern.smtp.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * An SMTP server on loopback that does what a test tells it. Keys are command words in lower case,
 * {@code greeting}, {@code ehlo}, {@code dot}; {@code key@2} counts for the second connection only,
 * {@code key#2} for the second use in a connection. Values are replies ({@code \n} separates lines)
 * or {@code close}, {@code hang}; {@code refuse} is a text in paths that RCPT refuses; {@code
 * starttls=strip} does not offer it. {@code tls} is {@code ok}, {@code close}, {@code garbage},
 * {@code hang}, {@code plain} or {@code closeafter}.
 */
final class ScriptedPeer implements AutoCloseable {
  private final ServerSocket server;
  private final SSLContext tls;
  private final Map<String, String> script = new HashMap<>();
  final List<String> commands = Collections.synchronizedList(new ArrayList<>());
  final List<String> messages = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicInteger open = new AtomicInteger();
  private int connections;

  /** To what is no command that it knows: an answer to a challenge, for instance. */
  volatile String answer = "250 2.0.0 ok";

  ScriptedPeer(SSLContext tls, String... settings) throws IOException {
    this.tls = tls;
    script.put("caps", "PIPELINING,8BITMIME,SIZE 10000000,DSN,ENHANCEDSTATUSCODES");
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      script.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    server = new ServerSocket();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread thread = new Thread(this::accept, "peer");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return connections;
  }

  /**
   * The commands, without what they carry: {@code EHLO MAIL RCPT}. A client has its outcome before
   * its QUIT is here, so this waits a moment for the sessions under way.
   */
  String verbs() throws InterruptedException {
    for (int i = 0; i < 200 && open.get() > 0; i++) {
      Thread.sleep(5);
    }
    synchronized (commands) {
      return String.join(" ", commands.stream().map(c -> c.split(" ", 2)[0]).toList());
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        int number = ++connections;
        open.incrementAndGet();
        Thread thread =
            new Thread(
                () -> {
                  try {
                    serve(socket, number);
                  } finally {
                    open.decrementAndGet();
                  }
                },
                "peer-" + number);
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      new Session(socket, number).run();
    } catch (IOException | InterruptedException e) {
      // the other side has gone, or the script says so
    }
  }

  @Override
  public void close() throws IOException {
    stopped.countDown();
    server.close();
  }

  private final class Session {
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private final int number;
    private final Map<String, Integer> uses = new HashMap<>();
    private boolean secure;
    private final StringBuilder bdat = new StringBuilder();

    Session(Socket socket, int number) throws IOException {
      this.socket = socket;
      this.number = number;
      in = new java.io.BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    private String get(String key, String otherwise) {
      int use = uses.merge(key, 1, Integer::sum);
      for (String k : List.of(key + "@" + number, key + "#" + use, key)) {
        String value = script.get(k);
        if (value != null) {
          return value;
        }
      }
      return otherwise;
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      int c = in.read();
      while (c != '\n') {
        if (c < 0) {
          throw new IOException("end");
        }
        line.append((char) c);
        c = in.read();
      }
      if (line.length() == 0 || line.charAt(line.length() - 1) != '\r') {
        throw new IOException("bare LF");
      }
      return line.substring(0, line.length() - 1);
    }

    private void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    private String reply(String key, String otherwise) throws IOException, InterruptedException {
      String how = get(key, otherwise);
      if (how.equals("close")) {
        throw new IOException("closed by script");
      }
      if (how.equals("hang")) {
        stopped.await(30, TimeUnit.SECONDS);
        throw new IOException("hung");
      }
      if (how.startsWith("raw:")) {
        send(how.substring(4));
      } else {
        send(how.replace("\n", "\r\n") + "\r\n");
      }
      if (how.startsWith("421")) {
        throw new IOException("closed after 421");
      }
      return how;
    }

    void run() throws IOException, InterruptedException {
      reply("greeting", "220 peer.example.test ESMTP");
      while (true) {
        String command = line();
        commands.add((secure ? "+" : "") + command);
        String verb = command.split(" ", 2)[0].toLowerCase(Locale.ROOT);
        switch (verb) {
          case "ehlo", "lhlo" -> reply(secure ? "ehlo2" : "ehlo", ehlo());
          case "auth" -> reply("auth", "235 2.7.0 welcome");
          case "bdat" -> {
            String how = script.getOrDefault("bdat", "");
            if (!how.startsWith("5")) {
              String[] words = command.split(" ", -1);
              bdat.append(
                  new String(
                      in.readNBytes(Integer.parseInt(words[1])), StandardCharsets.ISO_8859_1));
              if (words.length > 2) {
                messages.add(bdat.toString());
                bdat.setLength(0);
              }
            }
            reply("bdat", "250 2.0.0 chunk");
          }
          case "starttls" -> {
            String how = reply("starttls", "220 2.0.0 go ahead");
            if (how.startsWith("220")) {
              startTls();
            }
          }
          case "mail" -> reply("mail", "250 2.1.0 ok");
          case "rcpt" -> {
            String refused = script.get("refuse");
            boolean refuse = refused != null && command.contains(refused);
            reply("rcpt", refuse ? "550 5.1.1 unknown" : "250 2.1.5 ok");
          }
          case "data" -> {
            if (reply("data", "354 go on").startsWith("354")) {
              content();
              for (String each : script.getOrDefault("dots", "dot").split(",", -1)) {
                reply(each, "250 2.0.0 taken");
              }
            }
          }
          case "quit" -> {
            reply("quit", "221 2.0.0 bye");
            return;
          }
          default -> reply(verb, answer);
        }
      }
    }

    private String ehlo() {
      List<String> lines = new ArrayList<>();
      lines.add("peer.example.test");
      String caps = secure ? script.getOrDefault("caps2", script.get("caps")) : script.get("caps");
      if (caps != null && !caps.isEmpty()) {
        lines.addAll(List.of(caps.split(",", -1)));
      }
      if (!secure && !"strip".equals(script.get("starttls"))) {
        lines.add("STARTTLS");
      }
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < lines.size(); i++) {
        text.append(i < lines.size() - 1 ? "250-" : "250 ").append(lines.get(i));
        text.append(i < lines.size() - 1 ? "\n" : "");
      }
      return text.toString();
    }

    private void startTls() throws IOException, InterruptedException {
      String how = get("tls", "ok");
      if (how.equals("garbage")) {
        send("this is no TLS record, not even nearly one\r\n");
        throw new IOException("garbage");
      }
      if (how.equals("plain")) {
        return;
      }
      if (!how.equals("ok") && !how.equals("closeafter")) {
        reply("tls", how); // close, hang
      }
      SSLSocket upgraded =
          (SSLSocket) tls.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
      upgraded.setUseClientMode(false);
      upgraded.startHandshake();
      socket = upgraded;
      in = new java.io.BufferedInputStream(upgraded.getInputStream());
      out = upgraded.getOutputStream();
      secure = true;
      if (how.equals("closeafter")) {
        upgraded.close();
      }
    }

    private void content() throws IOException {
      StringBuilder text = new StringBuilder();
      while (true) {
        String line = line();
        if (line.equals(".")) {
          messages.add(text.toString());
          return;
        }
        text.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
        if ("content".equals(script.get("cut")) && text.length() > 10) {
          throw new IOException("cut by script");
        }
      }
    }
  }
}
