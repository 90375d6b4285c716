package postern.offline;

import postern.cf.Configuration;
import postern.policy.CompiledPolicy;
import postern.rule.Trace;

/** Answers sessions without saying why: much faster than {@link Decider}. Not thread-safe. */
public final class Answerer {
  private final CompiledPolicy policy;

  public Answerer(Configuration configuration) {
    this(configuration, Trace.NONE);
  }

  /**
   * The same under the eyes of {@code watcher}.
   *
   * @param watcher sees every evaluation
   */
  public Answerer(Configuration configuration, Trace watcher) {
    policy = new CompiledPolicy(configuration, user -> true, () -> watcher);
  }

  /** The answer at {@code hook} as {@link Decision#answer} has it. */
  public String answer(SessionRecord record, Hook hook) {
    return Questions.ask(policy, record, hook, () -> {}).text();
  }

  /**
   * Puts all questions of a session in order, whatever the answers are.
   *
   * @return how many hooks were asked
   */
  public int session(SessionRecord record) {
    return Questions.all(policy, record);
  }
}
