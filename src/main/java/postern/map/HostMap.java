package postern.map;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import postern.text.Bytes;

/**
 * Class {@code host}: canonical names, from the hosts file; an address in brackets becomes its
 * name.
 */
final class HostMap implements LookupMap {
  private final MapFlags flags;
  private final HostNames names;

  /** Where names come from. */
  interface HostNames {
    /** The canonical name, or null. */
    @Nullable String canonical(String name, String domain);

    /** The name of an address, or null. */
    @Nullable String reverse(String address);
  }

  /** Names from files only. */
  static HostNames files(Path hostsFile) {
    return new HostNames() {
      @Override
      public @Nullable String canonical(String name, String domain) {
        return HostFile.canonicalName(hostsFile, name, domain);
      }

      @Override
      public @Nullable String reverse(String address) {
        return HostFile.nameOf(Path.of("/etc/hosts"), address);
      }
    };
  }

  HostMap(MapFlags flags, HostNames names) {
    this.flags = flags;
    this.names = names;
  }

  @Override
  public void lookup(Query query, Answer answer) {
    String key = query.key().toString();
    String result;
    if (key.startsWith("[")) {
      int close = key.indexOf(']');
      if (close < 0) {
        answer.missing(Answer.OK);
        return;
      }
      String inner = key.substring(1, close);
      if (inner.toLowerCase(Locale.ROOT).startsWith("ipv6:")) {
        inner = inner.substring(5);
      }
      result = names.reverse(inner);
    } else {
      String domain = Objects.requireNonNullElse(query.macros().text('m'), "");
      String bare = key.endsWith(".") ? key.substring(0, key.length() - 1) : key;
      result = names.canonical(bare, domain);
    }
    if (result == null) {
      answer.missing(Answer.NOT_FOUND);
      return;
    }
    Bytes out = answer.found();
    out.append(flags.matchOnly ? key : result);
    out.append(flags.append);
  }
}
