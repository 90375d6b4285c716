package postern.smtp.client;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postern.policy.AuthInfo;
import postern.policy.RelayPolicy;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.policy.Verdict;
import postern.policy.Verify;

/**
 * From a connection just made to one on which MAIL may be sent: greeting, EHLO or HELO, STARTTLS
 * and its outcome, {@code tls_server}, EHLO again. {@code tls_server} is asked exactly once for
 * every connection, TLS or not.
 */
final class Opening {

  /** The handshake failed and the connection is gone; a clear-text retry may be allowed. */
  static final class HandshakeFailed extends Exception {
    private final Failure failure;
    private final String flags;

    HandshakeFailed(Failure failure, String flags) {
      super(failure.getMessage(), null, false, false);
      this.failure = failure;
      this.flags = flags;
    }

    Failure failure() {
      return failure;
    }

    /** Whether the {@code Flags} of {@code tls_clt_features} or else the option allow a retry. */
    boolean mayFallBack(boolean option) {
      return flags.indexOf('c') < 0 && (option || flags.indexOf('C') >= 0);
    }
  }

  private final SmtpConnection connection;
  private final Destination.Target target;
  private final RelaySettings settings;
  private final RelayTimeouts limits;
  private final ClientTls tls;
  private final RelayLog log;
  private final Executor workers;
  private final RelayPolicy policy;
  private final String flags;
  private final boolean clearRetry;

  /** {@code Flags} of {@code tls_clt_features}. */
  private String tlsFlags = "";

  /**
   * @param flags {@code ${client_flags}}
   * @param clearRetry the second connection after a failed handshake: no TLS, verify CLEAR
   */
  Opening(
      SmtpConnection connection,
      Destination.Target target,
      RelaySettings settings,
      ClientTls tls,
      RelayLog log,
      Executor workers,
      String flags,
      boolean clearRetry) {
    this.connection = connection;
    this.target = target;
    this.settings = settings;
    this.limits = settings.timeouts();
    this.tls = tls;
    this.log = log;
    this.workers = workers;
    this.policy = connection.policy;
    this.flags = flags;
    this.clearRetry = clearRetry;
  }

  /**
   * Completes with the connection ready for MAIL; fails with a {@link Failure} or {@link
   * HandshakeFailed}.
   */
  CompletableFuture<SmtpConnection> run() {
    return connection
        .expect(limits.initial())
        .thenCompose(this::greeted)
        .thenCompose(unused -> hello())
        .thenCompose(unused -> startTls())
        .thenCompose(this::judge)
        .thenCompose(active -> active ? hello() : done())
        .thenCompose(unused -> authenticate())
        .thenApply(unused -> connection);
  }

  private CompletableFuture<@Nullable Void> greeted(Reply greeting) {
    if (greeting.positive()) {
      return done();
    }
    connection.quit(limits.quit());
    return failed(Failure.refused(connection.host, Step.OPENING, "", greeting, true));
  }

  private CompletableFuture<@Nullable Void> hello() {
    if (target.lmtp()) {
      String lhlo = "LHLO " + settings.heloName();
      return connection
          .ask(lhlo, limits.lhlo())
          .thenCompose(
              reply -> {
                connection.extensions = PeerExtensions.of(reply);
                return reply.positive() ? done() : refused(lhlo, reply);
              });
    }
    String ehlo = "EHLO " + settings.heloName();
    return connection
        .ask(ehlo, limits.helo())
        .thenCompose(
            reply -> {
              if (reply.positive()) {
                connection.extensions = PeerExtensions.of(reply);
                return greetedBack(reply);
              }
              if (!reply.permanent()) {
                return refused(ehlo, reply);
              }
              String helo = "HELO " + settings.heloName();
              return connection
                  .ask(helo, limits.helo())
                  .thenCompose(
                      second -> {
                        connection.extensions = PeerExtensions.NONE;
                        return second.positive() ? greetedBack(second) : refused(helo, second);
                      });
            });
  }

  /** AUTH, where the peer offers it, {@code clt_features} allows it and there is an entry. */
  private CompletableFuture<@Nullable Void> authenticate() {
    if (!connection.extensions.has("AUTH") || flags.indexOf('A') >= 0) {
      return done();
    }
    CompletableFuture<AuthInfo> info = new CompletableFuture<>();
    pass(
        CompletableFuture.supplyAsync(policy::authInfo, workers)
            .thenApplyAsync(found -> found, connection.loop()),
        info);
    return info.thenCompose(
        found -> {
          if (found.temporary()) {
            connection.quit(limits.quit());
            return failed(
                new Failure(
                    false, "4.7.0", "", "", "Deferred: authinfo cannot tell", List.of(), true));
          }
          return found.given()
              ? new Authentication(connection, settings, found, log).run()
              : done();
        });
  }

