package postern.offline.log;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * One log: a file, packed by gzip or zstd or not at all, or standard input.
 *
 * @param name what it is called
 * @param file null for standard input
 * @param size bytes as it lies there, 0 if that is not known
 * @param modified when it was written last: the year of time stamps that have none
 */
public record LogInput(String name, @Nullable Path file, long size, Instant modified) {
  /** {@code mail.log.12.gz}, {@code maillog-20261115}: what logrotate makes of names. */
  private static final Pattern ROTATED =
      Pattern.compile("(.+?)(?:\\.([0-9]{1,5})|-([0-9]{8}(?:-[0-9]{2,10})?))?(?:\\.(?:gz|zst))?");

  private static final int BUFFER = 1 << 16;

  /**
   * The logs that people named; {@code -} is standard input. Those of one rotated set ({@code
   * mail.log mail.log.1 mail.log.2.gz}) are put in the order of time, where the first of them
   * stands.
   *
   * @throws IOException if one of them cannot be read
   */
  public static List<LogInput> of(List<String> names, Instant now) throws IOException {
    Map<String, List<LogInput>> sets = new LinkedHashMap<>();
    for (String name : names) {
      LogInput input = of(name, now);
      Matcher matcher = ROTATED.matcher(name);
      String set = matcher.matches() ? matcher.group(1) : name;
      sets.computeIfAbsent(set, unused -> new ArrayList<>()).add(input);
    }
    List<LogInput> all = new ArrayList<>();
    for (List<LogInput> set : sets.values()) {
      set.sort(Comparator.comparing(LogInput::age).reversed());
      all.addAll(set);
    }
    return all;
  }

  /** How old a member of a rotated set is, by its name; the one that is written to is 0. */
  private long age() {
    Matcher matcher = ROTATED.matcher(name);
    if (!matcher.matches()) {
      return 0;
    }
    if (matcher.group(2) != null) {
      return Long.parseLong(matcher.group(2));
    }
    String date = matcher.group(3);
    if (date == null) {
      return 0;
    }
    // Later dates are younger.
    return Long.MAX_VALUE / 2
        - Long.parseLong((date.replace("-", "") + "0000000000").substring(0, 18));
  }

  private static LogInput of(String name, Instant now) throws IOException {
    if (name.equals("-")) {
      return new LogInput("standard input", null, 0, now);
    }
    Path file = Path.of(name);
    if (!Files.exists(file)) {
      throw new java.nio.file.NoSuchFileException(name);
    }
    if (Files.isDirectory(file)) {
      throw new IOException(name + " is a folder; name the logs in it");
    }
    boolean regular = Files.isRegularFile(file);
    return new LogInput(
        name,
        file,
        regular ? Files.size(file) : 0,
        regular ? Files.getLastModifiedTime(file).toInstant() : now);
  }

  /**
   * The unpacked bytes.
   *
   * @param taken is told how many bytes were taken from the file
   */
  InputStream open(LongConsumer taken) throws IOException {
    Path from = file;
    InputStream raw = from == null ? System.in : Files.newInputStream(from);
    try {
      BufferedInputStream in = new BufferedInputStream(new Counted(raw, taken), BUFFER);
      in.mark(4);
      byte[] magic = in.readNBytes(4);
      in.reset();
      int first = magic.length < 4 ? 0 : magic[0] & 0xff;
      if (first == 0x1f && (magic[1] & 0xff) == 0x8b) {
        return new GZIPInputStream(in, BUFFER);
      }
      if (first == 0x28
          && (magic[1] & 0xff) == 0xb5
          && magic[2] == 0x2f
          && (magic[3] & 0xff) == 0xfd) {
        return new Zstd(in);
      }
      return in;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /** Says that the data is broken as other streams do. */
  private static final class Zstd extends FilterInputStream {
    Zstd(InputStream in) {
      super(new ZstdInputStream(in));
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      try {
        return super.read(into, at, length);
      } catch (MalformedInputException e) {
        throw new IOException("broken zstd: " + e.getMessage(), e);
      }
    }
  }

  /** Tells how much was read. */
  private static final class Counted extends FilterInputStream {
    private final LongConsumer taken;

    Counted(InputStream in, LongConsumer taken) {
      super(in);
      this.taken = taken;
    }

    @Override
    public int read() throws IOException {
      int c = super.read();
      if (c >= 0) {
        taken.accept(1);
      }
      return c;
    }

    /** A pipe has nothing for a while and then more: gzip would take that for its end. */
    @Override
    public int available() {
      return 1;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      int n = super.read(into, at, length);
      if (n > 0) {
        taken.accept(n);
      }
      return n;
    }
  }
}
