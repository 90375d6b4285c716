package postern.rule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import postern.text.Bytes;
import postern.text.Macros;
import postern.text.Meta;
import postern.text.Symbols;

/**
 * A right-hand side that can be written by code: words, parameters, run-time macros, and one call
 * at most. A call is not written but noted: where it begins, and what it calls. Immutable.
 */
final class Writing {
  private static final int CALL = Symbols.ofMeta(Meta.CALL);
  private static final int NONE = -1;

  /** See {@link Rule#write}, without the call. */
  final int[] write;

  /** The folded words of those that are words. */
  final int[] folded;

  /** For each of those the bits, see {@link Plan.Words}. */
  final long[] bits;

  /** The place in {@link #write} behind the call, or -1 if there is none. */
  final int callAt;

  /** The symbol behind the call. */
  final int called;

  private final int words;
  private final int copies;
  private final int[] macros;

  private Writing(Symbols symbols, Plan.Words known, int[] codes, int callAt, int called) {
    write = codes;
    this.callAt = callAt;
    this.called = called;
    folded = new int[codes.length];
    bits = new long[codes.length];
    int[] expanded = new int[codes.length];
    int copied = 0;
    int expansions = 0;
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] >= 0) {
        folded[i] = symbols.fold(codes[i]);
        bits[i] = known.bit(folded[i]);
      } else if (codes[i] > Rule.EXPAND) {
        copied++;
      } else {
        expanded[expansions++] = Rule.EXPAND - codes[i];
      }
    }
    words = codes.length - copied - expansions + (callAt >= 0 ? 2 : 0);
    copies = copied;
    macros = Arrays.copyOf(expanded, expansions);
  }

  /** How {@code rule} can be written, or null if it is one of the others. */
  static @Nullable Writing of(Rule rule, Symbols symbols, Plan.Words known) {
    if (rule.lookups) {
      return null;
    }
    int call = NONE;
    for (int i = 0; i < rule.write.length; i++) {
      int code = rule.write[i];
      if (code == CALL) {
        if (call >= 0 || i + 1 == rule.write.length || rule.write[i + 1] < 32) {
          return null;
        }
        call = i;
      } else if (code < 0 && code > Rule.EXPAND) {
        int parameter = Rule.COPY - code - '1';
        if (parameter < 0 || parameter >= rule.parameters) {
          return null;
        }
      }
    }
    if (call < 0) {
      return rule.calls ? null : new Writing(symbols, known, rule.write, NONE, 0);
    }
    int[] codes = new int[rule.write.length - 2];
    System.arraycopy(rule.write, 0, codes, 0, call);
    System.arraycopy(rule.write, call + 2, codes, call, codes.length - call);
    return new Writing(symbols, known, codes, call, rule.write[call + 1]);
  }

  /** Whether the result fits for sure. */
  boolean fits(int size, int room, Macros values) {
    int most = words + copies * size;
    for (int id : macros) {
      Bytes value = values.get(id);
      most += value == null ? 0 : value.length() + 1; // no text has more tokens than bytes
    }
    return most < room;
  }

  /** Writes the call into {@code v} after all. */
  static void insertCall(int[] v, int n, int at, int name) {
    System.arraycopy(v, at, v, at + 2, n - at);
    v[at] = CALL;
    v[at + 1] = name;
  }
}
