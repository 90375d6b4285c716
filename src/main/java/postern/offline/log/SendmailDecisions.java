package postern.offline.log;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.offline.Hook;
import postern.offline.Role;
import postern.offline.session.Answered;
import postern.policy.PeerFacts;

/** What rule sets, milters and the lack of a mailbox did to mail, by sendmail's lines. */
final class SendmailDecisions {
  private static final byte[] ARG1 = Scan.bytes(", arg1=");
  private static final byte[] ARG2 = Scan.bytes(", arg2=");
  private static final byte[] RELAY = Scan.bytes(", relay=");
  private static final byte[] REJECT = Scan.bytes(", reject=");
  private static final byte[] DISCARD = Scan.bytes(", discard");
  private static final byte[] QUARANTINE = Scan.bytes(", quarantine=");
  private static final byte[] FROM = Scan.bytes("from=");
  private static final byte[] TO = Scan.bytes("to=");
  private static final byte[] ADDRESS_END = Scan.bytes(">... ");
  private static final byte[] CONNECT_STAGE = Scan.bytes("connect: ");

  private static final String BY_MILTER = "milter";

  /** Rule sets of commands and of delivery: their refusal ends no message that comes in. */
  private static final Set<String> ASIDE =
      Set.of("check_vrfy", "check_expn", "check_etrn", "check_compat", "trust_auth", "authinfo");

  private final Texts texts;
  private final SendmailOpen open;
  private final SendmailServers servers;

  SendmailDecisions(Texts texts, SendmailOpen open, SendmailServers servers) {
    this.texts = texts;
    this.open = open;
    this.servers = servers;
  }

  /** {@code ruleset=check_rcpt, arg1=..., relay=..., reject=...}, behind the first word. */
  @Nullable Unused ruleSet(byte[] in, Head head, long id, int from, int to) {
    int arg1 = Scan.find(in, from, to, ARG1);
    if (arg1 < 0) {
      return Unused.BROKEN;
    }
    String name = texts.string(in, from, arg1);
    Hook hook = Hook.of(name);
    int end = Scan.findLast(in, arg1, to, REJECT);
    int skip = REJECT.length;
    if (end < 0) {
      end = Scan.findLast(in, arg1, to, QUARANTINE);
      skip = 2;
    }
    if (end < 0) {
      end = Scan.findLast(in, arg1, to, DISCARD);
      skip = 2;
    }
    if (end < 0 || (hook == null && (id == 0 || ASIDE.contains(name)))) {
      return Unused.NO_SESSION;
    }
    String reply = texts.string(in, end + skip, to).replaceFirst("^quarantine=", "quarantine ");
    int relay = Scan.findLast(in, arg1, end, RELAY);
    if (relay < 0) {
      return Unused.LOCAL;
    }
    int arg2 = Scan.find(in, arg1 + ARG1.length, relay, ARG2);
    int arg1End = arg2 < 0 ? relay : arg2;
    int arg1From = arg1 + ARG1.length;
    String argument = texts.string(in, arg1From, arg1End);
    if (hook != null && hook.role() == Role.CLIENT) {
      return servers.decision(in, head, hook, argument, reply, relay + RELAY.length, end);
    }
    PeerFacts peer = texts.sendmailPeer(in, relay + RELAY.length, end);
    if (peer.address().isEmpty()) {
      return Unused.LOCAL;
    }
    Incoming.Connection connection = open.connection(head, peer);
    if (hook == null) { // that of a header
      if (!reply.startsWith("quarantine")) {
        open.message(in, head, id, connection).end(name, reply);
      }
      return null;
    }
    Answered answer = Answered.of(hook, argument, reply);
    switch (hook) {
      case CHECK_RELAY, TLS_CLIENT -> {
        Incoming nothing = new Incoming(connection, "", head.time);
        nothing.answers.add(answer);
        if (answer.refuses()) {
          connection.used = true;
          connection.closed = true;
          open.emit(nothing);
        }
      }
      case CHECK_MAIL -> {
        Incoming message =
            new Incoming(connection, QueueId.text(in, head, SendmailOpen.QUEUE_ID), head.time);
        message.sender = texts.address(in, arg1From, arg1End);
        message.answers.add(answer);
        connection.used = true;
        if (answer.refuses()) {
          message.over = true;
          open.emit(message);
        }
        open.put(id, message, head.time);
      }
      default -> {
        Incoming message = open.message(in, head, id, connection);
        if (hook == Hook.CHECK_RCPT && answer.refuses()) {
          message.refuse(texts.address(in, arg1From, arg1End), reply);
        } else {
          message.answers.add(answer);
          message.withoutContent |= hook == Hook.CHECK_DATA && answer.refuses();
        }
      }
    }
    return null;
  }

  /**
   * A recipient that rule sets let pass, but that has no mailbox. The line does not name the peer:
   * of use only if the connection is known.
   */
  @Nullable Unused unknownUser(byte[] in, Head head, long id, int from, int to) {
    Incoming message = unnamed(in, head, id);
    if (message == null) {
      return Unused.NO_BEGINNING;
    }
    String why = texts.string(in, to - 1 + ADDRESS_END.length, head.to);
    message.lose(texts.address(in, from, to), "recipients", "550 " + why); // the code is not logged
    return null;
  }

  /** The message of a line that does not name the peer, null if its connection is not known. */
  private @Nullable Incoming unnamed(byte[] in, Head head, long id) {
    Incoming known = open.message(id);
    Incoming.Connection connection = known != null ? known.connection : open.connection(head);
    return connection == null || head.program != Program.SENDMAIL
        ? null
        : open.message(in, head, id, connection);
  }

  /**
   * {@code to=<u@d.test>, reject=550 ...}, {@code from=<a@b.test>, reject=...}, {@code data,
   * reject=...}, {@code data, discard}, {@code helo=name, reject=...}, {@code connect: host=...,
   * addr=..., reject=...}; what milters do besides ends no message.
   */
  @Nullable Unused milter(byte[] in, Head head, long id, int from, int to) {
    int end = Scan.findLast(in, from, to, REJECT);
    boolean dropped = end < 0;
    if (dropped) {
      end = Scan.findLast(in, from, to, DISCARD);
    }
    if (end < 0) {
      return Unused.NO_SESSION;
    }
    String reply = dropped ? "discard" : texts.string(in, end + REJECT.length, to);
    Incoming message = unnamed(in, head, id);
    if (message == null) {
      return Unused.NO_BEGINNING;
    }
    if (Scan.at(in, from, end, TO) && !dropped) {
      message.lose(texts.address(in, from + TO.length, end), BY_MILTER, reply);
    } else {
      message.end(BY_MILTER, reply);
      if (Scan.at(in, from, end, FROM)) {
        message.sender = texts.address(in, from + FROM.length, end);
      } else if (Scan.at(in, from, end, CONNECT_STAGE)) {
        message.connection.closed = true;
      }
    }
    return null;
  }
}
