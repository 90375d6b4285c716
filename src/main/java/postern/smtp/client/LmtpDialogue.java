package postern.smtp.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postern.smtp.Envelope;

/**
 * LMTP (RFC 2033) with a program over its standard input and output: one message, one command at a
 * time. Replies mean the same as on a connection. Blocks; nothing of this runs on an event loop.
 */
public final class LmtpDialogue {
  private static final int BLOCK = 32 << 10;

  /**
   * The other end.
   *
   * @param name of the mailer, for logs and reports
   * @param in what the program writes
   * @param out what it reads
   * @param ended waits a moment for it to end and says how, when it has closed a pipe too early
   * @param abort ends it at once: it has broken the rules, or has half a message, which it must not
   *     take for one
   * @param longest it is ended after this, so nothing is waited for longer
   */
  public record Program(
      String name,
      InputStream in,
      OutputStream out,
      Supplier<String> ended,
      Runnable abort,
      Duration longest) {}

  private final Program program;
  private final String heloName;
  private final RelayTimeouts limits;
  private final RelayJob job;
  private final LmtpReplies replies;
  private final @Nullable RecipientOutcome[] outcomes;
  private PeerExtensions peer = PeerExtensions.NONE;
  private boolean broken;

  private LmtpDialogue(Program program, String heloName, RelayTimeouts limits, RelayJob job) {
    this.program = program;
    this.heloName = heloName;
    this.limits = limits;
    this.job = job;
    this.replies = new LmtpReplies(program.in);
    this.outcomes = new RecipientOutcome[job.envelope().recipients().size()];
  }

  /**
   * Hands over one message and says QUIT. That the program ends then is not waited for.
   *
   * @param heloName our name
   * @return an outcome for each recipient, in their order
   */
  public static List<RecipientOutcome> run(
      Program program, String heloName, RelayTimeouts limits, RelayJob job) {
    return new LmtpDialogue(program, heloName, limits, job).run();
  }

  private List<RecipientOutcome> run() {
    try {
      open();
      transaction();
    } catch (Failure e) {
      settle(everybody(), e, false);
    } catch (IOException e) {
      settle(everybody(), unreadable(e), false);
    } catch (InterruptedException e) {
      broken = true;
      settle(everybody(), Failure.temporary("4.3.2", "interrupted"), false);
      Thread.currentThread().interrupt();
    }
    if (broken) {
      program.abort.run();
    } else {
      quit();
    }
    List<RecipientOutcome> all = new ArrayList<>();
    for (RecipientOutcome outcome : outcomes) {
      all.add(
          outcome != null
              ? outcome
              : Failure.temporary("4.3.0", "no outcome").outcome(program.name, "", false));
    }
    return all;
  }

  private void open() throws Failure, InterruptedException {
    Reply greeting = reply(limits.initial());
    if (!greeting.positive()) {
      throw answered(Step.OPENING, "", greeting);
    }
    String lhlo = "LHLO " + heloName;
    Reply offer = ask(lhlo, limits.lhlo());
    if (!offer.positive()) {
      throw answered(Step.OPENING, lhlo, offer);
    }
    peer = PeerExtensions.of(offer);
  }

  private void transaction() throws Failure, IOException, InterruptedException {
    Envelope envelope = job.envelope();
    checkSender(envelope);
    RelayJob.Content content = sevenBitIfNeeded(envelope);
    EnvelopeCommands commands = new EnvelopeCommands(envelope, peer, job.size(), false);
    String mail = commands.mail();
    Reply mailReply = ask(mail, limits.mail());
    if (!mailReply.positive()) {
      throw answered(Step.MAIL, mail, mailReply);
    }
    List<Integer> accepted = new ArrayList<>();
    for (int i = 0; i < outcomes.length; i++) {
      Envelope.Recipient recipient = envelope.recipients().get(i);
      if (!mayBeSaid(recipient.route().user())) {
        settle(List.of(i), Transaction.notAscii(recipient.route().user()), false);
        continue;
      }
      String rcpt = commands.rcpt(recipient);
      Reply reply = ask(rcpt, limits.rcpt());
      if (reply.positive()) {
        accepted.add(i);
      } else {
        settle(List.of(i), answered(Step.RCPT, rcpt, reply), reply.closing());
      }
    }
    if (!accepted.isEmpty()) {
      data(accepted, content);
    }
  }

  private void checkSender(Envelope envelope) throws Failure {
    long limit = peer.size();
    if (limit > 0 && job.size() > limit) {
      throw Failure.permanent(
          "5.3.4",
          "552 5.3.4 message has " + job.size() + " octets, " + program.name + " takes " + limit,
          "Service unavailable");
    }
    if (!mayBeSaid(envelope.sender())) {
      throw Transaction.notAscii(envelope.sender());
    }
  }