  private CompletableFuture<@Nullable Void> refused(String command, Reply reply) {
    connection.quit(limits.quit());
    return failed(
        reply.temporary() || reply.permanent()
            ? Failure.refused(connection.host, Step.OPENING, command, reply, true)
            : outOfStep(command, reply));
  }

  private Failure outOfStep(String command, Reply reply) {
    return Failure.temporary(
        "4.5.0", "protocol error: " + reply.line() + " to " + command.split(" ", 2)[0]);
  }

  /** A peer that calls itself by our name is us. */
  private CompletableFuture<@Nullable Void> greetedBack(Reply reply) {
    String name = reply.lines().get(0).strip().split("[ \\t]", 2)[0];
    if (!settings.isOwnName(name)) {
      return done();
    }
    connection.quit(limits.quit());
    return failed(
        Failure.permanent(
            "5.3.5",
            "553 5.3.5 " + connection.host + " config error: mail loops back to me (MX problem?)",
            "Local configuration error"));
  }

  /** The outcome of STARTTLS: facts for {@code tls_server}, and why the session ends if it does. */
  private record TlsResult(TlsFacts facts, @Nullable Failure ending) {
    static TlsResult goesOn(Verify verify) {
      return new TlsResult(TlsFacts.without(verify), null);
    }

    static TlsResult ends(Verify verify, Failure why) {
      return new TlsResult(TlsFacts.without(verify), why);
    }
  }

  private CompletableFuture<TlsResult> startTls() {
    if (clearRetry) {
      return CompletableFuture.completedFuture(TlsResult.goesOn(Verify.CLEAR));
    }
    if (!connection.extensions.has("STARTTLS") || flags.indexOf('S') >= 0) {
      return CompletableFuture.completedFuture(TlsResult.goesOn(Verify.NONE));
    }
    return ask(policy, workers, connection.loop(), policy::tryTls)
        .thenCompose(
            verdict -> {
              if (verdict instanceof Verdict.Reject reject) {
                log.rejected("", "try_tls", connection.host, connection.host, reject);
                return CompletableFuture.completedFuture(TlsResult.goesOn(Verify.NONE));
              }
              return ask(policy, workers, connection.loop(), policy::tlsFeatures)
                  .thenCompose(this::prepare);
            });
  }

