package postern.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Who has a mailbox here: postmaster (RFC 5321 section 4.5.1), the system's users, and whoever has
 * a folder below the mail directory already.
 */
final class LocalUsers {
  private final Path mail;
  private final Set<String> system = new HashSet<>();

  LocalUsers(Path mail, Path users) {
    this.mail = mail;
    try {
      for (String line : Files.readAllLines(users, StandardCharsets.ISO_8859_1)) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          system.add(line.substring(0, colon).toLowerCase(Locale.ROOT));
        }
      }
    } catch (IOException e) {
      // no user table: postmaster and the folders remain
    }
  }

  /** Whether mail for {@code user} (a local part, detail included) can be put somewhere. */
  boolean knows(String user) {
    String name = user.toLowerCase(Locale.ROOT);
    int at = name.indexOf('@');
    if (at >= 0) {
      name = name.substring(0, at);
    }
    int plus = name.indexOf('+');
    if (plus > 0) {
      name = name.substring(0, plus);
    }
    if (name.equals("postmaster") || name.equals("mailer-daemon") || system.contains(name)) {
      return true;
    }
    return !name.isEmpty()
        && name.chars().allMatch(c -> Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0)
        && name.charAt(0) != '.'
        && Files.isDirectory(mail.resolve(name));
  }
}
