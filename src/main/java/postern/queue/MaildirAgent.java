package postern.queue;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import postern.smtp.Envelope;

/**
 * Delivers into Maildir folders below one directory: written to {@code tmp}, forced to disk,
 * renamed to {@code new}, and the directory forced, too, before a recipient counts as delivered.
 * Files have mode 0600, directories 0700.
 *
 * <p>The folder is the local part of the route's user, made safe by {@link #folder}; whoever may
 * have a mailbox is the rule sets' decision.
 */
public final class MaildirAgent implements DeliveryAgent {
  private static final int LONGEST_NAME = 100;
  private static final Set<PosixFilePermission> FILE =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path root;
  private final String host;
  private final Executor workers;
  private final Clock clock;
  private final AtomicLong counter = new AtomicLong();

  /**
   * @param root directory of the folders; created when first needed
   * @param host our name, a part of the file names
   * @param workers where files are written
   */
  public MaildirAgent(Path root, String host, Executor workers, Clock clock) {
    this.root = root;
    this.host = host.replace("/", "\\057").replace(":", "\\072");
    this.workers = workers;
    this.clock = clock;
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
    try {
      write(delivery, recipient);
      return new Outcome.Delivered("local", "2.0.0", "Sent", "", Outcome.Report.DELIVERED);
    } catch (FileSystemException e) {
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      return Outcome.Temporary.local("4.3.0", "Deferred: mailbox: " + reason);
    } catch (IOException e) {
      return Outcome.Temporary.local("4.3.0", "Deferred: mailbox: " + e.getMessage());
    }
  }

  private void write(Delivery delivery, Envelope.Recipient recipient) throws IOException {
    Path folder = root.resolve(folder(recipient.route().user()));
    for (String part : List.of("tmp", "new", "cur")) {
      makeDirectory(folder.resolve(part));
    }
    String name = uniqueName();
    Path temporary = folder.resolve("tmp").resolve(name);
    try {
      try (FileChannel file =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(FILE))) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file), 64 << 10);
        String head =
            ("Return-Path: <" + line(delivery.envelope().sender()) + ">\n")
                + ("Delivered-To: " + line(recipient.address()) + "\n");
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        try (InputStream in = delivery.content().open()) {
          in.transferTo(new LineFeeds(out));
        }
        out.flush();
        file.force(true);
      }
      Path target = folder.resolve("new").resolve(name);
      Files.move(temporary, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      force(folder.resolve("new"));
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  private void makeDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.createDirectories(directory, DIRECTORY);
    // A folder that a crash forgets would take its messages with it.
    for (Path at = directory.getParent(); at != null && at.startsWith(root); at = at.getParent()) {
      force(at);
    }
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (NoSuchFileException e) {
      throw new FileSystemException(directory.toString(), null, "directory disappeared");
    }
  }

  private String uniqueName() {
    Instant now = clock.instant();
    return now.getEpochSecond()
        + (".M" + now.getNano() / 1000)
        + ("P" + ProcessHandle.current().pid())
        + ("Q" + counter.incrementAndGet())
        + ("." + host);
  }

  /** An address on one line: what could break out of the header becomes a question mark. */
  private static String line(String address) {
    StringBuilder clean = new StringBuilder(address.length());
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      clean.append(c >= ' ' && c != 127 && c < 256 ? c : '?');
    }
    return clean.toString();
  }

  /**
   * The folder name of a user: the local part in lower case; every byte but {@code a-z 0-9 _ - +}
   * and a dot inside becomes {@code %XX}. So it is never empty, {@code .}, {@code ..} or a path. A
   * name that would be too long ends in a hash of the whole.
   */
  static String folder(String user) {
    int at = user.lastIndexOf('@');
    String local = (at > 0 ? user.substring(0, at) : user).toLowerCase(Locale.ROOT);
    if (local.length() > 2 && local.startsWith("\"") && local.endsWith("\"")) {
      local = local.substring(1, local.length() - 1);
    }
    StringBuilder name = new StringBuilder();
    for (byte b : local.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '-'
              || c == '+'
              || (c == '.' && !name.isEmpty());
      name.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    if (name.isEmpty()) {
      return "%";
    }
    if (name.length() > LONGEST_NAME) {
      String hash = HexFormat.of().formatHex(sha256(local)).substring(0, 32);
      return name.substring(0, LONGEST_NAME - hash.length() - 1) + "%" + hash;
    }
    return name.toString();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  /** CR LF becomes LF, as mailboxes want it. */
  private static final class LineFeeds extends FilterOutputStream {
    private boolean cr;

    LineFeeds(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      if (cr && b != '\n') {
        out.write('\r');
      }
      cr = b == '\r';
      if (!cr) {
        out.write(b);
      }
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
      for (int i = offset; i < offset + length; i++) {
        write(data[i]);
      }
    }
  }
}
