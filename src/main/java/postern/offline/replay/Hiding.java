package postern.offline.replay;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import postern.offline.Decider;
import postern.offline.SessionRecord;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;

/**
 * Rewrites the addresses of one session after the other, with stand-ins for words that the policy
 * has never heard of and that stand nowhere else in the session. Makes no garbage but its result.
 */
final class Hiding {
  /** What stand-ins begin with. */
  static final String BEGIN = "zqx";

  private static final int LONGEST = 200;
  private static final int MOST_WORDS = 100;
  private static final int SURROUNDINGS_SHIFT = 18;
  private static final int SURROUNDINGS = 1 << (32 - SURROUNDINGS_SHIFT);

  private final PolicyWords words;
  private final boolean off;
  private final boolean plus;
  private final StringBuilder text = new StringBuilder();

  /** Those of sessions that came lately. */
  private final @Nullable Surroundings[] surroundings = new Surroundings[SURROUNDINGS];

  private @Nullable Surroundings around;

  // The words that are hidden: where they stand.
  private final String[] in = new String[MOST_WORDS];
  private final int[] from = new int[MOST_WORDS];
  private final int[] length = new int[MOST_WORDS];
  private final long[] hash = new long[MOST_WORDS];
  private int hidden;
  private boolean hiding;

  /**
   * For sessions under the policy of {@code decider}.
   *
   * @param words what the policy knows
   */
  Hiding(Decider decider, PolicyWords words) {
    this.words = words;
    // Words must be what the tokenizer takes for tokens, or parts of such.
    String operators = decider.configuration().options().string("OperatorChars", ".:@[]");
    off =
        operators.indexOf('.') < 0
            || operators.indexOf('-') >= 0
            || operators.indexOf('_') >= 0
            || operators.indexOf('=') >= 0;
    plus = operators.indexOf('+') >= 0;
  }

  /** Begins with a session. */
  void begin(SessionRecord record) {
    text.setLength(0);
    hidden = 0;
    TlsFacts tls = record.tls();
    int hash = record.peer().address().hashCode();
    if (tls != null) {
      hash = (hash * 31 + tls.cipher().hashCode()) * 31 + tls.cnSubject().hashCode();
    }
    int slot = (hash * 0x9e3779b9) >>> SURROUNDINGS_SHIFT;
    Surroundings known = surroundings[slot];
    if (known == null || !known.isOf(record)) {
      known = new Surroundings(record);
      surroundings[slot] = known;
    }
    around = known;
    hiding = !off && !known.looksLikeStandIns;
  }

  /** Texts of a session other than addresses: words in them are not hidden. */
  private static final class Surroundings {
    final PeerFacts peer;
    final @Nullable TlsFacts tls;
    final String helo;
    final SessionRecord.Login login;

    final String[] others = new String[8];
    int count;

    /** Which triples of letters are in them, by hash. */
    final long[] triples = new long[4];

    boolean looksLikeStandIns;

    Surroundings(SessionRecord record) {
      peer = record.peer();
      tls = record.tls();
      helo = record.helo();
      login = record.login();
      add(peer.name());
      if (!peer.ptr().equals(peer.name())) {
        add(peer.ptr());
      }
      if (!helo.equals(peer.name())) {
        add(helo);
      }
      add(login.identity());
      TlsFacts facts = tls;
      if (facts != null) {
        add(facts.certSubject());
        add(facts.certIssuer());
        add(facts.cnSubject());
        add(facts.cnIssuer());
      }
    }

    @SuppressWarnings("ReferenceEquality") // the same object is equal at less cost
    boolean isOf(SessionRecord record) {
      return (record.peer() == peer || record.peer().equals(peer))
          && Objects.equals(record.tls(), tls)
          && record.helo().equals(helo)
          && record.login().equals(login);
    }

