package postern.text;

import org.jspecify.annotations.Nullable;

/**
 * Splits text into tokens: sendmail's address tokenizer. Quoted strings are one token, {@code
 * (comments)} vanish where the table says so, angle brackets and quotes are balanced (with a
 * complaint) unless the caller tolerates imbalance.
 *
 * <p>One object a thread; the result stays valid until the next call.
 */
public final class Prescan {
  /** Most tokens a text may have. */
  public static final int MAX_TOKENS = 1000;

  /** Most bytes a token may have. */
  private static final int MAX_TOKEN = 256;

  private static final int MAX_SHOWN = 203;
  private static final int SHOWN_PART = 100;

  /** Room for the token texts of an address, ends included. */
  public static final int ADDRESS_ROOM = 1256;

  /** Room for the token texts of one side of a rule, ends included. */
  public static final int RULE_ROOM = 3048;

  /** Where the complaints go. */
  public interface Reporter {
    /** Hears nothing. */
    Reporter SILENT = (code, message, text) -> {};

    /**
     * The text has a fault.
     *
     * @param code SMTP code that sendmail attaches; 553 shows the text in front of the message
     * @param text what was being split
     */
    void problem(int code, String message, String text);

    /** Whether {@link #scanning}, {@link #token} and {@link #scanned} want to be called. */
    default boolean watches() {
      return false;
    }

    /** A text is about to be split. */
    default void scanning(String text) {}

    /** A token is complete; see {@link #shown}. */
    default void token(String text) {}

    /** A text was split; {@code tokens} holds the result, null after a fault that leaves none. */
    default void scanned(@Nullable Prescan tokens) {}
  }

  private static final int NOTHING = -1;

  private final Symbols symbols;
  private final boolean distinct;
  private final Bytes pending = new Bytes(256);
  private byte @Nullable [] memory;
  // Those operators that the configuration knows, which no machine forgets.
  private final int[] operators = new int[128];
  private int[] tokens = new int[64];
  private int count;
  private int used;
  private int end;
  private boolean failed;
  private boolean tooLong;
  private int written;
  private boolean plain;

  public Prescan(Symbols symbols) {
    this(symbols, false);
  }

  /**
   * Splits texts into {@code symbols}.
   *
   * @param distinct whether each word with a quote or a backslash is a symbol of its own
   */
  public Prescan(Symbols symbols, boolean distinct) {
    this.symbols = symbols;
    this.distinct = distinct;
  }

  /** A text as complaints show it: the middle of a long one is left out. */
  public static String shortened(String text) {
    int n = text.length();
    return n < MAX_SHOWN
        ? text
        : text.substring(0, SHOWN_PART) + "..." + text.substring(n - SHOWN_PART);
  }

  /** Number of tokens found by the last {@link #scan}. */
  public int count() {
    return count;
  }

  /** Token {@code index} of the last scan, a symbol. */
  public int token(int index) {
    return tokens[index];
  }

  /** The memory behind the tokens, valid up to {@link #count} (after a fault {@link #written}). */
  public int[] tokens() {
    return tokens;
  }

  /** The text of token {@code index}. */
  public String text(int index) {
    return symbols.text(tokens[index]);
  }

  /**
   * Token {@code index} as sendmail shows it: where a macro's name is missing at its end, that goes
   * on with the next word, or with what is left in memory.
   */
  public String shown(int index) {
    int behind = 0;
    for (int i = 0; i <= index; i++) {
      behind += symbols.length(tokens[i]) + 1;
    }
    String text = text(index);
    if (index + 1 < count && TokenText.runsOn(text)) {
      return text + '\0' + text(index + 1);
    }
    return withRest(text, behind);
  }

  private String withRest(String text, int behind) {
    byte[] bytes = memory;
    if (bytes == null || !TokenText.runsOn(text)) {
      return text;
    }
    int to = behind;
    while (to < bytes.length && bytes[to] != 0) {
      to++;
    }
    return to == behind ? text : text + '\0' + latin1(bytes, behind, to);
  }

  /**
   * Says what the memory holds into which sendmail will split texts, for those who are shown the
   * words.
   *
   * @param old one word behind the other, each with a NUL; null if that is not known
   */
  public void memory(byte @Nullable [] old) {
    memory = old;
  }

  /** Where the last scan stopped: at the delimiter or the end of the text. */
  public int end() {
    return end;
  }

  /** Whether the last scan was broken off by a fault. */
  public boolean isFailed() {
    return failed;
  }

  /** Whether the last scan met nothing unusual; what is not plain may be all right, too. */
  public boolean isPlain() {
    return plain;
  }

  /** Whether the last scan was broken off because the text does not fit. */
  public boolean isTooLong() {
    return tooLong;
  }

