package postern.smtp.server;

import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.SessionPolicy;
import postern.smtp.Echo;
import postern.smtp.Parsed;
import postern.smtp.SmtpCommand;
import postern.smtp.SmtpReply;

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
  private final PeerFacts peer;
  private final Listener listener;
  private final @Nullable Consumer<PeerFacts> pretend;
  private final Words words;
  private final SessionNotes notes;
  private final Dialogue dialogue;
  private final SessionPolicy policy;
  private final Opening opening;
  private final EnvelopePhase envelope;
  private final ContentPhase content;
  private final AuthPhase auth;

  private Phase phase = Phase.OPENING;
  private @Nullable Step turn;
  private long heldSince;
  private boolean inputEnded;
  private boolean stopping;
  private boolean usedForMail;

  /**
   * A session of one connection.
   *
   * @param pretend begins another session in place of this one (XCLIENT), null if this client may
   *     not ask for that
   */
  SmtpSession(
      Wire wire,
      ServerConfiguration configuration,
      ServerPorts ports,
      Listener listener,
      PeerFacts peer,
      @Nullable Consumer<PeerFacts> pretend) {
    ServerSettings settings = configuration.settings();
    this.wire = wire;
    this.configuration = configuration;
    this.ports = ports;
    this.peer = peer;
    this.listener = listener;
    this.pretend = pretend;
    words = new Words(settings.hostName());
    notes = new SessionNotes(ports.log(), peer, listener.name());
    dialogue = new Dialogue(settings, listener, words, peer.description());
    policy = configuration.policy().session(peer);
    opening =
        new Opening(this, wire, dialogue, policy, configuration, ports, listener, peer, notes);
    envelope =
        new EnvelopePhase(
            this, wire, dialogue, policy, configuration, ports, listener, peer, notes);
    content = new ContentPhase(this, wire, dialogue, policy, settings, ports, listener, notes);
    auth = new AuthPhase(this, wire, dialogue, configuration.authenticator(), notes);
    wire.onDeadline(this::timedOut);
    if (settings.softBounce()) {
      wire.soften();
    }
  }

  Opening opening() {
    return opening;
  }

  EnvelopePhase envelope() {
    return envelope;
  }

  /** The connection is up and its peer known. */
  void open() {
    opening.connected();
    work(); // something may have come while the peer was looked up
  }

  /** Holds the greeting back for {@code millis}, to see whether the client can wait. */
  void hold(long millis, Runnable greet) {
    phase = Phase.GREET_PAUSE;
    heldSince = wire.now();
    wire.later(
        millis,
        () -> {
          if (phase == Phase.GREET_PAUSE) {
            resume(greet);
          }
        });
    if (wire.hasInput()) {
      early();
    }
  }

  /** The client talked while it should have waited for the greeting. */
  private void early() {
    notes.early(TimeUnit.NANOSECONDS.toSeconds(wire.now() - heldSince));
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

  /** The handshake succeeded. */
  void tlsStarted() {
    SslHandler handler = wire.tls();
    if (handler != null && phase == Phase.UPGRADING) {
      opening.secured(handler);
      work();
    }
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
    notes.fault(envelope.id(), cause);
    finish(words.ourFault());
  }

  private void timedOut() {
    if (phase == Phase.COMMAND || phase == Phase.AUTH) {
      notes.commandTimeout(envelope.id());
      finish(words.commandTimeout(peer.name()));
    } else if (phase.reads()) {
      Transaction open = envelope.open();
      notes.collect(open, content.trickles() ? "too slow" : "read timeout");
      finish(contentLost(open, "read timeout"));
    }
  }

  private SmtpReply contentLost(@Nullable Transaction open, String info) {
    return Words.contentLost(peer.name(), open == null ? "" : open.mail.path().given(), info);
  }

  /** Says so in the log if the client left in the middle of something. */
  private void lost() {
    Transaction open = envelope.open();
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
    envelope.abandon();
    auth.drop();
    turn = null;
    policy.closed();
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
      SmtpReply reply = contentLost(envelope.open(), "unexpected close");
      lost();
      finish(reply);
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
      notes.tooLong(envelope.id(), length);
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
    Step step = dialogue.step(command);
    boolean wait =
        ports.busy().delays(listener) || (dialogue.features().slowPipelining() && wire.hasInput());
    carryOut(wait ? new Step.Slow(1, "", step) : step);
    return true;
  }

  /** Whether this client may say XCLIENT. */
  boolean mayPretend() {
    return pretend != null;
  }

  private void pretend(Step.Pretend step) {
    Consumer<PeerFacts> begin = pretend;
    Parsed<PeerFacts> as = XClient.apply(step.argument(), peer);
    if (as instanceof Parsed.Good<PeerFacts> good && begin != null) {
      notes.note("", "XCLIENT " + Echo.shorten(step.argument()) + " from " + peer.description());
      end();
      begin.accept(good.value());
    } else if (as instanceof Parsed.Bad<PeerFacts> bad) {
      wire.say(bad.reply());
    }
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
      envelope.mail(mail.command());
    } else if (step instanceof Step.Rcpt rcpt) {
      envelope.rcpt(rcpt.command());
    } else if (step instanceof Step.Hello
        || step instanceof Step.Data
        || step instanceof Step.StartTls) {
      takeTurn(step);
    } else if (step instanceof Step.Chunk chunk) {
      content.chunk(chunk, envelope.open());
    } else if (step instanceof Step.Query query) {
      envelope.query(query);
    } else if (step instanceof Step.Other other) {
      envelope.other(other);
    } else if (step instanceof Step.Auth authenticate) {
      auth.begin(authenticate);
    } else if (step instanceof Step.Pretend as) {
      pretend(as);
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
        notes.outOfTurn(envelope.id(), hello.extended() ? "EHLO" : "HELO");
        wire.say(dialogue.helloOutOfTurn());
      } else if (hello.refusal() != null) {
        wire.say(hello.refusal());
      } else {
        envelope.hello(hello);
      }
    } else if (step instanceof Step.Data) {
      if (impatient) {
        notes.outOfTurn(envelope.id(), "DATA");
        finish(Words.OUT_OF_TURN);
      } else {
        content.data(envelope.require());
      }
    } else {
      opening.askForTls(true);
    }
  }

  // ---- waiting commands

  private void slow(Step.Slow slow) {
    if (!slow.notice().isEmpty()) {
      notes.note(envelope.id(), slow.notice());
    }
    Phase before = rest();
    wire.later(
        slow.seconds() * 1000L,
        () ->
            resume(
                () -> {
                  readOn(before);
                  carryOut(slow.then());
                }));
  }

  private boolean authLine() {
    int length = wire.lineLength();
    if (length > MAX_AUTH_LINE) {
      notes.tooLong(envelope.id(), length);
      carryOut(dialogue.tooLong());
      return true;
    }
    String line = wire.line();
    if (line == null) {
      return false;
    }
    auth.line(line);
    return true;
  }

  // ---- the transaction

  /** Ends the transaction and answers with {@code reply}. */
  void endTransaction(SmtpReply reply) {
    readOn(Phase.COMMAND);
    dialogue.reset();
    dropTransaction();
    answer(reply);
  }

  void dropTransaction() {
    content.drop();
    envelope.drop();
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
      case CONTENT, CHUNK -> wire.deadline(content.patience());
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

  private ServerSettings.Timeouts timeouts() {
    return configuration.settings().timeouts();
  }
}
