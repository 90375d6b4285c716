package postern.rule;

import org.jspecify.annotations.Nullable;
import postern.map.MapEntry;
import postern.map.Query;
import postern.text.Bytes;
import postern.text.Meta;
import postern.text.Prescan;
import postern.text.Symbols;
import postern.text.TokenText;

/**
 * Writes right-hand sides: parameters and run-time macros first, then map look-ups from left to
 * right.
 */
final class Rewriter {
  // To this many bytes sendmail cuts the value of a macro that is too long to be split.
  private static final int LEFT_OF_TOO_LONG = 256;

  /** Room for the key of a look-up, or for its default. */
  static final int KEY_ROOM = 1024;

  /** Room for all arguments of a look-up, their ends included. */
  static final int ARGUMENT_ROOM = 1256;

  private final Machine machine;
  private final Program program;
  private final Symbols symbols;
  private final Prescan prescan;
  private final Matcher matcher;
  private final Trace trace;
  private final boolean ruled;
  private final boolean reading;
  private final Values values;
  private final Questions questions;
  private final TreeReplay replay;
  private final Bytes text = new Bytes(256);
  private int[] scratch = new int[64];

  // sendmail splits every text into one and the same vector, and the outermost workspace is that
  // vector. So when a rule breaks off, what is left there is what was split last.
  private int @Nullable [] outermost;
  private int offset;
  private int level;
  private boolean unusual;

  /** How many tokens are left in the workspace if the rule breaks off. */
  int left;

  Leftovers leftovers = Leftovers.NONE;

  /** Whether words have places of their own ({@link OwnWords}). */
  boolean ownWords;

  Rewriter(
      Machine machine,
      Program program,
      Symbols symbols,
      Prescan prescan,
      Matcher matcher,
      Values values,
      Questions questions,
      TreeReplay replay,
      Trace trace) {
    this.machine = machine;
    this.program = program;
    this.symbols = symbols;
    this.prescan = prescan;
    this.matcher = matcher;
    this.values = values;
    this.questions = questions;
    this.replay = replay;
    this.trace = trace;
    ruled = trace.detail().compareTo(Trace.Detail.RULES) >= 0;
    reading = trace.detail().compareTo(Trace.Detail.MACROS) >= 0;
  }

  /**
   * A rule is about to be applied.
   *
   * @param vector the rule's workspace
   * @param size tokens in it
   */
  void start(int[] vector, int depth, int size, int room) {
    outermost = depth == 0 ? vector : null;
    level = depth;
    offset = Machine.MAX_TOKENS - room;
    left = size;
    unusual = false;
  }

  /**
   * Whether a text that was split for the rule held more than words and operators: maybe raw bytes
   * that ask for a look-up or a call.
   */
  boolean isUnusual() {
    return unusual;
  }

  /** Writes the right-hand side; returns the number of tokens, or minus the status of a fault. */
  int substitute(Rule rule, int[] vector, int from, RuleSet set, int[] out, int room) {
    int n = 0;
    int[] write = rule.write;
    int[] first = matcher.first;
    int[] last = matcher.last;
    for (int code : write) {
      if (code >= 0) {
        if (n >= room) {
          return tooLong();
        }
        out[n++] = code;
      } else if (code > Rule.EXPAND) {
        int parameter = Rule.COPY - code - '1';
        if (parameter < 0 || parameter >= matcher.bound) {
          return noParameter(Rule.COPY - code, set);
        }
        int begin = from + first[parameter];
        int length = last[parameter] - first[parameter];
        if (ruled) {
          trace.parameter(parameter + 1, machine, vector, begin, begin + length);
        }
        if (n + length > room) {
          return tooLong();
        }
        for (int i = 0; i < length; i++) {
          out[n++] = vector[begin + i];
        }
      } else if (n >= room) {
        return tooLong();
      } else {
        n = expand(Rule.EXPAND - code, out, n, room);
        if (n < 0) {
          return n;
        }
      }
    }
    return n;
  }

  private int noParameter(int digit, RuleSet set) {
    machine.fault(
        "rewrite: ruleset " + set.shownName() + ": replacement $" + (char) digit + " out of bounds",
        "");
    return -Machine.CONFIGURATION;
  }

