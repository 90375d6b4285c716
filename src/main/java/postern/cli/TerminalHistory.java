package postern.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jline.reader.impl.history.DefaultHistory;

/**
 * Lines that were typed before, kept in {@code postern/bt-history} in the user's state folder
 * ({@code XDG_STATE_HOME}, else {@code ~/.local/state}), for the user alone. Lines that look like
 * secrets are forgotten at once, and so is a line that begins with a blank.
 */
final class TerminalHistory extends DefaultHistory {
  // P: and P= are the password in what rule set authinfo and the authinfo map answer.
  private static final Pattern SECRET =
      Pattern.compile(
          "passw|passphrase|secret|private key|token=|bearer |auth +(plain|login)|[\"\\s]p[:=]");

  /** Whether a line may be kept. */
  static boolean keeps(String line) {
    return !line.isBlank()
        && line.charAt(0) != ' '
        && !SECRET.matcher(line.toLowerCase(Locale.ROOT)).find();
  }

  @Override
  public void add(Instant time, String line) {
    if (keeps(line)) {
      super.add(time, line);
    }
  }

  /**
   * The file, which is there and can be written, or nothing if the user has no such place.
   *
   * @param home the user's folder
   */
  static Optional<Path> file(Map<String, String> environment, String home) {
    String state = environment.getOrDefault("XDG_STATE_HOME", "");
    if (!state.startsWith("/")) { // a relative one is to be ignored, says the XDG specification
      if (!home.startsWith("/") || !Files.isDirectory(Path.of(home))) {
        return Optional.empty();
      }
      state = home + "/.local/state";
    }
    Path folder = Path.of(state, "postern");
    Path file = folder.resolve("bt-history");
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      return Files.isWritable(file) && Files.isRegularFile(file)
          ? Optional.of(file)
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty(); // then lines are remembered for this session only
    }
  }
}