  private CompletableFuture<TlsResult> prepare(TlsFeatures features) {
    tlsFlags = features.options().getOrDefault("flags", "");
    if (!features.valid()) {
      log.tlsFailed(connection.host, "tls_clt_features: " + features.problem());
      return CompletableFuture.completedFuture(TlsResult.goesOn(Verify.CONFIG));
    }
    // Before STARTTLS is sent: after the 220 there is no way back.
    ByteBufAllocator allocator = connection.channel().alloc();
    CompletableFuture<ClientTls.Session> session =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return tls.begin(connection.host, target.address(), features, allocator);
              } catch (ClientTls.Unavailable e) {
                throw new CompletionException(e);
              }
            },
            workers);
    CompletableFuture<TlsResult> result = new CompletableFuture<>();
    var unused =
        session.whenCompleteAsync(
            (prepared, e) -> {
              if (e == null) {
                pass(sendStartTls(prepared), result);
              } else if (cause(e) instanceof ClientTls.Unavailable unavailable) {
                log.tlsFailed(connection.host, String.valueOf(unavailable.getMessage()));
                result.complete(
                    TlsResult.goesOn(unavailable.badFeatures() ? Verify.CONFIG : Verify.TEMP));
              } else {
                result.completeExceptionally(cause(e));
              }
            },
            connection.loop());
    return result;
  }

  private CompletableFuture<TlsResult> sendStartTls(ClientTls.Session session) {
    Duration limit = limits.startTls();
    CompletableFuture<TlsResult> result = new CompletableFuture<>();
    var unused =
        connection
            .ask("STARTTLS", limit)
            .whenComplete(
                (reply, e) -> {
                  if (e != null) {
                    Failure lost = new Failure(false, "4.0.0", "", "", "Deferred", List.of(), true);
                    result.complete(TlsResult.ends(Verify.FAILURE, lost));
                  } else if (reply.code() == 220) {
                    pass(handshake(session, limit), result);
                  } else {
                    result.complete(refusal(reply));
                  }
                });
    return result;
  }

  private TlsResult refusal(Reply reply) {
    if (reply.closing()) {
      String line = reply.line();
      Failure closed =
          new Failure(false, "4.0.0", line, line, "Deferred: " + line, List.of(), true);
      return TlsResult.ends(Verify.TEMP, closed);
    }
    if (reply.temporary()) {
      return TlsResult.goesOn(Verify.TEMP);
    }
    return TlsResult.goesOn(reply.permanent() ? Verify.NONE : Verify.PROTOCOL);
  }

  private CompletableFuture<TlsResult> handshake(ClientTls.Session session, Duration limit) {
    return connection
        .startTls(session.handler(), limit)
        .handle(
            (unused, e) -> {
              if (connection.injected() > 0) {
                log.injected(connection.host);
              }
              if (e == null) {
                TlsFacts facts = session.facts();
                connection.tls =
                    ("version=" + facts.version() + ", verify=" + facts.verify().text())
                        + (", cipher=" + facts.cipher() + ", bits=" + facts.algorithmBits())
                        + ("/" + facts.cipherBits());
                connection.authenticated =
                    (facts.verify() == Verify.OK || facts.verify() == Verify.TRUSTED)
                        && session.named();
                log.tls(connection.host, facts);
                return new TlsResult(facts, null);
              }
              log.tlsFailed(connection.host, String.valueOf(cause(e).getMessage()));
              return TlsResult.goesOn(Verify.SOFTWARE);
            });
  }

  /** Asks {@code tls_server} and carries out what it decides; true if TLS is up. */
  private CompletableFuture<Boolean> judge(TlsResult result) {
    TlsFacts facts = result.facts;
    return ask(policy, workers, connection.loop(), () -> policy.tlsServer(facts))
        .thenCompose(
            verdict -> {
              if (verdict instanceof Verdict.Reject reject) {
                log.rejected("", "tls_server", facts.verify().text(), connection.host, reject);
              }
              Failure failure = verdict(verdict, facts.verify());
              if (result.ending != null) {
                connection.drop();
                return CompletableFuture.<Boolean>failedFuture(
                    verdict.passes() ? result.ending : failure);
              }
              if (facts.verify() == Verify.SOFTWARE) {
                connection.drop();
                return CompletableFuture.<Boolean>failedFuture(
                    new HandshakeFailed(failure, tlsFlags));
              }
              if (!verdict.passes()) {
                connection.quit(limits.quit());
                return CompletableFuture.<Boolean>failedFuture(failure);
              }
              return CompletableFuture.completedFuture(facts.active());
            });
  }

  private Failure verdict(Verdict verdict, Verify verify) {
    String last = verify == Verify.SOFTWARE ? "" : startTlsReply();
    return verdict instanceof Verdict.Reject reject && !reject.enhanced().isEmpty()
        ? Failure.ruled(reject, last)
        : Failure.ruled("403 4.7.0 server not authenticated.", true, "4.7.0", last);
  }

  /** The peer's refusal of STARTTLS, for {@code reply=}; nothing if it did not refuse. */
  private String startTlsReply() {
    String last = connection.lastReply;
    return last.startsWith("4") || last.startsWith("5") ? last : "";
  }

  /** Asks a rule set: here if it cannot block, else on a worker; completes on the event loop. */
  static <T> CompletableFuture<T> ask(
      RelayPolicy policy, Executor workers, EventLoop loop, Supplier<T> question) {
    if (!policy.mayBlock()) {
      try {
        return CompletableFuture.completedFuture(question.get());
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    var unused =
        CompletableFuture.supplyAsync(question, workers)
            .whenCompleteAsync(
                (value, e) -> {
                  if (e == null) {
                    answer.complete(value);
                  } else {
                    answer.completeExceptionally(cause(e));
                  }
                },
                loop);
    return answer;
  }

  static <T> void pass(CompletableFuture<T> from, CompletableFuture<T> to) {
    var unused =
        from.whenComplete(
            (value, e) -> {
              if (e == null) {
                to.complete(value);
              } else {
                to.completeExceptionally(cause(e));
              }
            });
  }

  /** Goes on with the value, or with the reason why there is none. */
  static <T, R> CompletableFuture<R> either(
      CompletableFuture<T> stage,
      Function<T, CompletableFuture<R>> onValue,
      Function<Throwable, CompletableFuture<R>> onFailure) {
    CompletableFuture<R> result = new CompletableFuture<>();
    var unused =
        stage.whenComplete(
            (value, e) -> {
              try {
                pass(e == null ? onValue.apply(value) : onFailure.apply(cause(e)), result);
              } catch (RuntimeException mistake) {
                result.completeExceptionally(mistake);
              }
            });
    return result;
  }

  static Throwable cause(Throwable e) {
    Throwable cause = e.getCause();
    return e instanceof CompletionException && cause != null ? cause(cause) : e;
  }

  private static CompletableFuture<@Nullable Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  private static CompletableFuture<@Nullable Void> failed(Failure failure) {
    return CompletableFuture.failedFuture(failure);
  }
}