  int expand(int id, int[] out, int at, int room) {
    int[] tokens;
    int size;
    if (replay.isOn()) {
      size = replay.macro(id);
      if (size == 0) {
        return at;
      }
      if (size > 0) {
        leftovers.split(level, replay.tokens(), size, null);
        return write(replay.tokens(), size, out, at, room);
      }
    }
    Bytes value = questions.macros.get(id);
    if (reading) {
      trace.macro(false, id, value == null ? null : value.toString());
    }
    if (value == null || value.isEmpty()) {
      return at;
    }
    byte[] table = program.tables().external();
    SplitText known = trace.watches() ? null : values.known(id, value);
    if (known != null) {
      tokens = known.tokens;
      size = known.count;
    } else {
      if (!scanned(value, table)) {
        remember();
        share(prescan.tokens(), prescan.written(), !prescan.isFailed());
        if (prescan.isTooLong() && value.length() > LEFT_OF_TOO_LONG) {
          questions.macros.set(id, value.toString().substring(0, LEFT_OF_TOO_LONG));
        }
        return -Machine.DATA_ERROR;
      }
      tokens = prescan.tokens();
      size = prescan.count();
      if (prescan.isPlain()) { // nothing was complained of
        values.keep(id, value);
      } else {
        unusual = true;
      }
    }
    leftovers.split(level, tokens, size, null);
    return write(tokens, size, out, at, room);
  }

  private boolean scanned(Bytes value, byte[] table) {
    prescan.memory(leftovers.memory(level));
    return prescan.scan(
        value.array(), 0, value.length(), 0, table, false, Prescan.ADDRESS_ROOM, trace);
  }

  /** What was split could not be split to its end, or has no words. */
  private void remember() {
    Bytes rest = prescan.isFailed() ? prescan.pending() : null;
    leftovers.split(level, prescan.tokens(), prescan.written(), rest);
  }

  private int write(int[] tokens, int size, int[] out, int at, int room) {
    int n = at;
    for (int k = 0; k < size; k++) {
      if (ruled) {
        trace.macroToken(symbols.text(tokens[k]));
      }
      out[n++] = tokens[k];
      if (n >= room) {
        share(tokens, size, true);
        return tooLong();
      }
    }
    if (outermost != null && size - offset > left) { // what was there is put back, its end is not
      System.arraycopy(tokens, left + offset, outermost, left, size - offset - left);
      left = size - offset;
    }
    if (outermost != null) {
      leftovers.restore(outermost, left, offset);
    }
    if (ruled) {
      trace.macroToken(null);
    }
    return n;
  }

  /**
   * Lets the outermost workspace share what the splitter has just written.
   *
   * @param ended whether the splitter got to the end and marked it
   */
  private void share(int[] tokens, int written, boolean ended) {
    if (outermost == null) {
      return;
    }
    if (written > offset) {
      System.arraycopy(tokens, offset, outermost, 0, written - offset);
    }
    if (written >= offset && (ended || written - offset > left)) {
      left = written - offset;
    }
    if (!ended) {
      left = leftovers.follow(outermost, Math.max(0, written - offset), offset, left);
    }
  }

  int tooLong() {
    machine.fault("rewrite: expansion too long", "");
    return -Machine.DATA_ERROR;
  }

