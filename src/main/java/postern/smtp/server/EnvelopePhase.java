package postern.smtp.server;

import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.Resolution;
import postern.policy.SessionPolicy;
import postern.policy.Verdict;
import postern.smtp.MailCommand;
import postern.smtp.RcptCommand;
import postern.smtp.SmtpReply;
import postern.smtp.Verb;

/**
 * The commands that ask the rule sets: HELO, MAIL, RCPT, VRFY and kin. Holds the open transaction.
 * Part of one {@link SmtpSession}.
 */
final class EnvelopePhase {
  private final SmtpSession session;
  private final Wire wire;
  private final Dialogue dialogue;
  private final SessionPolicy policy;
  private final ServerConfiguration configuration;
  private final ServerPorts ports;
  private final Listener listener;
  private final PeerFacts peer;
  private final SessionNotes notes;

  private @Nullable Transaction transaction;
  private String protocol = "SMTP";
  private String helo;
  private boolean authenticated;
  private boolean discarded;
  private String quarantine = "";

  EnvelopePhase(
      SmtpSession session,
      Wire wire,
      Dialogue dialogue,
      SessionPolicy policy,
      ServerConfiguration configuration,
      ServerPorts ports,
      Listener listener,
      PeerFacts peer,
      SessionNotes notes) {
    this.session = session;
    this.wire = wire;
    this.dialogue = dialogue;
    this.policy = policy;
    this.configuration = configuration;
    this.ports = ports;
    this.listener = listener;
    this.peer = peer;
    this.notes = notes;
    this.helo = peer.name();
  }

  /** Heeds a verdict on the client that holds for every message of the session. */
  void everyMessage(Verdict verdict) {
    if (verdict instanceof Verdict.Discard) {
      discarded = true;
    } else if (verdict instanceof Verdict.Quarantine held) {
      quarantine = held.reason();
    }
  }

  /** The transaction that is open, or null. */
  @Nullable Transaction open() {
    return transaction;
  }

  /** The transaction, which must be open. */
  Transaction require() {
    Transaction open = transaction;
    if (open == null) {
      throw new IllegalStateException("no transaction in state " + dialogue.state());
    }
    return open;
  }

  /** Queue id of the open transaction, or empty. */
  String id() {
    Transaction open = transaction;
    return open == null ? "" : open.id;
  }

  void hello(Step.Hello hello) {
    if (hello.named()) { // what can be no name of a host is greeted, but changes no macro
      helo = hello.name();
    }
    session.ask(
        () -> {
          policy.helo(hello.extended(), helo);
          return hello;
        },
        done -> {
          session.dropTransaction();
          protocol = hello.extended() ? extended() : "SMTP";
          wire.say(dialogue.hello(hello));
        });
  }

  private String extended() {
    return "ESMTP" + (dialogue.tlsActive() ? "S" : "") + (authenticated ? "A" : "");
  }

  /** After the handshake neither HELO nor AUTH was said (RFC 3207 section 4.2). */
  void forgetClient() {
    protocol = "SMTP";
    authenticated = false;
    helo = peer.name();
  }

  void mail(MailCommand command) {
    String id = ports.ids().next();
    String path = command.path().given();
    session.ask(
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
          session.answer(reply);
        });
  }

  void rcpt(RcptCommand command) {
    Transaction open = require();
    String path = command.path().given();
    session.ask(
        () -> policy.rcpt(path, command.parameters()),
        outcome -> {
          notes.decided(open.id, "check_rcpt", path, "", outcome.verdict());
          SmtpReply refusal = null;
          String named = path;
          if (outcome.verdict() instanceof Verdict.Reject reject) {
            refusal = SmtpReply.parse(reject.line());
          } else if (outcome.resolution() instanceof Resolution.Undeliverable no) {
            refusal = SmtpReply.parse(no.reason().line());
          } else if (command.path().objection() != null) {
            refusal = command.path().objection();
          } else {
            open.note(outcome.verdict());
            named = open.accept(command, outcome.resolution());
          }
          session.answer(dialogue.rcpt(named, refusal));
        });
  }

  void query(Step.Query query) {
    session.ask(
        () -> {
          Verdict verdict = policy.query(query.verb().name(), query.argument());
          if (verdict instanceof Verdict.Reject reject) {
            return SmtpReply.parse(reject.line());
          }
          return query.verb() == Verb.ETRN
              ? etrn(query.argument())
              : verify(query.verb(), query.argument());
        },
        session::answer);
  }

  private SmtpReply etrn(String node) {
    return node.startsWith("#")
        ? ports.queueRuns().start(node) ? Words.queuingGroup(node) : Words.noGroup(node)
        : ports.queueRuns().start(node) ? Words.queuing(node) : Words.notQueuing(node);
  }

  /** VRFY and EXPN: a gateway knows where mail would go, not who lives there. */
  private SmtpReply verify(Verb verb, String argument) {
    boolean bracketed = argument.length() > 2 && argument.startsWith("<") && argument.endsWith(">");
    String address = bracketed ? argument.substring(1, argument.length() - 1) : argument;
    Resolution resolution = configuration.policy().resolve(address);
    if (resolution instanceof Resolution.Undeliverable no) {
      return SmtpReply.parse(no.reason().line());
    }
    boolean certain = verb == Verb.EXPN;
    if (resolution instanceof Resolution.Deliverable to) {
      if (!configuration.policy().hasMailbox(to)) {
        return Words.unknownUser(address);
      }
      certain |= configuration.policy().vouches(to.mailer());
    }
    String host = configuration.settings().hostName();
    return Words.verified(certain, address.indexOf('@') < 0 ? address + "@" + host : address);
  }

  void other(Step.Other other) {
    session.ask(
        () -> policy.other(other.line(), other.type()),
        verdict ->
            session.answer(
                verdict instanceof Verdict.Reject reject && reject.code() == 421
                    ? SmtpReply.parse(reject.line())
                    : other.reply()));
  }

  /** AUTH succeeded. */
  void authenticated(String mechanism, String identity, int strength) {
    authenticated = true;
    if (!protocol.equals("SMTP")) {
      protocol = extended();
    }
    dialogue.authenticated();
    policy.authenticated(mechanism, identity, strength);
  }

  /** Forgets the transaction, if one is open. */
  void drop() {
    if (transaction != null) {
      transaction = null;
      policy.reset();
    }
  }

  /** Forgets the transaction without telling the rule sets, which may be at work. */
  void abandon() {
    transaction = null;
  }

  ServerLog.Arrival arrival(
      Transaction open, MessageReceiver message, int messageClass, boolean stored) {
    return new ServerLog.Arrival(
        open.id,
        open.mail.path().given(),
        message.size(),
        messageClass,
        open.distinct(),
        message.first("Message-Id"),
        open.mail.body(),
        protocol,
        listener.name(),
        peer,
        stored);
  }
}
