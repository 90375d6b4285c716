package postern.smtp.server;

import io.netty.handler.ssl.SslHandler;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.Resolution;
import postern.policy.ServerFeatures;
import postern.policy.SessionPolicy;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.policy.Verdict;
import postern.smtp.MailCommand;
import postern.smtp.RcptCommand;
import postern.smtp.SmtpCommand;
import postern.smtp.SmtpReply;
import postern.smtp.Verb;

/**
 * Carries one conversation through: reads lines off the {@link Wire} while nothing is being waited
 * for, lets {@link Dialogue} decide, asks the rule sets. One a connection, on its event loop only;
 * rule sets that may block run on a worker while the session rests.
 */
final class SmtpSession {
  /** What the session is doing; input is looked at in the four reading phases only. */
  enum Phase {
    /** Finding out who is there; no greeting yet. */
    OPENING,
    /** Holding back the greeting to see who cannot wait. */
    GREET_PAUSE,
    /** Reading a command. */
    COMMAND,
    /** Reading the next line of a SASL exchange. */
    AUTH,
    /** Reading content up to the dot. */
    CONTENT,
    /** Reading the counted octets of BDAT. */
    CHUNK,
    /** A step waits for the end of the batch of reads, to see whether the client waits its turn. */
    TURN,
    /** Waiting for rule sets, a throttle, the store. */
    WAITING,
    /** The handshake is going on. */
    UPGRADING,
    CLOSED;

    boolean reads() {
      return switch (this) {
        case COMMAND, AUTH, CONTENT, CHUNK -> true;
        default -> false;
      };
    }
  }

  private static final int MAX_LINE = 2048;
  private static final int MAX_AUTH_LINE = 12288;

  private final Wire wire;
  private final ServerConfiguration configuration;
  private final ServerPorts ports;
  private final Listener listener;
  private final PeerFacts peer;
  private final Words words;
  private final SessionNotes notes;
  private final Dialogue dialogue;
  private final SessionPolicy policy;
  private final ContentPhase content;

  private Phase phase = Phase.OPENING;
  private @Nullable Step turn;
  private @Nullable Transaction transaction;
  private @Nullable SaslDialogue sasl;
  private TlsFacts tls = TlsFacts.NONE;
  private String protocol = "SMTP";
  private boolean discarded;
  private String quarantine = "";
  private boolean inputEnded;
  private boolean stopping;
  private boolean usedForMail;

  SmtpSession(
      Wire wire,
      ServerConfiguration configuration,
      ServerPorts ports,
      Listener listener,
      PeerFacts peer) {
    this.wire = wire;
    this.configuration = configuration;
    this.ports = ports;
    this.listener = listener;
    this.peer = peer;
    this.words = new Words(configuration.settings().hostName());
    this.notes = new SessionNotes(ports.log(), peer, listener.name());
    this.dialogue = new Dialogue(configuration.settings(), listener, words, peer.description());
    this.policy = configuration.policy().session(peer);
    this.content =
        new ContentPhase(this, wire, dialogue, policy, configuration.settings(), ports, notes);
    wire.onDeadline(this::timedOut);
  }

  // ---- opening

  /** What the rule sets say to a new connection, or to one that has just become secure. */
  private record Opening(Verdict verdict, ServerFeatures features, long pause, String greeting) {}

  /** The connection is up and its peer known. */
  void open() {
    ports.log().connected(peer);
    ask(
        () -> {
          Verdict relay = policy.checkRelay();
          ServerFeatures features = policy.serverFeatures();
          boolean smtps = listener.implicitTls();
          long pause = relay.passes() && !smtps ? policy.greetPause() : 0;
          return new Opening(relay, features, pause, smtps ? "" : greeting());
        },
        this::opened);
    settle();
  }

  private void opened(Opening opening) {
    notes.decided("", "check_relay", peer.name(), peer.address(), opening.verdict());
    if (opening.verdict() instanceof Verdict.Reject reject) {
      SmtpReply reply = SmtpReply.parse(reject.line());
      if (reply.code() == 421) {
        finish(reply);
        return;
      }
      dialogue.reject(reply);
    } else if (opening.verdict() instanceof Verdict.Discard) {
      discarded = true;
    } else if (opening.verdict() instanceof Verdict.Quarantine held) {
      quarantine = held.reason();
    }
    if (opening.features().tempFail()) {
      notes.tempFailed();
    }
    dialogue.begin(opening.features(), configuration.tls().available(), mechanisms());
    if (listener.implicitTls()) {
      askForTls(false);
    } else if (opening.pause() == 0) {
      greet(opening.greeting());
    } else {
      phase = Phase.GREET_PAUSE;
      var unused =
          wire.later(
              opening.pause(),
              () -> {
                if (phase == Phase.GREET_PAUSE) {
                  greet(opening.greeting());
                  work();
                }
              });
      if (wire.hasInput()) {
        early();
      }
    }
  }

