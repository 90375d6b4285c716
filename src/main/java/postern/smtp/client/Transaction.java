package postern.smtp.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
  private final List<Recipient> recipients = new ArrayList<>();
  private ContentWriter.Opener content;
  private boolean contentSent;
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
    if (tlsIsRequired() && !(connection.verified && peer.has("REQUIRETLS"))) {
      boolean tls = connection.verified;
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
    return Address.isPlain(address, peer.has("SMTPUTF8"));
  }

  private static Failure notAscii(String address) {
    return Failure.permanent(
        "5.6.7",
        "553 5.6.7 address cannot be sent: " + Address.shown(address),
        "Data format error");
  }

  /** Whether SMTPUTF8 has to be said: it was asked for, or an address is not plain ASCII. */
  private boolean utf8() {
    return envelope.smtpUtf8() && peer.has("SMTPUTF8");
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

  /** Eight-bit text for a peer without 8BITMIME becomes seven-bit text, or the message bounces. */
  private CompletableFuture<@Nullable Void> convertIfNeeded() {
    if (peer.has("8BITMIME")) {
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
              } else {
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
        : CompletableFuture.failedFuture(Failure.refused(connection.host, "RSET", reply, true));
  }

  private CompletableFuture<@Nullable Void> talk() {
    return peer.has("PIPELINING") ? pipelined() : stepByStep();
  }

  // One command at a time.

  private CompletableFuture<@Nullable Void> stepByStep() {
    String mail = mailCommand();
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
              String rcpt = rcptCommand(recipient);
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
    String mail = mailCommand();
    group.add(mail);
    CompletableFuture<Reply> mailReply = connection.expect(limits.mail());
    List<CompletableFuture<Reply>> rcptReplies = new ArrayList<>();
    List<String> rcptCommands = new ArrayList<>();
    for (Recipient recipient : asked) {
      String rcpt = rcptCommand(recipient);
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

  private String mailCommand() {
    StringBuilder mail = new StringBuilder("MAIL From:<").append(envelope.sender()).append('>');
    if (peer.has("SIZE")) {
      mail.append(" SIZE=").append(job.size());
    }
    if (peer.has("8BITMIME") && (utf8() || envelope.body().equalsIgnoreCase("8BITMIME"))) {
      mail.append(" BODY=8BITMIME");
    }
    if (utf8()) {
      mail.append(" SMTPUTF8");
    }
    if (peer.has("DSN")) {
      if (!envelope.ret().isEmpty()) {
        mail.append(" RET=").append(envelope.ret());
      }
      if (!envelope.envid().isEmpty()) {
        mail.append(" ENVID=").append(envelope.envid());
      }
    }
    if (envelope.requireTls() && peer.has("REQUIRETLS") && connection.tlsActive) {
      mail.append(" REQUIRETLS");
    }
    DeliverBy by = envelope.deliverBy();
    if (by != null && peer.has("DELIVERBY")) {
      mail.append(" BY=").append(by.left(envelope.arrived(), Instant.now()).text());
    }
    return mail.toString();
  }

  private String rcptCommand(Recipient recipient) {
    Envelope.Recipient r = recipient.address;
    StringBuilder rcpt = new StringBuilder("RCPT To:<").append(r.route().user()).append('>');
    if (peer.has("DSN")) {
      if (!r.dsnNotify().isEmpty()) {
        rcpt.append(" NOTIFY=").append(r.dsnNotify());
      }
      if (!r.orcpt().isEmpty()) {
        rcpt.append(" ORCPT=").append(r.orcpt());
      }
    }
    return rcpt.toString();
  }

  /** Asks {@code tls_rcpt}; settles the recipient if the answer is no. */
  private CompletableFuture<Boolean> allowed(Recipient recipient) {
    String user = recipient.address.route().user();
    if (!mayBeSaid(user)) {
      settle(recipient, notAscii(user), false);
      return CompletableFuture.completedFuture(false);
    }
    return Opening.ask(policy, workers, connection.loop(), () -> policy.tlsRcpt(user))
        .thenApply(
            verdict -> {
              if (!(verdict instanceof Verdict.Reject reject)) {
                return true;
              }
              log.rejected(envelope.id(), "tls_rcpt", user, connection.host, reject);
              settle(recipient, Failure.ruled(reject, ""), false);
              return false;
            });
  }

  private boolean mailAccepted(String mail, Reply reply) {
    if (reply.positive()) {
      return true;
    }
    if (reply.closing()) { // about the connection, not about this message
      throw new CompletionException(Failure.refused(connection.host, mail, reply, true));
    }
    connection.puttingOff |= reply.temporary();
    Failure failure = answered(mail, reply);
    settleOpen(failure, false);
    return false;
  }

  private void rcptAnswered(Recipient recipient, String rcpt, Reply reply) {
    recipient.accepted = reply.positive() && recipient.outcome == null;
    if (!reply.positive() && recipient.outcome == null) {
      settle(recipient, answered(rcpt, reply), reply.closing());
    }
  }

  /** A refusal; or, where only 2xx or an error can stand, a sign that we are out of step. */
  private Failure answered(String command, Reply reply) {
    if (reply.temporary() || reply.permanent()) {
      return Failure.refused(connection.host, command, reply, false);
    }
    Failure failure =
        Failure.temporary(
            "4.5.0", "protocol error: " + reply.line() + " to " + command.split(" ", 2)[0]);
    connection.giveUp(failure);
    return failure;
  }

  private CompletableFuture<@Nullable Void> dataAnswered(Reply reply) {
    if (reply.code() != 354) {
      Failure failure = answered("DATA", reply);
      for (Recipient recipient : accepted()) {
        settle(recipient, failure, reply.closing());
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
    CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
    List<Recipient> receivers = accepted();
    boolean[] complete = new boolean[1];
    ContentWriter.Framing framing = framing();
    if (framing == ContentWriter.Framing.DOT) {
      expectLast(receivers, complete, result);
    }
    contentSent = framing != ContentWriter.Framing.PROBING; // a probe is not yet a message
    var unusedContent =
        new ContentWriter(connection, content, workers, limits, framing)
            .run()
            .whenComplete(
                (done, e) -> {
                  if (e == null) {
                    complete[0] = true;
                    contentSent = true;
                    connection.chunking |= framing != ContentWriter.Framing.DOT;
                    if (framing != ContentWriter.Framing.DOT) {
                      expectLast(receivers, complete, result);
                    } else if (!result.isDone()) {
                      connection.restartTimer();
                    }
                  } else {
                    result.completeExceptionally(contentFailed(Opening.cause(e)));
                  }
                });
    return result;
  }

  private ContentWriter.Framing framing() {
    if (!chunking) {
      return ContentWriter.Framing.DOT;
    }
    return connection.chunking ? ContentWriter.Framing.CHUNKS : ContentWriter.Framing.PROBING;
  }

  /** Only closing keeps the peer from taking half a message for one. */
  private Throwable contentFailed(Throwable e) {
    if (e instanceof ContentWriter.NotUnderstood unknown) {
      Failure failure = new NoChunking(connection.host, unknown.reply);
      connection.giveUp(failure);
      return failure;
    }
    Failure failure =
        e instanceof Failure known
            ? known
            : Failure.temporary("4.3.0", "cannot read the message: " + e.getMessage());
    connection.giveUp(failure);
    return failure;
  }

  /** The peer claims CHUNKING and does not know BDAT: once more, without. */
  static final class NoChunking extends Failure {
    NoChunking(String host, Reply reply) {
      super(
          false,
          "4.5.0",
          reply.line(),
          reply.line(),
          "Deferred: " + reply.line(),
          List.of("... while talking to " + host + ":", ">>> BDAT", "<<< " + reply.line()),
          true);
    }
  }

  /**
   * What comes when all content is out: one reply for all recipients, or with LMTP one for each
   * that was accepted, in their order (RFC 2033 section 4.2).
   */
  private void expectLast(
      List<Recipient> receivers, boolean[] complete, CompletableFuture<@Nullable Void> result) {
    List<List<Recipient>> groups =
        lmtp ? receivers.stream().map(List::of).toList() : List.of(receivers);
    int[] left = {groups.size()};
    for (List<Recipient> group : groups) {
      var unused =
          connection
              .expect(limits.dataFinal())
              .whenComplete(
                  (reply, e) -> {
                    if (e != null) {
                      result.completeExceptionally(Opening.cause(e));
                      return;
                    }
                    finalReply(group, reply, complete[0]);
                    if (--left[0] == 0) {
                      result.complete(null);
                    }
                  });
    }
  }

  private void finalReply(List<Recipient> group, Reply reply, boolean complete) {
    if (reply.positive() && complete) {
      String text = reply.sentText(peer.has("ENHANCEDSTATUSCODES"));
      String dsn = reply.enhanced().isEmpty() ? "2.0.0" : reply.enhanced();
      for (Recipient recipient : group) {
        recipient.outcome =
            new RecipientOutcome(
                RecipientOutcome.Kind.DELIVERED,
                connection.relay,
                dsn,
                reply.line(),
                "",
                text.isEmpty() ? "Sent" : "Sent (" + text + ")",
                connection.tls,
                List.of(),
                false,
                peer.has("DSN"));
      }
      return;
    }
    Failure failure = answered(complete ? "DATA" : "content", reply);
    for (Recipient recipient : group) {
      settle(recipient, failure, reply.closing());
    }
    if (!complete) {
      connection.giveUp(failure); // it answered before the end: no common ground is left
    }
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
    if (contentSent || !failure.elsewhere()) {
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
      settle(recipient, failure, hostDown);
    }
  }

  private void settle(Recipient recipient, Failure failure, boolean hostDown) {
    recipient.outcome = failure.outcome(connection.relay, connection.tls, hostDown);
  }

  private static CompletableFuture<@Nullable Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  /** Addresses that may stand in a command line. */
  static final class Address {
    private Address() {}

    /** Printable ASCII without what would end the path early; a blank only within quotes. */
    static boolean isPlain(String address, boolean utf8) {
      int most = utf8 ? 0xff : 126; // an octet a character

      boolean quoted = false;
      for (int i = 0; i < address.length(); i++) {
        char c = address.charAt(i);
        if (c == '\\' && quoted) {
          i++;
          if (i == address.length() || address.charAt(i) < ' ' || address.charAt(i) > most) {
            return false;
          }
        } else if (c == '"') {
          quoted = !quoted;
        } else if (c < ' '
            || c == 127
            || c > most
            || (!quoted && (c == ' ' || c == '<' || c == '>'))) {
          return false;
        }
      }
      return !quoted;
    }

    static String shown(String address) {
      String start = address.substring(0, Math.min(100, address.length()));
      return start.replaceAll("[^ -~]", "?").toLowerCase(Locale.ROOT);
    }
  }
}