  /** The word at which the last scan was broken off, as far as it was read. */
  public Bytes pending() {
    return pending;
  }

  /** Tokens that the last scan came upon, also if a fault broke it off. */
  public int written() {
    return failed ? written : count;
  }

  /**
   * Splits {@code text[from, to)}, stopping at {@code delimiter} outside quotes, comments and angle
   * brackets.
   *
   * @param delimiter a byte, or 0 for none
   * @param table one of {@link TokenTables}
   * @param tolerant whether imbalance is left alone
   * @param room see {@link #ADDRESS_ROOM}, {@link #RULE_ROOM}
   * @return whether there is a token; false also after a fault that leaves no result
   */
  public boolean scan(
      byte[] text,
      int from,
      int to,
      int delimiter,
      byte[] table,
      boolean tolerant,
      int room,
      Reporter reporter) {
    boolean watched = reporter.watches();
    if (watched) {
      reporter.scanning(latin1(text, from, to));
    }
    failed = false;
    tooLong = false;
    plain = !watched && plain(text, from, to, delimiter, table, tolerant, room - 5);
    if (plain) {
      return count > 0;
    }
    boolean found = run(text, from, to, delimiter, table, tolerant, room - 5, reporter, watched);
    if (watched) {
      reporter.scanned(failed ? null : this);
    }
    return found;
  }

  /**
   * The way for almost every text: words, single operators, blanks and balanced angle brackets.
   * Gives up, with nothing said and nothing kept, as soon as a byte needs more thought than that.
   *
   * @return whether the whole text was split
   */
  private boolean plain(
      byte[] text, int from, int to, int delimiter, byte[] table, boolean tolerant, int room) {
    if (to - from >= room / 2) {
      return false; // may run into a limit
    }
    count = 0;
    int angleDepth = 0;
    int p = from;
    while (p < to) {
      int c = text[p];
      if (c <= 0 || c == '"' || c == '\\') {
        return false;
      }
      if (c == delimiter) {
        if (angleDepth > 0) {
          return false;
        }
        break;
      }
      switch (table[c]) {
        case TokenTables.ATOM -> {
          int start = p;
          int hash = 0;
          do {
            hash = hash * 31 + c;
            p++;
            c = p < to ? text[p] : 0;
          } while (c > 0 && table[c] == TokenTables.ATOM && c != '\\' && c != delimiter);
          if (c < 0 || c == '\\' || p - start >= MAX_TOKEN) {
            return false;
          }
          add(symbols.intern(text, start, p, hash));
        }
        case TokenTables.OPERATOR -> {
          if (c == '<') {
            angleDepth++;
          } else if (c == '>') {
            if (angleDepth > 0) {
              angleDepth--;
            } else if (!tolerant) {
              return false;
            }
          }
          add(operator(text, p, c));
          p++;
        }
        case TokenTables.SPACE -> {
          if (c == '(' || c == ')') {
            return false;
          }
          p++;
        }
        default -> {
          return false;
        }
      }
    }
    if (angleDepth > 0 && !tolerant) {
      return false;
    }
    end = p;
    return true;
  }

  private int operator(byte[] text, int at, int c) {
    int known = operators[c];
    if (known == 0) {
      known = symbols.intern(text, at, at + 1, c);
      if (!Symbols.isLocal(known)) {
        operators[c] = known;
      }
    }
    return known;
  }

  private void add(int token) {
    if (count == tokens.length) {
      tokens = java.util.Arrays.copyOf(tokens, count * 2);
    }
    tokens[count++] = token;
  }

