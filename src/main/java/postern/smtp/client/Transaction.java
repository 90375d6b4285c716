package postern.smtp.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import postern.policy.RelayPolicy;
import postern.policy.Verdict;
import postern.smtp.DeliverBy;
import postern.smtp.Envelope;

/**
 * One message over an open connection: MAIL, {@code tls_rcpt} and RCPT for each recipient, DATA.
 * With PIPELINING everything up to DATA goes out in one write (RFC 2920). Fills in an outcome for
 * every recipient; what it cannot tell because the connection broke early is left open, for another
 * host.
 */
final class Transaction {
  private final SmtpConnection connection;
  private final RelayJob job;
  private final RelayTimeouts limits;
  private final RelayLog log;
  private final Executor workers;
  private final RelayPolicy policy;
  private final PeerExtensions peer;
  private final Envelope envelope;
  private final EnvelopeCommands commands;
  private final List<Recipient> recipients = new ArrayList<>();
  private ContentWriter.Opener content;
  private @Nullable ContentExchange sending;
  private final boolean lmtp;
  private final boolean chunking;

  /** Where one recipient stands. */
  static final class Recipient {
    final int index;
    final Envelope.Recipient address;
    boolean accepted;
    @Nullable RecipientOutcome outcome;

    Recipient(int index, Envelope.Recipient address) {
      this.index = index;
      this.address = address;
    }

    void settle(Failure failure, SmtpConnection connection, boolean hostDown) {
      outcome = failure.outcome(connection.relay, connection.tls, hostDown);
    }
  }

  Transaction(
      SmtpConnection connection,
      RelayJob job,
      List<Recipient> open,
      boolean mayChunk,
      RelayTimeouts limits,
      RelayLog log,
      Executor workers) {
    this.connection = connection;
    this.job = job;
    this.limits = limits;
    this.log = log;
    this.workers = workers;
    this.policy = connection.policy;
    this.peer = connection.extensions;
    this.envelope = job.envelope();
    this.commands = new EnvelopeCommands(envelope, peer, job.size(), connection.tlsActive);
    this.lmtp = job.transport().lmtp();
    this.chunking = mayChunk && peer.has("CHUNKING");
    this.content = job.content()::open;
    for (Recipient recipient : open) {
      recipient.accepted = false;
      recipients.add(recipient);
    }
  }

  /**
   * Runs the transaction.
   *
   * @return null when every recipient has an outcome, else why the session broke before anything
   *     was decided for those that have none
   */
  CompletableFuture<@Nullable Failure> run() {
    policy.message(job.mail());
    Failure obstacle = obstacle();
    if (obstacle != null && obstacle.elsewhere()) {
      return CompletableFuture.completedFuture(obstacle);
    }
    if (obstacle != null) {
      settleOpen(obstacle, false);
      return CompletableFuture.completedFuture(null);
    }
    return checkHeader()
        .thenCompose(unused -> open().isEmpty() ? done() : convertIfNeeded())
        .thenCompose(unused -> open().isEmpty() ? done() : reset())
        .thenCompose(unused -> open().isEmpty() ? done() : talk())
        .handle((unused, e) -> e == null ? null : ended(Opening.cause(e)))
        .thenApply(
            failure -> {
              connection.transactions++;
              return failure;
            });
  }

  /** What forbids the transaction before a word is said. */
  private @Nullable Failure obstacle() {
    long limit = peer.size();
    if (limit > 0 && job.size() > limit) {
      return Failure.permanent(
          "5.3.4",
          "552 5.3.4 message has " + job.size() + " octets, " + connection.host + " takes " + limit,
          "Service unavailable");
    }
    if (tlsIsRequired() && !(connection.authenticated && peer.has("REQUIRETLS"))) {
      boolean tls = connection.authenticated;
      return Failure.notHere(
          tls ? "5.7.30" : "5.7.10",
          tls
              ? "550 5.7.30 REQUIRETLS is needed and " + connection.host + " does not support it"
              : "550 5.7.10 REQUIRETLS is needed and " + connection.host + " is not authenticated");
    }
    DeliverBy by = envelope.deliverBy();
    if (by != null && by.returns() && !peer.has("DELIVERBY")) {
      return Failure.notHere(
          "5.3.3", "550 5.3.3 the message has a time limit and " + connection.host + " heeds none");
    }
    return mayBeSaid(envelope.sender()) ? null : notAscii(envelope.sender());
  }

  /**
   * A bounce goes on without REQUIRETLS rather than be lost; it quotes nothing but the header (RFC
   * 8689 section 5).
   */
  private boolean tlsIsRequired() {
    return envelope.requireTls() && !envelope.sender().isEmpty();
  }

  /** Plain addresses always, others with SMTPUTF8 (RFC 6531). */
  private boolean mayBeSaid(String address) {
    return CommandAddress.isPlain(address, peer.has("SMTPUTF8"));
  }

  /** For an address that cannot stand in a command. */
  static Failure notAscii(String address) {
    return Failure.permanent(
        "5.6.7",
        "553 5.6.7 address cannot be sent: " + CommandAddress.shown(address),
        "Data format error");
  }

