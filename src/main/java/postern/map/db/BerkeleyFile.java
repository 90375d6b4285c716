package postern.map.db;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import postern.text.Bytes;

/**
 * A Berkeley DB file: what hash and btree have in common. Page 0 tells the kind, the byte order and
 * the size of pages. A value that does not fit a page lies in a chain of overflow pages.
 */
abstract class BerkeleyFile implements Database {
  private static final int HASH_MAGIC = 0x061561;
  private static final int BTREE_MAGIC = 0x053162;
  private static final int QUEUE_MAGIC = 0x042253;
  private static final int META_SIZE = 512;
  private static final int MIN_PAGE = 512;
  private static final int MAX_PAGE = 65536;
  private static final int CHECKSUMS = 1;
  private static final int PARTITIONED = 2 | 4;

  final PageFile pages;

  /** Where a page's offsets begin, and an overflow page's data. */
  final int header;

  BerkeleyFile(PageFile pages, int header) {
    this.pages = pages;
    this.header = header;
  }

  static Database open(Path file) throws IOException {
    FileChannel channel = PageFile.channel(file);
    try {
      return open(file, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static Database open(Path file, FileChannel channel) throws IOException {
    if (channel.size() < META_SIZE) {
      throw new BadDatabaseException(
          channel.size() == 0 ? "the file is empty" : "too short for a Berkeley DB file");
    }
    byte[] start = new byte[META_SIZE];
    PageFile.readFully(channel, start, 0);
    boolean bigEndian = isMagic(new Page(start, true, 0).i32(12));
    Page meta = new Page(start, bigEndian, 0);
    int magic = meta.i32(12);
    if (!isMagic(magic)) {
      throw new BadDatabaseException("not a Berkeley DB file");
    }
    if (magic == QUEUE_MAGIC) {
      throw new BadDatabaseException("a Berkeley DB queue, neither hash nor btree");
    }
    int version = meta.i32(16);
    if (version < 8 || version > 10) {
      throw new BadDatabaseException(
          "a Berkeley DB file of format "
              + Integer.toUnsignedString(version)
              + "; formats 8 to 10 (Berkeley DB 4 to 6) can be read");
    }
    if (meta.u8(24) != 0) {
      throw new BadDatabaseException("an encrypted Berkeley DB file");
    }
    int flags = meta.u8(26);
    if ((flags & PARTITIONED) != 0 || meta.i32(36) != 0) {
      throw new BadDatabaseException("a Berkeley DB file in several parts");
    }
    int pageSize = meta.i32(20);
    if (pageSize < MIN_PAGE || pageSize > MAX_PAGE || Integer.bitCount(pageSize) != 1) {
      throw new BadDatabaseException(
          "damaged: pages of " + Integer.toUnsignedString(pageSize) + " bytes");
    }
    int last = meta.i32(32);
    // A data base that has just been made may say more pages than have been written.
    long there = channel.size() / pageSize - 1;
    if (last < 0 || last > there) {
      throw new BadDatabaseException(
          "damaged: %s pages are announced, %d are there"
              .formatted(Integer.toUnsignedString(last), there));
    }
    PageFile pages = new PageFile(file, channel, bigEndian, pageSize, last);
    int header = (flags & CHECKSUMS) != 0 ? 32 : 26;
    return magic == HASH_MAGIC
        ? new HashFile(pages, header, meta)
        : new BtreeFile(pages, header, meta);
  }

  private static boolean isMagic(int magic) {
    return magic == HASH_MAGIC || magic == BTREE_MAGIC || magic == QUEUE_MAGIC;
  }

  /** Where item {@code index} of a page begins. */
  final int offset(Page page, int index) throws BadDatabaseException {
    if (index < 0 || index >= page.entries()) {
      throw page.damaged("there is no item " + index);
    }
    int offset = page.u16(header + 2 * index);
    if (offset < header + 2 * page.entries()) {
      throw page.damaged("item " + index + " lies in the header");
    }
    return offset;
  }

  /** Appends the {@code length} bytes in the chain of overflow pages from {@code first} on. */
  final void appendOverflow(int first, int length, Bytes out, int most) throws IOException {
    if (length < 0 || length > most) {
      throw new BadDatabaseException(
          "a key or value of " + Integer.toUnsignedString(length) + " bytes");
    }
    int missing = length;
    int before = 0;
    int at = first;
    while (missing > 0) {
      Page page = overflow(at, before);
      int here = page.overflowLength();
      if (here == 0 || here > missing) {
        throw page.damaged("an overflow page of the wrong length");
      }
      out.append(page.data(), header, header + here);
      missing -= here;
      before = at;
      at = page.next();
    }
  }

  /**
   * Compares a key with the {@code length} bytes in the chain of overflow pages from {@code first}
   * on: negative, 0 or positive.
   */
  final int compareOverflow(byte[] key, int from, int to, int first, int length)
      throws IOException {
    int missing = length;
    int k = from;
    int before = 0;
    int at = first;
    while (missing != 0 && k < to) {
      Page page = overflow(at, before);
      int here = page.overflowLength();
      if (here == 0 || Integer.compareUnsigned(here, missing) > 0) {
        throw page.damaged("an overflow page of the wrong length");
      }
      int n = Math.min(here, to - k);
      int order = Arrays.compareUnsigned(key, k, k + n, page.data(), header, header + n);
      if (order != 0 || n < here) {
        return order != 0 ? order : -1;
      }
      k += here;
      missing -= here;
      before = at;
      at = page.next();
    }
    return k < to ? 1 : missing == 0 ? 0 : -1;
  }

  private Page overflow(int number, int before) throws IOException {
    Page page = pages.page(number);
    if (page.type() != Page.OVERFLOW) {
      throw page.damaged("an overflow page was expected, type " + page.type() + " is there");
    }
    // The chain is linked in both directions; a wrong link could lead in circles.
    if (page.previous() != before) {
      throw page.damaged("the chain of pages is broken");
    }
    page.checkRange(header, header + page.overflowLength());
    return page;
  }

  /** The page behind {@code page} in its chain; the links must agree, or it might be a circle. */
  final Page follow(Page page) throws IOException {
    Page next = pages.page(page.next());
    if (next.previous() != page.number()) {
      throw next.damaged("the chain of pages is broken");
    }
    return next;
  }

  @Override
  public void close() throws IOException {
    pages.close();
  }
}
