package postern.gateway;

import java.util.Locale;
import java.util.function.Predicate;
import postern.queue.Scheduler;
import postern.smtp.server.QueueRuns;

/** ETRN (RFC 1985): tries at once what waits for one host, for a domain, or everything. */
final class NodeRuns implements QueueRuns {
  /** The only queue there is, by sendmail's name for it. */
  private static final String ALL = "#mqueue";

  private final Scheduler scheduler;

  NodeRuns(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public boolean start(String node) {
    if (node.startsWith("#")) {
      boolean known = node.equals(ALL);
      if (known) {
        var unused = scheduler.flush();
      }
      return known;
    }
    scheduler.runQueue(wanted(node));
    return true;
  }

  /** Hosts that {@code node} stands for; {@code @domain} means those below it as well. */
  static Predicate<String> wanted(String node) {
    boolean below = node.startsWith("@");
    String name = bare(below ? node.substring(1) : node);
    return host -> {
      String given = bare(host);
      return given.equals(name) || (below && given.endsWith("." + name));
    };
  }

  private static String bare(String host) {
    String text = host.toLowerCase(Locale.ROOT);
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }
}
