package postern.smtp.server;

import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.ServerFeatures;
import postern.policy.SessionPolicy;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.policy.Verdict;
import postern.smtp.SmtpReply;

/**
 * The beginning of a session, twice: the rule sets judge who has connected, and the client is
 * greeted; and, if it comes to STARTTLS, they judge what the handshake has shown. Part of one
 * {@link SmtpSession}.
 */
final class Opening {
  private final SmtpSession session;
  private final Wire wire;
  private final Dialogue dialogue;
  private final SessionPolicy policy;
  private final ServerConfiguration configuration;
  private final ServerPorts ports;
  private final Listener listener;
  private final PeerFacts peer;
  private final SessionNotes notes;
  private TlsFacts tls = TlsFacts.NONE;

  Opening(
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
  }

  /** Who may want to log in. */
  Authenticator.Client client() {
    return client(dialogue.features());
  }

  private Authenticator.Client client(ServerFeatures features) {
    return new Authenticator.Client(peer, tls, features);
  }

  // ---- the connection

  /** What the rule sets say to a new connection. */
  private record First(Verdict relay, ServerFeatures features, long pause, String greeting) {}

  /** The connection is up. */
  void connected() {
    ports.log().connected(peer);
    session.ask(
        () -> {
          Verdict relay = policy.checkRelay();
          ServerFeatures features = policy.serverFeatures();
          boolean smtps = listener.implicitTls();
          long pause = relay.passes() && !smtps ? policy.greetPause() : 0;
          return new First(relay, features, pause, smtps ? "" : greeting());
        },
        this::judged);
  }

  private void judged(First first) {
    notes.decided("", "check_relay", peer.name(), peer.address(), first.relay());
    if (first.relay() instanceof Verdict.Reject reject) {
      SmtpReply reply = SmtpReply.parse(reject.line());
      if (reply.code() == 421) {
        session.finish(reply);
        return;
      }
      dialogue.reject(reply);
    }
    session.envelope().everyMessage(first.relay());
    if (first.features().tempFail()) {
      notes.tempFailed();
    }
    dialogue.begin(
        first.features(),
        configuration.tls().available(),
        session.mayPretend(),
        mechanisms(first.features()));
    if (listener.implicitTls()) {
      askForTls(false);
    } else if (first.pause() > 0) {
      session.hold(first.pause(), () -> greet(first.greeting()));
    } else {
      greet(first.greeting());
    }
  }

  private String greeting() {
    return String.join("\n", policy.greeting());
  }

  private void greet(String text) {
    wire.say(new SmtpReply(220, "", text.lines().toList()));
    session.readOn(SmtpSession.Phase.COMMAND);
  }

  // ---- TLS

  /**
   * Asks {@code tls_srv_features}, then begins the handshake.
   *
   * @param startTls false for SMTPS: the first octets are TLS already
   */
  void askForTls(boolean startTls) {
    session.ask(
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
    ChannelHandler handler;
    try {
      handler = handler(features, startTls);
    } catch (TlsPort.Unavailable e) {
      notes.fault("", e);
      return features.options().isEmpty() ? Words.TLS_NO_HANDLE : Words.TLS_NOT_NOW;
    }
    session.readOn(SmtpSession.Phase.UPGRADING);
    if (startTls) {
      wire.say(Words.TLS_READY);
    }
    wire.startTls(handler, !startTls);
    return null;
  }

  private ChannelHandler handler(TlsFeatures features, boolean startTls)
      throws TlsPort.Unavailable {
    TlsPort port = configuration.tls();
    boolean ask = dialogue.features().requestClientCertificate();
    long millis = configuration.settings().timeouts().startTls();
    if (port.choosesByName()) {
      return new ServerNameHandler(port, features, ask, millis);
    }
    SslHandler handler = port.handler(wire.allocator(), features, ask, startTls);
    handler.setHandshakeTimeoutMillis(millis);
    return handler;
  }

  /** What the rule sets say to a handshake. */
  private record Second(Verdict client, String greeting) {}

  /** The handshake succeeded: what was said in the clear is forgotten, the rule sets judge. */
  void secured(SslHandler handler) {
    tls = configuration.tls().facts(handler, dialogue.features().requestClientCertificate());
    ports.log().tlsStarted(peer, tls);
    session.ask(
        () -> {
          Verdict client = policy.tlsStarted(tls);
          return new Second(client, listener.implicitTls() ? greeting() : "");
        },
        second -> {
          session.envelope().forgetClient();
          dialogue.tlsStarted(mechanisms(dialogue.features()));
          notes.decided("", "tls_client", tls.verify().text(), "STARTTLS", second.client());
          if (second.client() instanceof Verdict.Reject reject && dialogue.standing() == null) {
            dialogue.reject(SmtpReply.parse(reject.line()));
          }
          if (second.greeting().isEmpty()) {
            session.readOn(SmtpSession.Phase.COMMAND);
          } else {
            greet(second.greeting());
          }
        });
  }

  private String mechanisms(ServerFeatures features) {
    Authenticator authenticator = configuration.authenticator();
    return authenticator == null ? "" : authenticator.mechanisms(client(features));
  }
}
