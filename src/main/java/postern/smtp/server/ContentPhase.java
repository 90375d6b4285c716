package postern.smtp.server;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.policy.ServerFeatures;
import postern.policy.SessionPolicy;
import postern.policy.Verdict;
import postern.smtp.SmtpReply;

/**
 * DATA and BDAT: takes the content of a transaction, asks the rule sets about it and hands it to
 * the store. Part of one {@link SmtpSession}, which reads on or rests as this says.
 */
final class ContentPhase {

  private final SmtpSession session;
  private final Wire wire;
  private final Dialogue dialogue;
  private final SessionPolicy policy;
  private final ServerSettings settings;
  private final ServerPorts ports;
  private final Listener listener;
  private final SessionNotes notes;

  private @Nullable MessageReceiver receiver;
  private @Nullable ContentDecoder decoder;
  private Step.@Nullable Chunk chunk;
  private @Nullable SmtpReply chunkRefusal;
  private long chunkLeft;
  private long octets;
  private long began;

  ContentPhase(
      SmtpSession session,
      Wire wire,
      Dialogue dialogue,
      SessionPolicy policy,
      ServerSettings settings,
      ServerPorts ports,
      Listener listener,
      SessionNotes notes) {
    this.session = session;
    this.wire = wire;
    this.dialogue = dialogue;
    this.policy = policy;
    this.settings = settings;
    this.ports = ports;
    this.listener = listener;
    this.notes = notes;
  }

  /** DATA may be accepted: asks {@code check_data}, then for the content. */
  void data(Transaction open) {
    checkData(
        open,
        refusal -> {
          if (refusal != null) {
            session.answer(refusal);
            return;
          }
          begin(open, true);
          startClock();
          wire.say(Words.START_CONTENT);
          session.readOn(SmtpSession.Phase.CONTENT);
        });
  }

  /** BDAT: its octets follow, to be taken or dropped. */
  void chunk(Step.Chunk step, @Nullable Transaction open) {
    chunk = step;
    chunkLeft = step.size();
    chunkRefusal = step.refusal();
    startClock();
    if (step.refusal() != null || receiver != null || open == null) {
      session.readOn(SmtpSession.Phase.CHUNK);
      return;
    }
    checkData(
        open,
        refusal -> {
          chunkRefusal = refusal;
          if (refusal == null) {
            begin(open, false);
            dialogue.chunking();
          }
          session.readOn(SmtpSession.Phase.CHUNK);
        });
  }

  /** Reads content up to its dot; false if there is none to read just now. */
  boolean readContent() {
    ContentDecoder lines = decoder;
    MessageReceiver message = receiver;
    if (!wire.hasInput() || lines == null || message == null) {
      return false;
    }
    octets += wire.decode(lines, message, Long.MAX_VALUE);
    wire.deadline(patience());
    if (lines.event() == ContentDecoder.Event.END) {
      endOfMessage(message, lines);
    } else {
      goOn(message, lines);
    }
    return true;
  }

  /** Reads octets of a chunk; false if there are none to read just now. */
  boolean readChunk() {
    if (chunkLeft == 0) {
      endOfChunk();
      return true;
    }
    if (!wire.hasInput()) {
      return false;
    }
    ContentDecoder lines = decoder;
    MessageReceiver message = receiver;
    if (chunkRefusal != null || lines == null || message == null) {
      taken(wire.skip(chunkLeft));
      return true;
    }
    taken(wire.decode(lines, message, chunkLeft));
    goOn(message, lines);
    return true;
  }

  /** Milliseconds to wait for more content: what a pause may take, or a message of its length. */
  long patience() {
    return Math.max(1, Math.min(settings.timeouts().dataBlock(), left()));
  }

  /** Whether it is the rate of the message, not a pause, that has used up its time. */
  boolean trickles() {
    return left() <= 0;
  }

  private long left() {
    long allowed = settings.timeouts().trickle().allowed(octets);
    return allowed - TimeUnit.NANOSECONDS.toMillis(wire.now() - began);
  }

  private void startClock() {
    octets = 0;
    began = wire.now();
  }

  /** Forgets the message, if there is one. */
  void drop() {
    MessageReceiver unfinished = receiver;
    receiver = null;
    decoder = null;
    chunk = null;
    if (unfinished != null) {
      unfinished.abort();
    }
  }

  private void taken(int count) {
    chunkLeft -= count;
    octets += count;
    wire.deadline(patience());
  }

  private void checkData(Transaction open, Consumer<@Nullable SmtpReply> then) {
    session.ask(
        () -> policy.data(open.accepted()),
        verdict -> {
          notes.decided(open.id, "check_data", Integer.toString(open.accepted()), "", verdict);
          open.note(verdict);
          then.accept(
              verdict instanceof Verdict.Reject reject ? SmtpReply.parse(reject.line()) : null);
        });
  }

  private void begin(Transaction open, boolean dots) {
    ServerFeatures features = dialogue.features();
    decoder = new ContentDecoder(features.bareLf(), features.bareCr(), features.strictDot(), dots);
    receiver =
        new MessageReceiver(
            settings, open.dropped() ? null : ports.intake().begin(open.envelope(), listener));
  }

