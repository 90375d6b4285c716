package postern.rule;

import java.util.List;
import postern.text.Bytes;
import postern.text.Classes;
import postern.text.Symbols;
import postern.text.TokenTables;
import postern.text.TokenText;

/**
 * The words in a row with which members of a class begin, by their hashes: most words that are no
 * member are known by this at once. Immutable.
 */
final class ClassBeginnings {
  /** No member begins with these words. */
  static final int NOTHING = 0;

  /** A member may begin with them; they are none themselves. */
  static final int BEGINNING = 1;

  /** They are a member. */
  static final int MEMBER = 2;

  private static final int ROOM = 2048;

  private final Classes classes;
  private final int id;
  private final int[] hashes;
  private final int[] lengths;

  /**
   * Collects the beginnings.
   *
   * @param splitting bytes that no word has that is one token, 256 bits
   */
  ClassBeginnings(Classes classes, int id, long[] splitting) {
    this.classes = classes;
    this.id = id;
    List<String> members = classes.list(id);
    int n = 0;
    for (String member : members) {
      n += 1 + places(member, splitting);
    }
    int size = 16;
    while (size < n * 2) {
      size *= 2;
    }
    hashes = new int[size];
    lengths = new int[size];
    for (String member : members) {
      int hash = 0;
      for (int i = 0; i < member.length(); i++) {
        if (isPlace(member, i, splitting)) {
          add(hash, i);
        }
        hash = hash * 31 + Symbols.lower((byte) member.charAt(i));
      }
      add(hash, member.length());
    }
  }

  private static int places(String member, long[] splitting) {
    int n = 0;
    for (int i = 0; i < member.length(); i++) {
      n += isPlace(member, i, splitting) ? 1 : 0;
    }
    return n;
  }

  /** Whether a word may end in front of byte {@code i}. */
  private static boolean isPlace(String member, int i, long[] splitting) {
    return i > 0 && (splits(member, i, splitting) || splits(member, i - 1, splitting));
  }

  private static boolean splits(String member, int i, long[] splitting) {
    int b = member.charAt(i) & 0xff;
    return (splitting[b >> 6] >> b & 1) != 0;
  }

  private void add(int hash, int length) {
    int slot = slot(hash);
    while (lengths[slot] != 0) {
      if (lengths[slot] == length && hashes[slot] == hash) {
        return;
      }
      slot = (slot + 1) & (hashes.length - 1);
    }
    hashes[slot] = hash;
    lengths[slot] = length;
  }

  private int slot(int hash) {
    return (hash ^ (hash >>> 15)) & (hashes.length - 1);
  }

  private boolean mayHold(int hash, int length) {
    int slot = slot(hash);
    while (lengths[slot] != 0) {
      if (lengths[slot] == length && hashes[slot] == hash) {
        return true;
      }
      slot = (slot + 1) & (hashes.length - 1);
    }
    return false;
  }

  /** What {@code tokens[from, from + n)} are to the class. */
  int find(Symbols symbols, Program program, int[] tokens, int from, int n) {
    TokenTables tables = program.tables();
    int separator = program.blankSubstitute();
    int hash = 0;
    int length = 0;
    boolean atom = false;
    for (int i = from; i < from + n; i++) {
      int token = tokens[i];
      if (n > 1) {
        boolean next = tables.isAtom(symbols.first(token));
        if (atom && next) {
          hash = hash * 31 + Symbols.lower((byte) separator);
          length++;
        }
        atom = next;
      }
      int bytes = symbols.length(token);
      hash = hash * Symbols.power(bytes) + symbols.hash(symbols.fold(token));
      length += bytes;
    }
    if (!mayHold(hash, length)) {
      return NOTHING;
    }
    return isMember(symbols, program, tokens, from, n) ? MEMBER : BEGINNING;
  }

  private boolean isMember(Symbols symbols, Program program, int[] tokens, int from, int n) {
    if (n == 1) {
      return classes.contains(id, symbols.fold(tokens[from]));
    }
    int length = n;
    for (int i = from; i < from + n; i++) {
      length += symbols.length(tokens[i]);
    }
    if (length > ROOM / 2) {
      return false;
    }
    Bytes text = new Bytes(length);
    TokenText.join(
        symbols, program.tables(), tokens, from, from + n, program.blankSubstitute(), ROOM, text);
    return classes.contains(id, text.toString());
  }
}
