package postern.queue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import postern.smtp.Envelope;

/**
 * Appends messages to files ({@code P=[FILE], A=FILE name}): locked, forced to disk, and cut back
 * to where it was if a message does not fit. Only plain files that are not executable are written,
 * and nothing outside {@code SafeFileEnvironment}; links are not followed.
 */
public final class FileAgent implements DeliveryAgent {
  private final String name;
  private final Function<Envelope.Recipient, String> target;
  private final String below;
  private final MailboxForm form;
  private final Executor workers;

  /**
   * @param name of the mailer
   * @param target the word behind {@code FILE} for a recipient
   * @param below {@code SafeFileEnvironment}, empty for anywhere
   */
  public FileAgent(
      String name,
      Function<Envelope.Recipient, String> target,
      String below,
      MailboxForm form,
      Executor workers) {
    this.name = name;
    this.target = target;
    this.below = below;
    this.form = form;
    this.workers = workers;
  }

  @Override
  public CompletionStage<List<Outcome>> deliver(Delivery delivery) {
    return CompletableFuture.supplyAsync(
        () -> {
          List<Outcome> outcomes = new ArrayList<>();
          for (Envelope.Recipient recipient : delivery.envelope().recipients()) {
            outcomes.add(deliver(delivery, recipient));
          }
          return outcomes;
        },
        workers);
  }

  private Outcome deliver(Delivery delivery, Envelope.Recipient recipient) {
    String text = target.apply(recipient);
    boolean clean = text.startsWith("/") && text.chars().allMatch(c -> c >= ' ' && c < 127);
    Path file = clean ? Path.of(text).normalize() : Path.of("/");
    if (!clean || (!below.isEmpty() && !file.startsWith(Path.of(below).normalize()))) {
      return Outcome.Permanent.local("5.7.1", "Can't create output: not a file for mail");
    }
    try {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        Set<PosixFilePermission> permissions =
            Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            || permissions.contains(PosixFilePermission.OWNER_EXECUTE)
            || permissions.contains(PosixFilePermission.GROUP_EXECUTE)
            || permissions.contains(PosixFilePermission.OTHERS_EXECUTE)) {
          return Outcome.Permanent.local("5.7.1", "Can't create output: not a plain file");
        }
      }
      append(file, delivery, recipient);
      return new Outcome.Delivered(name, "2.0.0", "Sent", "", Outcome.Report.DELIVERED);
    } catch (IOException e) {
      return Outcome.Temporary.local(
          "4.2.0", "Deferred: " + file + ": " + e.getClass().getSimpleName());
    }
  }

  /** One at a time: a lock keeps other processes out, not other threads of this one. */
  private synchronized void append(Path file, Delivery delivery, Envelope.Recipient recipient)
      throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                file,
                Set.of(
                    StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")));
        FileLock lock = channel.lock()) {
      long before = lock.channel().size();
      channel.position(before);
      try (InputStream in = delivery.content().open()) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 64 << 10);
        form.write(delivery.envelope(), List.of(recipient), in, out);
        channel.force(true);
      } catch (IOException e) {
        var unused = channel.truncate(before);
        throw e;
      }
    }
  }
}
