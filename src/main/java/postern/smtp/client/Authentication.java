package postern.smtp.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.jspecify.annotations.Nullable;
import postern.policy.AuthInfo;

/**
 * AUTH as a client (RFC 4954), with the JDK's mechanisms and LOGIN. One after the other is tried
 * until the peer says 235. A password goes out in the clear only if the entry names the mechanism
 * itself. Commands are never logged: they hold secrets.
 */
final class Authentication {
  /** In this order unless the entry's {@code M:} has its own. */
  private static final List<String> PREFERRED =
      List.of("EXTERNAL", "DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN");

  private static final int LONGEST_COMMAND = 500;
  private static final int MOST_STEPS = 8;

  private final SmtpConnection connection;
  private final RelaySettings settings;
  private final AuthInfo info;
  private final RelayLog log;

  Authentication(SmtpConnection connection, RelaySettings settings, AuthInfo info, RelayLog log) {
    this.connection = connection;
    this.settings = settings;
    this.info = info;
    this.log = log;
  }

  /**
   * Completes when the peer knows who we are, or when no mechanism can be used; fails with a {@link
   * Failure} if it refused every one: mail that was to be sent with a name is not sent without.
   */
  CompletableFuture<@Nullable Void> run() {
    List<String> usable = usable();
    if (usable.isEmpty()) {
      log.authSkipped(connection.host, connection.extensions.value("AUTH"));
      return CompletableFuture.completedFuture(null);
    }
    return attempt(usable, 0);
  }

  private List<String> usable() {
    List<String> offered =
        Arrays.asList(
            connection.extensions.value("AUTH").toUpperCase(Locale.ROOT).strip().split("[ \t]+"));
    boolean named = !info.mechanisms().isEmpty();
    List<String> usable = new ArrayList<>();
    for (String mechanism : named ? info.mechanisms() : PREFERRED) {
      boolean known = PREFERRED.contains(mechanism) && offered.contains(mechanism);
      boolean bare = mechanism.equals("PLAIN") || mechanism.equals("LOGIN");
      boolean external = mechanism.equals("EXTERNAL");
      boolean safe = external ? connection.tlsActive : !bare || connection.tlsActive || named;
      boolean able = external ? named || info.password().isEmpty() : !info.password().isEmpty();
      if (known && safe && able) {
        usable.add(mechanism);
      }
    }
    return usable;
  }

  private CompletableFuture<@Nullable Void> attempt(List<String> mechanisms, int at) {
    String mechanism = mechanisms.get(at);
    SaslClient client;
    String command;
    try {
      client = client(mechanism);
      command = "AUTH " + mechanism;
      if (client.hasInitialResponse()) {
        String first = encoded(client.evaluateChallenge(new byte[0]));
        String whole = command + " " + (first.isEmpty() ? "=" : first);
        if (whole.length() > LONGEST_COMMAND) {
          client = client(mechanism); // its first response goes out when it is asked for
        } else {
          command = whole;
        }
      }
    } catch (SaslException e) {
      log.authFailed(connection.host, mechanism, "mechanism cannot be used");
      return next(mechanisms, at, null);
    }
    SaslClient chosen = client;
    return connection
        .ask(command, settings.timeouts().auth())
        .thenCompose(reply -> step(chosen, mechanism, reply, 0))
        .thenCompose(
            reply -> {
              if (reply.code() == 235) {
                connection.policy.authenticated(mechanism, info.user());
                log.authenticated(connection.host, mechanism);
                return CompletableFuture.completedFuture(null);
              }
              log.authFailed(connection.host, mechanism, reply.line());
              return next(mechanisms, at, reply);
            });
  }

