package postern.offline.replay;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.offline.Decider;
import postern.offline.Decision;
import postern.offline.Hook;
import postern.offline.MapLine;
import postern.offline.Place;
import postern.offline.Questions;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.policy.CompiledPolicy;
import postern.policy.TlsFacts;
import postern.policy.Verdict;
import postern.policy.Verify;

/**
 * One policy's word on sessions. The same compiled policy as everywhere; what it said once to a
 * combination of facts is not asked again. Not thread-safe.
 */
public final class Judge {
  private static final int MOST_ANSWERS = 1 << 17;
  private static final int MOST_WAYS = 512;

  private final Decider decider;
  private final CompiledPolicy policy;
  private final Reads reads;
  private final Candidates candidates;
  private final Map<Hook, Memo> memos = new EnumMap<>(Hook.class);
  private final Map<Hook, Memo> disguised = new EnumMap<>(Hook.class);
  private final PolicyWords words;
  private final Disguise disguise;

  /** Stands for: the session in disguise is not answered like the session itself. */
  private static final Ruling SEEN_THROUGH =
      new Ruling(Kind.DEPENDS, null, "", "", "", List.of(), 0);

  private Outlines outlines = new Outlines();

  /** Whether what is being judged may be told of others that look the same. */
  private boolean general;

  private long evaluations;

  public Judge(Configuration configuration) {
    decider = new Decider(configuration);
    reads = new Reads(configuration.program().names());
    policy = new CompiledPolicy(configuration, user -> true, () -> reads);
    candidates = new Candidates(decider);
    words = new PolicyWords(decider);
    disguise = new Disguise(decider, words);
    for (Hook hook : Hook.values()) {
      memos.put(hook, new Memo(MOST_ANSWERS));
      disguised.put(hook, new Memo(MOST_ANSWERS));
    }
  }

  /** How often rule sets really had to be run. */
  public long evaluations() {
    return evaluations;
  }

  /** The lines of the policy's map files and the rest of what explains decisions. */
  public Decider decider() {
    return decider;
  }

  /** Draws outlines of sessions, for one thread, which need not be that of the judge. */
  public final class Outliner {
    private final Disguise own = new Disguise(decider, words);

    private Outliner() {}

    /** The addresses of the session as far as the policy can tell them from others. */
    public String outline(SessionRecord session) {
      String outline = own.outline(session);
      int unused = outline.hashCode(); // the string keeps it, so that the judge need not
      return outline;
    }
  }

  /** A new outliner. */
  public Outliner outliner() {
    return new Outliner();
  }

  /** What becomes of the session. */
  public Ruling judge(SessionRecord session) {
    return judge(session, disguise.outline(session));
  }

  /**
   * What becomes of the session.
   *
   * @param outline what an {@link Outliner} of this judge made of it
   */
  public Ruling judge(SessionRecord session, String outline) {
    Ruling known = outlines.find(outline, session);
    if (known != null) {
      return known;
    }
    general = true;
    disguise.outline(session);
    List<String> hidden = disguise.hidden();
    Ruling ruling = session.role() == Role.SERVER ? incoming(session) : outgoing(session);
    if (general) {
      outlines.put(outline, session, ruling, hidden);
    }
    return ruling;
  }

  private Ruling incoming(SessionRecord session) {
    SessionRecord.Message message = session.message();
    Ruling open = null;
    Ruling milder = Ruling.ACCEPTED;
    for (Hook hook : Decider.hooks(session)) {
      if (hook == Hook.CHECK_RCPT) {
        return recipients(hook, session, message, open, milder);
      }
      Ruling ruling = ask(hook, session);
      if (ruling.kind() == Kind.REFUSE) {
        return ruling;
      }
      if (ruling.kind() == Kind.DEPENDS && open == null) {
        open = ruling;
      } else if (ruling.kind() != Kind.ACCEPT && milder.kind() == Kind.ACCEPT) {
        milder = ruling;
      }
    }
    return open == null ? milder : open;
  }

  private Ruling outgoing(SessionRecord given) {
    if (decider.asksCompatible(given)) {
      Ruling compatible =
          recipients(Hook.CHECK_COMPAT, given, given.message(), null, Ruling.ACCEPTED);
      if (compatible.kind() == Kind.REFUSE) {
        return compatible;
      }
      Ruling delivery = delivery(given);
      return delivery.kind() == Kind.ACCEPT && delivery.recipientsRefused() == 0
          ? compatible
          : delivery;
    }
    return delivery(given);
  }

