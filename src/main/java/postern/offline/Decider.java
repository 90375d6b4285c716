package postern.offline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.policy.CompiledPolicy;
import postern.policy.Verdict;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.rule.Trace;

/** Decides recorded sessions and says why. Not thread-safe. */
public final class Decider {
  private final Configuration configuration;
  private final CompiledPolicy policy;
  private final ReasonTrace reasons;
  private final MapLines lines = new MapLines();

  public Decider(Configuration configuration) {
    this(configuration, Trace.NONE);
  }

  /**
   * A decider whose evaluations someone else watches as well.
   *
   * @param watcher sees every evaluation
   */
  public Decider(Configuration configuration, Trace watcher) {
    this.configuration = configuration;
    reasons = new ReasonTrace(configuration.program().names());
    Trace trace = watcher == Trace.NONE ? reasons : new BothTraces(reasons, watcher);
    policy = new CompiledPolicy(configuration, user -> true, () -> trace);
  }

  public Configuration configuration() {
    return configuration;
  }

  /** The lines of the configuration's map files. */
  public MapLines lines() {
    return lines;
  }

  /** What has to watch a policy whose decisions are to be explained by {@link #last}. */
  public Trace trace() {
    return reasons;
  }

  /** A policy that {@link #trace} watches is about to be asked. */
  public void begin() {
    reasons.begin();
  }

  /** The decision that a watched policy just made on this thread. */
  public Decision last(Hook hook, Verdict verdict) {
    return decision(hook, Questions.Reply.of(verdict));
  }

  /** What the policy answers at {@code hook} of the session, whatever it answered before. */
  public Decision decide(SessionRecord record, Hook hook) {
    return decide(record, hook, () -> {});
  }

  /**
   * The same.
   *
   * @param before run when everything that comes before the hook is done
   */
  public Decision decide(SessionRecord record, Hook hook, Runnable before) {
    reasons.begin();
    Questions.Reply reply =
        Questions.ask(
            policy,
            record,
            hook,
            () -> {
              before.run();
              reasons.begin();
            });
    boolean later =
        hook == Hook.TLS_CLIENT
            && record.tls() == null
            && !record.message().recipients().isEmpty()
            && !(reply.verdict() instanceof Verdict.Reject)
            && !reasons.ran("tls_client");
    return later ? decide(record, Hook.CHECK_RCPT, before) : decision(hook, reply);
  }

  /**
   * The hooks of a whole session in order, up to the first refusal. Recipients are asked for one by
   * one; a refused recipient does not end the session.
   */
  public List<Decision> session(SessionRecord record) {
    List<Decision> decisions = new ArrayList<>();
    List<Hook> hooks = hooks(record);
    if (asksCompatible(record)) {
      hooks.add(0, Hook.CHECK_COMPAT);
    }
    for (Hook hook : hooks) {
      Decision decision = decide(record, hook);
      decisions.add(decision);
      if (decision.refuses()) {
        break;
      }
    }
    return decisions;
  }

  /** Whether {@code check_compat} is asked before this delivery. */
  public boolean asksCompatible(SessionRecord record) {
    return record.role() == Role.CLIENT
        && !record.message().recipients().isEmpty()
        && policy.asksCompatible();
  }

  /**
   * The hooks that give a verdict on the session, in order; {@code check_compat} is not among them.
   */
  public static List<Hook> hooks(SessionRecord record) {
    List<Hook> hooks = new ArrayList<>();
    boolean recipients = !record.message().recipients().isEmpty();
    if (record.role() == Role.CLIENT) {
      hooks.add(Hook.TLS_SERVER);
      if (recipients) {
        hooks.add(Hook.TLS_RCPT);
      }
      return hooks;
    }
    hooks.add(Hook.CHECK_RELAY);
    if (record.tls() != null) {
      hooks.add(Hook.TLS_CLIENT);
    }
    if (!record.message().sender().isEmpty()) {
      hooks.add(Hook.CHECK_MAIL);
    }
    if (recipients) {
      hooks.add(Hook.CHECK_RCPT);
    }
    return hooks;
  }

