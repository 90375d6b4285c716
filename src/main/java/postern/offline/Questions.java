package postern.offline;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import postern.policy.AddressForms;
import postern.policy.OutgoingMail;
import postern.policy.Policy;
import postern.policy.RelayPolicy;
import postern.policy.Resolution;
import postern.policy.SessionPolicy;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.policy.Verdict;
import postern.policy.Verify;

/** Puts a session's questions to a policy in the order in which a gateway would. */
public final class Questions {
  private static final String ID = "000000000000";

  private Questions() {}

  /**
   * An answer.
   *
   * @param verdict null at hooks that give none
   * @param text the answer as {@link Decision} has it
   */
  public record Reply(@Nullable Verdict verdict, String text) {
    public static Reply of(Verdict verdict) {
      return new Reply(verdict, words(verdict));
    }
  }

  /** A verdict as text. */
  static String words(Verdict verdict) {
    if (verdict instanceof Verdict.Reject reject) {
      return reject.line();
    }
    if (verdict instanceof Verdict.Quarantine quarantine) {
      return "quarantine " + quarantine.reason();
    }
    return verdict instanceof Verdict.Discard ? "discard" : "accept";
  }

  /**
   * The answer at {@code hook}. What comes before it in a session happens as well, but its answers
   * do not count.
   *
   * @param before run when everything before the hook is done
   */
  public static Reply ask(Policy policy, SessionRecord record, Hook hook, Runnable before) {
    if (hook == Hook.ROUTE) {
      before.run();
      return route(policy.resolve(recipient(record)));
    }
    if (hook == Hook.DRESS) {
      before.run();
      return dress(policy, record);
    }
    return hook.role() == Role.SERVER
        ? server(policy, record, hook, before)
        : client(policy, record, hook, before);
  }

  private static Reply server(Policy policy, SessionRecord record, Hook hook, Runnable before) {
    SessionPolicy session = policy.session(record.peer());
    TlsFacts tls = record.tls();
    switch (hook) {
      case CHECK_RELAY -> {
        before.run();
        return Reply.of(session.checkRelay());
      }
      case SRV_FEATURES -> {
        before.run();
        return new Reply(null, session.serverFeatures().toString());
      }
      case GREET_PAUSE -> {
        before.run();
        return new Reply(null, "pause " + session.greetPause());
      }
      case TLS_SRV_FEATURES -> {
        before.run();
        return options(session.tlsFeatures());
      }
      default -> {}
    }
    if (tls != null) {
      if (hook == Hook.TLS_CLIENT) {
        before.run();
        return Reply.of(session.tlsStarted(tls));
      }
      session.tlsStarted(tls);
    }
    if (!record.helo().isEmpty()) {
      session.helo(true, record.helo());
    }
    SessionRecord.Login login = record.login();
    if (!login.mechanism().isEmpty() || login.strength() > 0) {
      session.authenticated(login.mechanism(), login.identity(), login.strength());
    }
    if (hook == Hook.CHECK_MAIL || hook == Hook.TLS_CLIENT) {
      before.run();
      return Reply.of(mail(session, record));
    }
    mail(session, record);
    if (hook == Hook.CHECK_RCPT) {
      before.run();
      return Reply.of(session.rcpt(recipient(record), Map.of()).verdict());
    }
    for (String recipient : record.message().recipients()) {
      session.rcpt(recipient, Map.of());
    }
    if (hook == Hook.CHECK_DATA) {
      before.run();
      return Reply.of(session.data(record.message().recipients().size()));
    }
    session.data(record.message().recipients().size());
    before.run();
    return Reply.of(session.endOfMessage(record.message().size()));
  }

  /** Puts all questions of a session in order, whatever the answers are; says how many. */
  static int all(Policy policy, SessionRecord record) {
    int asked = 0;
    if (record.role() == Role.CLIENT) {
      if (policy.asksCompatible()) {
        for (String recipient : record.message().recipients()) {
          compatible(policy, record, recipient);
          asked++;
        }
      }
      RelayPolicy relay = policy.relay();
      relay.message(outgoing(record));
      relay.connected(record.peer().name(), record.peer().address());
      relay.tryTls();
      relay.tlsServer(record.tls() == null ? TlsFacts.without(Verify.NONE) : record.tls());
      asked += 2;
      for (String recipient : record.message().recipients()) {
        relay.tlsRcpt(bare(recipient));
        asked++;
      }
      return asked;
    }
    SessionPolicy session = policy.session(record.peer());
    session.checkRelay();
    session.serverFeatures();
    asked += 2;
    if (record.tls() != null) {
      session.tlsStarted(record.tls());
      asked++;
    }
    session.helo(true, record.helo().isEmpty() ? record.peer().name() : record.helo());
    SessionRecord.Login login = record.login();
    if (!login.mechanism().isEmpty() || login.strength() > 0) {
      session.authenticated(login.mechanism(), login.identity(), login.strength());
    }
    mail(session, record);
    asked++;
    for (String recipient : record.message().recipients()) {
      session.rcpt(recipient, Map.of());
      asked++;
    }
    session.data(record.message().recipients().size());
    return asked + 1;
  }

