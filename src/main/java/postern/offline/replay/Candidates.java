package postern.offline.replay;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import postern.map.MapEntry;
import postern.offline.Decider;
import postern.offline.Fact;
import postern.offline.MapLine;
import postern.offline.Requirement;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/**
 * What an unknown fact may be, as far as a policy could tell the difference: the values that its
 * access lines name, and one that none names.
 */
final class Candidates {
  private static final int MOST_NAMES = 40;

  private final Set<String> commonNames = new LinkedHashSet<>();
  private final Set<String> subjects = new LinkedHashSet<>();
  private final Set<String> issuers = new LinkedHashSet<>();
  private final Set<Integer> bits = new TreeSet<>(Set.of(128, 256));

  /** A value that an unknown fact may have. */
  record Candidate(String words, SessionRecord record) {}

  Candidates(Decider decider) {
    Set<String> tags = new LinkedHashSet<>(List.of("certissuer"));
    List<MapLine> lines = new ArrayList<>();
    for (MapEntry map : decider.configuration().program().maps().all()) {
      lines.addAll(decider.lines().lines(map));
    }
    for (MapLine line : lines) {
      Requirement requirement = Requirement.parse(line.value());
      if (requirement == null) {
        continue;
      }
      if (requirement.leastBits() > 0) {
        bits.add(requirement.leastBits());
        bits.add(requirement.leastBits() - 1);
      }
      for (Requirement.Extension extension : requirement.extensions()) {
        switch (extension.kind()) {
          case "CN" -> commonNames.add(extension.name()); // empty: the peer's own name
          case "CS" -> subjects.add(extension.name());
          case "CI" -> issuers.add(extension.name());
          case "CITAG" -> tags.add(extension.name().toLowerCase(Locale.ROOT));
          default -> {}
        }
      }
    }
    for (MapLine line : lines) {
      int colon = line.key().indexOf(':');
      String tag = colon < 0 ? "" : line.key().substring(0, colon).toLowerCase(Locale.ROOT);
      if (tags.contains(tag)) {
        add(issuers, line.key().substring(colon + 1));
      } else if (tag.equals("certsubject")) {
        add(subjects, line.key().substring(colon + 1));
      }
    }
  }

  private static void add(Set<String> names, String name) {
    if (names.size() < MOST_NAMES) {
      names.add(name);
    }
  }

  /** The ways in which {@code key} of {@code record} may be; the usual one first. */
  List<Candidate> of(Key key, SessionRecord record) {
    if (Key.ABOUT_TLS.contains(key) && record.unknown().contains(Fact.TLS)) {
      return tls(record);
    }
    Fact fact = Objects.requireNonNull(key.fact());
    Set<Fact> rest = record.unknown().size() == 1 ? Set.of() : EnumSet.copyOf(record.unknown());
    if (!rest.isEmpty()) {
      rest.remove(fact);
    }
    SessionRecord known = record.withUnknown(rest);
    List<Candidate> all = new ArrayList<>();
    switch (key) {
      case VERIFY -> {
        for (Verify verify : verify(record)) {
          all.add(new Candidate(words(verify), change(known, f -> with(f, verify))));
        }
      }
      case BITS -> {
        for (int each : new TreeSet<>(bits).descendingSet()) {
          all.add(
              new Candidate("the cipher has " + each + " bits", change(known, f -> with(f, each))));
        }
      }
      case CN_SUBJECT -> {
        all.add(new Candidate("the certificate's CN is another one", known));
        for (String name : commonNames) {
          String cn = name.isEmpty() ? record.peer().name() : name;
          all.add(
              new Candidate(
                  "the certificate's CN is " + cn,
                  change(known, f -> with(f, f.certSubject(), f.certIssuer(), cn))));
        }
      }
      case CERT_SUBJECT -> {
        all.add(new Candidate("the certificate's subject is another one", known));
        for (String name : subjects) {
          all.add(
              new Candidate(
                  "the certificate's subject is " + name,
                  change(known, f -> with(f, name, f.certIssuer(), f.cnSubject()))));
        }
      }
      case CERT_ISSUER -> {
        all.add(new Candidate("the certificate's issuer is another one", known));
        for (String name : issuers) {
          all.add(
              new Candidate(
                  "the certificate's issuer is " + name,
                  change(known, f -> with(f, f.certSubject(), name, f.cnSubject()))));
        }
      }
      case RESOLVE -> {
        for (PeerFacts.Resolve resolve : List.of(PeerFacts.Resolve.FAIL, PeerFacts.Resolve.TEMP)) {
          all.add(
              new Candidate(
                  "looking up the client's name gives " + resolve,
                  known.withPeer(with(known.peer(), resolve))));
        }
      }
      default -> all.add(new Candidate("", known)); // no line names values of this one
    }
    return all;
  }

