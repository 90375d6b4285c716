package postern.offline.diff;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.offline.Answerer;
import postern.offline.Decider;
import postern.offline.Decision;
import postern.offline.Hook;
import postern.offline.Place;
import postern.offline.SessionRecord;

/**
 * Puts the same sessions to two policies. Of each hook every combination is tried if there are few
 * enough; else each value alone, all pairs of values, and the rest of the limit at random (with a
 * fixed seed, so that two runs say the same).
 */
public final class Differ {
  private static final long SEED = 20_261_125;

  /** Kinds of differences at one hook; with more the policies have little in common there. */
  private static final int MOST_GROUPS = 300;

  private final Configuration before;
  private final Configuration after;
  private final Set<Hook> only;
  private final long limit;
  private final Answerer oldAnswers;
  private final Answerer newAnswers;
  private final Decider oldReasons;
  private final Decider newReasons;
  private final LongConsumer progress;
  private final BooleanSupplier enough;
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private long tried;
  private boolean stopped;

  /** What was found at the hook of the moment, and whether that was too much at one. */
  private int groupsHere;

  private boolean tooMany;

  /** Differences of one kind, with the smallest session so far. */
  private static final class Group {
    long cases;
    int size = Integer.MAX_VALUE;
    Space space;
    int[] chosen = {};

    Group(Space space) {
      this.space = space;
    }
  }

  /**
   * How one hook was tried.
   *
   * @param combinations how many there are
   * @param tried how many of them were asked
   * @param sampled whether that was a choice
   */
  public record Coverage(Hook hook, long combinations, long tried, boolean sampled) {}

  /**
   * What came of it.
   *
   * @param complete false if it was stopped before its end, be it at one hook that differs in too
   *     many ways
   */
  public record Result(List<Difference> differences, List<Coverage> hooks, boolean complete) {
    public Result {
      differences = List.copyOf(differences);
      hooks = List.copyOf(hooks);
    }

    /** Sessions that were put to both. */
    public long tried() {
      return hooks.stream().mapToLong(Coverage::tried).sum();
    }

    /** Whether every combination of the values was tried. */
    public boolean exhaustive() {
      return complete && hooks.stream().noneMatch(Coverage::sampled);
    }
  }

  /**
   * A comparison of two policies.
   *
   * @param only the hooks to look at; all if it is empty
   * @param limit most sessions at one hook
   * @param progress told the number of sessions now and then
   * @param enough asked now and then whether to stop
   */
  public Differ(
      Configuration before,
      Configuration after,
      Set<Hook> only,
      long limit,
      LongConsumer progress,
      BooleanSupplier enough) {
    this.before = before;
    this.after = after;
    this.only = only.isEmpty() ? EnumSet.allOf(Hook.class) : EnumSet.copyOf(only);
    this.limit = limit;
    this.progress = progress;
    this.enough = enough;
    oldAnswers = new Answerer(before);
    newAnswers = new Answerer(after);
    oldReasons = new Decider(before);
    newReasons = new Decider(after);
  }

  /** Compares. */
  public Result run() {
    Vocabulary vocabulary = Vocabulary.of(before, after);
    List<Coverage> hooks = new ArrayList<>();
    for (Hook hook : Hook.values()) {
      if (stopped || !only.contains(hook) || (!asked(before, hook) && !asked(after, hook))) {
        continue;
      }
      Space space = Space.of(hook, vocabulary);
      long start = tried;
      groupsHere = 0;
      boolean all = space.size() <= limit;
      if (all) {
        everything(space, new int[space.dimensions().size()], 0);
      } else {
        sample(space, start);
      }
      tooMany |= groupsHere > MOST_GROUPS;
      hooks.add(new Coverage(hook, space.size(), tried - start, !all));
    }
    List<Difference> differences = new ArrayList<>();
    groups.values().forEach(group -> differences.add(difference(group)));
    differences.sort(
        Comparator.comparing(Difference::kind)
            .thenComparing(Difference::hook)
            .thenComparing(Comparator.comparingLong(Difference::cases).reversed()));
    return new Result(merged(differences), hooks, !stopped && !tooMany);
  }

