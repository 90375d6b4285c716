package postern.offline.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import postern.cf.Configuration;
import postern.offline.Hook;
import postern.offline.SessionRecord;

/**
 * Whole sessions made of the words that policies know, mixed as a gateway meets them: mostly
 * strangers, now and then somebody whom a rule or a map line is about.
 */
public final class SampleSessions {
  private SampleSessions() {}

  /** The hooks that an incoming and an outgoing session take their facts from. */
  private static final List<List<Hook>> KINDS =
      List.of(
          List.of(Hook.CHECK_RELAY, Hook.TLS_CLIENT, Hook.CHECK_MAIL, Hook.CHECK_RCPT),
          List.of(Hook.TLS_SERVER, Hook.TLS_RCPT));

  /**
   * Makes sessions; the same for the same policies and seed.
   *
   * @param other a second policy whose words count as well, or the same again
   */
  public static List<SessionRecord> of(
      Configuration configuration, Configuration other, int count, long seed) {
    Vocabulary vocabulary = Vocabulary.of(configuration, other);
    List<List<Space>> kinds = new ArrayList<>();
    for (List<Hook> hooks : KINDS) {
      kinds.add(hooks.stream().map(hook -> Space.of(hook, vocabulary)).toList());
    }
    SplittableRandom random = new SplittableRandom(seed);
    List<SessionRecord> sessions = new ArrayList<>(count);
    while (sessions.size() < count) {
      List<Space> spaces = kinds.get(random.nextInt(3) == 0 ? 1 : 0); // one out, two in
      Map<String, String> facts = new TreeMap<>();
      for (Space space : spaces) {
        int[] chosen = new int[space.dimensions().size()];
        for (int d = 0; d < chosen.length; d++) {
          int size = space.dimensions().get(d).size();
          chosen[d] = random.nextInt(3) == 0 ? random.nextInt(size) : 0;
        }
        if (space.possible(chosen)) {
          facts.putAll(space.facts(chosen));
        }
      }
      sessions.add(spaces.get(0).record(facts));
    }
    return sessions;
  }
}
