package postern.map;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Class {@code syslog}: the key, with {@code %n} filled in, goes to the log; the answer is empty.
 */
final class SyslogMap implements LookupMap {
  private static final List<String> PRIORITIES =
      List.of("EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG");
  private static final int ERR = PRIORITIES.indexOf("ERR");
  private static final int NOTICE = PRIORITIES.indexOf("NOTICE");
  private static final int DEBUG = PRIORITIES.indexOf("DEBUG");

  private final MapFlags flags;
  private final int priority;

  private SyslogMap(MapFlags flags, int priority) {
    this.flags = flags;
    this.priority = priority;
  }

  /** Reads {@code -D}, {@code -Sc} and {@code -L priority}; null after a fault. */
  static @Nullable SyslogMap declare(String arguments, MapFlags flags, Query.Problems problems) {
    String wanted = "INFO";
    MapFlags.Words words = new MapFlags.Words(arguments);
    while (words.flag()) {
      int letter = words.next();
      switch (letter) {
        case 'D' -> flags.noDefer = true;
        case 'S' -> flags.spaceSubstitute = Math.max(0, words.next());
        case 'L' -> {
          String given = words.spacedWord();
          wanted = given.isEmpty() ? wanted : given;
          words.skipWord();
        }
        default -> MapFlags.illegal(letter, "syslog", problems);
      }
    }
    String name = wanted.toUpperCase(Locale.ROOT);
    int priority = PRIORITIES.indexOf(name.startsWith("LOG_") ? name.substring(4) : name);
    if (priority < 0) {
      String shown = name.startsWith("LOG_") ? wanted.substring(4) : wanted;
      problems.report("syslog_map_parseargs: Unknown priority " + shown, "");
      return null;
    }
    return new SyslogMap(flags, priority);
  }

  @Override
  public void lookup(Query query, Answer answer) {
    byte[] key = java.util.Arrays.copyOf(query.key().array(), query.key().length());
    flags.format(key, 0, key.length, query, answer);
    String text = answer.value().toString();
    Logger log = LoggerFactory.getLogger("postern.rules"); // late: -bt must not wait for a logger
    if (priority <= ERR) {
      log.error("{}", text);
    } else if (priority < NOTICE) {
      log.warn("{}", text);
    } else if (priority < DEBUG) {
      log.info("{}", text);
    } else {
      log.debug("{}", text);
    }
    answer.found();
  }
}
