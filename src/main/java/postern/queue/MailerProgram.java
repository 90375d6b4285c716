package postern.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import postern.smtp.Envelope;

/** Starts and ends the program of a mailer ({@code P=/path, A=words}). */
public final class MailerProgram {
  private static final String SETPRIV = "/usr/bin/setpriv";

  private MailerProgram() {}

  /**
   * Starts it without a shell, with an environment of its own, in the root folder, and as root with
   * the mailer's user.
   *
   * @param merged what it writes to its standard error comes with its output
   * @throws IOException if it cannot be started; the message says why in words for a log
   */
  public static Process start(
      ProgramAgent.Settings settings,
      Envelope envelope,
      List<Envelope.Recipient> recipients,
      boolean merged)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (!settings.user().isEmpty() && isRoot()) {
      if (!Files.isExecutable(Path.of(SETPRIV))) {
        throw new IOException("no " + SETPRIV + " to change the user");
      }
      String[] ids = settings.user().split(":", 2);
      command.addAll(List.of(SETPRIV, "--reuid=" + ids[0], "--regid=" + ids[1]));
      command.addAll(List.of("--clear-groups", "--"));
    }
    command.add(settings.program().toString());
    List<String> words = settings.arguments().of(envelope, recipients);
    command.addAll(words.subList(Math.min(1, words.size()), words.size()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(merged);
    builder.directory(Path.of("/").toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("AGENT", "postern");
    try {
      return builder.start();
    } catch (IOException e) {
      throw new IOException("cannot run " + settings.program(), e);
    }
  }

  /** Ends it at once, with all that it has started. Nothing happens if it has ended already. */
  public static void end(Process process) {
    if (process.isAlive()) {
      // collected first: when a parent has gone its children are no longer found
      List<ProcessHandle> below = process.descendants().toList();
      process.destroyForcibly();
      below.forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Whether an address may be an argument: it is no option and is printable ASCII. */
  public static boolean isSafe(String address) {
    return !address.startsWith("-") && address.chars().allMatch(c -> c >= ' ' && c < 127);
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