  private Ruling delivery(SessionRecord given) {
    SessionRecord session = given;
    TlsFacts tls = given.tls();
    if (tls != null && tls.active() && ask(Hook.TRY_TLS, given).kind() == Kind.REFUSE) {
      session = given.withTls(TlsFacts.without(Verify.NONE)); // it would not be tried
    }
    Ruling server = ask(Hook.TLS_SERVER, session);
    if (server.kind() == Kind.REFUSE || session.message().recipients().isEmpty()) {
      return server;
    }
    return recipients(
        Hook.TLS_RCPT,
        session,
        session.message(),
        server.kind() == Kind.DEPENDS ? server : null,
        Ruling.ACCEPTED);
  }

  private Ruling recipients(
      Hook hook,
      SessionRecord session,
      SessionRecord.Message message,
      @Nullable Ruling openBefore,
      Ruling milder) {
    List<String> all = message.recipients();
    Ruling open = openBefore;
    Ruling first = null;
    Ruling best = milder;
    int refused = 0;
    for (String recipient : all) {
      SessionRecord one = session;
      if (all.size() > 1) {
        one =
            session.withMessage(
                new SessionRecord.Message(
                    message.id(),
                    message.sender(),
                    List.of(recipient),
                    message.parameters(),
                    message.size()));
      }
      Ruling ruling = ask(hook, one);
      switch (ruling.kind()) {
        case REFUSE -> {
          refused++;
          first = first == null ? ruling : first;
        }
        case DEPENDS -> open = open == null ? ruling : open;
        case DISCARD, QUARANTINE -> best = best.kind() == Kind.ACCEPT ? ruling : best;
        case ACCEPT, ELSEWHERE -> {}
      }
    }
    if (first != null && refused == all.size()) {
      return first;
    }
    if (open != null) {
      return open.withRecipientsRefused(refused);
    }
    if (first != null) {
      // The session goes on; who lost a recipient wants to know why nevertheless.
      return new Ruling(
          best.kind(), hook, first.reply(), first.rule(), first.entry(), List.of(), refused);
    }
    return best;
  }

  /** The answer at one hook; of several recipients the first one counts. */
  public Ruling ask(Hook hook, SessionRecord session) {
    if (hook == Hook.CHECK_MAIL || hook.perRecipient()) {
      Disguise.Guise guise = disguise.of(session);
      if (!guise.originals().isEmpty()) {
        Ruling ruling = ask(hook, guise.record(), memo(disguised, hook), true);
        if (!isSeenThrough(ruling)) {
          return Disguise.reveal(ruling, guise);
        }
        general = false;
      }
    }
    return ask(hook, session, memo(memos, hook), false);
  }

  private Ruling ask(Hook hook, SessionRecord session, Memo memo, boolean inDisguise) {
    Ruling known = memo.find(session);
    if (known == null) {
      known = evaluate(hook, session, memo, inDisguise);
    }
    if (isSeenThrough(known)) {
      return known;
    }
    if (session.unknown().isEmpty()) {
      return known;
    }
    Key unknown = memo.unknown(session);
    if (unknown == null) {
      return known;
    }
    int[] ways = {MOST_WAYS};
    List<Ruling.Alternative> alternatives = new ArrayList<>();
    branch(hook, session, unknown, memo, inDisguise, "", alternatives, ways);
    if (alternatives.stream().anyMatch(way -> isSeenThrough(way.ruling()))) {
      return SEEN_THROUGH;
    }
    Kind kind = alternatives.get(0).ruling().kind();
    boolean same = ways[0] > 0 && alternatives.stream().allMatch(a -> a.ruling().kind() == kind);
    return same
        ? alternatives.get(0).ruling()
        : new Ruling(Kind.DEPENDS, hook, "", "", "", alternatives, 0);
  }

