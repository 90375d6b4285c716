package postern.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import postern.cf.Configuration;
import postern.cf.HeaderLine;
import postern.text.Expander;
import postern.text.Guarded;
import postern.text.MacroNames;
import postern.text.Macros;

/**
 * The hooks of one incoming connection. Macros live in two scopes: the connection's (who is there,
 * TLS, HELO) and the transaction's (sender, queue id, whatever rules set), which ends with it.
 */
final class ServerSession implements SessionPolicy {
  /** Mailers that only aliases may name: whoever sends mail may not choose a program to run. */
  private static final Map<String, String> FOR_ALIASES =
      Map.of("prog", "programs", "*file*", "files", "*include*", ":include:s");

  private final CompiledPolicy policy;
  private final Configuration configuration;
  private final Checks checks;
  private final PeerFacts peer;
  private final SessionMacros connection;
  private final SessionMacros transaction;
  private final Map<String, HeaderLine> headerChecks = new TreeMap<>();
  private boolean tls;
  private boolean authenticated;

  /** Where accepted recipients' mail goes: one that is named again is no new one. */
  private final Set<Resolution> recipients = new HashSet<>(4);

  private int refused;

  ServerSession(CompiledPolicy policy, PeerFacts peer) {
    this.policy = policy;
    this.peer = peer;
    configuration = policy.configuration();
    checks = new Checks(policy, RuleFault::refused);
    MacroNames names = configuration.program().names();
    connection = new SessionMacros(names, new Macros(configuration.program().macros()));
    transaction = new SessionMacros(names, new Macros(connection.scope()));
    for (HeaderLine line : configuration.headers()) {
      if (!line.check().isEmpty()) {
        headerChecks.put(line.name().toLowerCase(Locale.ROOT), line);
      }
    }
    connection.peer(peer);
    connection
        .set("opMode", "d")
        .set("deliveryMode", configuration.options().string("DeliveryMode", "b"))
        .set("s", peer.name())
        .set("r", "SMTP");
  }

  private Macros scope() {
    return transaction.scope();
  }

  @Override
  public boolean mayBlock() {
    return policy.mayBlock();
  }

  @Override
  public List<String> greeting() {
    String text =
        configuration.options().string("SmtpGreetingMessage", "\u0081j Postern ready at \u0081b");
    transaction.set("b", policy.dates().header());
    List<String> lines = new ArrayList<>();
    for (String line : expand(text).split("\n", -1)) {
      lines.add(CompiledPolicy.oneLine(line.strip()));
    }
    String first = lines.get(0);
    int blank = first.indexOf(' ');
    lines.set(
        0,
        blank < 0
            ? first + " ESMTP"
            : first.substring(0, blank) + " ESMTP" + first.substring(blank));
    return lines;
  }

  private String expand(String text) {
    return Expander.expand(text, id -> scope().text(id), Expander.LINE, m -> {});
  }

  @Override
  public Verdict checkRelay() {
    // A fault here is not held against the client, as in sendmail: its mail will be asked about.
    Checks greeting = new Checks(policy, fault -> Verdict.accept());
    return meant(greeting.check("check_relay", peer.name(), peer.address(), scope(), true, ""));
  }

  /** A refusal whose code refuses nothing (2xx, 3xx): the client would take it for a yes. */
  private static Verdict meant(Verdict verdict) {
    return verdict instanceof Verdict.Reject reject && reject.code() < 400
        ? Verdict.accept()
        : verdict;
  }

  @Override
  public ServerFeatures serverFeatures() {
    boolean asks =
        configuration.options().list("TLSSrvOptions").stream()
            .flatMap(o -> Stream.of(o.split("[, \t]", -1)))
            .noneMatch(word -> word.startsWith("V")); // of each word the first letter counts
    return FeatureLists.server(
        checks.capability("srv_features", peer.description(), "", scope()), asks);
  }

  @Override
  public long greetPause() {
    String[] words = checks.capability("greet_pause", peer.name(), peer.address(), scope());
    if (words == null || words.length == 0) {
      return 0;
    }
    long value = 0;
    for (char c : words[0].toCharArray()) {
      if (c < '0' || c > '9') {
        break;
      }
      value = Math.min(300_000, value * 10 + c - '0');
    }
    return value;
  }

