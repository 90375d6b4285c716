package postern.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A server's certificates by the name that a client asks for (SNI, RFC 6066 section 3). The first
 * two are for everybody, as with sendmail: one for each type of key. Each pair has names of its
 * own, those of its certificate's subjectAltName.
 */
final class NamedIdentities {
  /** Certificates that whoever asks for no name of ours is shown. */
  private static final int USUAL = 2;

  private final List<KeyPairFile> all;

  NamedIdentities(List<KeyPairFile> all) {
    this.all = List.copyOf(all);
  }

  /** Whether the name makes a difference. */
  boolean differ() {
    return all.size() > USUAL;
  }

  List<KeyPairFile> usual() {
    return all.subList(0, Math.min(USUAL, all.size()));
  }

  /** The certificates that hold for {@code name}; the usual ones if there is none or no name. */
  List<KeyPairFile> named(@Nullable String name) {
    if (name == null || !differ()) {
      return usual();
    }
    String wanted = name.toLowerCase(Locale.ROOT);
    List<KeyPairFile> found = new ArrayList<>();
    for (KeyPairFile identity : all) {
      if (names(identity).stream().anyMatch(pattern -> matches(pattern, wanted))) {
        found.add(identity);
      }
    }
    return found.isEmpty() ? usual() : found;
  }

  private static List<String> names(KeyPairFile identity) {
    try {
      return Cert.parse(identity.chain().get(0)).altNames().stream()
          .filter(entry -> entry.kind() == 2)
          .map(entry -> new String(entry.value(), StandardCharsets.ISO_8859_1))
          .map(text -> text.toLowerCase(Locale.ROOT))
          .toList();
    } catch (DerException e) {
      throw new IllegalStateException("parsed when the file was read", e);
    }
  }

  /** A star stands for one label, the first (RFC 9525 section 6.3). */
  static boolean matches(String pattern, String name) {
    if (!pattern.startsWith("*.")) {
      return pattern.equals(name);
    }
    int dot = name.indexOf('.');
    return dot > 0 && name.substring(dot).equals(pattern.substring(1));
  }
}
