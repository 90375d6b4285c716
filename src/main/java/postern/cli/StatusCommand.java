package postern.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** {@code postern status}: asks a running gateway how it is doing. */
final class StatusCommand {
  private static final int PATIENCE_MILLIS = 5_000;
  private static final int MOST = 1 << 20;

  private StatusCommand() {}

  static int run(List<String> arguments, PrintStream out) throws UsageException, IOException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    List<String> rest = new ArrayList<>(switches.rest());
    if (rest.contains("--help")) {
      out.print(Help.STATUS);
      return ExitStatus.OK;
    }
    boolean json = rest.remove("--json");
    int port = port(switches, rest);
    if (port <= 0 || port > 65_535) {
      System.err.println(
          "postern: no MetricsPort is set: start with -O MetricsPort=2580, or say --port");
      return ExitStatus.CONFIGURATION;
    }
    URI uri = URI.create("http://127.0.0.1:" + port + (json ? "/status" : "/status.txt"));
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setConnectTimeout(PATIENCE_MILLIS);
    connection.setReadTimeout(PATIENCE_MILLIS);
    try (InputStream in = connection.getInputStream()) {
      out.print(new String(in.readNBytes(MOST), StandardCharsets.UTF_8));
      return ExitStatus.OK;
    } catch (ConnectException e) {
      System.err.println("postern: nobody answers on port " + port + " of 127.0.0.1");
      return ExitStatus.UNAVAILABLE;
    } finally {
      connection.disconnect();
    }
  }

  private static int port(SendmailSwitches switches, List<String> rest) throws UsageException {
    int at = rest.indexOf("--port");
    if (at >= 0 && at + 1 < rest.size()) {
      String text = rest.remove(at + 1);
      rest.remove(at);
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new UsageException("status: --port " + text + " is no number");
      }
    }
    if (!rest.isEmpty()) {
      throw new UsageException("status: what is " + rest.get(0) + "?");
    }
    return switches.compile(true).options().number("MetricsPort", 0);
  }
}
