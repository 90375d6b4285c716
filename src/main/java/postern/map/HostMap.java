package postern.map;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Class {@code host}: canonical names, from the hosts file and name servers as the service switch
 * says; an address in brackets becomes its name.
 */
final class HostMap implements LookupMap {
  private static final int MAX_NAME = 256;

  private final MapFlags flags;
  private final HostNames names;
  private final BooleanSupplier mayBlock;

  HostMap(MapFlags flags, HostNames names, BooleanSupplier mayBlock) {
    this.flags = flags;
    this.names = names;
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
    HostNames.Found result;
    if (key.startsWith("[")) {
      int close = key.indexOf(']');
      if (close < 0) {
        answer.missing(Answer.OK);
        return;
      }
      String inner = key.substring(1, close);
      result =
          names.reverse(inner.regionMatches(true, 0, "IPv6:", 0, 5) ? inner.substring(5) : inner);
    } else if (key.length() > MAX_NAME) {
      result = HostNames.Found.NOTHING;
    } else {
      String domain = Objects.requireNonNullElse(query.macros().text('m'), "");
      result = names.canonical(key, domain);
    }
    String name = result.name();
    if (name == null) {
      answer.missing(result.unknown() ? Answer.TEMPORARY_FAILURE : Answer.NOT_FOUND);
      return;
    }
    byte[] value = name.getBytes(StandardCharsets.ISO_8859_1);
    flags.format(value, 0, value.length, query, answer);
  }
}