  private boolean isOver() {
    return stopped || groupsHere > MOST_GROUPS;
  }

  private static boolean asked(Configuration configuration, Hook hook) {
    int number = configuration.program().number(hook.text());
    return hook.concernsAddresses()
        || (number >= 0 && !configuration.program().ruleSet(number).isEmpty());
  }

  // ---- which sessions

  private void everything(Space space, int[] chosen, int from) {
    if (from == chosen.length) {
      ask(space, chosen);
      return;
    }
    for (int i = 0; i < space.dimensions().get(from).size() && !isOver(); i++) {
      chosen[from] = i;
      everything(space, chosen, from + 1);
    }
    chosen[from] = 0;
  }

  private void sample(Space space, long start) {
    int n = space.dimensions().size();
    int[] chosen = new int[n];
    ask(space, chosen);
    for (int a = 0; a < n; a++) {
      for (int i = 1; i < space.dimensions().get(a).size(); i++) {
        chosen[a] = i;
        ask(space, chosen);
      }
      chosen[a] = 0;
    }
    pairs(space, chosen, start);
    SplittableRandom random = new SplittableRandom(SEED);
    long missed = 0;
    while (tried - start < limit && !isOver() && missed < limit) {
      for (int d = 0; d < n; d++) {
        // Half of the time nobody special: most rules are about a few facts only.
        chosen[d] = random.nextBoolean() ? 0 : random.nextInt(space.dimensions().get(d).size());
      }
      long at = tried;
      ask(space, chosen);
      missed += tried == at ? 1 : 0;
    }
  }

  /**
   * Pairs of values: first what verification came to with all else, then every other two
   * dimensions.
   */
  private void pairs(Space space, int[] chosen, long start) {
    List<int[]> first = new ArrayList<>();
    List<int[]> others = new ArrayList<>();
    for (int a = 0; a < chosen.length; a++) {
      for (int b = a + 1; b < chosen.length; b++) {
        boolean main = a == space.verifyDimension() || b == space.verifyDimension();
        (main ? first : others).add(new int[] {a, b});
      }
    }
    pairs(space, chosen, first, start + limit / 2);
    pairs(space, chosen, others, start + limit * 3 / 4);
  }

  /**
   * Each two dimensions get their share, the small ones first, who leave what they do not need to
   * the others; of a pair that is too large the first values, which are those of lines that
   * changed.
   */
  private void pairs(Space space, int[] chosen, List<int[]> pairs, long end) {
    List<List<Map<String, String>>> dimensions = space.dimensions();
    pairs.sort(
        Comparator.comparingLong(
            pair -> (long) dimensions.get(pair[0]).size() * dimensions.get(pair[1]).size()));
    for (int k = 0; k < pairs.size(); k++) {
      int[] pair = pairs.get(k);
      pair(space, chosen, pair[0], pair[1], tried + (end - tried) / (pairs.size() - k));
      chosen[pair[0]] = 0;
      chosen[pair[1]] = 0;
    }
  }

  private void pair(Space space, int[] chosen, int a, int b, long end) {
    int most = space.dimensions().get(a).size() - 1;
    int mostOther = space.dimensions().get(b).size() - 1;
    for (int sum = 2; sum <= most + mostOther; sum++) {
      for (int i = Math.max(1, sum - mostOther); i <= Math.min(most, sum - 1); i++) {
        if (tried >= end || isOver()) {
          return;
        }
        chosen[a] = i;
        chosen[b] = sum - i;
        ask(space, chosen);
      }
    }
  }

  // ---- what they say

  private void ask(Space space, int[] chosen) {
    if (isOver() || !space.possible(chosen)) {
      return;
    }
    if ((++tried & 0x3ff) == 0) {
      progress.accept(tried);
      stopped = enough.getAsBoolean();
    }
    SessionRecord record = space.record(space.facts(chosen));
    String one = oldAnswers.answer(record, space.hook());
    String two = newAnswers.answer(record, space.hook());
    if (one.equals(two)) {
      return;
    }
    String key = key(record, space.hook());
    Group group = groups.get(key);
    if (group == null) {
      if (++groupsHere > MOST_GROUPS) {
        return;
      }
      group = new Group(space);
      groups.put(key, group);
    }
    group.cases++;
    int size = size(chosen);
    if (size < group.size) {
      group.size = size;
      group.space = space;
      group.chosen = chosen.clone();
    }
  }