  /** As towards hosts: what becomes of eight-bit text, {@link EightBit} says. */
  private RelayJob.Content sevenBitIfNeeded(Envelope envelope) throws Failure, IOException {
    if (envelope.smtpUtf8() && !peer.has("SMTPUTF8")) {
      try (InputStream in = job.content().open()) {
        if (!SevenBit.hasPlainHeader(in)) {
          throw Failure.permanent(
              "5.6.7",
              "553 5.6.7 " + program.name + " does not take SMTPUTF8 mail",
              "Data format error");
        }
      }
    }
    EightBit eightBit = job.transport().eightBit();
    if (peer.has("8BITMIME") || eightBit == EightBit.AS_IS) {
      return job.content();
    }
    SevenBit.Plan plan;
    try (InputStream in = job.content().open()) {
      plan = SevenBit.scan(in);
    }
    if (!plan.eightBit()) {
      return job.content();
    }
    if (!plan.obstacle().isEmpty() && eightBit == EightBit.PASS) {
      return job.content();
    }
    if (!plan.obstacle().isEmpty()) {
      throw Failure.permanent(
          "5.6.3",
          "554 5.6.3 " + program.name + " takes no 8-bit mail: " + plan.obstacle(),
          "Data format error");
    }
    return () -> SevenBit.convert(job.content().open(), plan);
  }

  private void data(List<Integer> accepted, RelayJob.Content content)
      throws Failure, InterruptedException {
    Reply go = ask("DATA", limits.dataInit());
    if (go.code() != 354) {
      settle(accepted, answered(Step.DATA, "DATA", go), go.closing());
      return;
    }
    send(content);
    for (int receiver : accepted) {
      Reply reply = reply(limits.dataFinal());
      if (reply.positive()) {
        outcomes[receiver] = delivered(reply);
      } else {
        settle(List.of(receiver), answered(Step.CONTENT, "DATA", reply), reply.closing());
      }
    }
  }

  private RecipientOutcome delivered(Reply reply) {
    String text = reply.sentText(peer.has("ENHANCEDSTATUSCODES"));
    return new RecipientOutcome(
        RecipientOutcome.Kind.DELIVERED,
        program.name,
        reply.enhanced().isEmpty() ? "2.0.0" : reply.enhanced(),
        reply.line(),
        "",
        text.isEmpty() ? "Sent" : "Sent (" + text + ")",
        "",
        List.of(),
        false,
        peer.has("DSN"));
  }

  /** The final dot goes out only behind the whole message and if the program has kept quiet. */
  private void send(RelayJob.Content content) throws Failure {
    Wire wire = new Wire(true);
    ByteBuf ready = Unpooled.buffer(2 * BLOCK);
    byte[] block = new byte[BLOCK];
    try (InputStream in = content.open()) {
      for (int n = in.read(block); n >= 0; n = in.read(block)) {
        wire.put(block, n, ready);
        write(ready);
      }
    } catch (IOException e) {
      broken = true;
      throw unreadable(e);
    }
    heardNothing("content");
    wire.end(ready);
    write(ready);
  }

  private static Failure unreadable(IOException e) {
    return Failure.temporary("4.3.0", "cannot read the message: " + e.getMessage());
  }

  private void quit() {
    try {
      ask("QUIT", limits.quit());
    } catch (Failure e) {
      // everybody has an outcome already
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Reply ask(String command, Duration limit) throws Failure, InterruptedException {
    heardNothing(command);
    ByteBuf line = Unpooled.buffer();
    line.writeCharSequence(command + "\r\n", StandardCharsets.ISO_8859_1);
    write(line);
    return reply(limit);
  }

  /** A reply that came before the question is the answer to nothing. */
  private void heardNothing(String next) throws Failure {
    Reply early = replies.early();
    if (early != null) {
      throw early.closing() ? answered(Step.OPENING, "", early) : outOfPlace(next, early);
    }
  }

  private void write(ByteBuf bytes) throws Failure {
    try {
      bytes.readBytes(program.out, bytes.readableBytes());
      program.out.flush();
      bytes.clear();
    } catch (IOException e) {
      throw ended();
    }
  }

  private Reply reply(Duration limit) throws Failure, InterruptedException {
    boolean given = !limit.isZero() && limit.compareTo(program.longest) < 0;
    // a little longer than the program may run: that it is ended then says more
    Duration wait = given ? limit : program.longest.plusSeconds(5);
    try {
      Reply reply = replies.next(wait);
      if (reply == null) {
        throw ended();
      }
      return reply;
    } catch (Failure e) {
      broken = true;
      throw e;
    }
  }

  private Failure ended() {
    broken = true;
    return Failure.temporary("4.4.2", program.ended.get());
  }

  /** What a reply that is no success means. */
  private Failure answered(Step step, String command, Reply reply) throws Failure {
    if (reply.temporary() || reply.permanent()) {
      return Failure.refused(program.name, step, command, reply, false);
    }
    throw outOfPlace(command, reply);
  }

  private Failure outOfPlace(String command, Reply reply) {
    broken = true;
    String verb = command.isEmpty() ? "greeting" : command.split(" ", 2)[0];
    return Failure.temporary("4.5.0", "protocol error: " + reply.line() + " to " + verb);
  }

  private boolean mayBeSaid(String address) {
    return CommandAddress.isPlain(address, peer.has("SMTPUTF8"));
  }

  private List<Integer> everybody() {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < outcomes.length; i++) {
      all.add(i);
    }
    return all;
  }

  /** For those among {@code which} of whom nothing is known yet. */
  private void settle(List<Integer> which, Failure failure, boolean hostDown) {
    for (int i : which) {
      if (outcomes[i] == null) {
        outcomes[i] = failure.outcome(program.name, "", hostDown);
      }
    }
  }
}
