package postern.map.db;

import java.io.IOException;
import java.util.Arrays;
import postern.text.Bytes;

/**
 * A Berkeley DB hash: buckets by linear hashing, each a chain of pages with keys and values in
 * turn.
 */
final class HashFile extends BerkeleyFile {
  private static final int KEY_OR_VALUE = 1;
  private static final int DUPLICATES = 2;
  private static final int OVERFLOW = 3;
  private static final int DUPLICATE_TREE = 4;
  private static final int SPARES = 32;
  private static final int HAS_DATABASES = 2;

  /** What the file's function makes of this text is in its first page. */
  private static final byte[] CHARACTERISTIC = Bytes.of("%$sniglet^&\0").array();

  private final int maxBucket;
  private final int highMask;
  private final int lowMask;
  private final int[] spares = new int[SPARES];

  HashFile(PageFile pages, int header, Page meta) throws IOException {
    super(pages, header);
    if (meta.u8(25) != 8) {
      throw meta.damaged("the first page of a hash was expected");
    }
    if ((meta.i32(48) & HAS_DATABASES) != 0) {
      throw new BadDatabaseException("a Berkeley DB file that holds several data bases");
    }
    maxBucket = meta.i32(72);
    highMask = meta.i32(76);
    lowMask = meta.i32(80);
    // Masks are powers of two less one, and the buckets lie between them.
    if (maxBucket < 0
        || (highMask & (highMask + 1)) != 0
        || (lowMask & (lowMask + 1)) != 0
        || Integer.compareUnsigned(maxBucket, highMask) > 0
        || Integer.compareUnsigned(lowMask, maxBucket) > 0) {
      throw meta.damaged("%d buckets with masks %x and %x".formatted(maxBucket, highMask, lowMask));
    }
    if (meta.i32(92) != hash(CHARACTERISTIC, 0, 12)) {
      throw new BadDatabaseException("a Berkeley DB hash with a hash function of its own");
    }
    for (int i = 0; i < SPARES; i++) {
      spares[i] = meta.i32(96 + 4 * i);
    }
  }

  private static int hash(byte[] key, int from, int to) {
    int h = 0;
    for (int i = from; i < to; i++) {
      h = h * 16777619 ^ (key[i] & 0xff);
    }
    return h;
  }

  private Page bucket(int number) throws IOException {
    int generation = number == 0 ? 0 : 32 - Integer.numberOfLeadingZeros(number);
    Page page = pages.page(number + spares[generation]);
    if (page.previous() != 0) {
      throw page.damaged("the first page of a bucket has one before it");
    }
    return page;
  }

  @Override
  public boolean find(byte[] key, int from, int to, Bytes value) throws IOException {
    pages.checkUnchanged();
    int number = hash(key, from, to) & highMask;
    if (Integer.compareUnsigned(number, maxBucket) > 0) {
      number &= lowMask;
    }
    Page page = bucket(number);
    while (true) {
      int entries = entries(page);
      int end = page.size();
      for (int i = 0; i < entries; i += 2) {
        int start = offset(page, i);
        page.checkRange(start + 1, end);
        int data = offset(page, i + 1);
        page.checkRange(data + 1, start);
        if (matches(page, start, end, key, from, to)) {
          value.clear();
          firstValue(page, data, start, value);
          return true;
        }
        end = data;
      }
      if (page.next() == 0) {
        return false;
      }
      page = follow(page);
    }
  }

  private static int entries(Page page) throws BadDatabaseException {
    int type = page.type();
    int entries = page.entries();
    if (page.isBlank()) {
      return 0;
    }
    if ((type != Page.HASH && type != Page.HASH_UNSORTED) || (entries & 1) != 0) {
      throw page.damaged("a page of a hash was expected, type " + type + " is there");
    }
    return entries;
  }

  private boolean matches(Page page, int start, int end, byte[] key, int from, int to)
      throws IOException {
    switch (page.u8(start)) {
      case KEY_OR_VALUE -> {
        return end - start - 1 == to - from
            && Arrays.equals(key, from, to, page.data(), start + 1, end);
      }
      case OVERFLOW -> {
        return page.i32(start + 8) == to - from
            && compareOverflow(key, from, to, page.i32(start + 4), to - from) == 0;
      }
      default -> throw page.damaged("a key of kind " + page.u8(start));
    }
  }

  private void firstValue(Page page, int start, int end, Bytes out) throws IOException {
    switch (page.u8(start)) {
      case KEY_OR_VALUE -> out.append(page.data(), start + 1, end);
      case OVERFLOW ->
          appendOverflow(page.i32(start + 4), page.i32(start + 8), out, Database.MAX_VALUE);
      case DUPLICATES -> {
        int length = page.u16(start + 1);
        page.checkRange(start + 3, start + 3 + length);
        out.append(page.data(), start + 3, start + 3 + length);
      }
      case DUPLICATE_TREE -> new DuplicateTree(this).first(page.i32(start + 4), out);
      default -> throw page.damaged("a value of kind " + page.u8(start));
    }
  }

  @Override
  public String kind() {
    return "hash";
  }

  @Override
  public void forEach(Visitor visitor) throws IOException {
    pages.checkUnchanged();
    Bytes key = new Bytes();
    Bytes value = new Bytes();
    for (int b = 0; b <= maxBucket; b++) {
      Page page = bucket(b);
      while (true) {
        int entries = entries(page);
        int end = page.size();
        for (int i = 0; i < entries; i += 2) {
          int start = offset(page, i);
          page.checkRange(start + 1, end);
          int data = offset(page, i + 1);
          page.checkRange(data + 1, start);
          key.clear();
          if (page.u8(start) == DUPLICATES || page.u8(start) == DUPLICATE_TREE) {
            throw page.damaged("a key of kind " + page.u8(start));
          }
          firstValue(page, start, end, key);
          values(page, data, start, key, value, visitor);
          end = data;
        }
        if (page.next() == 0) {
          break;
        }
        page = follow(page);
      }
    }
  }

  private void values(Page page, int start, int end, Bytes key, Bytes value, Visitor visitor)
      throws IOException {
    switch (page.u8(start)) {
      case DUPLICATES -> {
        int at = start + 1;
        while (at < end) {
          int length = page.u16(at);
          page.checkRange(at + 2, at + 2 + length);
          value.clear();
          value.append(page.data(), at + 2, at + 2 + length);
          visitor.entry(key, value);
          at += length + 4;
        }
      }
      case DUPLICATE_TREE -> new DuplicateTree(this).forEach(page.i32(start + 4), key, visitor);
      default -> {
        value.clear();
        firstValue(page, start, end, value);
        visitor.entry(key, value);
      }
    }
  }
}
