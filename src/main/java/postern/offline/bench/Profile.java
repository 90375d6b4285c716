package postern.offline.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;
import postern.offline.Answerer;
import postern.offline.Place;
import postern.offline.SessionRecord;
import postern.rule.Machine;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.rule.Trace;

/**
 * Which rules and maps take the time. Watching costs time itself, most of it evenly, so shares are
 * what to look at.
 */
public final class Profile {

  /**
   * A rule, with the time between its trial and the next step, called rule sets not included.
   *
   * @param tries how often it was tried
   * @param matches how often it matched
   * @param share of all time, 0 to 1
   */
  public record HotRule(Place place, long tries, long matches, double share) {}

  /**
   * A map.
   *
   * @param lookups how often it was asked
   * @param found how often it had an answer
   * @param share of all time, 0 to 1
   */
  public record HotMap(String name, String className, long lookups, long found, double share) {}

  /** Nothing was watched. */
  public static final Profile NONE = new Profile(List.of(), List.of());

  private final List<HotRule> rules;
  private final List<HotMap> maps;

  private Profile(List<HotRule> rules, List<HotMap> maps) {
    this.rules = List.copyOf(rules);
    this.maps = List.copyOf(maps);
  }

  /** The rules that were tried, hottest first. */
  public List<HotRule> rules() {
    return rules;
  }

  /** The maps that were asked, hottest first. */
  public List<HotMap> maps() {
    return maps;
  }

  /** Runs the sessions, {@code rounds} times over, under observation. */
  public static Profile of(Configuration configuration, List<SessionRecord> sessions, int rounds) {
    Watch watch = new Watch();
    Answerer answerer = new Answerer(configuration, watch);
    for (int round = 0; round <= rounds; round++) {
      if (round == 1 || rounds == 0) {
        watch.reset(); // the first one warms up
      }
      for (SessionRecord session : sessions) {
        watch.pause();
        answerer.session(session);
      }
    }
    return watch.profile(configuration);
  }

  private static final class Count {
    final String set;
    long tries;
    long hits;
    long nanos;

    Count(String set) {
      this.set = set;
    }
  }

  /** Charges the time since the last event to whatever ran since. */
  private static final class Watch implements Trace {
    private final IdentityHashMap<Rule, Count> rules = new IdentityHashMap<>();
    private final IdentityHashMap<MapEntry, Count> maps = new IdentityHashMap<>();
    private final List<RuleSet> sets = new ArrayList<>();
    private final List<@Nullable Count> callers = new ArrayList<>();
    private @Nullable Count running;
    private long since;

    void reset() {
      rules.clear();
      maps.clear();
      pause();
    }

    /** What happens until the next rule is nobody's. */
    void pause() {
      sets.clear();
      callers.clear();
      running = null;
    }

    private void charge(@Nullable Count next) {
      long now = System.nanoTime();
      if (running != null) {
        running.nanos += now - since;
      }
      running = next;
      since = System.nanoTime();
    }

    @Override
    public Detail detail() {
      return Detail.RULES;
    }

    @Override
    public void enter(RuleSet set, Machine machine, int[] tokens, int from, int to) {
      if (tokens == machine.tokens()) { // not called by a rule
        pause();
      }
      callers.add(running);
      sets.add(set);
      charge(null);
    }

    @Override
    public void leave(RuleSet set, Machine machine, int[] tokens, int from, int to) {
      int last = sets.size() - 1;
      if (last >= 0) {
        sets.remove(last);
        charge(callers.remove(last));
      }
    }

    @Override
    public void trying(Rule rule, Machine machine) {
      Count count = rules.get(rule);
      if (count == null) {
        count = new Count(sets.isEmpty() ? "" : sets.get(sets.size() - 1).name());
        rules.put(rule, count);
      }
      count.tries++;
      charge(count);
    }

    @Override
    public void matches(Rule rule, Machine machine) {
      Count count = rules.get(rule);
      if (count != null) {
        count.hits++;
      }
    }

    @Override
    public void lookingUp(MapEntry map, Query query) {
      Count count = maps.computeIfAbsent(map, m -> new Count(""));
      count.tries++;
      callers.add(running);
      charge(count);
    }

    @Override
    public void lookedUp(MapEntry map, Query query, Answer answer) {
      Count count = maps.get(map);
      if (count == null || running != count) {
        return;
      }
      count.hits += answer.isFound() ? 1 : 0;
      charge(callers.remove(callers.size() - 1));
    }

    Profile profile(Configuration configuration) {
      double all = 0;
      for (Count count : rules.values()) {
        all += count.nanos;
      }
      for (Count count : maps.values()) {
        all += count.nanos;
      }
      double sum = Math.max(1, all);
      List<HotRule> hotRules = new ArrayList<>();
      rules.forEach(
          (rule, count) ->
              hotRules.add(
                  new HotRule(
                      Place.of(configuration, count.set, rule),
                      count.tries,
                      count.hits,
                      count.nanos / sum)));
      List<HotMap> hotMaps = new ArrayList<>();
      maps.forEach(
          (map, count) ->
              hotMaps.add(
                  new HotMap(
                      map.name(), map.className(), count.tries, count.hits, count.nanos / sum)));
      hotRules.sort(Comparator.comparingDouble(HotRule::share).reversed());
      hotMaps.sort(Comparator.comparingDouble(HotMap::share).reversed());
      return new Profile(hotRules, hotMaps);
    }
  }
}
