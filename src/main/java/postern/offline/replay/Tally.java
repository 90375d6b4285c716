package postern.offline.replay;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import postern.offline.Hook;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.offline.session.Answered;
import postern.offline.session.RecordedSession;
import postern.policy.TlsFacts;

/** What a replay found, summed up in memory that does not grow with the number of sessions. */
public final class Tally {
  private static final int MOST_NAMES = 20_000;
  private static final int MOST_VALUES = 200;
  private static final int MOST_KNOWN = 256;
  private static final int RECENT_SHIFT = 18;
  private static final String NO_RECIPIENT = "(no recipient known)";

  /** How a session fares compared with before. */
  public enum Change {
    SAME("the same as before"),
    NEWLY_REFUSED("newly refused"),
    NEWLY_PASSED("refused before, not any more"),
    OTHER_REPLY("refused as before, with another reply"),
    ELSEWHERE(
        "refused or dropped then by what is not replayed: milter, header check, no such user"),
    MAYBE("perhaps newly refused: that depends on facts that the log does not hold");

    private final String words;

    Change(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /** Sessions with one value of a fact. */
  public static final class Share {
    private long sessions;
    private long refused;
    private long newlyRefused;

    public long sessions() {
      return sessions;
    }

    public long refused() {
      return refused;
    }

    public long newlyRefused() {
      return newlyRefused;
    }
  }

  private static final Ruling DROPPED =
      new Ruling(Kind.DISCARD, null, "discard", "", "", List.of(), 0);

  private final boolean againstPolicy;
  private final Counts<Kind> now = new Counts<>(Kind.class);
  private final Counts<Kind> before = new Counts<>(Kind.class);
  private final Counts<Change> changes = new Counts<>(Change.class);
  private final Map<Hook, Long> refusedAt = new EnumMap<>(Hook.class);
  private final Map<String, Map<String, Share>> breakdowns = new LinkedHashMap<>();

  /**
   * What sessions with such facts count for; the facts of a log's lines are often the same ones.
   */
  private final IdentityHashMap<TlsFacts, Share[]> known = new IdentityHashMap<>();

  private final @Nullable Refusals[] recent = new Refusals[1 << (32 - RECENT_SHIFT)];

  private final Timeline timeline = new Timeline();
  private final Top newRules = new Top(2000);
  private final Top newEntries = new Top(2000);
  private final Top newDestinations = new Top(MOST_NAMES);
  private final Top newPeers = new Top(MOST_NAMES);
  private final Top newReasons = new Top(2000);
  private final Top passedPeers = new Top(MOST_NAMES);
  private final Top reasons = new Top(2000);
  private final Top peers = new Top(MOST_NAMES);
  private final Top pairs = new Top(MOST_NAMES);
  private final Top open = new Top(2000);
  private long sessions;
  private long partly;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;

  /**
   * Nothing yet.
   *
   * @param againstPolicy whether the comparison is with another policy, not with the log
   */
  public Tally(boolean againstPolicy) {
    this.againstPolicy = againstPolicy;
    breakdowns.put("direction", new TreeMap<>());
    breakdowns.put("TLS version", new TreeMap<>());
    breakdowns.put("verify", new TreeMap<>());
    breakdowns.put("cipher", new TreeMap<>());
  }

  /** What happened then, as the log has it. */
  public static Ruling then(RecordedSession session) {
    Answered refusal = session.refusal();
    int recipients = 0;
    for (Answered answer : session.answers()) {
      recipients += answer.refuses() && answer.hook().perRecipient() ? 1 : 0;
    }
    String elsewhere = session.elsewhere();
    if (!elsewhere.isEmpty()) {
      return new Ruling(Kind.ELSEWHERE, null, elsewhere, "", "", List.of(), recipients);
    }
    if (refusal == null) {
      for (Answered answer : session.answers()) {
        if (answer.reply().equals("discard")) {
          return DROPPED.withRecipientsRefused(recipients);
        }
        if (answer.reply().startsWith("quarantine")) {
          return new Ruling(
              Kind.QUARANTINE, answer.hook(), answer.reply(), "", "", List.of(), recipients);
        }
      }
      return Ruling.ACCEPTED.withRecipientsRefused(recipients);
    }
    return new Ruling(
        Kind.REFUSE,
        refusal.hook(),
        refusal.reply(),
        refusal.rule(),
        refusal.entry(),
        List.of(),
        0);
  }

  /** Takes in a session: what the policy says, and what was said before. */
  public Change add(RecordedSession session, Ruling ruling, Ruling old) {
    Change change = session.elsewhere().isEmpty() ? change(ruling, old) : Change.ELSEWHERE;
    SessionRecord facts = session.facts();
    Instant when = facts.time();
    long time = when == null ? Long.MIN_VALUE : when.toEpochMilli();
    sessions++;
    if (when != null) {
      first = Math.min(first, time);
      last = Math.max(last, time);
    }
    now.add(ruling.kind());
    before.add(old.kind());
    changes.add(change);
    partly += ruling.kind() != Kind.REFUSE && ruling.recipientsRefused() > 0 ? 1 : 0;
    boolean refused = ruling.kind() == Kind.REFUSE;
    shares(facts, refused, change == Change.NEWLY_REFUSED);
    timeline.add(Timeline.Series.SESSIONS, time);
    Top.Sampler sampler = () -> sample(session, ruling);
    String peer = facts.peer().name();
    if (refused) {
      timeline.add(Timeline.Series.REFUSED, time);
      Hook hook = ruling.hook();
      if (hook != null) {
        refusedAt.merge(hook, 1L, Long::sum);
      }
    }
    boolean newly = change == Change.NEWLY_REFUSED;
    if (newly) {
      timeline.add(Timeline.Series.NEWLY_REFUSED, time);
    }
    if (refused || newly) {
      for (Top.Cell cell : refusals(facts, ruling, refused, newly)) {
        cell.add(time, sampler);
      }
    }
    switch (change) {
      case NEWLY_PASSED -> passedPeers.add(peer, time, sampler);
      case MAYBE -> open.add(ruling.words(), time, sampler);
      case NEWLY_REFUSED, SAME, OTHER_REPLY, ELSEWHERE -> {}
    }
    return change;
  }

  /**
   * Where sessions are counted that are refused, or newly so, for one reason with one peer and
   * destination. A log has many of a kind; they need not be looked up in eight tables each time.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Refusals(
      Ruling ruling, String peer, String destination, boolean newly, int age, Top.Cell[] cells) {}

  @SuppressWarnings("ReferenceEquality") // rulings that are remembered are the same object
  private Top.Cell[] refusals(SessionRecord facts, Ruling ruling, boolean refused, boolean newly) {
    String peer = facts.peer().name();
    String reason = ruling.reason();
    int hash = (reason.hashCode() * 31 + peer.hashCode()) * 0x9e3779b9;
    int slot = hash >>> RECENT_SHIFT;
    Refusals known = recent[slot];
    if (known != null
        && known.ruling == ruling
        && known.newly == newly
        && known.peer.equals(peer)
        && (!newly || isDestination(known.destination, facts))
        && known.age == age()) {
      return known.cells;
    }
    String destination = newly ? destination(facts) : "";
    List<Top.Cell> cells = new ArrayList<>(8);
    if (refused) {
      cells.add(reasons.cell(reason));
      cells.add(peers.cell(peer));
      cells.add(pairs.cell(peer + '\0' + reason));
    }
    if (newly) {
      cells.add(newRules.cell(ruling.rule()));
      cells.add(newReasons.cell(reason));
      if (!ruling.entry().isEmpty()) {
        cells.add(newEntries.cell(ruling.entry()));
      }
      cells.add(newDestinations.cell(destination));
      cells.add(newPeers.cell(peer));
    }
    Top.Cell[] all = cells.toArray(new Top.Cell[0]);
    recent[slot] = new Refusals(ruling, peer, destination, newly, age(), all);
    return all;
  }

  /** Changes whenever cells may have been thrown away. */
  private int age() {
    return reasons.shrunk()
        + peers.shrunk()
        + pairs.shrunk()
        + newRules.shrunk()
        + newReasons.shrunk()
        + newEntries.shrunk()
        + newDestinations.shrunk()
        + newPeers.shrunk();
  }

  private static boolean isDestination(String destination, SessionRecord facts) {
    if (facts.role() == Role.CLIENT) {
      return destination.equals(facts.peer().name());
    }
    List<String> recipients = facts.message().recipients();
    if (recipients.isEmpty()) {
      return destination.equals(NO_RECIPIENT);
    }
    String to = recipients.get(0);
    int at = to.lastIndexOf('@');
    int end = at >= 0 && to.endsWith(">") ? to.length() - 1 : to.length();
    return end - at - 1 == destination.length()
        && to.regionMatches(at + 1, destination, 0, destination.length());
  }

  private Change change(Ruling ruling, Ruling old) {
    boolean refused = ruling.kind() == Kind.REFUSE;
    if (old.kind() == Kind.REFUSE) {
      if (!refused) {
        return ruling.kind() == Kind.DEPENDS ? Change.SAME : Change.NEWLY_PASSED;
      }
      return againstPolicy && !ruling.reply().equals(old.reply())
          ? Change.OTHER_REPLY
          : Change.SAME;
    }
    if (refused) {
      return Change.NEWLY_REFUSED;
    }
    if (ruling.recipientsRefused() > old.recipientsRefused()) {
      return Change.NEWLY_REFUSED;
    }
    if (ruling.kind() == Kind.DEPENDS && old.kind() != Kind.DEPENDS) {
      return Change.MAYBE;
    }
    return ruling.recipientsRefused() < old.recipientsRefused() ? Change.NEWLY_PASSED : Change.SAME;
  }

  private void shares(SessionRecord facts, boolean refused, boolean newly) {
    TlsFacts tls = facts.tls();
    boolean incoming = facts.role() == Role.SERVER;
    Share[] all = incoming && tls != null ? known.get(tls) : null;
    if (all == null) {
      String verify = tls == null ? "" : tls.verify().text();
      boolean active = tls != null && tls.active();
      all =
          new Share[] {
            share("direction", incoming ? "in" : "out"),
            share("TLS version", tls != null && active ? tls.version() : "no TLS"),
            share("verify", verify.isEmpty() ? "no TLS" : verify),
            share("cipher", tls != null && active ? tls.cipher() : "no TLS")
          };
      if (incoming && tls != null) {
        if (known.size() >= MOST_KNOWN) {
          known.clear();
        }
        known.put(tls, all);
      }
    }
    for (Share share : all) {
      share.sessions++;
      share.refused += refused ? 1 : 0;
      share.newlyRefused += newly ? 1 : 0;
    }
  }

  private Share share(String breakdown, String value) {
    Map<String, Share> values = Objects.requireNonNull(breakdowns.get(breakdown));
    Share share = values.get(value);
    if (share == null) {
      String name = values.size() < MOST_VALUES ? value : "others";
      share = values.computeIfAbsent(name, unused -> new Share());
    }
    return share;
  }

  /** The domain mail is for, or the server it goes to. */
  static String destination(SessionRecord facts) {
    if (facts.role() == Role.CLIENT) {
      return facts.peer().name();
    }
    if (facts.message().recipients().isEmpty()) {
      return NO_RECIPIENT;
    }
    String to = facts.message().recipients().get(0);
    int at = to.lastIndexOf('@');
    return at < 0 ? to : to.substring(at + 1, to.endsWith(">") ? to.length() - 1 : to.length());
  }

  /** A session in one line. */
  static Top.Sample sample(RecordedSession session, Ruling ruling) {
    SessionRecord r = session.facts();
    StringBuilder text = new StringBuilder(r.role() == Role.SERVER ? "from " : "to ");
    text.append(r.peer().description());
    TlsFacts tls = r.tls();
    if (tls != null && tls.active()) {
      text.append(", ").append(tls.version()).append(' ').append(tls.cipherBits());
      text.append(" bits, verify=").append(tls.verify().text());
    } else {
      text.append(", no TLS");
      if (tls != null && !tls.verify().text().isEmpty()) {
        text.append(" (").append(tls.verify().text()).append(')');
      }
    }
    if (!r.message().sender().isEmpty()) {
      text.append(", from ").append(r.message().sender());
    }
    int many = r.message().recipients().size();
    if (many > 0) {
      text.append(", to ").append(r.message().recipients().get(0));
      if (many > 1) {
        text.append(" and ").append(many - 1).append(" more");
      }
    }
    String place = session.source() + ":" + session.line();
    return new Top.Sample(
        r.message().id().isEmpty() ? place : place + " " + r.message().id(),
        text.toString(),
        ruling.recipientsRefused() > 0 && ruling.kind() != Kind.REFUSE
            ? ruling.recipientsRefused() + " recipient(s) refused: " + ruling.reply()
            : ruling.words());
  }

  public boolean isAgainstPolicy() {
    return againstPolicy;
  }

  public long sessions() {
    return sessions;
  }

  /** Sessions that go on although some of their recipients are refused. */
  public long partlyRefused() {
    return partly;
  }

  public long now(Kind kind) {
    return now.of(kind);
  }

  public long before(Kind kind) {
    return before.of(kind);
  }

  public long changed(Change change) {
    return changes.of(change);
  }

  /** Refused sessions by the hook that refused. */
  public Map<Hook, Long> refusedAt() {
    return refusedAt;
  }

  /** Name of a breakdown to values to counts. */
  public Map<String, Map<String, Share>> breakdowns() {
    return breakdowns;
  }

  public Timeline timeline() {
    return timeline;
  }

  /** Newly refused sessions by rule. */
  public Top newRules() {
    return newRules;
  }

  /** Newly refused sessions by the map entry that counted. */
  public Top newEntries() {
    return newEntries;
  }

  /** Newly refused sessions by where the mail goes. */
  public Top newDestinations() {
    return newDestinations;
  }

  /** Newly refused sessions by peer: the casualties. */
  public Top newPeers() {
    return newPeers;
  }

  /** Newly refused sessions by reason. */
  public Top newReasons() {
    return newReasons;
  }

  /** Sessions that were refused before and are not any more, by peer. */
  public Top passedPeers() {
    return passedPeers;
  }

  /** All refused sessions by reason. */
  public Top reasons() {
    return reasons;
  }

  /** All refused sessions by peer. */
  public Top peers() {
    return peers;
  }

  /** All refused sessions by peer and reason, with a NUL between them. */
  public Top pairs() {
    return pairs;
  }

  /** Perhaps refused sessions by circumstances. */
  public Top open() {
    return open;
  }

  /**
   * When the first session was, in milliseconds since 1970; the largest number if none is dated.
   */
  public long first() {
    return first;
  }

  /** When the last session was. */
  public long last() {
    return last;
  }

  /** Whether mail that passed before is, or may be, refused now. */
  public boolean newlyFails() {
    return changed(Change.NEWLY_REFUSED) + changed(Change.MAYBE) > 0;
  }
}
