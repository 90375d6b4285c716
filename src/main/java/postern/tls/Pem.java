package postern.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** PEM (RFC 7468): text around the blocks is skipped, blanks and CR inside them do not matter. */
final class Pem {
  /** A CA bundle is 200 kB, a large CRL some MB; beyond this it is a mistake. */
  private static final long LARGEST = 64L << 20;

  private static final String BEGIN = "-----BEGIN ";
  private static final String DASHES = "-----";

  private Pem() {}

  /**
   * One block.
   *
   * @param label the word in its frame: {@code CERTIFICATE}, {@code X509 CRL}
   * @param encrypted whether it has headers as of RFC 1421, that is, needs a pass phrase
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Block(String label, byte[] content, boolean encrypted) {}

  static List<Block> read(Path file) throws IOException, DerException {
    if (Files.size(file) > LARGEST) {
      throw new DerException("larger than 64 MB");
    }
    return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  static List<Block> parse(String text) throws DerException {
    List<Block> blocks = new ArrayList<>();
    int at = 0;
    while ((at = text.indexOf(BEGIN, at)) >= 0) {
      int close = text.indexOf(DASHES, at + BEGIN.length());
      int line = text.indexOf('\n', at);
      if (close < 0 || line < close) {
        throw new DerException("BEGIN line without its dashes");
      }
      String label = text.substring(at + BEGIN.length(), close);
      int stop = text.indexOf("-----END " + label + DASHES, line);
      if (stop < 0) {
        throw new DerException("BEGIN " + label + " without END");
      }
      String body = text.substring(line, stop);
      boolean encrypted = body.contains("ENCRYPTED") || label.startsWith("ENCRYPTED");
      try {
        byte[] content = encrypted ? new byte[0] : Base64.getMimeDecoder().decode(body);
        blocks.add(new Block(label, content, encrypted));
      } catch (IllegalArgumentException e) {
        throw new DerException("BEGIN " + label + ": not base64");
      }
      at = stop;
    }
    return blocks;
  }

  /** The certificates of a file, in order. */
  static List<byte[]> certificates(Path file) throws IOException, DerException {
    return read(file).stream()
        .filter(b -> b.label.equals("CERTIFICATE") || b.label.equals("X509 CERTIFICATE"))
        .map(Block::content)
        .toList();
  }

  static String write(String label, byte[] content) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return BEGIN + label + DASHES + "\n" + body + "\n-----END " + label + DASHES + "\n";
  }
}
