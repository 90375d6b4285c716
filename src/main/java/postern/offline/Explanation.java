package postern.offline;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verdict;
import postern.policy.Verify;

/** A decision in words, for people who do not read rule sets. */
public final class Explanation {
  private final SessionRecord record;
  private final Decision decision;
  private final List<WhatIf.Turn> turns;

  /**
   * Explains {@code decision}.
   *
   * @param turns what would turn it
   */
  public Explanation(SessionRecord record, Decision decision, List<WhatIf.Turn> turns) {
    this.record = record;
    this.decision = decision;
    this.turns = List.copyOf(turns);
  }

  /** All of it: the outcome, why, what would change it, and what was known. */
  public String text() {
    StringBuilder out = new StringBuilder(headline()).append("\n\n");
    out.append(Words.wrap(reason(), Words.WIDTH, "")).append('\n');
    if (!turns.isEmpty()) {
      out.append(Words.wrap(turn(), Words.WIDTH, "")).append('\n');
    }
    out.append('\n');
    row(out, "asked", asked());
    row(out, "known", known());
    Place rule = decision.rule();
    if (rule != null) {
      row(out, "rule", rule + " in " + rule.ruleSet());
      row(out, "", rule.source());
      String way = way();
      if (!way.isEmpty()) {
        row(out, "by way of", way);
      }
    }
    for (Decision.Found found : decision.entries()) {
      MapLine line = found.line();
      row(
          out,
          "entry",
          line == null
              ? found.map() + ": " + found.key() + " " + found.value()
              : line.place() + "  " + line.text());
    }
    for (String fault : decision.faults()) {
      row(out, "fault", fault);
    }
    return out.toString();
  }

  private static void row(StringBuilder out, String name, String text) {
    if (!text.isEmpty()) {
      out.append("  %-11s".formatted(name))
          .append(Words.wrap(text, Words.WIDTH - 13, "             "))
          .append('\n');
    }
  }

  /** {@code Refused for now: 454 4.7.0 not authenticated}. */
  public String headline() {
    if (decision.verdict() instanceof Verdict.Reject reject) {
      return (reject.temporary() ? "Refused for now: " : "Refused for good: ") + reject.line();
    }
    if (decision.verdict() instanceof Verdict.Discard) {
      return "Taken and thrown away";
    }
    if (decision.verdict() instanceof Verdict.Quarantine quarantine) {
      return "Taken and held: " + quarantine.reason();
    }
    return decision.verdict() == null ? "Answer: " + decision.answer() : "Accepted";
  }

  String asked() {
    PeerFacts peer = record.peer();
    String who =
        (record.role() == Role.SERVER ? "client " : "server ")
            + (peer.address().isEmpty() ? peer.name() : peer.description());
    String what =
        switch (decision.hook()) {
          case CHECK_MAIL -> ", sender " + record.message().sender();
          case CHECK_COMPAT ->
              ", sender %s, recipient %s"
                  .formatted(
                      record.message().sender(), String.join(" ", record.message().recipients()));
          case CHECK_RCPT, TLS_RCPT, ROUTE, DRESS ->
              record.message().recipients().isEmpty()
                  ? ""
                  : ", recipient " + record.message().recipients().get(0);
          default -> "";
        };
    String when =
        decision.hook() == Hook.TLS_CLIENT
            ? record.tls() == null ? " at MAIL" : " after STARTTLS"
            : "";
    return decision.hook().text() + when + ": " + who + what;
  }

  String known() {
    TlsFacts tls = record.tls();
    if (tls == null) {
      return "no TLS";
    }
    List<String> facts = new ArrayList<>();
    facts.add("verify=" + (tls.verify() == Verify.EMPTY ? "(empty)" : tls.verify().text()));
    facts.add(
        tls.active()
            ? "%s, %s, %d bits".formatted(tls.version(), tls.cipher(), tls.cipherBits())
            : "no cipher");
    if (!tls.cnSubject().isEmpty()) {
      facts.add("cn=" + tls.cnSubject());
    }
    if (!tls.certSubject().isEmpty()) {
      facts.add("cert-subject=" + tls.certSubject());
    }
    if (!tls.certIssuer().isEmpty()) {
      facts.add("cert-issuer=" + tls.certIssuer());
    }
    return String.join(", ", facts);
  }

  // ---- why

  /** The sentences that say why. */
  public String reason() {
    if (!decision.defined()) {
      return "The configuration has no rules for %s, so nothing is held against it."
          .formatted(decision.hook().text());
    }
    StringBuilder out = new StringBuilder();
    Decision.Found entry = decision.entry();
    Requirement requirement = entry == null ? null : Requirement.parse(entry.value());
    boolean tls = isTls(decision.hook()) || requirement != null;
    if (entry != null) {
      out.append(entry(entry));
      if (tls) {
        out.append(requirement == null ? " requires nothing" : " wants " + requirement.words());
        out.append("; ").append(peerWords(requirement)).append(". ");
      } else {
        out.append(" says so. ");
      }
    } else if (isTls(decision.hook())) {
      out.append("No access line is about this peer; ").append(peerWords(null)).append(". ");
    }
    out.append(produced());
    return out.toString().strip();
  }