  @Override
  public void helo(boolean extended, String argument) {
    reset();
    connection.set("s", argument);
    connection.set(
        "r", extended ? "ESMTP" + (tls ? "S" : "") + (authenticated ? "A" : "") : "SMTP");
  }

  @Override
  public TlsFeatures tlsFeatures() {
    return FeatureLists.tls(checks.text("tls_srv_features", peer.name(), peer.address(), scope()));
  }

  @Override
  public Verdict tlsStarted(TlsFacts facts) {
    tls = true;
    if (authenticated) { // in the clear, so it was perhaps somebody else (RFC 3207 section 4.2)
      authenticated = false;
      connection.set("auth_type", "").set("auth_authen", "").set("auth_ssf", "");
    }
    boolean md5 = configuration.options().string("CertFingerprintAlgorithm").isEmpty();
    connection.tls(facts, md5);
    connection.set("s", peer.name());
    connection.set("r", "SMTP");
    return checks.check("tls_client", facts.verify().text(), "STARTTLS", scope(), true, "");
  }

  @Override
  public void authenticated(String mechanism, String identity, int strength) {
    authenticated = true;
    connection
        .set("auth_type", mechanism)
        .set("auth_authen", SessionMacros.encoded(identity))
        .set("auth_ssf", strength);
    if (connection.get("r").startsWith("ESMTP")) {
      connection.set("r", tls ? "ESMTPSA" : "ESMTPA");
    }
  }

  @Override
  public Verdict mail(String id, String argument, Map<String, String> parameters) {
    reset();
    recipients.clear();
    refused = 0;
    String bare = bare(argument);
    transaction
        .set("i", id)
        .set("b", policy.dates().header())
        .set("a", policy.dates().header())
        .set("t", policy.dates().numeric())
        .set("f", bare)
        .set("g", bare)
        .set("mail_from", argument)
        .set("addr_type", "e s")
        .set("ntries", 0)
        .set("nrcpts", 0)
        .set("nbadrcpts", 0)
        .set("msg_size", parameters.getOrDefault("SIZE", ""))
        .set("dsn_ret", parameters.getOrDefault("RET", ""))
        .set("dsn_envid", parameters.getOrDefault("ENVID", ""))
        .set("auth_author", parameters.getOrDefault("AUTH", ""));
    String sender = bare.isEmpty() ? "<>" : argument;
    Resolution resolution = policy.resolve(sender, scope(), false);
    if (resolution instanceof Resolution.Undeliverable bad) {
      return bad.reason();
    }
    if (resolution instanceof Resolution.Deliverable good) {
      if (FOR_ALIASES.containsKey(good.mailer())) {
        return new Verdict.Reject(
            553, "5.1.7", CompiledPolicy.shown(argument) + "... Invalid sender address");
      }
      transaction
          .set("mail_mailer", good.mailer())
          .set("mail_host", good.host())
          .set("mail_addr", good.user());
    }
    if (parameters.containsKey("AUTH")) {
      Verdict trust =
          checks.check("trust_auth", parameters.get("AUTH"), null, scope(), true, argument);
      if (!authenticated || !trust.passes()) {
        transaction.set("auth_author", "<>"); // RFC 4954 section 5
      }
    }
    return checks.check("check_mail", argument, null, scope(), true, argument);
  }

  /** A path without its angle brackets. */
  private static String bare(String path) {
    return path.startsWith("<") && path.endsWith(">") ? path.substring(1, path.length() - 1) : path;
  }