  /**
   * A decision and all that ran for it, what comes before the hook in a session included.
   *
   * @param matched rules that matched
   * @param entered rule sets that ran
   * @param found look-ups that found a line
   */
  public record Watched(
      Decision decision, Set<Rule> matched, Set<RuleSet> entered, List<Decision.Found> found) {}

  /** {@link #decide} for coverage. */
  public Watched watched(SessionRecord record, Hook hook) {
    reasons.clearCoverage();
    List<Decision.Found> found = new ArrayList<>();
    Decision decision = decide(record, hook, () -> found.addAll(entries()));
    found.addAll(decision.entries());
    return new Watched(decision, reasons.matched(), reasons.entered(), found);
  }

  /** Keys that were looked up in file maps for the last decision, found or not. */
  public List<String> keysAsked() {
    return reasons.asked().stream().map(ReasonTrace.Asked::key).distinct().toList();
  }

  private Decision decision(Hook hook, Questions.Reply reply) {
    ReasonTrace.Evaluation evaluation = deciding(hook, reply.verdict());
    List<Place> path = new ArrayList<>();
    int reason = -1;
    if (evaluation != null) {
      List<ReasonTrace.Hop> hops = evaluation.path();
      for (ReasonTrace.Hop hop : hops) {
        path.add(Place.of(configuration, hop.set().name(), hop.rule()));
      }
      reason = reason(hops, evaluation.result);
    }
    int number = configuration.program().number(hook.text());
    boolean defined =
        hook.concernsAddresses()
            || (number >= 0 && !configuration.program().ruleSet(number).isEmpty());
    return new Decision(
        hook,
        answer(hook, reply, evaluation),
        reply.verdict(),
        defined,
        path,
        reason,
        entries(),
        reasons.macros(),
        reasons.faults());
  }

  private List<Decision.Found> entries() {
    List<Decision.Found> found = new ArrayList<>();
    for (ReasonTrace.Asked asked : reasons.asked()) {
      if (asked.found()) {
        found.add(
            new Decision.Found(
                asked.map().name(),
                asked.key(),
                asked.value(),
                lines.find(asked.map(), asked.key())));
      }
    }
    return found;
  }

  /** The evaluation that the answer comes from. */
  private ReasonTrace.@Nullable Evaluation deciding(Hook hook, @Nullable Verdict verdict) {
    List<ReasonTrace.Evaluation> all = reasons.evaluations();
    boolean strict = verdict != null && !(verdict instanceof Verdict.Accept);
    for (int i = all.size() - 1; i >= 0; i--) {
      ReasonTrace.Evaluation each = all.get(i);
      if (strict
          ? each.result.startsWith("$# error") || each.result.startsWith("$# discard")
          : each.set.name().equals(hook.text()) || hook.concernsAddresses()) {
        return each;
      }
    }
    return null;
  }

  /** The letters of a capability rule set are those that it returned. */
  private static String answer(
      Hook hook, Questions.Reply reply, ReasonTrace.@Nullable Evaluation evaluation) {
    if (hook.answers() != Hook.Answers.LETTERS) {
      return reply.text();
    }
    return evaluation == null || !evaluation.result.startsWith("$#")
        ? "default"
        : ("features " + evaluation.result.substring(2).strip()).strip();
  }

  /**
   * Which of the rules knew why: the innermost one that contributed words of its own to the reply;
   * else the one that made the result.
   */
  private int reason(List<ReasonTrace.Hop> hops, String result) {
    int user = result.indexOf("$:");
    String reply = user < 0 ? "" : result.substring(user + 2).toLowerCase(Locale.ROOT);
    for (int i = hops.size() - 1; i >= 0; i--) {
      for (int token : hops.get(i).rule().rhs()) {
        String word = configuration.program().symbols().text(token);
        if (says(word) && reply.contains(word.toLowerCase(Locale.ROOT))) {
          return i;
        }
      }
    }
    return hops.size() - 1;
  }

  private static boolean says(String word) {
    int letters = 0;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      letters += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 1 : 0;
    }
    return letters >= 2 && word.charAt(0) < 0x80 && !word.equals("error");
  }
}
