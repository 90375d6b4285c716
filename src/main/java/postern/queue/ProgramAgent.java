package postern.queue;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import postern.smtp.Envelope;

/**
 * Hands messages to a program ({@code P=/path, A=words}): started directly, without a shell, with
 * the message on its standard input. Its exit status decides, as in {@code sysexits.h}.
 *
 * <p>Words come from addresses that anybody may have written. They are single arguments whatever
 * they hold; addresses that begin with a minus sign (an option to most programs) or hold anything
 * but printable ASCII are refused.
 */
public final class ProgramAgent implements DeliveryAgent {
  private static final int LONGEST_OUTPUT = 2048;

  /**
   * A program mailer.
   *
   * @param name of the mailer, for the log
   * @param program {@code P=}
   * @param arguments the words of {@code A=}
   * @param user {@code uid:gid} to run as when we are root; empty to stay as we are
   * @param together the program takes all recipients at once ({@code F=m})
   * @param form what the program gets to read
   * @param limit it is ended after this
   */
  public record Settings(
      String name,
      Path program,
      Arguments arguments,
      String user,
      boolean together,
      MailboxForm form,
      Duration limit) {}

  /** Fills in the words of {@code A=}: the first is the name that the program sees. */
  @FunctionalInterface
  public interface Arguments {
    /** The words for these recipients; all of them if the mailer takes several at once. */
    List<String> of(Envelope envelope, List<Envelope.Recipient> recipients);
  }

  private final Settings settings;
  private final Executor workers;

  /**
   * @param workers where programs are waited for; not those that the relay needs
   */
  public ProgramAgent(Settings settings, Executor workers) {
    this.settings = settings;
    this.workers = workers;
  }

  @Override
  public CompletionStage<List<Outcome>> deliver(Delivery delivery) {
    return CompletableFuture.supplyAsync(() -> run(delivery), workers);
  }

  private List<Outcome> run(Delivery delivery) {
    List<Envelope.Recipient> recipients = delivery.envelope().recipients();
    List<Outcome> outcomes = new ArrayList<>();
    List<Envelope.Recipient> good = new ArrayList<>();
    for (Envelope.Recipient recipient : recipients) {
      if (!MailerProgram.isSafe(recipient.route().user())
          || !MailerProgram.isSafe(delivery.envelope().sender())) {
        outcomes.add(Outcome.Permanent.local("5.1.3", "User unknown: not an argument"));
      } else if (settings.together) {
        good.add(recipient);
        outcomes.add(Outcome.Permanent.local("5.3.0", "")); // replaced below
      } else {
        outcomes.add(run(delivery, List.of(recipient)));
      }
    }
    if (!good.isEmpty()) {
      Outcome all = run(delivery, good);
      for (int i = 0; i < outcomes.size(); i++) {
        if (good.contains(recipients.get(i))) {
          outcomes.set(i, all);
        }
      }
    }
    return outcomes;
  }

  /** A program that has read enough closes its end; then its status tells what became of it. */
  private static final class Pipe extends OutputStream {
    private final OutputStream out;
    private boolean closed;

    Pipe(Process process) {
      out = process.getOutputStream();
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) {
      try {
        if (!closed) {
          out.write(data, offset, length);
          out.flush();
        }
      } catch (IOException e) {
        closed = true;
      }
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        closed = true;
      }
    }
  }

  private Outcome run(Delivery delivery, List<Envelope.Recipient> recipients) {
    try {
      Process process = MailerProgram.start(settings, delivery.envelope(), recipients, true);
      return judge(process, delivery, recipients);
    } catch (IOException e) {
      return Outcome.Temporary.local(
          "4.3.5", "Deferred: mailer " + settings.name + ": " + e.getMessage());
    }
  }

  private Outcome judge(Process process, Delivery delivery, List<Envelope.Recipient> recipients) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Thread reader = new Thread(() -> listen(process.getInputStream(), said), "mailer-output");
    reader.setDaemon(true);
    reader.start();
    // A program that does not read is ended, too, which breaks the pipe that we are stuck in.
    CompletableFuture.delayedExecutor(settings.limit.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> MailerProgram.end(process));
    String broken = "";
    try (InputStream content = delivery.content().open();
        OutputStream out = new BufferedOutputStream(new Pipe(process), 64 << 10)) {
      settings.form.write(delivery.envelope(), recipients, content, out);
    } catch (IOException e) {
      broken = String.valueOf(e.getMessage());
      MailerProgram.end(process); // half a message must not be taken for one
    }
    try {
      long patience = settings.limit.toMillis() + 5000;
      if (!process.waitFor(patience, TimeUnit.MILLISECONDS)) {
        MailerProgram.end(process);
        return Outcome.Temporary.local("4.4.7", "Deferred: mailer " + settings.name + " hangs");
      }
      reader.join(1000);
    } catch (InterruptedException e) {
      MailerProgram.end(process);
      Thread.currentThread().interrupt();
      return Outcome.Temporary.local("4.3.2", "Deferred: interrupted");
    }
    return broken.isEmpty()
        ? outcome(process.exitValue(), said.toString(StandardCharsets.ISO_8859_1))
        : Outcome.Temporary.local("4.3.0", "Deferred: cannot read the message: " + broken);
  }

  private static void listen(InputStream in, ByteArrayOutputStream said) {
    byte[] block = new byte[1024];
    try (in) {
      for (int n = in.read(block); n >= 0; n = in.read(block)) {
        said.write(block, 0, Math.min(n, Math.max(0, LONGEST_OUTPUT - said.size())));
      }
    } catch (IOException e) {
      // the program has gone
    }
  }

  private Outcome outcome(int status, String said) {
    if (status == 0) {
      return new Outcome.Delivered(settings.name, "2.0.0", "Sent", "", Outcome.Report.DELIVERED);
    }
    List<String> transcript = said.isBlank() ? List.of() : said.strip().lines().limit(20).toList();
    return switch (status) {
      case 67 -> permanent("5.1.1", "User unknown", transcript);
      case 68 -> permanent("5.1.2", "Host unknown", transcript);
      case 64 -> permanent("5.3.5", "Command line usage error", transcript);
      case 65 -> permanent("5.6.0", "Data format error", transcript);
      case 66 -> permanent("5.3.0", "Cannot open input", transcript);
      case 69 -> permanent("5.0.0", "Service unavailable", transcript);
      case 70 -> permanent("5.3.0", "Internal error", transcript);
      case 72 -> permanent("5.3.5", "System file missing", transcript);
      case 73 -> permanent("5.2.0", "Can't create output", transcript);
      case 76 -> permanent("5.5.0", "Remote protocol error", transcript);
      case 77 -> permanent("5.7.0", "Insufficient permission", transcript);
      case 78 -> permanent("5.3.5", "Local configuration error", transcript);
      // 75, 71 and 74: temporary by their meaning; a program that was killed (128 and above) or
      // fails in its own way may do better next time, and mail must not be lost meanwhile
      default ->
          new Outcome.Temporary(
              "", status == 74 ? "4.3.0" : "4.2.0", "", "", words(status), "", transcript, false);
    };
  }

  private String words(int status) {
    return switch (status) {
      case 71 -> "Deferred: Operating system error";
      case 74 -> "Deferred: I/O error";
      case 75 -> "Deferred";
      default -> "Deferred: mailer " + settings.name + " ended with status " + status;
    };
  }

  private static Outcome permanent(String dsn, String stat, List<String> transcript) {
    return new Outcome.Permanent("", dsn, "", "", stat, "", transcript);
  }
}
