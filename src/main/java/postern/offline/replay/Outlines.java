package postern.offline.replay;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import postern.offline.SessionRecord;

/**
 * Rulings of whole sessions by everything that a hook could ask for, with {@linkplain
 * Disguise#outline outlines} in place of addresses. Most sessions of a log are like one before. Of
 * fixed size: a newer one takes the place of an older one.
 */
final class Outlines {
  private static final int SLOTS = 1 << 16;

  private final @Nullable Known[] known = new Known[SLOTS];

  private record Known(int hash, String outline, SessionRecord session, Ruling ruling) {}

  /** The ruling of a session like this one, or null. */
  @Nullable Ruling find(String outline, SessionRecord session) {
    int hash = hash(outline, session);
    Known there = known[hash & SLOTS - 1];
    return there != null
            && there.hash == hash
            && there.outline.equals(outline)
            && isAlike(there.session, session)
        ? there.ruling
        : null;
  }

  /**
   * Keeps a ruling, unless words of this very session are in it.
   *
   * @param hidden the words of its addresses that the outline has not
   */
  void put(String outline, SessionRecord session, Ruling ruling, List<String> hidden) {
    for (String word : hidden) {
      if (mentions(ruling, word.toLowerCase(Locale.ROOT))) {
        return;
      }
    }
    int hash = hash(outline, session);
    known[hash & SLOTS - 1] = new Known(hash, outline, session, ruling);
  }

  private static boolean mentions(Ruling ruling, String word) {
    if (ruling.reply().toLowerCase(Locale.ROOT).contains(word)
        || ruling.entry().toLowerCase(Locale.ROOT).contains(word)) {
      return true;
    }
    for (Ruling.Alternative way : ruling.alternatives()) {
      if (mentions(way.ruling(), word)) {
        return true;
      }
    }
    return false;
  }

  private static int hash(String outline, SessionRecord session) {
    int hash = outline.hashCode();
    hash = hash * 31 + session.peer().address().hashCode();
    hash = hash * 31 + session.peer().name().hashCode();
    var tls = session.tls();
    if (tls != null) {
      hash = hash * 31 + tls.cipher().hashCode();
      hash = hash * 31 + tls.verify().name().hashCode();
      hash = hash * 31 + tls.cnSubject().hashCode();
    }
    hash = hash * 31 + session.helo().hashCode();
    return hash ^ hash >>> 16;
  }

  /**
   * Alike in all but addresses, and what no rule can ask for: the time, the id, what came of it.
   */
  @SuppressWarnings("ReferenceEquality") // the same object is equal at less cost
  private static boolean isAlike(SessionRecord a, SessionRecord b) {
    return a.role() == b.role()
        && (a.peer() == b.peer() || a.peer().equals(b.peer()))
        && Objects.equals(a.tls(), b.tls())
        && a.helo().equals(b.helo())
        && (a.login() == b.login() || a.login().equals(b.login()))
        && a.unknown().equals(b.unknown())
        && (a.message().parameters() == b.message().parameters()
            || a.message().parameters().equals(b.message().parameters()));
  }
}