  private CompletableFuture<@Nullable Void> next(
      List<String> mechanisms, int at, @Nullable Reply refused) {
    boolean goesOn = refused == null || (refused.permanent() && connection.usable());
    if (goesOn && at + 1 < mechanisms.size()) {
      return attempt(mechanisms, at + 1);
    }
    connection.quit(settings.timeouts().quit());
    String line = refused == null ? "" : refused.line();
    return CompletableFuture.failedFuture(
        new Failure(
            false,
            "4.7.0",
            line,
            line,
            "Deferred: AUTH failed" + (line.isEmpty() ? "" : ": " + line),
            List.of("... while talking to " + connection.host + ":", ">>> AUTH", "<<< " + line),
            true));
  }

  /** Answers challenges until the reply is no longer 334. */
  private CompletableFuture<Reply> step(
      SaslClient client, String mechanism, Reply reply, int steps) {
    if (reply.code() != 334) {
      return CompletableFuture.completedFuture(reply);
    }
    String answer;
    try {
      if (steps == MOST_STEPS) {
        throw new SaslException("too many challenges");
      }
      byte[] challenge = Base64.getDecoder().decode(reply.lines().get(0).strip());
      answer = encoded(client.evaluateChallenge(challenge));
    } catch (SaslException | IllegalArgumentException | IllegalStateException e) {
      answer = "*"; // RFC 4954 section 4: cancels; the peer answers 501
    }
    String line = answer;
    return connection
        .ask(line, settings.timeouts().auth())
        .thenCompose(next -> step(client, mechanism, next, steps + 1));
  }

  private static String encoded(byte @Nullable [] response) {
    return response == null ? "" : Base64.getEncoder().encodeToString(response);
  }

  private SaslClient client(String mechanism) throws SaslException {
    if (mechanism.equals("LOGIN")) {
      return new Login(info);
    }
    String user = info.user().equals(info.id()) ? "" : info.user();
    String server = connection.host.replaceAll("[\\[\\]]", "");
    SaslClient client =
        Sasl.createSaslClient(
            new String[] {mechanism},
            mechanism.equals("EXTERNAL") ? info.user() : user.isEmpty() ? null : user,
            "smtp",
            server,
            Map.of(Sasl.QOP, "auth"),
            this::answer);
    if (client == null) {
      throw new SaslException("no such mechanism");
    }
    return client;
  }

  private void answer(Callback[] questions) throws UnsupportedCallbackException {
    for (Callback question : questions) {
      if (question instanceof NameCallback name) {
        name.setName(info.id());
      } else if (question instanceof PasswordCallback password) {
        password.setPassword(info.password().toCharArray());
      } else if (question instanceof RealmCallback realm) {
        String given = realm.getDefaultText();
        realm.setText(!info.realm().isEmpty() ? info.realm() : given == null ? "" : given);
      } else if (question instanceof javax.security.sasl.RealmChoiceCallback choice) {
        int at = Arrays.asList(choice.getChoices()).indexOf(info.realm());
        choice.setSelectedIndex(Math.max(at, 0));
      } else {
        throw new UnsupportedCallbackException(question);
      }
    }
  }

  /** The mechanism that was never standardised: two questions, name and password. */
  private static final class Login implements SaslClient {
    private final AuthInfo info;
    private int asked;

    Login(AuthInfo info) {
      this.info = info;
    }

    @Override
    public String getMechanismName() {
      return "LOGIN";
    }

    @Override
    public boolean hasInitialResponse() {
      return false;
    }

    @Override
    public byte[] evaluateChallenge(byte[] challenge) throws SaslException {
      return switch (asked++) {
        case 0 -> info.id().getBytes(StandardCharsets.UTF_8);
        case 1 -> info.password().getBytes(StandardCharsets.UTF_8);
        default -> throw new SaslException("a third question");
      };
    }

    @Override
    public boolean isComplete() {
      return asked > 1;
    }

    @Override
    public byte[] unwrap(byte[] incoming, int offset, int length) throws SaslException {
      throw new SaslException("no layer");
    }

    @Override
    public byte[] wrap(byte[] outgoing, int offset, int length) throws SaslException {
      throw new SaslException("no layer");
    }

    @Override
    public @Nullable Object getNegotiatedProperty(String name) {
      return null;
    }

    @Override
    public void dispose() {
      // nothing is kept
    }
  }
}
