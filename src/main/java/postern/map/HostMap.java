package postern.map;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Class {@code host}: canonical names, from the hosts file and name servers as the service switch
 * says; an address in brackets becomes its name.
 */
final class HostMap implements LookupMap {
  /** Most answers that address test mode remembers. */
  static final int MOST_REMEMBERED = 10_000;

  // Of the C library's h_errno.
  private static final int HOST_NOT_FOUND = 1;
  private static final int TRY_AGAIN = 2;

  private static final int MAX_NAME = 256;
  private static final int MAX_SHOWN = 33;

  private final MapFlags flags;
  private final HostNames names;
  private final Memory memory;
  private final BooleanSupplier mayBlock;

  /** Answers of before. All {@code host} maps share one: sendmail keeps what it once heard. */
  static final class Memory {
    private final Map<String, HostNames.Found> answers = new ConcurrentHashMap<>();
    private final int most;

    /** Keeps {@code most} answers; 0 for a program that runs for long. */
    Memory(int most) {
      this.most = most;
    }

    private HostNames.@Nullable Found of(String key) {
      return most == 0 ? null : answers.get(key.toLowerCase(Locale.ROOT));
    }

    private void keep(String key, HostNames.Found answer) {
      if (answers.size() < most) {
        answers.put(key.toLowerCase(Locale.ROOT), answer);
      }
    }
  }

  HostMap(MapFlags flags, HostNames names, Memory memory, BooleanSupplier mayBlock) {
    this.flags = flags;
    this.names = names;
    this.memory = memory;
    this.mayBlock = mayBlock;
  }

  @Override
  public boolean mayBlock() {
    return mayBlock.getAsBoolean();
  }

  /** The flags that this class knows; it says nothing about others. */
  static void readFlags(String arguments, MapFlags flags) {
    MapFlags.Words words = new MapFlags.Words(arguments);
    while (words.flag()) {
      switch (words.next()) {
        case 'a' -> flags.append = words.word();
        case 'T' -> flags.tempFailSuffix = words.word();
        case 'm' -> flags.matchOnly = true;
        case 't' -> flags.tempFailIgnored = true;
        case 'S' -> flags.spaceSubstitute = Math.max(0, words.next());
        case 'D' -> flags.noDefer = true;
        default -> {}
      }
      words.skipWord();
    }
  }

  @Override
  public void lookup(Query query, Answer answer) {
    String key = query.key().toString();
    Query.Witness witness = query.witness();
    if (witness != null) {
      witness.lookingForHost(key);
    }
    if (key.startsWith("[") && key.indexOf(']') < 0) {
      if (witness != null) {
        witness.sawHost("FAILED");
      }
      answer.missing(Answer.OK);
      return;
    }
    HostNames.Found result = memory.of(key);
    boolean remembered = result != null;
    if (result == null) {
      result = ask(key, query);
      memory.keep(key, result);
    }
    String name = result.name();
    if (witness != null && remembered) {
      witness.sawHost("CACHE " + (name == null ? "NULL" : name));
    } else if (witness != null && name == null) {
      witness.sawHost("FAIL (" + (result.unknown() ? TRY_AGAIN : HOST_NOT_FOUND) + ")");
    }
    if (name == null) {
      if (result.unknown()) {
        query.problems().notice(shortened(key) + ": Name server timeout");
      }
      answer.missing(result.unknown() ? Answer.TEMPORARY_FAILURE : Answer.NOT_FOUND);
      return;
    }
    byte[] value = name.getBytes(StandardCharsets.ISO_8859_1);
    flags.format(value, 0, value.length, query, answer);
    if (witness != null && !remembered) {
      witness.sawHost("FOUND " + name);
    }
  }

  private HostNames.Found ask(String key, Query query) {
    if (key.startsWith("[")) {
      String inner = key.substring(1, key.indexOf(']'));
      return names.reverse(
          inner.regionMatches(true, 0, "IPv6:", 0, 5) ? inner.substring(5) : inner);
    }
    if (key.length() > MAX_NAME) {
      return HostNames.Found.NOTHING;
    }
    return names.canonical(key, Objects.requireNonNullElse(query.macros().text('m'), ""));
  }

  private static String shortened(String name) {
    int part = (MAX_SHOWN - 3) / 2;
    return name.length() < MAX_SHOWN
        ? name
        : name.substring(0, part) + "..." + name.substring(name.length() - part);
  }
}
