package postern.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A directory of certificates or CRLs named by the hash of a subject ({@code c_rehash}, {@code
 * openssl rehash}): {@code HHHHHHHH.0}, {@code .1} … for certificates, {@code .r0} … for CRLs.
 * Looked into when a name is asked for; a file that changed is read again, so that a new CA or CRL
 * counts without a reload.
 */
final class HashedDirectory<T> {
  private static final int MOST_FILES = 16;
  private static final int MOST_NAMES = 1024;

  /** Makes an entry of a PEM block. */
  interface Parser<T> {
    T parse(byte[] der) throws DerException;
  }

  private record Read<T>(long modified, long size, List<T> content) {}

  private final Path directory;
  private final String infix;
  private final String label;
  private final Parser<T> parser;
  private final Map<Path, Read<T>> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Read<T>> eldest) {
          return size() > MOST_NAMES;
        }
      };

  private HashedDirectory(Path directory, String infix, String label, Parser<T> parser) {
    this.directory = directory;
    this.infix = infix;
    this.label = label;
    this.parser = parser;
  }

  static HashedDirectory<Cert> certificates(Path directory) {
    return new HashedDirectory<>(directory, ".", "CERTIFICATE", Cert::parse);
  }

  static HashedDirectory<Crl> crls(Path directory) {
    return new HashedDirectory<>(directory, ".r", "X509 CRL", Crl::parse);
  }

  /** Every entry under this name's hash; files that cannot be read count as absent. */
  List<T> find(DistinguishedName name) {
    List<T> found = new ArrayList<>();
    String hash = name.hash();
    for (int i = 0; i < MOST_FILES; i++) {
      Path file = directory.resolve(hash + infix + i);
      if (!Files.isRegularFile(file)) {
        break;
      }
      found.addAll(read(file));
    }
    return found;
  }

  private synchronized List<T> read(Path file) {
    try {
      long modified = Files.getLastModifiedTime(file).toMillis();
      long size = Files.size(file);
      Read<T> known = cache.get(file);
      if (known != null && known.modified == modified && known.size == size) {
        return known.content;
      }
      List<T> content = new ArrayList<>();
      for (Pem.Block block : Pem.read(file)) {
        if (block.label().equals(label)) {
          content.add(parser.parse(block.content()));
        }
      }
      cache.put(file, new Read<>(modified, size, List.copyOf(content)));
      return content;
    } catch (IOException | DerException e) {
      return List.of();
    }
  }
}
