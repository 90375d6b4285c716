package postern.map.db;

import java.io.IOException;
import postern.text.Bytes;

/** Many values of one key, in a tree of their own: sorted, or in the order of their arrival. */
final class DuplicateTree {
  private static final int MAX_DEPTH = 64;

  private final BerkeleyFile file;

  DuplicateTree(BerkeleyFile file) {
    this.file = file;
  }

  void first(int root, Bytes out) throws IOException {
    for (Page page = firstLeaf(root); ; page = file.follow(page)) {
      checkLeaf(page);
      for (int i = 0; i < page.entries(); i++) {
        int at = file.offset(page, i);
        if ((page.u8(at + 2) & BtreeFile.DELETED) == 0) {
          BtreeFile.appendItem(file, page, at, out);
          return;
        }
      }
      if (page.next() == 0) {
        throw page.damaged("a key without values");
      }
    }
  }

  void forEach(int root, Bytes key, Database.Visitor visitor) throws IOException {
    Bytes value = new Bytes();
    for (Page page = firstLeaf(root); ; page = file.follow(page)) {
      checkLeaf(page);
      for (int i = 0; i < page.entries(); i++) {
        int at = file.offset(page, i);
        if ((page.u8(at + 2) & BtreeFile.DELETED) == 0) {
          value.clear();
          BtreeFile.appendItem(file, page, at, value);
          visitor.entry(key, value);
        }
      }
      if (page.next() == 0) {
        return;
      }
    }
  }

  private Page firstLeaf(int root) throws IOException {
    Page page = file.pages.page(root);
    int above = MAX_DEPTH;
    while (page.type() == Page.BTREE_INTERNAL || page.type() == Page.RECNO_INTERNAL) {
      above = BtreeFile.descend(page, above);
      int at = file.offset(page, 0);
      // An inner page for numbered items has nothing but page and count.
      page = file.pages.page(page.i32(page.type() == Page.RECNO_INTERNAL ? at : at + 4));
    }
    if (page.previous() != 0) {
      throw page.damaged("the first leaf has one before it");
    }
    return page;
  }

  private static void checkLeaf(Page page) throws BadDatabaseException {
    int type = page.type();
    if (type != Page.DUPLICATE_LEAF && type != Page.RECNO_LEAF) {
      throw page.damaged("a leaf with values was expected, type " + type + " is there");
    }
  }
}