  /**
   * The state is what the last byte was; a byte that does not go with it ends the token and is
   * looked at again as the first of the next one.
   */
  private boolean run(
      byte[] text,
      int from,
      int to,
      int delimiter,
      byte[] table,
      boolean tolerant,
      int room,
      Reporter reporter,
      boolean watched) {
    count = 0;
    used = 0;
    pending.clear();
    byte state = TokenTables.ATOM;
    boolean comments = table['('] == TokenTables.SPACE;
    boolean backslash = false;
    boolean routeSyntax = false;
    int commentDepth = 0;
    int angleDepth = 0;
    int held = NOTHING; // a byte that was looked at and still has to be stored
    int p = from;
    while (true) {
      boolean stop = false;
      // One token.
      while (true) {
        if (held != NOTHING && !backslash) {
          if (!store(held == 0xff ? 0x7f : held, room)) {
            return tooLong(reporter, text, from, to, p);
          }
        }
        int c = p < to ? text[p] & 0xff : 0;
        p++;
        if (c == 0) {
          if (tolerant) {
            stop = true;
            break;
          }
          if (state == TokenTables.QUOTE) {
            reporter.problem(553, "Unbalanced '\"'", latin1(text, from, to));
            c = '"';
          } else if (commentDepth > 0) {
            reporter.problem(553, "Unbalanced '('", latin1(text, from, to));
            c = ')';
          } else if (angleDepth > 0) {
            reporter.problem(553, "Unbalanced '<'", latin1(text, from, to));
            c = '>';
          } else {
            stop = true;
            break;
          }
          p--;
        } else if (c == delimiter && commentDepth == 0 && state != TokenTables.QUOTE) {
          if (angleDepth <= 0) {
            stop = true;
            break;
          }
          if (delimiter == ',' && !routeSyntax && !tolerant) {
            reporter.problem(553, "Unbalanced '<'", latin1(text, from, to));
            c = '>';
            p--;
          }
        }

        if (backslash) {
          backslash = false;
          if (commentDepth > 0) {
            held = NOTHING;
            continue;
          }
          if (c != '!' || state == TokenTables.QUOTE) {
            if (!store('\\', room)) {
              return tooLong(reporter, text, from, to, p);
            }
            held = c;
            continue;
          }
        }

        if (c == '\\') {
          backslash = true;
        } else if (state == TokenTables.QUOTE) {
          // everything up to the closing quote belongs to the token
        } else if (c == '(' && comments) {
          commentDepth++;
          held = NOTHING;
          continue;
        } else if (c == ')' && comments) {
          if (commentDepth > 0) {
            commentDepth--;
          } else if (!tolerant) {
            reporter.problem(553, "Unbalanced ')'", latin1(text, from, to));
            held = NOTHING;
            continue;
          }
        } else if (commentDepth > 0) {
          held = NOTHING;
          continue;
        } else if (c == '<') {
          angleDepth++;
          int q = p;
          while (q < to && isSpace(text[q])) {
            q++;
          }
          if (q < to && text[q] == '@') {
            routeSyntax = true;
          }
        } else if (c == '>') {
          if (angleDepth > 0) {
            angleDepth--;
          } else if (!tolerant) {
            reporter.problem(553, "Unbalanced '>'", latin1(text, from, to));
            held = NOTHING;
            continue;
          }
          routeSyntax = false;
        }

        byte kind = table[c];
        boolean ends;
        switch (state) {
          case TokenTables.QUOTE -> {
            state = kind == TokenTables.QUOTE ? TokenTables.OPERATOR : TokenTables.QUOTE;
            ends = false;
          }
          case TokenTables.PAIR -> {
            state = TokenTables.OPERATOR;
            ends = false;
          }
          case TokenTables.SPACE -> {
            state = kind;
            ends = false;
          }
          case TokenTables.ATOM -> {
            state = kind;
            ends = kind != TokenTables.ATOM;
          }
          default -> {
            state = kind;
            ends = true;
          }
        }
        held = kind == TokenTables.SPACE && state == TokenTables.SPACE ? NOTHING : c;
        if (ends) {
          break;
        }
      }

      int length = pending.length();
      if (length > 0) {
        if (used + length >= room) {
          return tooLong(reporter, text, from, to, p);
        }
        if (watched) {
          reporter.token(withRest(pending.toString(), used + length + 1));
        }
        if (count >= MAX_TOKENS) {
          return fail(reporter, 553, "prescan: too many tokens", text, from, to, p);
        }
        if (length > MAX_TOKEN) {
          return fail(reporter, 553, "prescan: token too long", text, from, to, p);
        }
        if (count == tokens.length) {
          tokens = java.util.Arrays.copyOf(tokens, count * 2);
        }
        int word = symbols.intern(pending.array(), 0, length);
        tokens[count++] = distinct && isQuoted(pending) ? symbols.another(word) : word;
        used += length + 1;
        pending.clear();
      }
      if (stop) {
        end = p - 1;
        return count > 0;
      }
    }
  }

  private static boolean isQuoted(Bytes word) {
    for (int i = 0; i < word.length(); i++) {
      if (word.at(i) == '"' || word.at(i) == '\\') {
        return true;
      }
    }
    return false;
  }

  private boolean store(int b, int room) {
    if (used + pending.length() >= room) {
      return false;
    }
    pending.append(b);
    return true;
  }

  private boolean tooLong(Reporter reporter, byte[] text, int from, int to, int p) {
    fail(reporter, 553, "Address too long", text, from, to, p);
    tooLong = true;
    return false;
  }

  private boolean fail(
      Reporter reporter, int code, String message, byte[] text, int from, int to, int p) {
    reporter.problem(code, message, latin1(text, from, to));
    failed = true;
    written = count;
    count = 0;
    end = Math.max(from, p - 1);
    return false;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }

  private static String latin1(byte[] text, int from, int to) {
    return new String(text, from, to - from, java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