  private static boolean isTls(Hook hook) {
    return switch (hook) {
      case TLS_CLIENT, TLS_SERVER, TLS_RCPT -> true;
      default -> false;
    };
  }

  private static String entry(Decision.Found found) {
    MapLine line = found.line();
    return line == null
        ? "The entry `%s %s` of map %s".formatted(found.key(), found.value(), found.map())
        : "Access line %d `%s`".formatted(line.line(), line.text());
  }

  private String produced() {
    Place rule = decision.rule();
    if (decision.verdict() instanceof Verdict.Reject reject) {
      return rule == null
          ? "The address itself is at fault."
          : "Rule %s (%s) produced %d %s."
              .formatted(rule, rule.ruleSet(), reject.code(), reject.enhanced());
    }
    if (rule == null) {
      return "No rule objects.";
    }
    return decision.verdict() == null
        ? "Rule %s (%s) answered.".formatted(rule, rule.ruleSet())
        : "Rule %s (%s) lets it pass.".formatted(rule, rule.ruleSet());
  }

  /** What the peer has to show, as far as the requirement asks. */
  private String peerWords(@Nullable Requirement requirement) {
    TlsFacts tls = record.tls();
    String peer = record.role() == Role.SERVER ? "client" : "server";
    Verify verify =
        tls == null ? (record.role() == Role.SERVER ? Verify.EMPTY : Verify.NONE) : tls.verify();
    List<String> parts = new ArrayList<>();
    boolean bitsMissing =
        requirement != null && tls != null && tls.cipherBits() < requirement.leastBits();
    boolean verified = verify == Verify.OK || verify == Verify.TRUSTED;
    if (requirement == null || requirement.verify() || !tls(tls)) {
      String message = tls == null ? "" : tls.verifyMessage();
      parts.add(
          verifyWords(verify, peer) + (message.isEmpty() || verified ? "" : " (" + message + ")"));
    }
    if (tls(tls) && tls != null && requirement != null && requirement.leastBits() > 0) {
      parts.add("the cipher has " + (bitsMissing ? "only " : "") + tls.cipherBits() + " bits");
    }
    if (tls != null && requirement != null && (verified || !requirement.verify())) {
      for (Requirement.Extension extension : requirement.extensions()) {
        switch (extension.kind()) {
          case "CN" -> parts.add("it is for " + shown(tls.cnSubject()));
          case "CS" -> parts.add("it is for " + shown(tls.certSubject()));
          case "CI", "CITAG" -> parts.add("it is from " + shown(tls.certIssuer()));
          default -> {}
        }
      }
    }
    return Words.list(parts);
  }

  private static boolean tls(@Nullable TlsFacts tls) {
    return tls != null && tls.active();
  }

  private static String shown(String name) {
    return name.isEmpty() ? "nobody (no such name is known)" : name;
  }

  /** An outcome of verification in words. */
  static String verifyWords(Verify verify, String peer) {
    return switch (verify) {
      case OK -> "the %s's certificate was verified".formatted(peer);
      case TRUSTED -> "the %s's certificate is the one that DNS names (DANE)".formatted(peer);
      case NO -> "the %s showed no certificate".formatted(peer);
      case NOT -> "the %s was not asked for a certificate".formatted(peer);
      case FAIL -> "the %s's certificate could not be verified".formatted(peer);
      case NONE -> "STARTTLS was not offered, not wanted or refused for good";
      case CLEAR -> "the connection is in the clear, after a handshake that failed";
      case TEMP -> "STARTTLS was refused for now";
      case PROTOCOL -> "the %s's reply to STARTTLS made no sense".formatted(peer);
      case SOFTWARE -> "the TLS handshake failed";
      case CONFIG -> "our TLS settings for this %s cannot be used".formatted(peer);
      case FAILURE -> "the connection broke before STARTTLS was answered";
      case DANE_FAIL -> "the %s's certificate is not the one that DNS names (DANE)".formatted(peer);
      case EMPTY -> "the %s did not use STARTTLS".formatted(peer);
    };
  }

  // ---- what would turn it

  String turn() {
    List<String> ways = turns.stream().map(t -> Words.list(t.changes())).toList();
    String would = decision.refuses() ? "Would pass with " : "Would be refused with ";
    return would + Words.list(ways, "or") + ".";
  }

  /** The other rules on the way, outermost first. */
  private String way() {
    List<String> others = new ArrayList<>();
    for (int i = 0; i < decision.path().size(); i++) {
      if (i != decision.reason()) {
        Place place = decision.path().get(i);
        others.add(place.ruleSet() + " (line " + place.line() + ")");
      }
    }
    return String.join(", ", others);
  }
}
