package postern.offline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import postern.map.MapEntry;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;
import postern.text.MacroNames;

/**
 * Searches the smallest change of facts that would turn a decision: one fact, else two, three ...
 * Values that are tried come from the requirement, the map lines and the classes at hand, so the
 * answer is one that the policy knows.
 */
public final class WhatIf {
  private static final int MOST_CHANGES = 4;
  private static final int MOST_ANSWERS = 3;

  private final Decider decider;

  /**
   * A way to turn the decision.
   *
   * @param changes facts to change, {@code verify=OK}
   * @param decision what would be answered then
   */
  public record Turn(List<String> changes, Decision decision) {}

  private record Change(String words, UnaryOperator<SessionRecord> apply) {}

  public WhatIf(Decider decider) {
    this.decider = decider;
  }

  /** The smallest changes that would turn {@code decision}; empty if none was found. */
  public List<Turn> turns(SessionRecord record, Decision decision) {
    List<List<Change>> dimensions = dimensions(record, decision);
    for (int size = 1; size <= Math.min(MOST_CHANGES, dimensions.size()); size++) {
      List<Turn> turns = new ArrayList<>();
      combine(record, decision, dimensions, 0, size, List.of(), turns);
      if (!turns.isEmpty()) {
        return turns;
      }
    }
    return List.of();
  }

  private void combine(
      SessionRecord record,
      Decision decision,
      List<List<Change>> dimensions,
      int from,
      int left,
      List<Change> chosen,
      List<Turn> turns) {
    if (turns.size() >= MOST_ANSWERS) {
      return;
    }
    if (left == 0) {
      SessionRecord changed = record;
      for (Change change : chosen) {
        changed = change.apply().apply(changed);
      }
      Decision other = decider.decide(changed, decision.hook());
      if (other.refuses() != decision.refuses()) {
        turns.add(new Turn(chosen.stream().map(Change::words).toList(), other));
      }
      return;
    }
    for (int i = from; i + left <= dimensions.size(); i++) {
      for (Change change : dimensions.get(i)) {
        List<Change> more = new ArrayList<>(chosen);
        more.add(change);
        int before = turns.size();
        combine(record, decision, dimensions, i + 1, left - 1, more, turns);
        if (turns.size() >= MOST_ANSWERS) {
          return;
        }
        if (turns.size() > before && (decision.refuses() || change.words().startsWith("bits"))) {
          break; // what comes later in a dimension asks for more
        }
      }
    }
  }

  // ---- what can be changed

  private List<List<Change>> dimensions(SessionRecord record, Decision decision) {
    List<Requirement.Extension> extensions = new ArrayList<>();
    Set<Integer> bits = new TreeSet<>();
    for (Decision.Found found : decision.entries()) {
      Requirement requirement = Requirement.parse(found.value());
      if (requirement != null) {
        extensions.addAll(requirement.extensions());
        if (requirement.leastBits() > 0) {
          bits.add(requirement.leastBits());
        }
      }
    }
    if (!decision.refuses()) {
      bits.clear();
      bits.add(56);
    }
    bits.add(128);
    bits.add(256);
    List<List<Change>> all = new ArrayList<>();
    all.add(verify(record, decision));
    TlsFacts now = record.tls();
    if (now != null) {
      all.add(now.active() ? bits(now, bits) : List.of());
      all.add(names(record, now, extensions));
      all.add(subjects(now, extensions));
      all.add(issuers(now, extensions));
    }
    all.add(others(record));
    all.removeIf(List::isEmpty);
    return all;
  }

  private static List<Change> verify(SessionRecord record, Decision decision) {
    List<Change> changes = new ArrayList<>();
    TlsFacts now = record.tls();
    boolean client = record.role() == Role.CLIENT;
    boolean active = now != null && now.active();
    List<Verify> values =
        decision.refuses() && active
            ? List.of(Verify.OK, Verify.NO, Verify.FAIL)
            : List.of(Verify.NO, Verify.FAIL, Verify.OK);
    for (Verify value : values) {
      if (now == null || !active) {
        String words =
            value == Verify.NO ? "TLS (256 bits)" : "TLS (verify=" + value + ", 256 bits)";
        changes.add(new Change(words, r -> r.withTls(encrypted(now, value))));
      } else if (now.verify() != value) {
        changes.add(new Change("verify=" + value, tls(f -> with(f, value))));
      }
    }
    if (active) {
      changes.add(
          new Change("no TLS", r -> r.withTls(client ? TlsFacts.without(Verify.NONE) : null)));
    }
    return changes;
  }

  /** A change of TLS facts; nothing to change in a session without TLS. */
  private static UnaryOperator<SessionRecord> tls(UnaryOperator<TlsFacts> change) {
    return record -> {
      TlsFacts facts = record.tls();
      return facts == null ? record : record.withTls(change.apply(facts));
    };
  }

  private static TlsFacts encrypted(@Nullable TlsFacts f, Verify verify) {
    TlsFacts from = f == null ? TlsFacts.NONE : f;
    return new TlsFacts(
        verify,
        "TLSv1.3",
        "TLS_AES_256_GCM_SHA384",
        256,
        256,
        from.certSubject(),
        from.certIssuer(),
        from.cnSubject(),
        from.cnIssuer(),
        from.fingerprint(),
        from.altNames(),
        from.verifyMessage());
  }

