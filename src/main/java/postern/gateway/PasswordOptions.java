package postern.gateway;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import postern.cf.Options;
import postern.sasl.Mechanism;
import postern.sasl.PasswordFile;
import postern.sasl.PasswordStore;
import postern.sasl.SaslServer;
import postern.tls.FileSafety;

/**
 * What the options say about AUTH, and the password file they name.
 *
 * @param file null: there is none
 * @param store what is asked for passwords, null without a file
 */
record PasswordOptions(
    @Nullable Path file,
    @Nullable PasswordStore store,
    FileSafety safety,
    SaslServer server,
    PasswordFile first) {
  private static final String MECHANISMS = "EXTERNAL SCRAM-SHA-256 PLAIN LOGIN";

  /**
   * Reads the options and the file; what is wrong with it is in {@link #first}.
   *
   * @param host the realm unless {@code AuthRealm} names another one
   */
  static PasswordOptions of(Options options, String host) {
    FileSafety safety = new FileSafety(new HashSet<>(options.words("DontBlameSendmail")));
    String name = options.string("AuthPasswordFile");
    Path file = name.isEmpty() ? null : Path.of(name);
    PasswordFile first = file == null ? PasswordFile.empty() : read(file, safety);
    PasswordStore store =
        file == null ? null : new PasswordStore(first, options.string("AuthRealm", host));
    // Without a word about it, no password goes over the wire in the clear.
    String letters =
        options.isSet("AuthOptions") ? String.join("", options.list("AuthOptions")) : "p";
    List<Mechanism> mechanisms = Logins.mechanisms(options.string("AuthMechanisms", MECHANISMS));
    return new PasswordOptions(
        file, store, safety, new SaslServer(mechanisms, kept(letters), store), first);
  }

  private static String kept(String letters) {
    return letters
        .chars()
        .filter(Character::isLetter)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static PasswordFile read(Path file, FileSafety safety) {
    Optional<String> unsafe = safety.checkKey(file.toString());
    return unsafe.isPresent()
        ? PasswordFile.unreadable(file, "unsafe: " + unsafe.get())
        : PasswordFile.read(file);
  }

  /** Reads the file again and uses it if nothing is wrong with it. */
  PasswordFile again() {
    Path known = file;
    PasswordStore asked = store;
    if (known == null || asked == null) {
      return first;
    }
    PasswordFile next = read(known, safety);
    if (next.good()) {
      asked.replace(next);
    }
    return next;
  }
}
