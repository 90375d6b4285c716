package postern.smtp.server;

import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
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
import postern.smtp.Envelope;
import postern.smtp.MailCommand;
import postern.smtp.RcptCommand;
import postern.smtp.SmtpCommand;
import postern.smtp.SmtpReply;
import postern.smtp.Verb;

/**
 * Carries one conversation through: reads lines and content off the {@link Wire} while nothing is
 * being waited for, lets {@link Dialogue} decide, asks the rule sets, hands messages to the store.
 * One a connection, on its event loop only; rule sets that may block run on a worker while the
 * session rests.
 */
final class SmtpSession {
  /** What the session is doing; input is looked at in the four reading phases only. */
  private enum Phase {
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
    CLOSED
  }

  private static final int MAX_LINE = 2048;
  private static final int MAX_AUTH_LINE = 12288;

  private final Wire wire;
  private final ServerConfiguration configuration;
  private final ServerPorts ports;
  private final Listener listener;
  private final PeerFacts peer;
  private final Words words;
  private final Dialogue dialogue;
  private final SessionPolicy policy;

  private Phase phase = Phase.OPENING;
  private @Nullable Step turn;
  private @Nullable Transaction transaction;
  private @Nullable MessageReceiver receiver;
  private @Nullable ContentDecoder decoder;
  private @Nullable SaslDialogue sasl;
  private TlsFacts tls = TlsFacts.NONE;
  private String protocol = "SMTP";
  private boolean discarded;
  private String quarantine = "";
  private long chunkLeft;
  private boolean chunkLast;
  private @Nullable SmtpReply chunkRefusal;
  private long chunkSize;
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
    this.dialogue = new Dialogue(configuration.settings(), listener, words, peer.description());
    this.policy = configuration.policy().session(peer);
    wire.onDeadline(this::timedOut);
  }

  // ---- opening

  /** What the rule sets say to a new connection. */
  private record Opening(Verdict relay, ServerFeatures features, long pause, String greeting) {}

  /** The connection is up and its peer known. */
  void open() {
    ports.log().connected(peer);
    boolean smtps = listener.implicitTls();
    ask(
        () -> {
          Verdict relay = policy.checkRelay();
          ServerFeatures features = policy.serverFeatures();
          long pause = relay.passes() && !smtps ? policy.greetPause() : 0;
          return new Opening(relay, features, pause, smtps ? "" : greeting());
        },
        this::opened);
    settle();
  }

  private void opened(Opening opening) {
    decided("check_relay", peer.name(), peer.address(), opening.relay());
    if (opening.relay() instanceof Verdict.Reject reject) {
      SmtpReply reply = SmtpReply.parse(reject.line());
      if (reply.code() == 421) {
        finish(reply);
        return;
      }
      dialogue.reject(reply);
    }
    note(opening.relay());
    if (opening.features().tempFail()) {
      ports
          .log()
          .note(
              "",
              "ERROR: srv_features=tempfail, relay="
                  + peer.description()
                  + ", access temporarily disabled");
    }
    dialogue.begin(opening.features(), configuration.tls().available(), mechanisms());
    if (listener.implicitTls()) {
      askForTls(false);
    } else if (opening.pause() > 0) {
      phase = Phase.GREET_PAUSE;
      wire.later(opening.pause(), () -> greetPauseOver(opening.greeting()));
      if (wire.hasInput()) {
        early();
      }
    } else {
      greet(opening.greeting());
    }
  }

  private String greeting() {
    return String.join("\n", policy.greeting());
  }

  private void greet(String text) {
    wire.say(new SmtpReply(220, "", text.lines().toList()));
    phase = Phase.COMMAND;
    wire.deadline(timeouts().command());
  }

  private void greetPauseOver(String greeting) {
    if (phase == Phase.GREET_PAUSE) {
      greet(greeting);
      work();
    }
  }

  /** The client talked while it should have waited for the greeting. */
  private void early() {
    ports
        .log()
        .note("", "rejecting commands from " + peer.description() + " due to pre-greeting traffic");
    dialogue.reject(Words.COMMAND_REJECTED);
    wire.say(words.notAccepting());
    phase = Phase.COMMAND;
    wire.deadline(timeouts().command());
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
    if (phase == Phase.TURN) {
      Step step = turn;
      turn = null;
      phase = Phase.COMMAND;
      if (step != null) {
        inTurn(step);
      }
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
          decided("tls_client", tls.verify().text(), "STARTTLS", answer.relay());
          if (answer.relay() instanceof Verdict.Reject reject && dialogue.standing() == null) {
            dialogue.reject(SmtpReply.parse(reject.line()));
          }
          if (answer.greeting().isEmpty()) {
            phase = Phase.COMMAND;
            wire.deadline(timeouts().command());
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
      lost(phase);
      end();
    }
    wire.closed();
  }

  private void end() {
    phase = Phase.CLOSED;
    MessageReceiver unfinished = receiver;
    receiver = null;
    decoder = null;
    transaction = null;
    sasl = null;
    turn = null;
    if (unfinished != null) {
      unfinished.abort();
    }
  }

  /** Says so in the log if the client left in the middle of something. */
  private void lost(Phase last) {
    Transaction open = transaction;
    if ((last == Phase.CONTENT || last == Phase.CHUNK) && open != null) {
      ports
          .log()
          .note(
              open.id,
              "collect: relay="
                  + peer.name()
                  + ", from="
                  + open.mail.path().given()
                  + ", info=unexpected close");
    } else if (open != null) {
      ports
          .log()
          .note(
              open.id,
              "lost input channel from "
                  + peer.description()
                  + " to "
                  + listener.name()
                  + " after mail");
    } else if (!usedForMail && last != Phase.OPENING) {
      ports
          .log()
          .note(
              "",
              peer.description()
                  + " did not issue MAIL/EXPN/VRFY/ETRN during connection to "
                  + listener.name());
    }
  }

  /** The server stops: ends the session as soon as no transaction is open. */
  void stop() {
    stopping = true;
    work();
  }

  private void timedOut() {
    switch (phase) {
      case COMMAND, AUTH -> {
        ports
            .log()
            .note(
                id(), "timeout waiting for input from " + peer.name() + " during server cmd read");
        finish(words.commandTimeout(peer.name()));
      }
      case CONTENT, CHUNK -> {
        Transaction open = transaction;
        String sender = open == null ? "" : open.mail.path().given();
        SmtpReply reply = Words.contentTimeout(peer.name(), sender);
        ports.log().note(id(), reply.lines().get(0));
        finish(reply);
      }
      default -> {}
    }
  }

  // ---- the loop

  /** Does what can be done with what has come. */
  private void work() {
    boolean done = false;
    while (!done && wire.writable()) {
      done =
          switch (phase) {
            case COMMAND -> !command();
            case AUTH -> !authLine();
            case CONTENT -> !content();
            case CHUNK -> !chunk();
            default -> true;
          };
    }
    settle();
  }

  /** Nothing more can be done just now: replies go out, reading stops if it must. */
  private void settle() {
    if (phase == Phase.CLOSED) {
      return;
    }
    if (phase == Phase.COMMAND && !wire.reading() || phase == Phase.AUTH) {
      if (inputEnded && wire.writable()) {
        lost(phase);
        finishQuietly();
        return;
      }
      if (stopping && !dialogue.inTransaction()) {
        finish(words.shuttingDown());
        return;
      }
    }
    if ((phase == Phase.CONTENT || phase == Phase.CHUNK) && inputEnded && !wire.hasInput()) {
      wire.close();
      return;
    }
    if (!wire.reading() || phase == Phase.WAITING) {
      wire.flush();
    }
    wire.rest(
        switch (phase) {
          case COMMAND, AUTH, CONTENT, CHUNK -> !wire.writable();
          case UPGRADING -> false;
          default -> true;
        });
  }

  private boolean command() {
    int length = wire.lineLength();
    if (length > MAX_LINE && (length > MAX_AUTH_LINE || !wire.startsWith("AUTH"))) {
      ports.log().note(id(), peer.description() + ": SMTP violation, input too long: " + length);
      carryOut(dialogue.tooLong());
      return true;
    }
    String line = wire.line();
    if (line == null) {
      return false;
    }
    wire.deadline(timeouts().command());
    SmtpCommand command = SmtpCommand.parse(line);
    if (!usedForMail) {
      usedForMail =
          switch (command.verb()) {
            case MAIL, VRFY, EXPN, ETRN -> true;
            default -> false;
          };
    }
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
    } else if (step instanceof Step.Hello || step instanceof Step.Data) {
      if (dialogue.features().strictTurns() && !wire.hasInput() && wire.reading()) {
        waitForTurn(step);
      } else {
        inTurn(step);
      }
    } else if (step instanceof Step.StartTls) {
      if (wire.reading()) {
        waitForTurn(step); // so that all that came in the clear is here to be dropped
      } else {
        inTurn(step);
      }
    } else if (step instanceof Step.Chunk chunk) {
      beginChunk(chunk);
    } else if (step instanceof Step.Query query) {
      query(query.verb(), query.argument());
    } else if (step instanceof Step.Other other) {
      ask(
          () -> policy.other(other.line(), other.type()),
          verdict -> {
            boolean closes = verdict instanceof Verdict.Reject r && r.code() == 421;
            answer(closes ? SmtpReply.parse(((Verdict.Reject) verdict).line()) : other.reply());
          });
    } else if (step instanceof Step.Auth auth) {
      auth(auth);
    } else if (step instanceof Step.Slow slow) {
      if (!slow.notice().isEmpty()) {
        ports.log().note(id(), slow.notice());
      }
      pause(slow.seconds() * 1000L, () -> carryOut(slow.then()));
    } else {
      throw new IllegalStateException("step of a kind unknown here: " + step.getClass());
    }
  }

  private void waitForTurn(Step step) {
    turn = step;
    phase = Phase.TURN;
  }

  /** Carries out a step for which the client has to wait. */
  private void inTurn(Step step) {
    boolean impatient = dialogue.features().strictTurns() && wire.hasInput();
    if (step instanceof Step.Hello hello) {
      if (impatient) {
        outOfTurn(hello.extended() ? "EHLO" : "HELO");
        wire.say(dialogue.helloOutOfTurn());
      } else {
        hello(hello);
      }
    } else if (step instanceof Step.Data) {
      if (impatient) {
        outOfTurn("DATA");
        finish(Words.OUT_OF_TURN);
      } else {
        data();
      }
    } else {
      askForTls(true);
    }
  }

  private void outOfTurn(String command) {
    ports
        .log()
        .note(
            id(),
            "rejecting server "
                + command
                + " from "
                + peer.description()
                + " due to traffic before response");
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
          protocol = hello.extended() ? "ESMTP" : "SMTP";
          if (hello.extended() && tls.active()) {
            protocol = "ESMTPS";
          }
          wire.say(dialogue.hello(hello));
        });
  }

  private void mail(MailCommand command) {
    String id = ports.ids().next();
    ask(
        () -> policy.mail(id, command.path().given(), command.parameters()),
        verdict -> {
          judged(id, "check_mail", command.path().given(), verdict);
          boolean room = ports.intake().hasRoomFor(command.size());
          SmtpReply reply = dialogue.mail(command, verdict, room);
          if (reply.positive()) {
            Transaction begun =
                new Transaction(id, command, ports.clock().instant(), discarded, quarantine);
            note(begun, verdict);
            transaction = begun;
          } else {
            policy.reset();
          }
          answer(reply);
        });
  }

  private void rcpt(RcptCommand command) {
    Transaction open = transaction();
    ask(
        () -> policy.rcpt(command.path().given(), command.parameters()),
        outcome -> {
          judged(open.id, "check_rcpt", command.path().given(), outcome.verdict());
          SmtpReply refusal = null;
          if (outcome.verdict() instanceof Verdict.Reject reject) {
            refusal = SmtpReply.parse(reject.line());
          } else if (outcome.resolution() instanceof Resolution.Undeliverable no) {
            refusal = SmtpReply.parse(no.reason().line());
          } else {
            note(open, outcome.verdict());
            open.accept(command, outcome.resolution());
          }
          answer(dialogue.rcpt(command, refusal));
        });
  }

  private void query(Verb verb, String argument) {
    ask(
        () -> {
          Verdict verdict = policy.query(verb.name(), argument);
          if (verdict instanceof Verdict.Reject reject) {
            return SmtpReply.parse(reject.line());
          }
          return verb == Verb.ETRN ? etrn(argument) : verify(argument);
        },
        this::answer);
  }

  private SmtpReply etrn(String node) {
    return ports.queueRuns().start(node) ? Words.queuing(node) : Words.notQueuing(node);
  }

  private SmtpReply verify(String argument) {
    String address = argument;
    if (address.startsWith("<") && address.endsWith(">")) {
      address = address.substring(1, address.length() - 1);
    }
    Resolution resolution = configuration.policy().resolve(address);
    if (resolution instanceof Resolution.Undeliverable no) {
      return SmtpReply.parse(no.reason().line());
    }
    if (address.indexOf('@') < 0) {
      address += "@" + configuration.settings().hostName();
    }
    boolean local = resolution instanceof Resolution.Deliverable to && to.mailer().equals("local");
    return SmtpReply.of(local ? 250 : 252, "2.1.5", "<" + address + ">");
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
    sasl(begun, initial == null ? "=" : initial);
  }

  private boolean authLine() {
    int length = wire.lineLength();
    if (length > MAX_AUTH_LINE) {
      carryOut(dialogue.tooLong());
      return true;
    }
    String line = wire.line();
    SaslDialogue exchange = sasl;
    if (line == null || exchange == null) {
      return false;
    }
    wire.deadline(timeouts().command());
    sasl(exchange, line.strip());
    return true;
  }

  private void sasl(SaslDialogue exchange, String line) {
    phase = Phase.WAITING;
    wire.deadline(0);
    exchange.step(
        line,
        outcome ->
            wire.onLoop(
                () ->
                    resume(
                        () -> {
                          phase = outcome.goesOn() ? Phase.AUTH : Phase.COMMAND;
                          if (!outcome.goesOn()) {
                            sasl = null;
                          }
                          wire.deadline(timeouts().command());
                          String identity = outcome.identity();
                          if (identity != null) {
                            dialogue.authenticated();
                            policy.authenticated(
                                exchange.mechanism(), identity, outcome.strength());
                          }
                          wire.say(outcome.reply());
                        })));
  }

  // ---- TLS

  private void askForTls(boolean startTls) {
    ask(
        policy::tlsFeatures,
        features -> {
          SmtpReply refusal = upgrade(features, startTls);
          if (refusal != null) {
            if (startTls) {
              wire.say(refusal);
            } else {
              ports.log().note("", "smtps: TLS not available, closing");
              wire.close();
            }
          }
        });
  }

  private @Nullable SmtpReply upgrade(TlsFeatures features, boolean startTls) {
    if (!features.valid()) {
      ports
          .log()
          .note("", "tls_srv_features=" + features.problem() + ", relay=" + peer.description());
      return Words.TLS_NOT_NOW;
    }
    SslHandler handler;
    try {
      handler =
          configuration
              .tls()
              .handler(
                  wire.channel().alloc(),
                  features,
                  dialogue.features().requestClientCertificate(),
                  startTls);
    } catch (TlsPort.Unavailable e) {
      ports.log().fault("", "no TLS handler", e);
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

  // ---- content

  private void data() {
    Transaction open = transaction();
    ask(
        () -> policy.data(open.accepted()),
        verdict -> {
          judged(open.id, "check_data", Integer.toString(open.accepted()), verdict);
          if (verdict instanceof Verdict.Reject reject) {
            answer(SmtpReply.parse(reject.line()));
            return;
          }
          note(open, verdict);
          beginContent(open, true);
          wire.say(Words.START_CONTENT);
          phase = Phase.CONTENT;
          wire.deadline(timeouts().dataBlock());
        });
  }

  private void beginContent(Transaction open, boolean dots) {
    ServerFeatures features = dialogue.features();
    decoder = new ContentDecoder(features.bareLf(), features.bareCr(), features.strictDot(), dots);
    receiver =
        new MessageReceiver(
            configuration.settings(),
            open.dropped() ? null : ports.intake().begin(open.envelope()));
  }

  private boolean content() {
    ContentDecoder lines = decoder;
    MessageReceiver message = receiver;
    if (!wire.hasInput() || lines == null || message == null) {
      return false;
    }
    wire.deadline(timeouts().dataBlock());
    wire.decode(lines, message, Long.MAX_VALUE);
    switch (lines.event()) {
      case MORE -> waitForStore(message);
      case END -> endOfMessage(message, lines, null);
      case BARE_LF -> bareLineEnd(Words.BARE_LF);
      case BARE_CR -> bareLineEnd(Words.BARE_CR);
    }
    return true;
  }

  private void bareLineEnd(SmtpReply reply) {
    collected(reply.lines().get(0) + ", status=tempfail");
    finish(reply);
  }

  private void collected(String info) {
    Transaction open = transaction;
    ports
        .log()
        .note(
            id(),
            "collect: relay="
                + peer.name()
                + ", from="
                + (open == null ? "" : open.mail.path().given())
                + ", info="
                + info);
  }

  private void waitForStore(MessageReceiver message) {
    MessageIntake.Message stored = message.message();
    if (!message.behind() || stored == null) {
      return;
    }
    Phase reading = phase;
    phase = Phase.WAITING;
    wire.deadline(0);
    stored.whenReady(
        () ->
            wire.onLoop(
                () ->
                    resume(
                        () -> {
                          message.caughtUp();
                          phase = reading;
                          wire.deadline(timeouts().dataBlock());
                        })));
  }

  private void beginChunk(Step.Chunk chunk) {
    chunkRefusal = chunk.refusal();
    chunkLeft = chunk.size();
    chunkSize = chunk.size();
    chunkLast = chunk.last();
    Transaction open = transaction;
    if (chunkRefusal == null && receiver == null && open != null) {
      ask(
          () -> policy.data(open.accepted()),
          verdict -> {
            judged(open.id, "check_data", Integer.toString(open.accepted()), verdict);
            if (verdict instanceof Verdict.Reject reject) {
              chunkRefusal = SmtpReply.parse(reject.line());
            } else {
              note(open, verdict);
              beginContent(open, false);
              dialogue.chunking();
            }
            readChunk();
          });
    } else {
      readChunk();
    }
  }

  private void readChunk() {
    phase = Phase.CHUNK;
    wire.deadline(timeouts().dataBlock());
  }

  private boolean chunk() {
    if (chunkLeft == 0) {
      endOfChunk();
      return true;
    }
    if (!wire.hasInput()) {
      return false;
    }
    wire.deadline(timeouts().dataBlock());
    ContentDecoder lines = decoder;
    MessageReceiver message = receiver;
    if (chunkRefusal != null || lines == null || message == null) {
      chunkLeft -= wire.skip(chunkLeft);
      return true;
    }
    chunkLeft -= wire.decode(lines, message, chunkLeft);
    if (chunkLeft == 0 && chunkLast) {
      lines.finish(message);
    }
    switch (lines.event()) {
      case MORE, END -> waitForStore(message);
      case BARE_LF -> bareLineEnd(Words.BARE_LF);
      case BARE_CR -> bareLineEnd(Words.BARE_CR);
    }
    return true;
  }

  private void endOfChunk() {
    phase = Phase.COMMAND;
    wire.deadline(timeouts().command());
    ContentDecoder lines = decoder;
    MessageReceiver message = receiver;
    SmtpReply refusal = chunkRefusal;
    if (refusal != null || lines == null || message == null) {
      answer(refusal == null ? Words.MAIL_FIRST : refusal);
      return;
    }
    if (chunkLast) {
      if (!lines.atLineStart() && message.size() > 0) {
        byte[] end = {'\r', '\n'};
        message.take(end, 0, 2);
      }
      endOfMessage(message, lines, null);
      return;
    }
    SmtpReply problem = message.problem();
    if (problem != null) {
      endOfMessage(message, lines, problem);
      return;
    }
    wire.say(Words.chunkTaken(chunkSize));
  }

  /** What the rule sets say to a whole message. */
  private record Judgement(Verdict verdict, String ruleSet, String header) {}

  private void endOfMessage(
      MessageReceiver message, ContentDecoder lines, @Nullable SmtpReply known) {
    if (known == null) {
      message.finish(lines.sawNul());
    }
    if (lines.sawBareLf() || lines.sawBareCr()) {
      collected(
          lines.sawBareLf()
              ? "Bare linefeed (LF), status=taken"
              : "Bare carriage return (CR), status=taken");
    }
    SmtpReply problem = message.problem();
    if (problem != null) {
      endTransaction(problem);
      return;
    }
    Transaction open = transaction();
    ask(
        () -> judge(message, open),
        judgement -> {
          Verdict verdict = judgement.verdict();
          judged(open.id, judgement.ruleSet(), "", verdict);
          if (verdict instanceof Verdict.Reject reject) {
            endTransaction(SmtpReply.parse(reject.line()));
            return;
          }
          note(open, verdict);
          store(message, open, judgement.header());
        });
  }

  private Judgement judge(MessageReceiver message, Transaction open) {
    Verdict worst = Verdict.accept();
    for (HeaderReader.Field field : message.fields()) {
      Verdict verdict = policy.header(field.name(), field.value());
      if (verdict instanceof Verdict.Reject) {
        return new Judgement(verdict, "check_header", "");
      }
      worst = verdict instanceof Verdict.Accept ? worst : verdict;
    }
    Verdict eoh = policy.endOfHeader(message.fields().size(), message.headerSize());
    if (eoh instanceof Verdict.Reject) {
      return new Judgement(eoh, "check_eoh", "");
    }
    worst = eoh instanceof Verdict.Accept ? worst : eoh;
    Verdict eom = policy.endOfMessage(message.size());
    worst = eom instanceof Verdict.Accept ? worst : eom;
    String header =
        eom instanceof Verdict.Reject
            ? ""
            : policy.headers(open.onlyRecipient(), message.fieldNames());
    return new Judgement(worst, "check_eom", header);
  }

  private void store(MessageReceiver message, Transaction open, String header) {
    ServerLog.Arrival arrival = arrival(message, open);
    if (open.dropped()) {
      ports.log().arrived(arrival);
      endTransaction(Words.accepted(open.id));
      return;
    }
    MessageIntake.Message stored = message.release();
    if (stored == null) {
      endTransaction(Words.NOT_STORED);
      return;
    }
    phase = Phase.WAITING;
    wire.deadline(0);
    Envelope envelope = open.envelope();
    var unused =
        stored
            .commit(envelope, header.getBytes(StandardCharsets.ISO_8859_1))
            .whenComplete(
                (done, failure) ->
                    wire.onLoop(
                        () -> {
                          if (failure == null) {
                            ports.log().arrived(arrival);
                          } else {
                            ports.log().fault(open.id, "message not stored", failure);
                          }
                          resume(
                              () ->
                                  endTransaction(
                                      failure == null
                                          ? Words.accepted(open.id)
                                          : notStored(failure)));
                        }));
  }

  private static SmtpReply notStored(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof java.util.concurrent.CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof MessageIntake.NoRoom ? Words.NO_SPACE : Words.NOT_STORED;
  }

  private ServerLog.Arrival arrival(MessageReceiver message, Transaction open) {
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
        !open.dropped());
  }

  private void endTransaction(SmtpReply reply) {
    phase = Phase.COMMAND;
    wire.deadline(timeouts().command());
    dialogue.reset();
    dropTransaction();
    answer(reply);
  }

  private void dropTransaction() {
    MessageReceiver unfinished = receiver;
    receiver = null;
    decoder = null;
    if (unfinished != null) {
      unfinished.abort();
    }
    if (transaction != null) {
      transaction = null;
      policy.reset();
    }
  }

  // ---- waiting

  /**
   * Asks the rule sets and goes on with their answer: here and now if they cannot block, else on a
   * worker while the session rests.
   */
  private <T> void ask(Supplier<T> question, Consumer<T> then) {
    if (!policy.mayBlock()) {
      T answer;
      try {
        answer = question.get();
      } catch (RuntimeException e) {
        fault(e);
        return;
      }
      then.accept(answer);
      return;
    }
    Phase before = phase;
    phase = Phase.WAITING;
    wire.deadline(0);
    ports
        .workers()
        .execute(
            () -> {
              Runnable next;
              try {
                T answer = question.get();
                next =
                    () -> {
                      phase = before;
                      if (before == Phase.COMMAND) {
                        wire.deadline(timeouts().command());
                      }
                      then.accept(answer);
                    };
              } catch (RuntimeException e) {
                next = () -> fault(e);
              }
              Runnable after = next;
              wire.onLoop(
                  () -> {
                    resume(after);
                  });
            });
  }

  private void pause(long millis, Runnable then) {
    Phase before = phase;
    phase = Phase.WAITING;
    wire.deadline(0);
    wire.later(
        millis,
        () ->
            resume(
                () -> {
                  phase = before;
                  wire.deadline(timeouts().command());
                  then.run();
                }));
  }

  /** What was waited for has come: goes on with {@code then}, unless the connection is gone. */
  private void resume(Runnable then) {
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

  /** Our own mistake: it is logged, and the client may try again later. */
  void fault(Throwable e) {
    ports.log().fault(id(), "session with " + peer.description(), e);
    finish(words.ourFault());
  }

  // ---- small things

  private void answer(SmtpReply reply) {
    if (reply.code() == 421) {
      finish(reply);
    } else {
      wire.say(reply);
    }
  }

  private void finish(SmtpReply reply) {
    wire.say(reply);
    finishQuietly();
  }

  private void finishQuietly() {
    end();
    wire.finish();
  }

  private void note(Verdict verdict) {
    if (verdict instanceof Verdict.Discard) {
      discarded = true;
    } else if (verdict instanceof Verdict.Quarantine held) {
      quarantine = held.reason();
    }
  }

  private static void note(Transaction open, Verdict verdict) {
    if (verdict instanceof Verdict.Discard) {
      open.discard();
    } else if (verdict instanceof Verdict.Quarantine held) {
      open.quarantine(held.reason());
    }
  }

  private void decided(String ruleSet, String arg1, String arg2, Verdict verdict) {
    if (!(verdict instanceof Verdict.Accept)) {
      ports.log().decided("", ruleSet, arg1, arg2, peer, verdict);
    }
  }

  private void judged(String id, String ruleSet, String argument, Verdict verdict) {
    if (!(verdict instanceof Verdict.Accept)) {
      ports.log().decided(id, ruleSet, argument, "", peer, verdict);
    }
  }

  private Transaction transaction() {
    Transaction open = transaction;
    if (open == null) {
      throw new IllegalStateException("no transaction in state " + dialogue.state());
    }
    return open;
  }

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

  /** For tests. */
  Dialogue.State state() {
    return dialogue.state();
  }
}