  private String greeting() {
    return String.join("\n", policy.greeting());
  }

  private void greet(String text) {
    wire.say(new SmtpReply(220, "", text.lines().toList()));
    readOn(Phase.COMMAND);
  }

  /** The client talked while it should have waited for the greeting. */
  private void early() {
    notes.early();
    dialogue.reject(Words.COMMAND_REJECTED);
    wire.say(words.notAccepting());
    readOn(Phase.COMMAND);
  }

  // ---- events from the connection

  /** Input has come. */
  void received() {
    if (phase == Phase.GREET_PAUSE) {
      early();
    }
    work();
  }

  /** A batch of reads is over. */
  void readComplete() {
    Step step = turn;
    if (phase == Phase.TURN && step != null) {
      turn = null;
      phase = Phase.COMMAND;
      inTurn(step);
      work();
    } else {
      settle();
    }
  }

  /** The client will send no more; what it sent is still carried out. */
  void inputEnded() {
    inputEnded = true;
    if (phase == Phase.UPGRADING) {
      wire.close();
    } else {
      work();
    }
  }

  /** Replies can be written again. */
  void writable() {
    work();
  }

  /** The handshake succeeded: what was said in the clear is forgotten, the rule sets judge. */
  void tlsStarted() {
    SslHandler handler = wire.tls();
    if (handler == null || phase != Phase.UPGRADING) {
      return;
    }
    tls = configuration.tls().facts(handler, dialogue.features().requestClientCertificate());
    ports.log().tlsStarted(peer, tls);
    protocol = "SMTP";
    ask(
        () -> {
          Verdict verdict = policy.tlsStarted(tls);
          return new Opening(
              verdict, dialogue.features(), 0, listener.implicitTls() ? greeting() : "");
        },
        answer -> {
          dialogue.tlsStarted(mechanisms());
          notes.decided("", "tls_client", tls.verify().text(), "STARTTLS", answer.verdict());
          if (answer.verdict() instanceof Verdict.Reject reject && dialogue.standing() == null) {
            dialogue.reject(SmtpReply.parse(reject.line()));
          }
          if (answer.greeting().isEmpty()) {
            readOn(Phase.COMMAND);
          } else {
            greet(answer.greeting());
          }
        });
    work();
  }

  /** The handshake failed, or the TLS session broke. */
  void tlsFailed(String reason) {
    if (phase == Phase.UPGRADING) {
      ports.log().tlsFailed(peer, reason);
    }
    wire.close();
  }

  /** The connection is gone. */
  void closed() {
    if (phase != Phase.CLOSED) {
      lost();
      end();
    }
    wire.closed();
  }

  /** The server stops: ends the session as soon as no transaction is open. */
  void stop() {
    stopping = true;
    work();
  }

  /** Our own mistake: it is logged, and the client may try again later. */
  void fault(Throwable cause) {
    notes.fault(id(), cause);
    finish(words.ourFault());
  }

  private void timedOut() {
    if (phase == Phase.COMMAND || phase == Phase.AUTH) {
      notes.commandTimeout(id());
      finish(words.commandTimeout(peer.name()));
    } else if (phase.reads()) {
      Transaction open = transaction;
      notes.collect(open, "read timeout");
      finish(Words.contentTimeout(peer.name(), open == null ? "" : open.mail.path().given()));
    }
  }

  /** Says so in the log if the client left in the middle of something. */
  private void lost() {
    Transaction open = transaction;
    if (open != null && (phase == Phase.CONTENT || phase == Phase.CHUNK)) {
      notes.collect(open, "unexpected close");
    } else if (open != null) {
      notes.lost(open);
    } else if (!usedForMail && phase != Phase.OPENING) {
      notes.idle();
    }
  }

  private void end() {
    phase = Phase.CLOSED;
    content.drop();
    transaction = null;
    sasl = null;
    turn = null;
  }

  // ---- the loop

  /** Does what can be done with what has come. */
  private void work() {
    boolean more = true;
    while (more && wire.writable()) {
      more =
          switch (phase) {
            case COMMAND -> command();
            case AUTH -> authLine();
            case CONTENT -> content.readContent();
            case CHUNK -> content.readChunk();
            default -> false;
          };
    }
    settle();
  }

