package postern.smtp.server;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import postern.policy.ServerFeatures.LineEnd;

/**
 * Takes message content off the wire: finds its end, removes the dot of dot-stuffed lines and sees
 * to it that every line ends in CRLF. Works on whatever pieces arrive and hands on stretches of the
 * given array, so that nothing is copied here.
 *
 * <p>Only CRLF . CRLF ends a message (RFC 5321 section 4.1.1.4), unless a rule set has switched
 * that off ({@code srv_features} {@code O} together with {@code G}). A CR or LF that stands alone
 * is refused, replaced by a blank or taken, as the rule set says; a taken LF becomes CRLF.
 */
final class ContentDecoder {
  /** Where decoded content goes. */
  interface Sink {
    /** Takes {@code data[from, to)}, never empty; the array must not be kept. */
    void take(byte[] data, int from, int to);

    /** A lone LF (or else a lone CR) stands where the content has got to. */
    default void lone(boolean lf) {}
  }

  /** How far a message has come. */
  enum Event {
    MORE,
    END,
    BARE_LF,
    BARE_CR
  }

  private enum State {
    /** At the beginning of a line. */
    BEGINNING,
    /** A dot at the beginning of a line was swallowed. */
    DOT,
    /** Dot, CR. */
    DOT_CR,
    TEXT,
    /** A CR within text; nobody knows yet whether an LF follows. */
    CR
  }

  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] CR = {'\r'};
  private static final byte[] BLANK = {' '};
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final LineEnd bareLf;
  private final LineEnd bareCr;
  private final boolean strictDot;
  private final boolean dots;
  private State state = State.BEGINNING;
  private Event event = Event.MORE;
  private boolean nul;
  private boolean sawBareLf;
  private boolean sawBareCr;
  private long lineEnds;

  /**
   * For one message.
   *
   * @param strictDot only CRLF . CRLF is the end
   * @param dots whether content is dot-stuffed and ends with a dot (DATA) or is counted (BDAT)
   */
  ContentDecoder(LineEnd bareLf, LineEnd bareCr, boolean strictDot, boolean dots) {
    this.bareLf = bareLf;
    this.bareCr = bareCr;
    this.strictDot = strictDot;
    this.dots = dots;
  }

  /** What the last {@link #decode} came to. */
  Event event() {
    return event;
  }

  /** Whether a NUL was seen. */
  boolean sawNul() {
    return nul;
  }

  /** Whether a LF without CR was replaced or taken. */
  boolean sawBareLf() {
    return sawBareLf;
  }

  /** Whether a CR without LF was replaced or taken. */
  boolean sawBareCr() {
    return sawBareCr;
  }

  /**
   * Reads {@code data[from, to)} until it is used up, the message ends or something is refused;
   * {@link #event} says which.
   *
   * @return index of the first byte not used
   */
  int decode(byte[] data, int from, int to, Sink sink) {
    int start = from; // of the stretch not yet handed on
    int i = from;
    while (i < to && event == Event.MORE) {
      switch (state) {
        case BEGINNING -> {
          if (dots && data[i] == '.') {
            hand(data, start, i, sink);
            start = ++i;
            state = State.DOT;
          } else {
            state = State.TEXT;
          }
        }
        case TEXT -> {
          i = nextControl(data, i, to);
          if (i == to) {
            break;
          }
          byte b = data[i];
          if (b == '\r') {
            if (i + 1 < to && data[i + 1] == '\n') {
              i += 2;
              lineEnds++;
              state = State.BEGINNING;
            } else {
              hand(data, start, i, sink);
              start = ++i;
              state = State.CR;
            }
          } else if (b == '\n') {
            hand(data, start, i, sink);
            start = ++i;
            loneLf(sink);
          } else {
            nul |= b == 0;
            i++;
          }
        }
        case CR -> {
          if (data[i] == '\n') {
            endLine(sink);
            start = ++i;
          } else {
            state = State.TEXT;
            loneCr(sink);
          }
        }
        case DOT -> {
          byte b = data[i];
          if (b == '\r') {
            start = ++i;
            state = State.DOT_CR;
          } else if (b == '\n') {
            start = ++i;
            if (bareLf == LineEnd.ACCEPT && !strictDot) {
              event = Event.END;
            } else {
              loneLf(sink);
            }
          } else {
            state = State.TEXT;
          }
        }
        case DOT_CR -> {
          if (data[i] == '\n') {
            start = ++i;
            event = Event.END;
          } else {
            state = State.TEXT;
            loneCr(sink);
          }
        }
      }
    }
    hand(data, start, i, sink);
    return i;
  }

  /** The counted content is complete: a CR at its very end stands alone, too. */
  void finish(Sink sink) {
    if (state == State.CR) {
      state = State.TEXT;
      loneCr(sink);
    }
  }

  /** Ends a line, as a message must when counted content does not. */
  void endLine(Sink sink) {
    sink.take(CRLF, 0, 2);
    lineEnds++;
    state = State.BEGINNING;
  }

  /** Line ends so far. */
  long lineEnds() {
    return lineEnds;
  }

  /** Whether the content so far ends with a whole line. */
  boolean atLineStart() {
    return state == State.BEGINNING;
  }

  private void loneLf(Sink sink) {
    sink.lone(true);
    switch (bareLf) {
      case REFUSE -> event = Event.BARE_LF;
      case REPLACE -> {
        sawBareLf = true;
        sink.take(BLANK, 0, 1);
        state = State.TEXT;
      }
      case ACCEPT -> {
        sawBareLf = true;
        endLine(sink);
        state = strictDot ? State.TEXT : State.BEGINNING;
      }
    }
  }

  private void loneCr(Sink sink) {
    sink.lone(false);
    switch (bareCr) {
      case REFUSE -> event = sawBareLf ? Event.BARE_LF : Event.BARE_CR; // as sendmail names it
      case REPLACE -> {
        sawBareCr = true;
        sink.take(BLANK, 0, 1);
      }
      case ACCEPT -> {
        sawBareCr = true;
        sink.take(CR, 0, 1);
      }
    }
  }

  private static void hand(byte[] data, int from, int to, Sink sink) {
    if (to > from) {
      sink.take(data, from, to);
    }
  }

  /**
   * Index of the first byte from {@code from} on that is 0 to 13, or {@code to}: eight at a time.
   */
  private static int nextControl(byte[] data, int from, int to) {
    int i = from;
    while (i + 8 <= to) {
      long word = (long) LONGS.get(data, i);
      // the high bit of every byte below 14, exact for bytes that themselves have no high bit
      if ((word - 0x0e0e0e0e0e0e0e0eL & ~word & 0x8080808080808080L) != 0) {
        break;
      }
      i += 8;
    }
    while (i < to && (data[i] > 13 || data[i] < 0)) {
      i++;
    }
    return i;
  }
}