  private void goOn(MessageReceiver message, ContentDecoder lines) {
    switch (lines.event()) {
      case MORE, END -> waitForStore(message);
      case BARE_LF -> bareLineEnd(message, Words.BARE_LF, true);
      case BARE_CR -> bareLineEnd(message, Words.BARE_CR, false);
    }
  }

  /** Refused once and for all: nothing behind it may be taken for a command. */
  private void bareLineEnd(MessageReceiver message, SmtpReply reply, boolean lf) {
    noteBare(message, reply, lf, ", status=tempfail");
    session.finish(reply);
  }

  private void noteBare(MessageReceiver message, SmtpReply words, boolean lf, String status) {
    notes.collect(
        session.envelope().open(),
        words.lines().get(0) + ", where=" + message.whereLone(lf) + status);
  }

  private void waitForStore(MessageReceiver message) {
    MessageIntake.Message stored = message.message();
    if (!message.behind() || stored == null) {
      return;
    }
    SmtpSession.Phase reading = session.rest();
    long since = wire.now();
    stored.whenReady(
        () ->
            wire.onLoop(
                () ->
                    session.resume(
                        () -> {
                          message.caughtUp();
                          began += wire.now() - since; // the store's time, not the client's
                          session.readOn(reading);
                        })));
  }

  private void endOfChunk() {
    session.readOn(SmtpSession.Phase.COMMAND);
    Step.Chunk ended = chunk;
    ContentDecoder lines = decoder;
    MessageReceiver message = receiver;
    SmtpReply refusal = chunkRefusal;
    if (refusal != null || lines == null || message == null || ended == null) {
      session.answer(refusal == null ? Words.MAIL_FIRST : refusal);
      return;
    }
    if (ended.last()) {
      lines.finish(message);
      if (lines.event() == ContentDecoder.Event.BARE_CR) {
        bareLineEnd(message, Words.BARE_CR, false);
        return;
      }
    }
    SmtpReply problem = message.problem();
    if (ended.last()) {
      if (!lines.atLineStart() && message.size() > 0) {
        lines.endLine(message); // a chunk need not end with a line; a message does
      }
      endOfMessage(message, lines);
    } else if (problem != null) {
      session.endTransaction(problem);
    } else {
      wire.say(Words.chunkTaken(ended.size()));
    }
  }

  private void endOfMessage(MessageReceiver message, ContentDecoder lines) {
    message.finish(lines.sawNul());
    ServerFeatures features = dialogue.features();
    if (lines.sawBareLf()) {
      noteBare(message, Words.BARE_LF, true, status(features.bareLf()));
    }
    if (lines.sawBareCr()) {
      noteBare(message, Words.BARE_CR, false, status(features.bareCr()));
    }
    SmtpReply problem = message.problem();
    Transaction open = session.envelope().open();
    if (problem != null || open == null) {
      session.endTransaction(problem == null ? Words.MAIL_FIRST : problem);
      return;
    }
    session.ask(
        () -> Judgement.of(policy, message, lines.lineEnds(), open),
        judgement -> {
          notes.decided(open.id, judgement.ruleSet(), "", "", judgement.verdict());
          if (judgement.verdict() instanceof Verdict.Reject reject) {
            session.endTransaction(SmtpReply.parse(reject.line()));
            return;
          }
          judgement.all().forEach(open::note);
          store(message, open, judgement.header());
        });
  }

  private static String status(ServerFeatures.LineEnd done) {
    return done == ServerFeatures.LineEnd.REPLACE ? ", status=replaced" : "";
  }

  private void store(MessageReceiver message, Transaction open, String header) {
    MessageIntake.Message stored = message.release();
    int messageClass = stored == null ? 0 : stored.messageClass();
    if (stored == null || open.dropped()) {
      if (stored != null) {
        stored.abort();
      }
      ports.log().arrived(session.envelope().arrival(open, message, messageClass, false));
      session.endTransaction(Words.accepted(open.id));
      return;
    }
    ServerLog.Arrival arrival = session.envelope().arrival(open, message, messageClass, true);
    session.rest();
    var unused =
        stored
            .commit(open.envelope(), header.getBytes(StandardCharsets.ISO_8859_1))
            .whenComplete((done, failure) -> wire.onLoop(() -> stored(open, arrival, failure)));
  }

  /** The store has the message, or has failed: only now the client may know. */
  private void stored(Transaction open, ServerLog.Arrival arrival, @Nullable Throwable failure) {
    if (failure == null) {
      ports.log().arrived(arrival);
      session.resume(() -> session.endTransaction(Words.accepted(open.id)));
    } else {
      Throwable cause = bare(failure);
      ports.log().fault(open.id, "message not stored", cause);
      boolean full = cause instanceof MessageIntake.NoRoom;
      session.resume(() -> session.endTransaction(full ? Words.NO_SPACE : Words.NOT_STORED));
    }
  }

  /** What failed, without the wrapping that stages put around it. */
  private static Throwable bare(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