  /** Nothing more can be done just now: replies go out, reading stops if it must. */
  private void settle() {
    if (phase == Phase.CLOSED) {
      return;
    }
    boolean idle = phase == Phase.COMMAND || phase == Phase.AUTH;
    if (idle && !wire.reading() && wire.writable()) {
      if (inputEnded) {
        lost();
        finish(null);
        return;
      }
      if (stopping && !dialogue.inTransaction()) {
        finish(words.shuttingDown());
        return;
      }
    }
    if (inputEnded && phase.reads() && !idle && !wire.hasInput()) {
      wire.close();
      return;
    }
    if (!wire.reading() || phase == Phase.WAITING) {
      wire.flush();
    }
    wire.rest(phase.reads() ? !wire.writable() : phase != Phase.UPGRADING);
  }

  private boolean command() {
    int length = wire.lineLength();
    if (length > MAX_LINE && (length > MAX_AUTH_LINE || !wire.startsWith("AUTH"))) {
      notes.tooLong(id(), length);
      carryOut(dialogue.tooLong());
      return true;
    }
    String line = wire.line();
    if (line == null) {
      return false;
    }
    wire.deadline(timeouts().command());
    SmtpCommand command = SmtpCommand.parse(line);
    usedForMail |=
        switch (command.verb()) {
          case MAIL, VRFY, EXPN, ETRN -> true;
          default -> false;
        };
    carryOut(dialogue.step(command));
    return true;
  }

  private void carryOut(Step step) {
    if (step instanceof Step.Say say) {
      wire.say(say.reply());
    } else if (step instanceof Step.Reset reset) {
      dropTransaction();
      wire.say(reset.reply());
    } else if (step instanceof Step.Finish finish) {
      finish(finish.reply());
    } else if (step instanceof Step.Mail mail) {
      mail(mail.command());
    } else if (step instanceof Step.Rcpt rcpt) {
      rcpt(rcpt.command());
    } else if (step instanceof Step.Hello
        || step instanceof Step.Data
        || step instanceof Step.StartTls) {
      takeTurn(step);
    } else if (step instanceof Step.Chunk chunk) {
      content.chunk(chunk, transaction);
    } else if (step instanceof Step.Query query) {
      query(query);
    } else if (step instanceof Step.Other other) {
      other(other);
    } else if (step instanceof Step.Auth auth) {
      auth(auth);
    } else if (step instanceof Step.Slow slow) {
      slow(slow);
    } else {
      throw new IllegalStateException("step of a kind unknown here: " + step.getClass());
    }
  }

  /**
   * Carries out a step for which the client has to wait. Whether it does can be seen only when all
   * that has arrived was read; for STARTTLS, that is when all plain text is here to be dropped.
   */
  private void takeTurn(Step step) {
    boolean mustSee =
        step instanceof Step.StartTls || (dialogue.features().strictTurns() && !wire.hasInput());
    if (mustSee && wire.reading()) {
      turn = step;
      phase = Phase.TURN;
    } else {
      inTurn(step);
    }
  }

  private void inTurn(Step step) {
    boolean impatient = dialogue.features().strictTurns() && wire.hasInput();
    if (step instanceof Step.Hello hello) {
      if (impatient) {
        notes.outOfTurn(id(), hello.extended() ? "EHLO" : "HELO");
        wire.say(dialogue.helloOutOfTurn());
      } else {
        hello(hello);
      }
    } else if (step instanceof Step.Data) {
      if (impatient) {
        notes.outOfTurn(id(), "DATA");
        finish(Words.OUT_OF_TURN);
      } else {
        content.data(transaction());
      }
    } else {
      askForTls(true);
    }
  }

  // ---- commands

  private void hello(Step.Hello hello) {
    ask(
        () -> {
          policy.helo(hello.extended(), hello.name());
          return hello;
        },
        done -> {
          dropTransaction();
          String extended = tls.active() ? "ESMTPS" : "ESMTP";
          protocol = hello.extended() ? extended : "SMTP";
          wire.say(dialogue.hello(hello));
        });
  }

  private void mail(MailCommand command) {
    String id = ports.ids().next();
    String path = command.path().given();
    ask(
        () -> policy.mail(id, path, command.parameters()),
        verdict -> {
          notes.decided(id, "check_mail", path, "", verdict);
          boolean room = ports.intake().hasRoomFor(command.size());
          SmtpReply reply = dialogue.mail(command, verdict, room);
          if (reply.positive()) {
            Transaction begun =
                new Transaction(id, command, ports.clock().instant(), discarded, quarantine);
            begun.note(verdict);
            transaction = begun;
          } else {
            policy.reset();
          }
          answer(reply);
        });
  }