  private static Verdict mail(SessionPolicy session, SessionRecord record) {
    SessionRecord.Message message = record.message();
    return session.mail(
        message.id().isEmpty() ? ID : message.id(),
        message.sender().isEmpty() ? "<>" : message.sender(),
        message.parameters());
  }

  /** The first recipient, {@code <>} if there is none. */
  private static String recipient(SessionRecord record) {
    return record.message().recipients().isEmpty() ? "<>" : record.message().recipients().get(0);
  }

  private static Reply client(Policy policy, SessionRecord record, Hook hook, Runnable before) {
    if (hook == Hook.CHECK_COMPAT) {
      before.run();
      return Reply.of(compatible(policy, record, recipient(record)));
    }
    RelayPolicy relay = policy.relay();
    relay.message(outgoing(record));
    if (hook == Hook.CLT_FEATURES) {
      before.run();
      return new Reply(null, relay.clientFeatures(record.peer().name()));
    }
    relay.connected(record.peer().name(), record.peer().address());
    if (hook == Hook.TRY_TLS) {
      before.run();
      return Reply.of(relay.tryTls());
    }
    if (hook == Hook.TLS_CLT_FEATURES) {
      before.run();
      return options(relay.tlsFeatures());
    }
    TlsFacts tls = record.tls() == null ? TlsFacts.without(Verify.NONE) : record.tls();
    if (hook == Hook.TLS_SERVER) {
      before.run();
      return Reply.of(relay.tlsServer(tls));
    }
    relay.tlsServer(tls);
    before.run();
    return Reply.of(relay.tlsRcpt(bare(recipient(record))));
  }

  private static Verdict compatible(Policy policy, SessionRecord record, String recipient) {
    SessionRecord.Message message = record.message();
    return policy.compatible(
        message.id().isEmpty() ? ID : message.id(), bare(message.sender()), bare(recipient));
  }

  private static OutgoingMail outgoing(SessionRecord record) {
    SessionRecord.Message message = record.message();
    return new OutgoingMail(
        message.id().isEmpty() ? ID : message.id(),
        bare(message.sender()),
        record.peer().name(),
        bare(recipient(record)),
        message.size(),
        message.parameters().getOrDefault("ENVID", ""),
        tries(message.parameters().getOrDefault(SessionRecord.TRIES, "0")));
  }

  private static int tries(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0; // a record that somebody wrote by hand
    }
  }

  private static String bare(String path) {
    return path.startsWith("<") && path.endsWith(">") ? path.substring(1, path.length() - 1) : path;
  }

  private static Reply options(TlsFeatures features) {
    if (!features.valid()) {
      return new Reply(null, "invalid " + features.problem());
    }
    if (features.options().isEmpty()) {
      return new Reply(null, "default");
    }
    StringBuilder text = new StringBuilder("options ");
    new TreeMap<>(features.options())
        .forEach(
            (key, value) ->
                text.append(text.length() > 8 ? ";" : "").append(key).append('=').append(value));
    return new Reply(null, text.toString());
  }

  private static Reply dress(Policy policy, SessionRecord record) {
    if (!(policy.resolve(recipient(record)) instanceof Resolution.Deliverable to)) {
      return route(policy.resolve(recipient(record)));
    }
    AddressForms forms = policy.forms(to.mailer());
    String sender = bare(record.message().sender());
    String recipient = bare(recipient(record));
    String header = sender.isEmpty() ? "" : " " + forms.header(sender, true);
    return new Reply(
        null,
        "dress <" + forms.sender(sender) + ">" + header + " " + forms.header(recipient, false));
  }

  private static Reply route(Resolution resolution) {
    if (resolution instanceof Resolution.Undeliverable bad) {
      return Reply.of(bad.reason());
    }
    if (resolution instanceof Resolution.Deliverable good) {
      String host = good.host().isEmpty() ? "" : " " + good.host();
      return new Reply(null, ("route " + good.mailer() + host + " " + good.user()).strip());
    }
    return Reply.of(Verdict.discard());
  }
}
