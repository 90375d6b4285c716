package postern.rule;

import org.jspecify.annotations.Nullable;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;
import postern.text.Guarded;
import postern.text.MacroNames;
import postern.text.Macros;

/** Asks maps, one question at a time. */
final class Questions {
  /** The question, to be filled in after {@link #begin}. */
  final Query query = new Query();

  /** The last answer, if there was one. */
  final Answer answer = new Answer();

  private final MacroNames names;
  private final Query.Problems problems;
  private final Trace trace;
  private final boolean traced;

  Macros macros;

  /** Whether texts are guarded ({@link Guarded}). */
  boolean guards;

  /** {@link Machine#TEMPORARY_FAILURE} from the first failure on that counts. */
  int status;

  Questions(MacroNames names, Macros macros, Trace trace) {
    this.names = names;
    this.macros = macros;
    this.trace = trace;
    traced = trace.detail() != Trace.Detail.NOTHING;
    problems = trace.problems();
  }

  /** An empty question. */
  Query begin() {
    query.start(macros, names, problems);
    return query;
  }

  /**
   * Asks {@code map} the question.
   *
   * @param quoted whether the key may have quotes
   * @return whether it has an answer
   */
  boolean ask(@Nullable MapEntry map, boolean quoted) {
    if (map == null || !map.open(problems)) {
      return false;
    }
    boolean guarded = guards && Guarded.out(query.key());
    if (quoted) {
      map.prepareKey(query);
    }
    if (traced) {
      trace.lookingUp(map, query);
    }
    map.lookup(query, answer);
    boolean failed = answer.isTemporaryFailure();
    if (traced) {
      trace.lookedUp(map, query, answer);
    }
    if (failed && map.temporaryFailuresCount()) {
      status = Machine.TEMPORARY_FAILURE;
    }
    if (failed && map.substitute(query, answer) && traced) {
      trace.substituted(answer.value());
    }
    if (guarded && answer.isFound()) {
      Guarded.in(answer.value()); // it may hold what the key held
    }
    return answer.isFound();
  }
}
