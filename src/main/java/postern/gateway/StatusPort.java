package postern.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code MetricsPort}: metrics, health and status over HTTP on the loopback interface, for those
 * who ask for it. Nothing can be changed from here, and a request that names another host is
 * refused, so that no web page can read along.
 */
final class StatusPort implements AutoCloseable {
  private static final Set<String> HOSTS = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final String TEXT = "text/plain; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads;

  private StatusPort(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Opens the port; 0 takes any free one.
   *
   * @throws IOException if it is in use
   */
  static StatusPort open(int port, Supplier<Status> status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            2,
            2,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(64),
            new DefaultThreadFactory("status", true));
    threads.allowCoreThreadTimeOut(true);
    server.setExecutor(threads);
    var unused = server.createContext("/", exchange -> answer(exchange, status));
    server.start();
    return new StatusPort(server, threads);
  }

  int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, Supplier<Status> status) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        send(exchange, 405, TEXT, "GET only\n");
      } else if (!local(exchange.getRequestHeaders().getFirst("Host"))) {
        send(exchange, 403, TEXT, "this is " + HOSTS + "\n");
      } else {
        Status now = status.get();
        switch (exchange.getRequestURI().getPath()) {
          case "/metrics" ->
              send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", now.metrics());
          case "/health" ->
              send(
                  exchange,
                  now.well() ? 200 : 503,
                  TEXT,
                  now.well() ? "well\n" : String.join("\n", now.troubles()) + "\n");
          case "/status" -> send(exchange, 200, "application/json", now.json());
          case "/status.txt" -> send(exchange, 200, TEXT, now.text());
          default -> send(exchange, 404, TEXT, "/metrics /health /status /status.txt\n");
        }
      }
    }
  }

  private static boolean local(@Nullable String host) {
    return host != null && HOSTS.contains(host.replaceFirst(":[0-9]+$", ""));
  }

  private static void send(HttpExchange exchange, int code, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(code, head ? -1 : body.length);
    if (!head) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