  /** Replaces each look-up by its answer, left to right; same results as {@link #substitute}. */
  int lookups(int[] v, int length, int room) {
    int n = length;
    int i = 0;
    boolean odd = symbols.holdsOdd();
    while (i < n) {
      int kind = Machine.kind(v[i], symbols, odd);
      if (kind != Meta.LOOKUP && kind != Meta.HOST_BEGIN) {
        i++;
        continue;
      }
      int begin = i;
      MapEntry map;
      int endToken;
      if (kind == Meta.HOST_BEGIN) {
        endToken = Meta.HOST_END;
        map = program.maps().find("host");
        i++;
      } else {
        endToken = Meta.LOOKUP_END;
        i++;
        if (i >= n) {
          machine.fault("rewrite: missing mapname", "");
          return n;
        }
        map = map(v[i]);
        i++;
      }
      int keyFrom = i;
      int keyTo = -1;
      int defaultFrom = -1;
      int defaultTo = -1;
      int argumentFrom = -1;
      int argumentLeft = ARGUMENT_ROOM;
      Query query = questions.begin();
      while (true) {
        int mark = i < n ? Machine.kind(v[i], symbols, odd) : -1;
        boolean ends = i >= n || mark == endToken;
        if (!ends && mark != Meta.HOST && mark != Meta.USER) {
          i++;
          continue;
        }
        if (keyTo < 0) {
          keyTo = i;
        }
        if (argumentFrom >= 0) {
          Bytes argument = query.addArgument();
          int at = ARGUMENT_ROOM - argumentLeft;
          int blank = program.blankSubstitute();
          if (!leftovers.join(level, at, v, argumentFrom, i, blank, argumentLeft, argument)) {
            TokenText.join(
                symbols, program.tables(), v, argumentFrom, i, blank, argumentLeft, argument);
            leftovers.argument(level, at, argument);
          }
          argumentLeft -= argument.length() + 1;
          argumentFrom = -1;
        }
        if (defaultFrom >= 0 && defaultTo < 0) {
          defaultTo = i;
        }
        if (ends) {
          break;
        }
        i++;
        if (mark == Meta.HOST) {
          argumentFrom = i;
        } else {
          defaultFrom = i;
          defaultTo = -1;
        }
      }
      int rest = Math.min(n, i + 1);
      int substitute = map == null ? 0 : map.flags().spaceSubstitute();
      TokenText.join(
          symbols,
          program.tables(),
          v,
          keyFrom,
          keyTo,
          substitute == 0 ? program.blankSubstitute() : substitute,
          KEY_ROOM,
          query.key());
      int replayed = replay.isOn() ? replay.lookup() : TreeReplay.OVER;
      if (replayed != TreeReplay.OVER && replay.hasFailed()) {
        questions.status = Machine.TEMPORARY_FAILURE;
      }
      boolean found =
          replayed == TreeReplay.OVER
              ? questions.ask(map, true)
              : replayed >= 0 || replayed == TreeReplay.ASKED;
      int size;
      if (replayed >= 0) {
        size = replayed;
        reserve(size);
        System.arraycopy(replay.tokens(), 0, scratch, 0, size);
        if (size > 0) {
          leftovers.split(level, scratch, size, null);
          share(scratch, size, true);
        }
      } else if (found && questions.answer.value().isEmpty()) {
        size = 0;
      } else if (found) {
        Bytes value = questions.answer.value();
        size = scan(value, program.tables().external());
      } else if (defaultFrom >= 0) {
        text.clear();
        TokenText.join(
            symbols,
            program.tables(),
            v,
            defaultFrom,
            defaultTo,
            program.blankSubstitute(),
            KEY_ROOM,
            text);
        size = text.isEmpty() ? 0 : scan(text, program.tables().internal());
      } else {
        size = keyTo - keyFrom;
        reserve(size);
        System.arraycopy(v, keyFrom, scratch, 0, size);
        if (ownWords) {
          OwnWords.copied(scratch, size, symbols);
        }
        leftovers.copied(scratch, size);
      }
      if (size < 0) {
        return size;
      }
      if (begin + size + n - rest >= room) {
        return tooLong();
      }
      System.arraycopy(v, rest, v, begin + size, n - rest);
      System.arraycopy(scratch, 0, v, begin, size);
      n = begin + size + n - rest;
      i = begin + size;
      odd = symbols.holdsOdd();
    }
    return n;
  }

  private @Nullable MapEntry map(int name) {
    MapEntry map = program.map(symbols.fold(name), symbols);
    if (map == null) {
      machine.fault("rewrite: map " + symbols.text(name) + " not found", "");
    }
    return map;
  }

  /** A word has become another one. */
  void replace(int word, int other) {
    OwnWords.replace(scratch, word, other);
  }

  private int scan(Bytes value, byte[] table) {
    if (!scanned(value, table)) {
      remember();
      share(prescan.tokens(), prescan.written(), !prescan.isFailed());
      return -Machine.DATA_ERROR;
    }
    unusual |= !prescan.isPlain();
    int size = prescan.count();
    leftovers.split(level, prescan.tokens(), size, null);
    share(prescan.tokens(), size, true);
    reserve(size);
    System.arraycopy(prescan.tokens(), 0, scratch, 0, size);
    return size;
  }

  private void reserve(int size) {
    if (size > scratch.length) {
      scratch = new int[Math.max(size, Machine.CAPACITY)];
    }
  }
}
