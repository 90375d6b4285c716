package postern.cf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Users, groups and services that this machine knows, from the system's files. */
final class Accounts {
  private static final Path USERS = Path.of("/etc/passwd");
  private static final Path GROUPS = Path.of("/etc/group");
  private static final Path SERVICES = Path.of("/etc/services");

  private Accounts() {}

  /** {@code uid:gid} of a user, or null. */
  static @Nullable String user(String name) {
    String[] fields = entry(USERS, name, 4);
    return fields == null ? null : fields[2] + ":" + fields[3];
  }

  /** Number of a group, or null. */
  static @Nullable String group(String name) {
    String[] fields = entry(GROUPS, name, 3);
    return fields == null ? null : fields[2];
  }

  /** Whether a TCP service has this name. */
  static boolean isService(String name) {
    try {
      for (String line : Files.readAllLines(SERVICES, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.replaceFirst("#.*", "").strip().split("[ \t]+", -1);
        if (fields.length > 1 && fields[1].endsWith("/tcp")) {
          for (int i = 0; i < fields.length; i++) {
            if (i != 1 && fields[i].equals(name)) {
              return true;
            }
          }
        }
      }
    } catch (IOException e) {
      // a system without the file knows no names
    }
    return false;
  }

  private static String @Nullable [] entry(Path file, String name, int atLeast) {
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(":", -1);
        if (fields.length >= atLeast && fields[0].equals(name)) {
          return fields;
        }
      }
    } catch (IOException e) {
      // a system without the file has no such user
    }
    return null;
  }
}