    /** A text of the session that words must not be part of. */
    private void add(String value) {
      if (value.isEmpty()) {
        return;
      }
      others[count++] = value;
      int n = value.length();
      for (int i = 0; i + 2 < n; i++) {
        int triple = triple(value, i);
        triples[triple >>> 6] |= 1L << triple;
        looksLikeStandIns |= triple == STAND_IN && value.regionMatches(true, i, BEGIN, 0, 3);
      }
    }
  }

  private static final int STAND_IN = triple(BEGIN, 0);

  private static int triple(String value, int at) {
    int h =
        (PolicyWords.lower(value.charAt(at)) * 31 + PolicyWords.lower(value.charAt(at + 1))) * 31
            + PolicyWords.lower(value.charAt(at + 2));
    return (h ^ h >>> 8) & 0xff;
  }

  /** Nothing is hidden if an address of the session looks as if it had stand-ins. */
  void look(String address) {
    hiding &= !address.contains(BEGIN);
  }

  /** Adds {@code address}, with stand-ins. */
  void add(String address) {
    if (!hiding || !isPlain(address)) {
      text.append(address);
      return;
    }
    int copied = 0;
    int begin = 1;
    boolean digits = true;
    long h = PolicyWords.NO_LETTERS;
    for (int i = 1; i < address.length(); i++) {
      char c = address.charAt(i);
      if (PolicyWords.isPart(c)) {
        digits &= c >= '0' && c <= '9';
        h = PolicyWords.with(h, c);
        continue;
      }
      int known = i == begin || digits || words.knows(h) ? -1 : standIn(address, begin, i, h);
      if (known >= 0) {
        text.append(address, copied, begin).append(BEGIN).append(known).append('x');
        copied = i;
      }
      begin = i + 1;
      digits = true;
      h = PolicyWords.NO_LETTERS;
    }
    text.append(address, copied, address.length());
  }

  private boolean isPlain(String address) {
    int n = address.length();
    if (n < 3 || n > LONGEST || address.charAt(0) != '<' || address.charAt(n - 1) != '>') {
      return false;
    }
    for (int i = 1; i < n - 1; i++) {
      char c = address.charAt(i);
      if (!PolicyWords.isPart(c) && c != '.' && c != '@' && !(c == '+' && plus)) {
        return false;
      }
    }
    return true;
  }

  /** The number of the word's stand-in, or -1 if it cannot have one. */
  private int standIn(String address, int begin, int end, long h) {
    int n = end - begin;
    for (int i = 0; i < hidden; i++) {
      if (hash[i] == h && length[i] == n) {
        // In other letters it is the same word to most rules, but not to all.
        return in[i].regionMatches(from[i], address, begin, n) ? i : -1;
      }
    }
    if (hidden == MOST_WORDS || isElsewhere(address, begin, n)) {
      return -1;
    }
    in[hidden] = address;
    from[hidden] = begin;
    length[hidden] = n;
    hash[hidden] = h;
    return hidden++;
  }

  private boolean isElsewhere(String address, int begin, int n) {
    Surroundings surrounding = around;
    if (surrounding == null) {
      return false;
    }
    if (n >= 3) {
      int triple = triple(address, begin);
      if ((surrounding.triples[triple >>> 6] & 1L << triple) == 0) {
        return false;
      }
    }
    for (int k = 0; k < surrounding.count; k++) {
      String other = surrounding.others[k];
      for (int at = other.length() - n; at >= 0; at--) {
        if (other.regionMatches(true, at, address, begin, n)) {
          return true;
        }
      }
    }
    return false;
  }

  /** How many characters there are by now. */
  int length() {
    return text.length();
  }

  void append(char c) {
    text.append(c);
  }

  /** The text between two places. */
  String text(int begin, int end) {
    return text.substring(begin, end);
  }

  /** Whether any word is hidden. */
  boolean isHidingAny() {
    return hidden > 0;
  }

  /** Puts the words that are hidden into a list, in the order of the numbers of their stand-ins. */
  void originals(List<String> out) {
    for (int i = 0; i < hidden; i++) {
      out.add(in[i].substring(from[i], from[i] + length[i]));
    }
  }
}