  private void branch(
      Hook hook,
      SessionRecord session,
      Key unknown,
      Memo memo,
      boolean inDisguise,
      String circumstances,
      List<Ruling.Alternative> out,
      int[] ways) {
    for (Candidates.Candidate candidate : candidates.of(unknown, session)) {
      if (ways[0] <= 0) {
        return;
      }
      String all =
          circumstances.isEmpty() || candidate.words().isEmpty()
              ? circumstances + candidate.words()
              : circumstances + " and " + candidate.words();
      SessionRecord record = candidate.record();
      Ruling ruling = memo.find(record);
      if (ruling == null) {
        ruling = evaluate(hook, record, memo, inDisguise);
      }
      Key next = memo.unknown(record);
      if (next != null) {
        branch(hook, record, next, memo, inDisguise, all, out, ways);
      } else {
        ways[0]--;
        out.add(new Ruling.Alternative(all, ruling));
      }
    }
  }

  /** Of all that depends, only this has no alternatives. */
  private static boolean isSeenThrough(Ruling ruling) {
    return ruling.kind() == Kind.DEPENDS && ruling.alternatives().isEmpty();
  }

  private static Memo memo(Map<Hook, Memo> memos, Hook hook) {
    Memo memo = memos.get(hook);
    if (memo == null) {
      throw new IllegalStateException("every hook has one");
    }
    return memo;
  }

  private Ruling evaluate(Hook hook, SessionRecord session, Memo memo, boolean inDisguise) {
    evaluations++;
    boolean mail = hook == Hook.CHECK_RCPT || hook == Hook.CHECK_DATA || hook == Hook.CHECK_EOM;
    reads.begin(hook.role(), mail);
    Questions.Reply reply = Questions.ask(policy, session, hook, reads::main);
    if (reads.surprised()) {
      forget();
      return evaluate(hook, session, memo, inDisguise);
    }
    Ruling ruling =
        inDisguise && reads.seenThrough() ? SEEN_THROUGH : ruling(hook, session, reply.verdict());
    List<Key> keys = new ArrayList<>(arguments(hook));
    boolean eachTime = false;
    for (Key key : reads.keys()) {
      eachTime |= key == Key.EACH_TIME;
      if (!keys.contains(key)) {
        keys.add(key);
      }
    }
    general &= !eachTime;
    if (eachTime && inDisguise) {
      return SEEN_THROUGH;
    }
    if (!eachTime) {
      memo.put(session, keys, ruling);
    }
    return ruling;
  }

  /** What was remembered may rest on more facts than was known. Happens once for a macro. */
  private void forget() {
    memos.values().forEach(Memo::forget);
    disguised.values().forEach(Memo::forget);
    outlines = new Outlines();
    general = false;
  }

  private static List<Key> arguments(Hook hook) {
    return switch (hook) {
      case CHECK_RELAY -> List.of(Key.PEER_NAME, Key.PEER_ADDRESS);
      case TLS_CLIENT, TLS_SERVER -> List.of(Key.VERIFY);
      case CHECK_MAIL -> List.of(Key.SENDER, Key.PARAMETERS);
      case CHECK_COMPAT -> List.of(Key.SENDER, Key.RECIPIENT);
      case CHECK_RCPT, TLS_RCPT -> List.of(Key.RECIPIENT);
      case TRY_TLS -> List.of(Key.PEER_NAME);
      default -> List.of(Key.EACH_TIME);
    };
  }

  private Ruling ruling(Hook hook, SessionRecord session, @Nullable Verdict verdict) {
    if (verdict == null || verdict instanceof Verdict.Accept) {
      return accepted(hook);
    }
    Decision decision = decider.decide(session, hook);
    Place rule = decision.rule();
    Kind kind =
        verdict instanceof Verdict.Reject
            ? Kind.REFUSE
            : verdict instanceof Verdict.Discard ? Kind.DISCARD : Kind.QUARANTINE;
    return new Ruling(
        kind,
        hook,
        decision.answer(),
        rule == null ? "" : rule.toString(),
        entry(decision),
        List.of(),
        0);
  }

  private final Map<Hook, Ruling> accepted = new EnumMap<>(Hook.class);

  private Ruling accepted(Hook hook) {
    return accepted.computeIfAbsent(
        hook, h -> new Ruling(Kind.ACCEPT, h, "accept", "", "", List.of(), 0));
  }

  /** {@code file:line: key value}. */
  static String entry(Decision decision) {
    Decision.Found found = decision.entry();
    if (found == null) {
      return "";
    }
    MapLine line = found.line();
    return line == null
        ? found.map() + ": " + found.key() + " " + found.value()
        : line.place() + ": " + line.text();
  }
}
