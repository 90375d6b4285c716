package postern.gateway;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import postern.queue.Delivery;
import postern.queue.DeliveryAgent;
import postern.queue.MailerProgram;
import postern.queue.Outcome;
import postern.queue.ProgramAgent;
import postern.smtp.Envelope;
import postern.smtp.Route;
import postern.smtp.client.EightBit;
import postern.smtp.client.LmtpDialogue;
import postern.smtp.client.RecipientOutcome;
import postern.smtp.client.RelayJob;
import postern.smtp.client.RelayTimeouts;
import postern.smtp.client.Transport;

/**
 * Speaks LMTP with a mailer's program over its standard input and output ({@code P=/path} with
 * {@code F=z}). With {@code F=m} one run of it gets all recipients, else there is one run for each.
 */
final class LmtpProgramAgent implements DeliveryAgent {
  private static final int LONGEST_LINE = 200;

  private final ProgramAgent.Settings settings;
  private final EightBit eightBit;
  private final String heloName;
  private final RelayTimeouts limits;
  private final Executor workers;

  /**
   * An agent.
   *
   * @param settings the program; of its form only {@code F=P} counts
   * @param eightBit what becomes of eight-bit text where 8BITMIME is not offered
   * @param heloName our name
   * @param limits the longest wait for each reply
   * @param workers where programs are waited for
   */
  LmtpProgramAgent(
      ProgramAgent.Settings settings,
      EightBit eightBit,
      String heloName,
      RelayTimeouts limits,
      Executor workers) {
    this.settings = settings;
    this.eightBit = eightBit;
    this.heloName = heloName;
    this.limits = limits;
    this.workers = workers;
  }

  @Override
  public CompletionStage<List<Outcome>> deliver(Delivery delivery) {
    return CompletableFuture.supplyAsync(() -> run(delivery), workers);
  }

  private List<Outcome> run(Delivery delivery) {
    List<Envelope.Recipient> recipients = delivery.envelope().recipients();
    Outcome[] outcomes = new Outcome[recipients.size()];
    List<Integer> together = new ArrayList<>();
    for (int i = 0; i < outcomes.length; i++) {
      if (!hasSafeArguments(delivery.envelope(), recipients.get(i))) {
        outcomes[i] = Outcome.Permanent.local("5.1.3", "User unknown: not an argument");
      } else if (settings.together()) {
        together.add(i);
      } else {
        outcomes[i] = run(delivery, List.of(recipients.get(i))).get(0);
      }
    }
    if (!together.isEmpty()) {
      List<Outcome> some = run(delivery, together.stream().map(recipients::get).toList());
      for (int i = 0; i < some.size(); i++) {
        outcomes[together.get(i)] = some.get(i);
      }
    }
    return List.of(outcomes);
  }

  /** LMTP can tell any address; those that are no safe argument must not be in {@code A=}. */
  private boolean hasSafeArguments(Envelope envelope, Envelope.Recipient recipient) {
    Route route = recipient.route();
    boolean safeUser = MailerProgram.isSafe(route.user());
    boolean safeSender = MailerProgram.isSafe(envelope.sender());
    Envelope.Recipient other =
        safeUser
            ? recipient
            : new Envelope.Recipient(
                recipient.address(), "", "", new Route(route.mailer(), route.host(), "x"));
    // words that change with an address show it
    return settings
        .arguments()
        .of(envelope, List.of(recipient))
        .equals(
            settings
                .arguments()
                .of(safeSender ? envelope : envelope.withSender("x"), List.of(other)));
  }

  private List<Outcome> run(Delivery delivery, List<Envelope.Recipient> recipients) {
    Envelope envelope = delivery.envelope().withRecipients(recipients);
    Process process;
    try {
      process = MailerProgram.start(settings, envelope, recipients, false);
    } catch (IOException e) {
      String what = "Deferred: mailer " + settings.name() + ": " + e.getMessage();
      return recipients.stream()
          .map(r -> (Outcome) Outcome.Temporary.local("4.3.5", what))
          .toList();
    }
    LastLine complaint = new LastLine(process.getErrorStream());
    AtomicBoolean late = new AtomicBoolean();
    CompletableFuture.delayedExecutor(settings.limit().toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              late.set(true);
              MailerProgram.end(process);
            });
    Supplier<String> ended = () -> how(process, complaint, late);
    try {
      List<RecipientOutcome> outcomes =
          LmtpDialogue.run(
              new LmtpDialogue.Program(
                  settings.name(),
                  process.getInputStream(),
                  process.getOutputStream(),
                  ended,
                  () -> MailerProgram.end(process),
                  settings.limit()),
              heloName,
              limits,
              job(delivery, envelope));
      return RelayAgent.outcomes(outcomes, Outcome.Report.DELIVERED);
    } finally {
      finish(process);
    }
  }

  private RelayJob job(Delivery delivery, Envelope envelope) {
    byte[] head =
        settings.form().returnPath()
            ? ("Return-Path: <" + envelope.sender().replaceAll("[^ -~]", "?") + ">\r\n")
                .getBytes(StandardCharsets.ISO_8859_1)
            : new byte[0];
    return new RelayJob(
        envelope,
        new Transport(0, null, true, eightBit),
        delivery.size() + head.length,
        () -> new SequenceInputStream(new ByteArrayInputStream(head), delivery.content().open()),
        false,
        delivery.tries());
  }

  /** It has closed a pipe too early. */
  private String how(Process process, LastLine complaint, AtomicBoolean late) {
    String who = "mailer " + settings.name();
    try {
      boolean gone = process.waitFor(1, TimeUnit.SECONDS);
      if (late.get()) {
        return who + " hangs";
      }
      String end = gone ? " ended with status " + process.exitValue() : " has closed its pipe";
      String last = complaint.get();
      return who + end + (last.isEmpty() ? "" : ": " + last);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /** It gets a moment to end by itself, then it is ended. */
  private static void finish(Process process) {
    try (var input = process.getOutputStream()) {
      input.flush();
    } catch (IOException e) {
      // it has gone, or does not read what we had to say
    }
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        MailerProgram.end(process);
      }
    } catch (InterruptedException e) {
      MailerProgram.end(process);
      Thread.currentThread().interrupt();
    }
  }

  /** Keeps the last line that a program writes to its standard error, cut off and printable. */
  private static final class LastLine {
    private final InputStream in;
    private final Thread reader;
    private final StringBuilder line = new StringBuilder();
    private String last = "";

    LastLine(InputStream in) {
      this.in = in;
      reader = new Thread(this::read, "mailer-errors");
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      byte[] block = new byte[1024];
      try (in) {
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
          take(block, n);
        }
      } catch (IOException e) {
        // the program has gone
      }
    }

    private synchronized void take(byte[] block, int n) {
      for (int i = 0; i < n; i++) {
        char c = (char) (block[i] & 0xff);
        if (c == '\n') {
          last = line.toString().isBlank() ? last : line.toString().strip();
          line.setLength(0);
        } else if (line.length() < LONGEST_LINE) {
          line.append(c >= ' ' && c < 127 ? c : c == '\r' || c == '\t' ? ' ' : '?');
        }
      }
    }

    String get() throws InterruptedException {
      reader.join(500);
      synchronized (this) {
        return line.toString().isBlank() ? last : line.toString().strip();
      }
    }
  }
}
