package postern.map.db;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import postern.text.Bytes;

/**
 * A data base file that is open for reading. Safe to use from many threads; keys are compared byte
 * by byte.
 */
public interface Database extends Closeable {
  /** Longest value that a look-up returns, in bytes; a longer one is an error. */
  int MAX_VALUE = 1 << 20;

  /** What is called for each entry of a data base, duplicates of a key included. */
  @FunctionalInterface
  interface Visitor {
    /** One entry; the arrays are valid during the call only. */
    void entry(Bytes key, Bytes value) throws IOException;
  }

  /**
   * Looks {@code key[from, to)} up and writes its value, the first one if there are several.
   *
   * @param value replaced by the value if there is one
   * @return whether the key is there
   * @throws BadDatabaseException if the file is damaged
   * @throws IOException if the file cannot be read
   */
  boolean find(byte[] key, int from, int to, Bytes value) throws IOException;

  /** {@code hash}, {@code btree} or {@code cdb}. */
  String kind();

  /** Visits all entries in the order of the file. */
  void forEach(Visitor visitor) throws IOException;

  /** Opens a Berkeley DB file, version 4.0 to 6, hash or btree, of either byte order. */
  static Database openBerkeley(Path file) throws IOException {
    return BerkeleyFile.open(file);
  }

  /** Opens a cdb file. */
  static Database openCdb(Path file) throws IOException {
    return CdbFile.open(file);
  }
}