  private void rcpt(RcptCommand command) {
    Transaction open = transaction();
    String path = command.path().given();
    ask(
        () -> policy.rcpt(path, command.parameters()),
        outcome -> {
          notes.decided(open.id, "check_rcpt", path, "", outcome.verdict());
          SmtpReply refusal = null;
          if (outcome.verdict() instanceof Verdict.Reject reject) {
            refusal = SmtpReply.parse(reject.line());
          } else if (outcome.resolution() instanceof Resolution.Undeliverable no) {
            refusal = SmtpReply.parse(no.reason().line());
          } else {
            open.note(outcome.verdict());
            open.accept(command, outcome.resolution());
          }
          answer(dialogue.rcpt(command, refusal));
        });
  }

  private void query(Step.Query query) {
    ask(
        () -> {
          Verdict verdict = policy.query(query.verb().name(), query.argument());
          if (verdict instanceof Verdict.Reject reject) {
            return SmtpReply.parse(reject.line());
          }
          return query.verb() == Verb.ETRN ? etrn(query.argument()) : verify(query.argument());
        },
        this::answer);
  }

  private SmtpReply etrn(String node) {
    return ports.queueRuns().start(node) ? Words.queuing(node) : Words.notQueuing(node);
  }

  /** VRFY and EXPN: a gateway knows where mail would go, not who lives there. */
  private SmtpReply verify(String argument) {
    boolean bracketed = argument.startsWith("<") && argument.endsWith(">");
    String address = bracketed ? argument.substring(1, argument.length() - 1) : argument;
    Resolution resolution = configuration.policy().resolve(address);
    if (resolution instanceof Resolution.Undeliverable no) {
      return SmtpReply.parse(no.reason().line());
    }
    boolean local = resolution instanceof Resolution.Deliverable to && to.mailer().equals("local");
    String full =
        address.indexOf('@') < 0 ? address + "@" + configuration.settings().hostName() : address;
    return Words.verified(local, full);
  }

  private void other(Step.Other other) {
    ask(
        () -> policy.other(other.line(), other.type()),
        verdict ->
            answer(
                verdict instanceof Verdict.Reject reject && reject.code() == 421
                    ? SmtpReply.parse(reject.line())
                    : other.reply()));
  }

  private void slow(Step.Slow slow) {
    if (!slow.notice().isEmpty()) {
      notes.note(id(), slow.notice());
    }
    Phase before = rest();
    var unused =
        wire.later(
            slow.seconds() * 1000L,
            () ->
                resume(
                    () -> {
                      readOn(before);
                      carryOut(slow.then());
                    }));
  }

  private void auth(Step.Auth step) {
    Authenticator authenticator = configuration.authenticator();
    if (authenticator == null) {
      wire.say(Words.AUTH_OFF);
      return;
    }
    SaslDialogue begun =
        new SaslDialogue(step.mechanism(), authenticator.begin(step.mechanism(), tls));
    sasl = begun;
    String initial = step.initial();
    saslLine(begun, initial == null ? "=" : initial);
  }

  private boolean authLine() {
    int length = wire.lineLength();
    if (length > MAX_AUTH_LINE) {
      notes.tooLong(id(), length);
      carryOut(dialogue.tooLong());
      return true;
    }
    String line = wire.line();
    SaslDialogue exchange = sasl;
    if (line == null || exchange == null) {
      return false;
    }
    saslLine(exchange, line.strip());
    return true;
  }

  private void saslLine(SaslDialogue exchange, String line) {
    rest();
    exchange.step(line, outcome -> wire.onLoop(() -> resume(() -> saslOutcome(exchange, outcome))));
  }

  private void saslOutcome(SaslDialogue exchange, SaslDialogue.Outcome outcome) {
    if (!outcome.goesOn()) {
      sasl = null;
    }
    String identity = outcome.identity();
    if (identity != null) {
      dialogue.authenticated();
      policy.authenticated(exchange.mechanism(), identity, outcome.strength());
    }
    wire.say(outcome.reply());
    readOn(outcome.goesOn() ? Phase.AUTH : Phase.COMMAND);
  }

  // ---- TLS

