package postern.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Entries on their way into a data base; one character a byte. */
final class MakemapInput {
  private final boolean duplicates;
  private final boolean replace;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Integer> places = new HashMap<>();

  /** A key and its value. */
  record Entry(String key, String value) {}

  /**
   * No entries yet.
   *
   * @param duplicates whether a key may come twice
   * @param replace whether the last value of a key counts, not the first
   */
  MakemapInput(boolean duplicates, boolean replace) {
    this.duplicates = duplicates;
    this.replace = replace;
  }

  /** Takes over what was in the file before. */
  void keep(String key, String value) {
    places.putIfAbsent(key, entries.size());
    entries.add(new Entry(key, value));
  }

  /** Adds an entry; false if its key is there and must not be again. */
  boolean add(String key, String value) {
    Integer place = duplicates ? null : places.get(key);
    if (place == null) {
      keep(key, value);
      return true;
    }
    if (replace) {
      entries.set(place, new Entry(key, value));
    }
    return replace;
  }

  List<Entry> all() {
    return entries;
  }

  /**
   * Lines as C's fgets and strings see them: in pieces of a buffer's length, and ending at a NUL.
   */
  static final class Lines {
    /** Length of the buffer. */
    static final int MOST = 1024;

    private final InputStream in;
    private final StringBuilder text = new StringBuilder();
    private int number;
    private boolean cut;

    Lines(InputStream in) {
      this.in = in;
    }

    /** Reads the next piece; false at the end. */
    boolean next() throws IOException {
      text.setLength(0);
      cut = true;
      int c = 0;
      while (text.length() < MOST - 1 && (c = in.read()) >= 0) {
        if (c == '\n') {
          cut = false;
          break;
        }
        text.append((char) c);
      }
      if (c < 0) {
        cut = false; // the last line needs no end
        if (text.length() == 0) {
          return false;
        }
      }
      number++;
      int nul = text.indexOf("\0");
      if (nul >= 0) {
        text.setLength(nul);
        cut = true;
      }
      return true;
    }

    /** The piece, without the line's end. */
    String text() {
      return text.toString();
    }

    /** Whether the line's end is not in the piece. */
    boolean isCut() {
      return cut;
    }

    /** Number of the piece, from 1. */
    int number() {
      return number;
    }
  }
}