  private static TlsFacts with(TlsFacts f, Verify verify) {
    return copy(f, verify, f.cipherBits(), f.certSubject(), f.certIssuer(), f.cnSubject());
  }

  private static TlsFacts copy(
      TlsFacts f, Verify verify, int bits, String subject, String issuer, String cn) {
    return new TlsFacts(
        verify,
        f.version().isEmpty() && bits > 0 ? "TLSv1.3" : f.version(),
        f.cipher(),
        bits,
        Math.max(bits, f.algorithmBits()),
        subject,
        issuer,
        cn,
        f.cnIssuer(),
        f.fingerprint(),
        f.altNames(),
        f.verifyMessage());
  }

  private static List<Change> bits(TlsFacts now, Set<Integer> values) {
    return values.stream()
        .filter(value -> value != now.cipherBits())
        .map(
            value ->
                new Change(
                    "bits=" + value,
                    tls(
                        f ->
                            copy(
                                f,
                                f.verify(),
                                value,
                                f.certSubject(),
                                f.certIssuer(),
                                f.cnSubject()))))
        .toList();
  }

  private static List<Change> names(
      SessionRecord record, TlsFacts now, List<Requirement.Extension> extensions) {
    Set<String> names = new LinkedHashSet<>();
    for (Requirement.Extension extension : extensions) {
      if (extension.kind().equals("CN")) {
        names.add(extension.name().isEmpty() ? record.peer().name() : extension.name());
      }
    }
    names.remove(now.cnSubject());
    return names.stream()
        .map(
            name ->
                new Change(
                    "cn=" + name,
                    tls(
                        f ->
                            copy(
                                f,
                                f.verify(),
                                f.cipherBits(),
                                f.certSubject(),
                                f.certIssuer(),
                                name))))
        .toList();
  }

  private List<Change> subjects(TlsFacts now, List<Requirement.Extension> extensions) {
    Set<String> names = new LinkedHashSet<>();
    for (Requirement.Extension extension : extensions) {
      if (extension.kind().equals("CS")) {
        names.add(extension.name());
      }
    }
    names.addAll(keysBehind(List.of("certsubject")));
    names.remove(now.certSubject());
    return names.stream()
        .map(
            name ->
                new Change(
                    "cert-subject=" + name,
                    tls(
                        f ->
                            copy(
                                f,
                                f.verify(),
                                f.cipherBits(),
                                name,
                                f.certIssuer(),
                                f.cnSubject()))))
        .toList();
  }

  private List<Change> issuers(TlsFacts now, List<Requirement.Extension> extensions) {
    Set<String> names = new LinkedHashSet<>();
    List<String> tags = new ArrayList<>(List.of("certissuer"));
    for (Requirement.Extension extension : extensions) {
      if (extension.kind().equals("CI")) {
        names.add(extension.name());
      } else if (extension.kind().equals("CITAG")) {
        tags.add(extension.name().toLowerCase(Locale.ROOT));
      }
    }
    names.addAll(keysBehind(tags));
    names.remove(now.certIssuer());
    return names.stream()
        .map(
            name ->
                new Change(
                    "cert-issuer=" + name,
                    tls(
                        f ->
                            copy(
                                f,
                                f.verify(),
                                f.cipherBits(),
                                f.certSubject(),
                                name,
                                f.cnSubject()))))
        .toList();
  }

  /** What stands behind these tags in the keys of the map files, a few of each. */
  private List<String> keysBehind(List<String> tags) {
    Map<String, Integer> taken = new LinkedHashMap<>();
    List<String> found = new ArrayList<>();
    for (MapEntry map : decider.configuration().program().maps().all()) {
      for (MapLine line : decider.lines().lines(map)) {
        int colon = line.key().indexOf(':');
        String tag = colon < 0 ? "" : line.key().substring(0, colon).toLowerCase(Locale.ROOT);
        if (tags.contains(tag) && taken.merge(tag, 1, Integer::sum) <= 3) {
          found.add(line.key().substring(colon + 1));
        }
      }
    }
    return found;
  }

  private List<Change> others(SessionRecord record) {
    List<Change> changes = new ArrayList<>();
    if (record.role() == Role.CLIENT) {
      return changes;
    }
    MacroNames names = decider.configuration().program().names();
    int trusted = names.known("TrustAuthMech");
    if (trusted != MacroNames.BAD && record.login().mechanism().isEmpty()) {
      for (String mechanism : decider.configuration().program().classes().list(trusted)) {
        changes.add(
            new Change(
                "auth-type=" + mechanism,
                r -> r.withLogin(new SessionRecord.Login(mechanism, "user", 0))));
      }
    }
    PeerFacts p = record.peer();
    if (p.resolve() != PeerFacts.Resolve.OK) {
      changes.add(
          new Change(
              "client-resolve=OK",
              r ->
                  r.withPeer(
                      new PeerFacts(
                          p.address(),
                          p.port(),
                          p.ptr(),
                          p.ptr(),
                          PeerFacts.Resolve.OK,
                          p.daemonName(),
                          p.daemonFlags(),
                          p.daemonAddress(),
                          p.daemonPort(),
                          p.connections(),
                          p.rate(),
                          p.totalRate()))));
    }
    return changes;
  }
}