  /** Facts that are about somebody special. */
  private static int size(int[] chosen) {
    int size = 0;
    for (int each : chosen) {
      size += each > 0 ? 1 : 0;
    }
    return size;
  }

  /** What the two answers come from; a map line counts if only one of the two found it. */
  private String key(SessionRecord record, Hook hook) {
    Decision one = oldReasons.decide(record, hook);
    Decision two = newReasons.decide(record, hook);
    String oldEntry = entry(one);
    String newEntry = entry(two);
    boolean lines = !oldEntry.equals(newEntry);
    return hook
        + "|"
        + reasons(one)
        + "|"
        + (lines ? oldEntry : "")
        + "|"
        + reasons(two)
        + "|"
        + (lines ? newEntry : "");
  }

  /** The rule, and what of the answer does not depend on names. */
  private static String reasons(Decision decision) {
    Place rule = decision.rule();
    String answer = decision.answer();
    String kind =
        decision.refuses()
            ? answer.substring(0, Math.min(answer.length(), 9))
            : answer.replaceAll(" .*", "");
    return kind + "|" + (rule == null ? "" : rule.source());
  }

  private static String entry(Decision decision) {
    Decision.@Nullable Found entry = decision.entry();
    return entry == null ? "" : entry.key() + " " + entry.value();
  }

  // ---- the smallest session

  private Difference difference(Group group) {
    Space space = group.space;
    int[] chosen = group.chosen.clone();
    String key = key(space.record(space.facts(chosen)), space.hook());
    for (int i = 0; i < chosen.length; i++) { // one fact less, if the reasons stay
      int kept = chosen[i];
      chosen[i] = 0;
      if (kept != 0
          && !(space.possible(chosen)
              && differs(space, chosen)
              && key(space.record(space.facts(chosen)), space.hook()).equals(key))) {
        chosen[i] = kept;
      }
    }
    Map<String, String> facts = new TreeMap<>(space.facts(chosen));
    facts = without(space, facts, key);
    SessionRecord record = space.record(facts);
    return new Difference(
        space.hook(),
        group.cases,
        facts,
        record,
        oldReasons.decide(record, space.hook()),
        newReasons.decide(record, space.hook()));
  }

  private boolean differs(Space space, int[] chosen) {
    SessionRecord record = space.record(space.facts(chosen));
    return !oldAnswers.answer(record, space.hook()).equals(newAnswers.answer(record, space.hook()));
  }

  /** Leaves out facts that do not matter at all. */
  private Map<String, String> without(Space space, Map<String, String> facts, String key) {
    Map<String, String> left = new TreeMap<>(facts);
    for (String name : facts.keySet()) {
      boolean argument =
          switch (space.hook()) {
            case CHECK_MAIL -> name.equals("from");
            case CHECK_COMPAT, DRESS -> name.equals("from") || name.equals("to");
            case CHECK_RCPT, TLS_RCPT, ROUTE -> name.equals("to");
            default -> false;
          };
      if (argument || name.equals("verify")) {
        continue;
      }
      Map<String, String> less = new TreeMap<>(left);
      less.remove(name);
      SessionRecord record = space.record(less);
      if (!less.isEmpty()
          && !oldAnswers
              .answer(record, space.hook())
              .equals(newAnswers.answer(record, space.hook()))
          && key(record, space.hook()).equals(key)) {
        left = less;
      }
    }
    return left;
  }

  /** Differences that turned out to have the same smallest session are one. */
  private static List<Difference> merged(List<Difference> all) {
    Map<String, Difference> merged = new LinkedHashMap<>();
    for (Difference each : all) {
      merged.merge(
          each.hook() + " " + each.facts(),
          each,
          (a, b) ->
              new Difference(
                  a.hook(), a.cases() + b.cases(), a.facts(), a.session(), a.before(), a.after()));
    }
    return List.copyOf(merged.values());
  }
}
