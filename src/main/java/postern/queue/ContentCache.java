package postern.queue;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Content of small messages that were just committed: most are delivered at once and need not be
 * read back. Oldest out first when the limit is reached. Safe for many threads.
 */
final class ContentCache {
  private static final int LARGEST = 32 << 10;

  private final int limit;
  private final Map<Long, byte[]> content = new LinkedHashMap<>();
  private long bytes;

  ContentCache(int limit) {
    this.limit = limit;
  }

  synchronized void put(long key, byte[] message) {
    if (message.length > LARGEST || message.length > limit) {
      return;
    }
    byte[] old = content.put(key, message);
    bytes += message.length - (old == null ? 0 : old.length);
    Iterator<byte[]> oldest = content.values().iterator();
    while (bytes > limit) {
      bytes -= oldest.next().length;
      oldest.remove();
    }
  }

  synchronized byte @Nullable [] get(long key) {
    return content.get(key);
  }

  synchronized void remove(long key) {
    byte[] old = content.remove(key);
    bytes -= old == null ? 0 : old.length;
  }
}
