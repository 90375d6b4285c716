package postern.smtp.server;

import java.time.Clock;
import java.util.concurrent.Executor;
import postern.smtp.QueueIds;

/**
 * What the server leans on, for as long as it runs.
 *
 * @param workers runs rule sets that may block; bounded
 */
public record ServerPorts(
    MessageIntake intake,
    PeerNames names,
    ServerLog log,
    QueueRuns queueRuns,
    QueueIds ids,
    Executor workers,
    Clock clock,
    Busy busy) {

  /** On a machine that is never too busy. */
  public ServerPorts(
      MessageIntake intake,
      PeerNames names,
      ServerLog log,
      QueueRuns queueRuns,
      QueueIds ids,
      Executor workers,
      Clock clock) {
    this(intake, names, log, queueRuns, ids, workers, clock, Busy.NEVER);
  }
}
