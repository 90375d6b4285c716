package postern.gateway;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import postern.policy.ServerFeatures.PlainAuth;
import postern.policy.Verify;
import postern.sasl.Answer;
import postern.sasl.Mechanism;
import postern.sasl.SaslServer;
import postern.smtp.server.Authenticator;

/**
 * AUTH: {@code postern.sasl} behind the port that the server's sessions know. Passwords are checked
 * on threads of their own, few of them, so that guessing cannot take the processor away from mail.
 */
final class Logins implements Authenticator {
  private static final int WAITING = 200;

  private final SaslServer server;
  private final Guard guard;

  /**
   * What outlives a configuration.
   *
   * @param failures of addresses
   * @param threads that check passwords
   */
  record Guard(FailureCounts failures, ExecutorService threads) {
    private static final int FAILURES = 20;
    private static final Duration WINDOW = Duration.ofMinutes(10);

    static Guard create() {
      return new Guard(new FailureCounts(FAILURES, WINDOW, InstantSource.system()), pool());
    }
  }

  Logins(SaslServer server, Guard guard) {
    this.server = server;
    this.guard = guard;
  }

  private static ExecutorService pool() {
    int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            new DefaultThreadFactory("auth", true));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  @Override
  public String mechanisms(Client client) {
    return server.offered(connection(client)).stream()
        .map(Mechanism::text)
        .collect(Collectors.joining(" "));
  }

  private static SaslServer.Connection connection(Client client) {
    String subject = client.tls().verify() == Verify.OK ? client.tls().certSubject() : "";
    PlainAuth plain = client.features().plainAuth();
    Boolean show = plain == PlainAuth.AS_OPTIONS ? null : plain == PlainAuth.ALLOWED;
    return new SaslServer.Connection(client.tls().active(), subject, show);
  }

  @Override
  public Exchange begin(String name, Client client) {
    Mechanism mechanism = Mechanism.named(name);
    if (mechanism == null) {
      throw new IllegalArgumentException(name);
    }
    String address = client.peer().address();
    if (guard.failures().tooMany(address)) {
      return response -> done(new Step.Failure(true, "too many failures from " + address));
    }
    postern.sasl.Exchange exchange = server.begin(mechanism, connection(client));
    return response -> compute(exchange, response, address);
  }

  private static CompletionStage<Step> done(Step step) {
    return CompletableFuture.completedFuture(step);
  }

  private CompletionStage<Step> compute(
      postern.sasl.Exchange exchange, byte @Nullable [] response, String address) {
    try {
      return CompletableFuture.supplyAsync(
          () -> step(exchange.step(response), address), guard.threads());
    } catch (RejectedExecutionException e) {
      return done(new Step.Failure(true, "too many at a time"));
    }
  }

  private Step step(Answer answer, String address) {
    if (answer instanceof Answer.Challenge challenge) {
      byte[] text = challenge.text().getBytes(java.nio.charset.StandardCharsets.UTF_8);
      return new Step.Challenge(Base64.getEncoder().encodeToString(text));
    }
    if (answer instanceof Answer.Success success) {
      guard.failures().forget(address);
      return new Step.Success(success.identity(), 0);
    }
    guard.failures().add(address);
    return new Step.Failure(false, ((Answer.Failure) answer).why());
  }

  /** The mechanisms of {@code AuthMechanisms} that we have, by their names. */
  static List<Mechanism> mechanisms(String names) {
    return List.of(names.trim().split("[ \t,]+", -1)).stream()
        .map(name -> Optional.ofNullable(Mechanism.named(name)))
        .flatMap(Optional::stream)
        .toList();
  }
}
