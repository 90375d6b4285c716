package postern.sasl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postern.source.Diagnostic;
import postern.source.SourceText;
import postern.source.Span;

/**
 * The text of a password file: {@code name:verifier} a line, {@code #} begins a comment. Immutable;
 * a change makes another one.
 *
 * @param users verifiers by prepared name, in the order of the file
 * @param problems what is wrong, place by place; they quote no line, which holds a secret
 */
public record PasswordFile(Map<String, Verifier> users, List<Diagnostic> problems) {
  private static final long LARGEST = 64L << 20;

  public PasswordFile {
    users = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(users));
    problems = List.copyOf(problems);
  }

  /** No users at all. */
  public static PasswordFile empty() {
    return new PasswordFile(Map.of(), List.of());
  }

  /** Reads {@code file}; whatever is wrong is in {@link #problems}. */
  public static PasswordFile read(Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        return unreadable(file, "larger than " + LARGEST + " bytes");
      }
      return of(SourceText.read(file));
    } catch (IOException e) {
      boolean missing = e instanceof java.nio.file.NoSuchFileException;
      return unreadable(file, missing ? "No such file or directory" : String.valueOf(e));
    }
  }

  /** A file that cannot be used, and why. */
  public static PasswordFile unreadable(Path file, String why) {
    Diagnostic problem =
        new Diagnostic(
            Diagnostic.Code.UNREADABLE_FILE,
            file.toString(),
            Span.NONE,
            0,
            "cannot use the password file",
            why);
    return new PasswordFile(Map.of(), List.of(problem));
  }

  static PasswordFile of(SourceText source) {
    Map<String, Verifier> users = new LinkedHashMap<>();
    List<Diagnostic> problems = new ArrayList<>();
    for (int number = 1; number <= source.lineStarts().size(); number++) {
      String line = source.line(number);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(':');
      String name = colon < 0 ? null : name(line.substring(0, colon));
      Verifier verifier = colon < 0 ? null : Verifier.parse(line.substring(colon + 1).strip());
      if (name == null) {
        problems.add(problem(source, number, 1, "a line is NAME:VERIFIER; there is no name"));
      } else if (verifier == null) {
        problems.add(
            problem(
                source,
                number,
                colon + 2,
                "not a verifier: SCRAM-SHA-256$ITERATIONS:SALT$STORED:SERVER, as \"postern passwd\""
                    + " writes it"));
      } else if (users.putIfAbsent(name, verifier) != null) {
        problems.add(problem(source, number, 1, "the name comes twice"));
      }
    }
    return new PasswordFile(users, problems);
  }

  private static Diagnostic problem(SourceText source, int line, int column, String message) {
    return new Diagnostic(
        Diagnostic.Code.BAD_PASSWORD_LINE,
        source.name(),
        new Span(line, column, 1),
        line,
        message,
        null);
  }

  private static @Nullable String name(String octets) {
    return Text.prepare(Text.decode(octets.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** Whether {@code users} are to be trusted. */
  public boolean good() {
    return problems.isEmpty();
  }

  /**
   * With another verifier for {@code name}, or without it.
   *
   * @param verifier null: the name goes
   * @throws IllegalArgumentException if it is no name: empty, a colon, a control character
   */
  public PasswordFile with(String name, @Nullable Verifier verifier) {
    String prepared = Text.prepare(name);
    if (prepared == null || prepared.indexOf(':') >= 0 || prepared.startsWith("#")) {
      throw new IllegalArgumentException(
          "a user's name is not empty, has no colon and no control characters");
    }
    Map<String, Verifier> changed = new LinkedHashMap<>(users);
    if (verifier == null) {
      changed.remove(prepared);
    } else {
      changed.put(prepared, verifier);
    }
    return new PasswordFile(changed, problems);
  }

  /** Writes the file as a whole, readable to its owner only; the old one stays if that fails. */
  public void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    users.forEach((name, key) -> text.append(name).append(':').append(key.text()).append('\n'));
    Path folder = file.toAbsolutePath().getParent();
    Path fresh =
        Files.createTempFile(
            folder,
            ".passwd",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(fresh, text);
      if (Files.exists(file)) {
        Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(file));
      }
      try {
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
