package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running gateway tells about itself, to whom, in which form. */
class StatusTest {
  @TempDir Path folder;

  private static String http(int port, String request, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String head = request + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void countsSessionsHandshakesAndVerdicts() throws Exception {
    Files.writeString(folder.resolve("access"), "TLS_Clt:127.0.0.1 PERM+VERIFY\n");
    try (InProcess gateway = InProcess.start(folder, Map.of("MetricsPort", "0"));
        Talk talk = Talk.to(gateway.port())) {
      int port = gateway.gateway().metricsPort();
      talk.expect("250", "EHLO client.test");
      talk.expect("503 5.7.0", "MAIL FROM:<joe@example.org>");
      talk.startTls(Talk.anyServer());
      talk.expect("503 5.7.0", "MAIL FROM:<joe@example.org>");

      String metrics = http(port, "GET /metrics", "localhost:" + port);
      for (String line :
          List.of(
              "HTTP/1.1 200 OK",
              "# TYPE postern_sessions gauge\npostern_sessions 1\n",
              "# TYPE postern_connections_total counter\npostern_connections_total 1\n",
              "role=\"server\",version=\"TLSv1.3\"",
              "postern_verdicts_total{ruleset=\"check_mail\",verdict=\"reject\",code=\"503\"} 1",
              "postern_verdicts_total{ruleset=\"tls_client\",verdict=\"reject\",code=\"503\"} 1",
              "postern_queue_messages 0\n")) {
        assertTrue(metrics.contains(line), () -> line + " not in " + metrics);
      }
      assertTrue(http(port, "GET /health", "127.0.0.1").endsWith("well\n"));
      assertTrue(http(port, "GET /status", "[::1]:1").contains("\"sessions\":1"));
      String text = http(port, "GET /status.txt", "127.0.0.1");
      assertTrue(text.contains("  verdicts         1  check_mail reject 503\n"), text);
    }
  }

  @Test
  void tellsNobodyElseAndChangesNothing() throws IOException {
    Status status =
        new Status("gw.test", Duration.ZERO, 0, 0, 0, 0, Map.of(), List.of("no space", "no TLS"));
    try (StatusPort open = StatusPort.open(0, () -> status)) {
      int port = open.port();
      assertEquals("HTTP/1.1 403", http(port, "GET /metrics", "evil.example").substring(0, 12));
      assertEquals("HTTP/1.1 405", http(port, "POST /metrics", "localhost").substring(0, 12));
      assertEquals("HTTP/1.1 404", http(port, "GET /etc/passwd", "localhost").substring(0, 12));
      String health = http(port, "GET /health", "localhost");
      assertEquals("HTTP/1.1 503", health.substring(0, 12));
      assertTrue(health.endsWith("no space\nno TLS\n"));
      assertTrue(status.metrics().contains("postern_up 0\n"));
    }
  }

  @Test
  void labelsStayWords() {
    Counters counters = new Counters();
    counters.count(Counters.labeled("a", "b", "x\"y\\z\n"));
    assertEquals(Map.of("a{b=\"x?y?z?\"}", 1L), counters.snapshot());
  }
}
