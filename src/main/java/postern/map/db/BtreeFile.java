package postern.map.db;

import java.io.IOException;
import java.util.Arrays;
import postern.text.Bytes;

/** A Berkeley DB btree: sorted keys in leaves, which are linked to each other. */
final class BtreeFile extends BerkeleyFile {
  private static final int RECNO = 2;
  private static final int HAS_DATABASES = 0x20;
  private static final int COMPRESSED = 0x80;

  /** Kinds of items; an item may also be marked as deleted. */
  static final int PLAIN = 1;

  static final int DUPLICATE_TREE = 2;
  static final int OVERFLOW = 3;
  static final int DELETED = 0x80;

  private static final int MAX_DEPTH = 64;

  private final int root;

  BtreeFile(PageFile pages, int header, Page meta) throws IOException {
    super(pages, header);
    if (meta.u8(25) != 9) {
      throw meta.damaged("the first page of a btree was expected");
    }
    int flags = meta.i32(48);
    if ((flags & HAS_DATABASES) != 0) {
      throw new BadDatabaseException("a Berkeley DB file that holds several data bases");
    }
    if ((flags & (RECNO | COMPRESSED)) != 0) {
      throw new BadDatabaseException("a Berkeley DB file of numbered or compressed records");
    }
    root = meta.i32(88);
  }

  @Override
  public boolean find(byte[] key, int from, int to, Bytes value) throws IOException {
    pages.checkUnchanged();
    Page page = pages.page(root);
    int above = MAX_DEPTH;
    while (page.type() == Page.BTREE_INTERNAL) {
      above = descend(page, above);
      int low = 0; // the first key counts as lower than any
      int high = page.entries() - 1;
      if (high < 0) {
        throw page.damaged("an inner page without items");
      }
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (compareInternal(page, middle, key, from, to) >= 0) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      page = pages.page(page.i32(offset(page, low) + 4));
    }
    checkLeaf(page);
    int low = 0;
    int high = page.entries() / 2;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(page, 2 * middle, key, from, to) > 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    // Equal keys stand beside each other, the oldest first; deleted ones may be among them.
    for (int i = 2 * low; i < page.entries() && compare(page, i, key, from, to) == 0; i += 2) {
      if (!isDeleted(page, i + 1)) {
        value.clear();
        firstValue(page, i + 1, value);
        return true;
      }
    }
    return false;
  }

  /** Checks that levels go down on the way to a leaf, which ends every circle. */
  static int descend(Page page, int above) throws BadDatabaseException {
    int level = page.level();
    if (level >= above || level < 2) {
      throw page.damaged("a page of level " + level + " below one of level " + above);
    }
    return level;
  }

  private static void checkLeaf(Page page) throws BadDatabaseException {
    if (page.type() != Page.BTREE_LEAF || (page.entries() & 1) != 0) {
      throw page.damaged("a leaf of a btree was expected, type " + page.type() + " is there");
    }
  }

  private int compareInternal(Page page, int index, byte[] key, int from, int to)
      throws IOException {
    int at = offset(page, index);
    int type = page.u8(at + 2) & ~DELETED;
    if (type == OVERFLOW) {
      return compareOverflow(key, from, to, page.i32(at + 16), page.i32(at + 20));
    }
    if (type != PLAIN) {
      throw page.damaged("a key of kind " + type);
    }
    return compareBytes(page, at + 12, page.u16(at), key, from, to);
  }

  /** Whether the key is lower than, equal to or higher than that of item {@code index}. */
  private int compare(Page page, int index, byte[] key, int from, int to) throws IOException {
    int at = offset(page, index);
    int type = page.u8(at + 2) & ~DELETED;
    if (type == OVERFLOW) {
      return compareOverflow(key, from, to, page.i32(at + 4), page.i32(at + 8));
    }
    if (type != PLAIN) {
      throw page.damaged("a key of kind " + type);
    }
    return compareBytes(page, at + 3, page.u16(at), key, from, to);
  }

  private static int compareBytes(Page page, int at, int length, byte[] key, int from, int to)
      throws BadDatabaseException {
    page.checkRange(at, at + length);
    return Arrays.compareUnsigned(key, from, to, page.data(), at, at + length);
  }

  private boolean isDeleted(Page page, int index) throws BadDatabaseException {
    return (page.u8(offset(page, index) + 2) & DELETED) != 0;
  }

  private void firstValue(Page page, int index, Bytes out) throws IOException {
    int at = offset(page, index);
    if ((page.u8(at + 2) & ~DELETED) == DUPLICATE_TREE) {
      new DuplicateTree(this).first(page.i32(at + 4), out);
    } else {
      appendItem(this, page, at, out);
    }
  }

  /** Appends a plain item or one in overflow pages. */
  static void appendItem(BerkeleyFile file, Page page, int at, Bytes out) throws IOException {
    switch (page.u8(at + 2) & ~DELETED) {
      case PLAIN -> {
        int length = page.u16(at);
        page.checkRange(at + 3, at + 3 + length);
        out.append(page.data(), at + 3, at + 3 + length);
      }
      case OVERFLOW ->
          file.appendOverflow(page.i32(at + 4), page.i32(at + 8), out, Database.MAX_VALUE);
      default -> throw page.damaged("an item of kind " + page.u8(at + 2));
    }
  }

  @Override
  public String kind() {
    return "btree";
  }

  @Override
  public void forEach(Visitor visitor) throws IOException {
    pages.checkUnchanged();
    Page page = pages.page(root);
    int above = MAX_DEPTH;
    while (page.type() == Page.BTREE_INTERNAL) {
      above = descend(page, above);
      page = pages.page(page.i32(offset(page, 0) + 4));
    }
    Bytes key = new Bytes();
    Bytes value = new Bytes();
    if (page.previous() != 0) {
      throw page.damaged("the first leaf has one before it");
    }
    while (true) {
      checkLeaf(page);
      for (int i = 0; i < page.entries(); i += 2) {
        if (isDeleted(page, i + 1)) {
          continue;
        }
        key.clear();
        appendItem(this, page, offset(page, i), key);
        int at = offset(page, i + 1);
        if ((page.u8(at + 2) & ~DELETED) == DUPLICATE_TREE) {
          new DuplicateTree(this).forEach(page.i32(at + 4), key, visitor);
        } else {
          value.clear();
          appendItem(this, page, at, value);
          visitor.entry(key, value);
        }
      }
      if (page.next() == 0) {
        return;
      }
      page = follow(page);
    }
  }
}
