package postern.queue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Senders that were asked to wait until the disk has caught up. Safe for many threads. */
final class Pauses {
  private final Map<Incoming, Runnable> paused = new ConcurrentHashMap<>();

  /** Calls {@code resume} once, as soon as {@code incoming} is ready; perhaps at once. */
  void add(Incoming incoming, Runnable resume) {
    paused.put(incoming, resume);
    if (incoming.ready() && paused.remove(incoming, resume)) {
      resume.run();
    }
  }

  boolean isEmpty() {
    return paused.isEmpty();
  }

  /** Lets those go on that can. */
  void resume() {
    for (Incoming incoming : List.copyOf(paused.keySet())) {
      Runnable resume = incoming.ready() ? paused.remove(incoming) : null;
      if (resume != null) {
        resume.run();
      }
    }
  }
}