  private void askForTls(boolean startTls) {
    ask(
        policy::tlsFeatures,
        features -> {
          SmtpReply refusal = upgrade(features, startTls);
          if (refusal != null && startTls) {
            wire.say(refusal);
          } else if (refusal != null) {
            notes.note("", "smtps: TLS not available, closing");
            wire.close();
          }
        });
  }

  /** Begins the handshake; returns why not if that cannot be done. */
  private @Nullable SmtpReply upgrade(TlsFeatures features, boolean startTls) {
    if (!features.valid()) {
      notes.badFeatures(features.problem());
      return Words.TLS_NOT_NOW;
    }
    SslHandler handler;
    try {
      boolean ask = dialogue.features().requestClientCertificate();
      handler = configuration.tls().handler(wire.allocator(), features, ask, startTls);
    } catch (TlsPort.Unavailable e) {
      notes.fault("", e);
      return Words.TLS_NO_HANDLE;
    }
    handler.setHandshakeTimeoutMillis(timeouts().startTls());
    phase = Phase.UPGRADING;
    wire.deadline(0);
    if (startTls) {
      wire.say(Words.TLS_READY);
    }
    wire.startTls(handler, !startTls);
    return null;
  }

  // ---- the transaction

  @Nullable Transaction openTransaction() {
    return transaction;
  }

  private Transaction transaction() {
    Transaction open = transaction;
    if (open == null) {
      throw new IllegalStateException("no transaction in state " + dialogue.state());
    }
    return open;
  }

  /** Ends the transaction and answers with {@code reply}. */
  void endTransaction(SmtpReply reply) {
    readOn(Phase.COMMAND);
    dialogue.reset();
    dropTransaction();
    answer(reply);
  }

  private void dropTransaction() {
    content.drop();
    if (transaction != null) {
      transaction = null;
      policy.reset();
    }
  }

  ServerLog.Arrival arrival(Transaction open, MessageReceiver message, boolean stored) {
    return new ServerLog.Arrival(
        open.id,
        open.mail.path().given(),
        message.size(),
        open.accepted(),
        message.first("Message-Id"),
        open.mail.body(),
        protocol,
        listener.name(),
        peer,
        stored);
  }

  // ---- waiting and going on

  /**
   * Asks the rule sets and goes on with their answer: here and now if they cannot block, else on a
   * worker while the session rests.
   */
  <T> void ask(Supplier<T> question, Consumer<T> then) {
    if (!policy.mayBlock()) {
      then.accept(question.get());
      return;
    }
    Phase before = rest();
    ports
        .workers()
        .execute(
            () -> {
              Runnable next;
              try {
                T answer = question.get();
                next =
                    () -> {
                      readOn(before);
                      then.accept(answer);
                    };
              } catch (RuntimeException e) {
                next = () -> fault(e);
              }
              Runnable after = next;
              wire.onLoop(() -> resume(after));
            });
  }

  /** Looks at no input until {@link #resume}; returns the phase to go on with. */
  Phase rest() {
    Phase before = phase;
    phase = Phase.WAITING;
    wire.deadline(0);
    return before;
  }

  /** What was waited for has come: goes on with {@code then}, unless the connection is gone. */
  void resume(Runnable then) {
    if (phase == Phase.CLOSED) {
      return;
    }
    try {
      then.run();
      work();
    } catch (RuntimeException e) {
      fault(e);
    }
  }

  /** Goes on in {@code next}, with the time limit of that phase. */
  void readOn(Phase next) {
    phase = next;
    switch (next) {
      case COMMAND, AUTH -> wire.deadline(timeouts().command());
      case CONTENT, CHUNK -> wire.deadline(timeouts().dataBlock());
      default -> wire.deadline(0);
    }
  }

  /** Replies; a 421 ends the session (RFC 5321 section 3.8). */
  void answer(SmtpReply reply) {
    if (reply.code() == 421) {
      finish(reply);
    } else {
      wire.say(reply);
    }
  }

  /** Ends the session with {@code reply}, or without a word. */
  void finish(@Nullable SmtpReply reply) {
    if (phase == Phase.CLOSED) {
      return;
    }
    if (reply != null) {
      wire.say(reply);
    }
    boolean polite = reply != null && reply.code() == 221;
    end();
    wire.finish(!polite);
  }

  // ---- small things

  private String id() {
    Transaction open = transaction;
    return open == null ? "" : open.id;
  }

  private String mechanisms() {
    Authenticator authenticator = configuration.authenticator();
    return authenticator == null ? "" : authenticator.mechanisms(tls);
  }

  private ServerSettings.Timeouts timeouts() {
    return configuration.settings().timeouts();
  }
}