  @Override
  public Recipient rcpt(String argument, Map<String, String> parameters) {
    transaction.set("addr_type", "e r");
    Resolution resolution = policy.resolve(argument, scope(), true);
    if (resolution instanceof Resolution.Undeliverable bad) {
      transaction.set("nbadrcpts", ++refused);
      return new Recipient(bad.reason(), resolution);
    }
    if (resolution instanceof Resolution.Deliverable good) {
      transaction
          .set("rcpt_mailer", good.mailer())
          .set("rcpt_host", good.host())
          .set("rcpt_addr", good.user());
    }
    Verdict verdict = checks.check("check_rcpt", argument, null, scope(), true, argument);
    if (verdict.passes() && resolution instanceof Resolution.Deliverable local) {
      // after the check, which sees the user's own mailer
      resolution = policy.elsewhere(local, argument, new Macros(scope()));
      if (resolution instanceof Resolution.Undeliverable bad) {
        transaction.set("nbadrcpts", ++refused);
        return new Recipient(bad.reason(), resolution);
      }
    }
    if (verdict instanceof Verdict.Accept
        && resolution instanceof Resolution.Deliverable good
        && FOR_ALIASES.containsKey(good.mailer())) {
      String what =
          CompiledPolicy.shown(argument)
              + "... Cannot mail directly to "
              + FOR_ALIASES.get(good.mailer());
      verdict = new Verdict.Reject(550, "5.7.1", what);
    }
    if (verdict instanceof Verdict.Accept
        && resolution instanceof Resolution.Deliverable good
        && !policy.hasMailbox(good)) {
      verdict =
          new Verdict.Reject(550, "5.1.1", CompiledPolicy.shown(argument) + "... User unknown");
    }
    if (verdict.passes()) {
      recipients.add(resolution);
      transaction.set("nrcpts", recipients.size());
    } else {
      transaction.set("nbadrcpts", ++refused);
    }
    return new Recipient(verdict, resolution);
  }

  @Override
  public Verdict data(int count) {
    return meant(checks.check("check_data", Integer.toString(count), null, scope(), true, ""));
  }

  @Override
  public Verdict header(String name, String value) {
    HeaderLine line = headerChecks.get(name.toLowerCase(Locale.ROOT));
    if (line == null) {
      line = headerChecks.get("*");
    }
    if (line == null) {
      return Verdict.accept();
    }
    int number = configuration.program().resolve(line.check());
    transaction
        .set("hdr_name", name)
        .set("currHeader", HeaderValue.quoted(value))
        .set("hdrlen", value.length());
    return number < 0
        ? Verdict.accept()
        : checks.check(number, HeaderValue.onOneLine(value), scope(), !line.keepsComments(), "");
  }

  @Override
  public Verdict endOfHeader(int fields, int bytes) {
    return checks.check(
        "check_eoh", Integer.toString(fields), Integer.toString(bytes), scope(), false, "");
  }

  @Override
  public Verdict endOfMessage(long size) {
    transaction.set("msg_size", Long.toString(size));
    return checks.check("check_eom", Long.toString(size), null, scope(), false, "");
  }

  @Override
  public Verdict query(String verb, String argument) {
    return checks.check(
        "check_" + verb.toLowerCase(Locale.ROOT), argument, null, scope(), true, "");
  }

  @Override
  public Verdict other(String line, int type) {
    return checks.check("check_other", line, Integer.toString(type), scope(), false, "");
  }

  @Override
  public String headers(String recipient, Set<String> present) {
    if (recipient.isEmpty()) {
      transaction.unset("u");
    } else {
      transaction.set("u", recipient.startsWith("<") ? recipient : "<" + recipient + ">");
    }
    StringBuilder out = new StringBuilder();
    for (HeaderLine line : configuration.headers()) {
      if (!line.check().isEmpty() || line.template().isEmpty() || !wanted(line, present)) {
        continue;
      }
      String value = Guarded.out(expand(line.template())).strip();
      if (!value.isEmpty()) {
        out.append(line.name()).append(": ").append(folded(value)).append("\r\n");
      }
    }
    return out.toString();
  }

  /**
   * Whether a header line belongs in front of an incoming message: those without condition, and the
   * ones that every message must have (date, sender, id) when the message lacks them.
   */
  private boolean wanted(HeaderLine line, Set<String> present) {
    if (line.macro() != 0) {
      String value = scope().text(line.macro());
      return value != null && !value.isEmpty();
    }
    String name = line.name().toLowerCase(Locale.ROOT);
    if (line.flags().isEmpty()) {
      return name.equals("received") || !present.contains(name);
    }
    boolean standard = name.equals("date") || name.equals("from") || name.equals("message-id");
    return standard && !present.contains(name);
  }

  private static String folded(String value) {
    StringBuilder out = new StringBuilder();
    for (String part : value.split("\n", -1)) {
      String text = CompiledPolicy.oneLine(part.strip());
      if (text.isEmpty()) {
        continue;
      }
      if (out.length() > 0) {
        out.append("\r\n\t");
      }
      out.append(text);
    }
    return out.toString();
  }

  @Override
  public void reset() {
    transaction.scope().clear();
  }

  @Override
  public String macro(String name) {
    return transaction.get(name);
  }
}
