package postern.queue;

/**
 * How a {@link Spool} stores messages.
 *
 * @param chunkBytes largest piece of content in one row; also what one incoming message may hold in
 *     memory before it is written
 * @param groupBytes content that one transaction gathers at most before it is committed
 * @param pendingBytes content waiting for the writer above which senders are asked to pause
 * @param maxBytes largest size of the database, 0 for no limit
 * @param minFreeBytes free space of the file system below which no new message is taken
 * @param cacheBytes committed small messages kept in memory until they are delivered
 */
public record SpoolSettings(
    int chunkBytes,
    int groupBytes,
    int pendingBytes,
    long maxBytes,
    long minFreeBytes,
    int cacheBytes) {

  /** Chunks of 128 KiB, at most 32 MiB waiting for the disk, no limit, 32 MiB kept free. */
  public static final SpoolSettings DEFAULT =
      new SpoolSettings(128 << 10, 8 << 20, 32 << 20, 0, 32L << 20, 16 << 20);

  public SpoolSettings {
    if (chunkBytes < 1024 || groupBytes < chunkBytes || pendingBytes < chunkBytes) {
      throw new IllegalArgumentException(
          "chunkBytes "
              + chunkBytes
              + ", groupBytes "
              + groupBytes
              + ", pendingBytes "
              + pendingBytes);
    }
  }

  /** These settings with another size limit. */
  public SpoolSettings withMaxBytes(long bytes) {
    return new SpoolSettings(chunkBytes, groupBytes, pendingBytes, bytes, minFreeBytes, cacheBytes);
  }

  /** These settings with another reserve of free space. */
  public SpoolSettings withMinFreeBytes(long bytes) {
    return new SpoolSettings(chunkBytes, groupBytes, pendingBytes, maxBytes, bytes, cacheBytes);
  }
}