  private static List<Verify> verify(SessionRecord record) {
    TlsFacts now = record.tls();
    if (record.role() == Role.CLIENT && (now == null || !now.active())) {
      return List.of(Verify.NONE, Verify.TEMP);
    }
    return List.of(Verify.NO, Verify.FAIL, Verify.OK, Verify.NOT);
  }

  private static String words(Verify verify) {
    return switch (verify) {
      case OK -> "its certificate was verified";
      case NO -> "it had no certificate";
      case NOT -> "it was not asked for a certificate";
      case FAIL -> "its certificate was not verified";
      case NONE -> "STARTTLS was not offered";
      case TEMP -> "STARTTLS was put off";
      default -> "verify is " + verify;
    };
  }

  /** Whether there was TLS is not known: none, and all kinds of it. */
  private List<Candidate> tls(SessionRecord record) {
    List<Candidate> all = new ArrayList<>();
    all.add(
        new Candidate(
            "there was no TLS",
            record
                .withTls(record.role() == Role.CLIENT ? TlsFacts.without(Verify.NONE) : null)
                .withUnknown(Set.of())));
    for (int each : new TreeSet<>(bits).descendingSet()) {
      for (Verify verify : List.of(Verify.FAIL, Verify.OK)) {
        Set<Fact> names =
            EnumSet.of(
                Fact.CERT_SUBJECT,
                Fact.CERT_ISSUER,
                Fact.CN_SUBJECT,
                Fact.CN_ISSUER,
                Fact.FINGERPRINT);
        all.add(
            new Candidate(
                "there was TLS with " + each + " bits and " + words(verify),
                record.withTls(active(verify, each)).withUnknown(names)));
      }
    }
    return all;
  }

  private static TlsFacts active(Verify verify, int bits) {
    return new TlsFacts(
        verify,
        "TLSv1.3",
        bits >= 256 ? "TLS_AES_256_GCM_SHA384" : "TLS_AES_128_GCM_SHA256",
        bits,
        bits,
        "",
        "",
        "",
        "",
        "",
        List.of(),
        "");
  }

  private static SessionRecord change(SessionRecord record, Function<TlsFacts, TlsFacts> change) {
    @Nullable TlsFacts facts = record.tls();
    return facts == null ? record : record.withTls(change.apply(facts));
  }

  private static TlsFacts with(TlsFacts f, Verify verify) {
    return copy(f, verify, f.cipherBits(), f.certSubject(), f.certIssuer(), f.cnSubject());
  }

  private static TlsFacts with(TlsFacts f, int bits) {
    return copy(f, f.verify(), bits, f.certSubject(), f.certIssuer(), f.cnSubject());
  }

  private static TlsFacts with(TlsFacts f, String subject, String issuer, String cn) {
    return copy(f, f.verify(), f.cipherBits(), subject, issuer, cn);
  }

  private static TlsFacts copy(
      TlsFacts f, Verify verify, int bits, String subject, String issuer, String cn) {
    return new TlsFacts(
        verify,
        f.version(),
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

  private static PeerFacts with(PeerFacts p, PeerFacts.Resolve resolve) {
    return new PeerFacts(
        p.address(),
        p.port(),
        p.name(),
        p.ptr(),
        resolve,
        p.daemonName(),
        p.daemonFlags(),
        p.daemonAddress(),
        p.daemonPort(),
        p.connections(),
        p.rate(),
        p.totalRate());
  }
}