  /**
   * A message that came with SMTPUTF8 may go to a peer without it if nothing in it needs that; its
   * header must be looked at.
   */
  private CompletableFuture<@Nullable Void> checkHeader() {
    if (!envelope.smtpUtf8() || peer.has("SMTPUTF8")) {
      return done();
    }
    return onWorker(SevenBit::hasPlainHeader)
        .thenAccept(
            plain -> {
              if (!plain) {
                throw new CompletionException(
                    Failure.notHere(
                        "5.6.7", "553 5.6.7 " + connection.host + " does not take SMTPUTF8 mail"));
              }
            });
  }

  /** What reading finds out about content. */
  private interface Reading<T> {
    T read(InputStream in) throws IOException;
  }

  private <T> CompletableFuture<T> onWorker(Reading<T> reading) {
    CompletableFuture<T> read =
        CompletableFuture.supplyAsync(
            () -> {
              try (InputStream in = job.content().open()) {
                return reading.read(in);
              } catch (IOException e) {
                throw new CompletionException(e);
              }
            },
            workers);
    CompletableFuture<T> done = new CompletableFuture<>();
    Opening.pass(read.thenApplyAsync(value -> value, connection.loop()), done);
    return done;
  }

  /** Eight-bit text for a peer without 8BITMIME: see {@link EightBit}. */
  private CompletableFuture<@Nullable Void> convertIfNeeded() {
    EightBit eightBit = job.transport().eightBit();
    if (peer.has("8BITMIME") || eightBit == EightBit.AS_IS) {
      return done();
    }
    return onWorker(SevenBit::scan)
        .thenAccept(
            plan -> {
              if (!plan.eightBit()) {
                return;
              }
              if (plan.obstacle().isEmpty()) {
                content = () -> SevenBit.convert(job.content().open(), plan);
              } else if (eightBit == EightBit.CONVERT) {
                settleOpen(
                    Failure.permanent(
                        "5.6.3",
                        "554 5.6.3 " + connection.host + " takes no 8-bit mail: " + plan.obstacle(),
                        "Data format error"),
                    false);
              }
            });
  }

  private CompletableFuture<@Nullable Void> reset() {
    if (connection.transactions == 0 || peer.has("PIPELINING")) {
      return done(); // with PIPELINING it goes out with the rest
    }
    return connection.ask("RSET", limits.rset()).thenCompose(this::resetDone);
  }

  private CompletableFuture<@Nullable Void> resetDone(Reply reply) {
    return reply.positive()
        ? done()
        : CompletableFuture.failedFuture(
            Failure.refused(connection.host, Step.OPENING, "RSET", reply, true));
  }

  private CompletableFuture<@Nullable Void> talk() {
    return peer.has("PIPELINING") ? pipelined() : stepByStep();
  }

  // One command at a time.

  private CompletableFuture<@Nullable Void> stepByStep() {
    String mail = commands.mail();
    return connection
        .ask(mail, limits.mail())
        .thenCompose(
            reply -> {
              if (!mailAccepted(mail, reply)) {
                return done();
              }
              CompletableFuture<@Nullable Void> chain = done();
              for (Recipient recipient : open()) {
                chain = chain.thenCompose(unused -> recipientStep(recipient));
              }
              return chain.thenCompose(unused -> accepted().isEmpty() ? forget() : data());
            });
  }

  private CompletableFuture<@Nullable Void> recipientStep(Recipient recipient) {
    return allowed(recipient)
        .thenCompose(
            allowed -> {
              if (!allowed) {
                return done();
              }
              String rcpt = commands.rcpt(recipient.address);
              return connection
                  .ask(rcpt, limits.rcpt())
                  .thenAccept(reply -> rcptAnswered(recipient, rcpt, reply));
            });
  }

  /** Nobody is left: the transaction ends without DATA. */
  private CompletableFuture<@Nullable Void> forget() {
    // The connection's next user would send RSET anyway; here it keeps the peer's books in order.
    return connection.usable() && job.keepOpen()
        ? connection.ask("RSET", limits.rset()).thenAccept(reply -> connection.transactions = -1)
        : done();
  }

  private CompletableFuture<@Nullable Void> data() {
    return chunking
        ? sendContent()
        : connection.ask("DATA", limits.dataInit()).thenCompose(this::dataAnswered);
  }

  // Everything in one write.

  private CompletableFuture<@Nullable Void> pipelined() {
    CompletableFuture<@Nullable Void> chain = done();
    for (Recipient recipient : open()) {
      chain =
          chain.thenCompose(
              unused -> allowed(recipient).thenAccept(allowed -> recipient.accepted = allowed));
    }
    return chain.thenCompose(unused -> sendGroup());
  }

