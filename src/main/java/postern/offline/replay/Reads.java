package postern.offline.replay;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;
import postern.offline.Role;
import postern.rule.Trace;
import postern.text.MacroNames;

/** Watches which facts of a session an answer rests on: the macros that rules read, in order. */
final class Reads implements Trace {
  private final MacroNames names;
  private final Set<Key> keys = new LinkedHashSet<>();
  private final Set<Key> before = new LinkedHashSet<>();
  private final Set<String> written = new HashSet<>();

  /** Macros that rules of this policy are known to set, and those read while none was known to. */
  private final Set<String> everWritten = new HashSet<>();

  private final Set<String> readUnwritten = new HashSet<>();
  private boolean surprised;
  private Role role = Role.SERVER;
  private boolean main;
  private boolean mailDone;
  private boolean seenThrough;

  Reads(MacroNames names) {
    this.names = names;
  }

  /**
   * Before a question is put.
   *
   * @param mail whether MAIL comes before it
   */
  void begin(Role side, boolean mail) {
    keys.clear();
    before.clear();
    written.clear();
    role = side;
    main = false;
    mailDone = mail;
    seenThrough = false;
    surprised = false;
  }

  /**
   * Whether rules just set a macro for the first time that was read before as one that rules do not
   * set: what was learnt from such answers so far may be too little.
   */
  boolean surprised() {
    return surprised;
  }

  /** Whether a map was asked that may tell a stand-in from what it stands for. */
  boolean seenThrough() {
    return seenThrough;
  }

  /** What comes before the question in a session is over. */
  void main() {
    main = true;
  }

  /** The facts that the answer rests on, in the order in which they were asked for. */
  List<Key> keys() {
    return new ArrayList<>(keys);
  }

  @Override
  public Detail detail() {
    return Detail.MACROS;
  }

  @Override
  public void macro(boolean lhs, int id, @Nullable String value) {
    String name = names.display(id);
    if (main) {
      if (written.contains(name)) {
        return; // rules' own
      }
      if (everWritten.contains(name)) {
        // It was made of what was read then, the arguments of then included; or it was not made,
        // for
        // the same reasons.
        keys.add(Key.SENDER);
        keys.add(Key.VERIFY);
        keys.add(Key.PEER_NAME);
        keys.add(Key.PEER_ADDRESS);
        keys.addAll(before);
        return;
      }
    }
    if (!everWritten.contains(name)) {
      readUnwritten.add(name);
    }
    Key[] read = Key.of(name, role, mailDone && main);
    if (read != null) {
      for (Key key : read) {
        (main ? keys : before).add(key);
      }
    }
  }

  @Override
  public void lookingUp(MapEntry map, Query query) {
    seenThrough |= Disguise.isShownTo(map, query);
  }

  @Override
  public void lookedUp(MapEntry map, Query query, Answer answer) {
    if (map.className().equals("macro")) {
      String name = query.key().toString();
      if (main) {
        written.add(name);
      }
      if (everWritten.add(name)) {
        surprised |= readUnwritten.remove(name);
      }
    } else if (map.className().equals("arith") && query.key().toString().startsWith("r")) {
      (main ? keys : before).add(Key.EACH_TIME); // a random number
    }
  }
}
