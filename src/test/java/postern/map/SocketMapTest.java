package postern.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Class socket against a small server; what is expected is what sendmail 8.17 made of it. */
class SocketMapTest {
  private static final Map<String, String> REPLIES =
      Map.of(
          "ok", "12:OK some text,",
          "empty", "3:OK ,",
          "bare", "2:OK,",
          "nf", "9:NOTFOUND ,",
          "temp", "10:TEMP later,",
          "timeout", "12:TIMEOUT slow,",
          "perm", "10:PERM never,",
          "odd", "4:WHAT,",
          "arg", "10:OK x%1y%0z,",
          "nocomma", "4:OK v;");

  @TempDir Path folder;
  private ServerSocket server;
  private final AtomicInteger connections = new AtomicInteger();

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(
        () -> {
          while (true) {
            var socket = server.accept();
            connections.incrementAndGet();
            daemon(
                () ->
                    serve(new DataInputStream(socket.getInputStream()), socket.getOutputStream()));
          }
        });
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void daemon(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // closed
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static void serve(DataInputStream in, OutputStream out) throws IOException {
    try (in) {
      while (true) {
        String question = netstring(in);
        String key = question.substring(question.indexOf(' ') + 1);
        switch (key) {
          case "close" -> {
            return;
          }
          case "silent" -> {}
          case "badlen" -> write(out, "x:OK v,");
          case "huge" -> write(out, "999999:OK ");
          case "endless" -> write(out, "1".repeat(5000));
          case "short" -> {
            write(out, "9:OK");
            return;
          }
          case "pieces" -> {
            for (char c : "7:OK abcd,".toCharArray()) {
              write(out, String.valueOf(c));
            }
          }
          case "name" -> write(out, (question.length() + 3) + ":OK " + question + ",");
          default -> write(out, REPLIES.getOrDefault(key, "9:NOTFOUND ,"));
        }
      }
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static String netstring(DataInputStream in) throws IOException {
    int length = 0;
    int c;
    while ((c = in.readUnsignedByte()) != ':') {
      length = length * 10 + c - '0';
    }
    byte[] text = new byte[length];
    in.readFully(text);
    assertEquals(',', in.readUnsignedByte());
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private Asked maps(boolean eager, String flags) {
    String where = "inet:" + server.getLocalPort() + "@127.0.0.1";
    return new Asked(eager, List.of()).declare("Sock socket " + flags + " " + where);
  }

  @ParameterizedTest
  @CsvSource({
    "ok, some text",
    "OK, some text",
    "empty, ''",
    "bare, ''",
    "nf, (68)",
    "temp, (75)",
    "timeout, (75)",
    "perm, (69)",
    "odd, (76)",
    "arg, xoneyargz",
    "pieces, abcd",
    "name, Sock name",
    "close, (75)",
    "badlen, (75)",
    "nocomma, (75)",
    "huge, (75)",
    "endless, (75)",
    "short, (75)",
    "silent, (75)",
  })
  void repliesAsSendmailTakesThem(String key, String value) {
    Asked maps = maps(true, "-d1");
    assertEquals(value, maps.ask("sock", key, "one"));
    assertEquals("some text", maps.ask("sock", "ok"), "and the map goes on");
  }

  @Test
  void flagsApply() {
    assertEquals("some text.app", maps(true, "-a.app").ask("sock", "ok"));
    assertEquals("ok", maps(true, "-m").ask("sock", "ok"));
    assertEquals("(68)", maps(true, "-f").ask("sock", "OK"));
  }

  @Test
  void oneConnectionServesMany() {
    Asked maps = maps(true, "");
    for (int i = 0; i < 20; i++) {
      assertEquals("some text", maps.ask("sock", "ok"));
    }
    assertEquals(1, connections.get());
  }

  @Test
  void whatIsWrongIsSaid() {
    Asked maps = maps(true, "");
    maps.ask("sock", "badlen");
    maps.ask("sock", "nocomma");
    maps.ask("sock", "short");
    assertEquals(
        List.of(
            "socket_map_lookup(Sock): failed to read length parameter of reply 0",
            "socket_map_lookup(Sock): missing ',' in reply",
            "socket_map_lookup(Sock): received only 2 of 9 reply characters"),
        maps.problems);
  }

  /** A socket in which a thread waits is closed a moment after {@code close}. */
  private static void refused(int port) throws IOException {
    long end = System.nanoTime() + 10_000_000_000L;
    while (System.nanoTime() < end) {
      try (Socket open = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertTrue(open.isConnected());
        Thread.onSpinWait();
      } catch (ConnectException e) {
        return;
      }
    }
    throw new AssertionError("port " + port + " still answers");
  }

  @Test
  void aServerThatComesLaterIsFound() throws IOException {
    int port = server.getLocalPort();
    server.close();
    refused(port);
    Asked maps =
        new Asked(false, List.of())
            .declare("must socket inet:" + port + "@127.0.0.1")
            .declare("may socket -o inet:" + port + "@127.0.0.1");
    assertEquals("(75)", maps.ask("must", "ok"));
    assertEquals("(75)", maps.ask("may", "ok"));
    server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    daemon(
        () -> {
          var socket = server.accept();
          serve(new DataInputStream(socket.getInputStream()), socket.getOutputStream());
        });
    assertEquals("some text", maps.ask("must", "ok"));
  }

  @Test
  void aSocketInTheFileSystem() throws IOException {
    Path path = folder.resolve("s");
    try (ServerSocketChannel local = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      local.bind(UnixDomainSocketAddress.of(path));
      daemon(
          () -> {
            SocketChannel peer = local.accept();
            peer.read(ByteBuffer.allocate(100));
            peer.write(ByteBuffer.wrap("5:OK hi,".getBytes(StandardCharsets.ISO_8859_1)));
          });
      Asked maps = new Asked(false, List.of()).declare("s socket unix:" + path);
      assertEquals("hi", maps.ask("s", "x"));
    }
    Asked missing = new Asked(false, List.of()).declare("s socket local:/nonexistent/s");
    assertEquals("(75)", missing.ask("s", "x"));
    assertTrue(
        missing.problems.get(0).startsWith("socket map \"s\": local socket name /nonexistent/s"),
        missing.problems.get(0));
  }
}