  private CompletableFuture<@Nullable Void> sendGroup() {
    List<Recipient> asked = accepted();
    boolean reset = connection.transactions > 0;
    List<String> group = new ArrayList<>();
    CompletableFuture<@Nullable Void> chain = done();
    if (reset) {
      group.add("RSET");
      chain = connection.expect(limits.rset()).thenCompose(this::resetDone);
    }
    String mail = commands.mail();
    group.add(mail);
    CompletableFuture<Reply> mailReply = connection.expect(limits.mail());
    List<CompletableFuture<Reply>> rcptReplies = new ArrayList<>();
    List<String> rcptCommands = new ArrayList<>();
    for (Recipient recipient : asked) {
      String rcpt = commands.rcpt(recipient.address);
      rcptCommands.add(rcpt);
      group.add(rcpt);
      rcptReplies.add(connection.expect(limits.rcpt()));
    }
    CompletableFuture<Reply> dataReply = null;
    if (!asked.isEmpty() && !chunking) {
      group.add("DATA");
      dataReply = connection.expect(limits.dataInit());
    }
    connection.send(group.toArray(new String[0]));

    chain = chain.thenCompose(unused -> mailReply).thenAccept(reply -> mailAccepted(mail, reply));
    for (int i = 0; i < asked.size(); i++) {
      Recipient recipient = asked.get(i);
      String rcpt = rcptCommands.get(i);
      CompletableFuture<Reply> answer = rcptReplies.get(i);
      chain =
          chain
              .thenCompose(unused -> answer)
              .thenAccept(reply -> rcptAnswered(recipient, rcpt, reply));
    }
    CompletableFuture<Reply> data = dataReply;
    return data == null
        ? chain.thenCompose(unused -> accepted().isEmpty() ? forget() : data())
        : chain.thenCompose(unused -> data).thenCompose(this::dataAnswered);
  }

  // What both have in common.

  /** Asks {@code tls_rcpt}; settles the recipient if the answer is no. */
  private CompletableFuture<Boolean> allowed(Recipient recipient) {
    String user = recipient.address.route().user();
    if (!mayBeSaid(user)) {
      recipient.settle(notAscii(user), connection, false);
      return CompletableFuture.completedFuture(false);
    }
    return Opening.ask(policy, workers, connection.loop(), () -> policy.tlsRcpt(user))
        .thenApply(
            verdict -> {
              if (!(verdict instanceof Verdict.Reject reject)) {
                return true;
              }
              log.rejected(envelope.id(), "tls_rcpt", user, connection.host, reject);
              recipient.settle(Failure.ruled(reject, ""), connection, false);
              return false;
            });
  }

  private boolean mailAccepted(String mail, Reply reply) {
    if (reply.positive()) {
      return true;
    }
    if (reply.closing()) { // about the connection, not about this message
      throw new CompletionException(Failure.refused(connection.host, Step.MAIL, mail, reply, true));
    }
    connection.puttingOff |= reply.temporary();
    Failure failure = connection.answered(Step.MAIL, mail, reply);
    settleOpen(failure, false);
    return false;
  }

  private void rcptAnswered(Recipient recipient, String rcpt, Reply reply) {
    recipient.accepted = reply.positive() && recipient.outcome == null;
    if (!reply.positive() && recipient.outcome == null) {
      recipient.settle(connection.answered(Step.RCPT, rcpt, reply), connection, reply.closing());
    }
  }

  private CompletableFuture<@Nullable Void> dataAnswered(Reply reply) {
    if (reply.code() != 354) {
      Failure failure = connection.answered(Step.DATA, "DATA", reply);
      for (Recipient recipient : accepted()) {
        recipient.settle(failure, connection, reply.closing());
      }
      return done();
    }
    if (accepted().isEmpty()) {
      // 354 without a recipient: an empty message ends it (RFC 2920 section 3.1); whatever the
      // answer, nothing was delivered to anybody.
      CompletableFuture<Reply> end = connection.expect(limits.dataFinal());
      connection.send(".");
      return end.thenAccept(unused -> {});
    }
    return sendContent();
  }

  private CompletableFuture<@Nullable Void> sendContent() {
    ContentExchange exchange =
        new ContentExchange(connection, accepted(), content, workers, limits, lmtp, chunking);
    sending = exchange;
    return exchange.run();
  }

  /** The session broke. After content was sent nobody else may be tried: it may have arrived. */
  private @Nullable Failure ended(Throwable e) {
    Failure failure =
        e instanceof Failure known
            ? known
            : Failure.temporary("4.3.0", "internal error: " + e.getMessage());
    if (!(e instanceof Failure)) {
      connection.giveUp(failure);
    }
    ContentExchange exchange = sending;
    if ((exchange != null && exchange.sent()) || !failure.elsewhere()) {
      settleOpen(failure, false);
      return null;
    }
    return failure;
  }

  private List<Recipient> open() {
    return recipients.stream().filter(r -> r.outcome == null).toList();
  }

  private List<Recipient> accepted() {
    return recipients.stream().filter(r -> r.accepted && r.outcome == null).toList();
  }

  private void settleOpen(Failure failure, boolean hostDown) {
    for (Recipient recipient : open()) {
      recipient.settle(failure, connection, hostDown);
    }
  }

  private static CompletableFuture<@Nullable Void> done() {
    return CompletableFuture.completedFuture(null);
  }
}
