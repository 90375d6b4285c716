package postern.offline.session;

import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.offline.Decider;
import postern.offline.Decision;
import postern.offline.Hook;
import postern.offline.MapLine;
import postern.offline.Place;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.policy.AddressForms;
import postern.policy.CompiledPolicy;
import postern.policy.OutgoingMail;
import postern.policy.PeerFacts;
import postern.policy.Policy;
import postern.policy.RelayPolicy;
import postern.policy.Resolution;
import postern.policy.ServerFeatures;
import postern.policy.SessionPolicy;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.policy.Verdict;

/**
 * A compiled policy that writes down what it is told and what it answers: one session record with
 * its decisions for each message, and for each connection that brought none. Thread-safe like the
 * policy itself; costs about as much as {@code explain} does.
 */
public final class RecordingPolicy implements Policy {
  private final CompiledPolicy policy;
  private final ThreadLocal<Decider> deciders;
  private final InstantSource clock;
  private final Consumer<String> out;

  /**
   * A policy that records.
   *
   * @param localUsers says whether a user of a local mailer has a mailbox
   * @param out takes each session as a line of JSON, line end included; must not block
   */
  public RecordingPolicy(
      Configuration configuration,
      Predicate<String> localUsers,
      InstantSource clock,
      Consumer<String> out) {
    deciders = ThreadLocal.withInitial(() -> new Decider(configuration));
    policy = new CompiledPolicy(configuration, localUsers, () -> deciders.get().trace());
    this.clock = clock;
    this.out = out;
  }

  @Override
  public SessionPolicy session(PeerFacts peer) {
    return new Incoming(peer, policy.session(peer));
  }

  @Override
  public RelayPolicy relay() {
    return new Outgoing(policy.relay());
  }

  @Override
  public Resolution resolve(String address) {
    return policy.resolve(address);
  }

  @Override
  public boolean vouches(String mailer) {
    return policy.vouches(mailer);
  }

  @Override
  public boolean hasMailbox(Resolution.Deliverable resolved) {
    return policy.hasMailbox(resolved);
  }

  @Override
  public boolean asksCompatible() {
    return policy.asksCompatible();
  }

  @Override
  public Verdict compatible(String id, String sender, String recipient) {
    return policy.compatible(id, sender, recipient);
  }

  @Override
  public AddressForms forms(String mailer) {
    return policy.forms(mailer);
  }

  private void begin() {
    deciders.get().begin();
  }

  /** What was just decided on this thread, and why. */
  private SessionJson.Decided decided(
      Hook hook, String argument, Verdict verdict, MacroReader macros) {
    Decision decision = deciders.get().last(hook, verdict);
    Place rule = decision.rule();
    Decision.Found found = decision.entry();
    MapLine line = found == null ? null : found.line();
    String entry = "";
    if (found != null) {
      // The file may have changed since its lines were counted.
      entry =
          line != null && line.value().equals(found.value())
              ? line.place() + ": " + line.text()
              : found.map() + ": " + found.key() + " " + found.value();
    }
    boolean plain = verdict instanceof Verdict.Accept;
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : new TreeSet<>(decision.macros())) {
      values.put(
          name, macros.value(name.startsWith("{") ? name.substring(1, name.length() - 1) : name));
    }
    return new SessionJson.Decided(
        new Answered(
            hook, argument, decision.answer(), plain || rule == null ? "" : rule.toString(), entry),
        values);
  }

  private interface MacroReader {
    String value(String name);
  }

  private void write(SessionRecord facts, List<SessionJson.Decided> decisions) {
    StringWriter text = new StringWriter();
    try {
      SessionJson.write(facts, decisions, text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e); // a StringWriter does not fail
    }
    out.accept(text.toString());
  }

  private static SessionRecord.Past past(List<SessionJson.Decided> decisions) {
    SessionJson.Decided last = null;
    for (SessionJson.Decided each : decisions) {
      last = each;
      if (each.answer().refuses()) {
        break;
      }
    }
    return last == null
        ? SessionRecord.Past.UNKNOWN
        : new SessionRecord.Past(last.answer().hook().text(), last.answer().reply());
  }

  /** A client's connection. */
  private final class Incoming implements SessionPolicy {
    private final PeerFacts peer;
    private final SessionPolicy inner;
    private final List<SessionJson.Decided> ofConnection = new ArrayList<>();
    private final List<SessionJson.Decided> ofMessage = new ArrayList<>();
    private final List<String> recipients = new ArrayList<>();
    private String helo = "";
    private @Nullable TlsFacts tls;
    private SessionRecord.Login login = SessionRecord.Login.NONE;
    private @Nullable String sender;
    private String id = "";
    private Map<String, String> parameters = Map.of();
    private long size;
    private Instant time = clock.instant();
    private boolean written;

    Incoming(PeerFacts peer, SessionPolicy inner) {
      this.peer = peer;
      this.inner = inner;
    }

    // The end of a connection may come while a worker runs a rule set.
    private synchronized Verdict keep(
        List<SessionJson.Decided> list, Hook hook, String argument, Verdict verdict) {
      list.add(decided(hook, argument, verdict, inner::macro));
      return verdict;
    }

    /** Writes the message that is open, if there is one. */
    private synchronized void flush() {
      String from = sender;
      if (from == null) {
        return;
      }
      write(from);
      sender = null;
      ofMessage.clear();
      recipients.clear();
      size = 0;
    }

    private void write(String from) {
      List<SessionJson.Decided> all = new ArrayList<>(ofConnection);
      all.addAll(ofMessage);
      SessionRecord facts =
          new SessionRecord(
              time,
              Role.SERVER,
              peer,
              helo,
              tls,
              login,
              new SessionRecord.Message(id, from, recipients, parameters, size),
              Set.of(),
              past(all));
      RecordingPolicy.this.write(facts, all);
      written = true;
    }

    @Override
    public boolean mayBlock() {
      return inner.mayBlock();
    }

    @Override
    public List<String> greeting() {
      return inner.greeting();
    }

    @Override
    public Verdict checkRelay() {
      begin();
      return keep(ofConnection, Hook.CHECK_RELAY, peer.address(), inner.checkRelay());
    }

    @Override
    public ServerFeatures serverFeatures() {
      return inner.serverFeatures();
    }

    @Override
    public long greetPause() {
      return inner.greetPause();
    }

    @Override
    public void helo(boolean extended, String argument) {
      flush();
      helo = argument;
      inner.helo(extended, argument);
    }

    @Override
    public TlsFeatures tlsFeatures() {
      return inner.tlsFeatures();
    }

    @Override
    public Verdict tlsStarted(TlsFacts facts) {
      flush();
      tls = facts;
      helo = "";
      login = SessionRecord.Login.NONE;
      begin();
      return keep(ofConnection, Hook.TLS_CLIENT, "STARTTLS", inner.tlsStarted(facts));
    }

    @Override
    public void authenticated(String mechanism, String identity, int strength) {
      login = new SessionRecord.Login(mechanism, identity, strength);
      inner.authenticated(mechanism, identity, strength);
    }

    @Override
    public Verdict mail(String queueId, String argument, Map<String, String> given) {
      flush();
      time = clock.instant();
      id = queueId;
      parameters = given;
      begin();
      Verdict verdict = inner.mail(queueId, argument, given);
      sender = argument;
      keep(ofMessage, Hook.CHECK_MAIL, argument, verdict);
      if (!verdict.passes()) {
        flush();
      }
      return verdict;
    }

    @Override
    public Recipient rcpt(String argument, Map<String, String> given) {
      begin();
      Recipient recipient = inner.rcpt(argument, given);
      recipients.add(argument);
      keep(ofMessage, Hook.CHECK_RCPT, argument, recipient.verdict());
      return recipient;
    }

    @Override
    public Verdict data(int count) {
      begin();
      return keep(ofMessage, Hook.CHECK_DATA, Integer.toString(count), inner.data(count));
    }

    @Override
    public Verdict header(String name, String value) {
      return inner.header(name, value);
    }

    @Override
    public Verdict endOfHeader(int fields, int bytes) {
      return inner.endOfHeader(fields, bytes);
    }

    @Override
    public Verdict endOfMessage(long bytes) {
      size = bytes;
      begin();
      return keep(ofMessage, Hook.CHECK_EOM, Long.toString(bytes), inner.endOfMessage(bytes));
    }

    @Override
    public Verdict query(String verb, String argument) {
      return inner.query(verb, argument);
    }

    @Override
    public Verdict other(String line, int type) {
      return inner.other(line, type);
    }

    @Override
    public String headers(String recipient, Set<String> present) {
      return inner.headers(recipient, present);
    }

    @Override
    public void reset() {
      flush();
      inner.reset();
    }

    @Override
    public synchronized void closed() {
      flush();
      if (!written && !ofConnection.isEmpty()) {
        id = "";
        write("");
      }
      written = true;
      inner.closed();
    }

    @Override
    public String macro(String name) {
      return inner.macro(name);
    }
  }

  /** A connection to a server. */
  private final class Outgoing implements RelayPolicy {
    private final RelayPolicy inner;
    private final List<SessionJson.Decided> decisions = new ArrayList<>();
    private PeerFacts server = SessionRecord.peer("", "", PeerFacts.Resolve.OK);
    private TlsFacts tls = TlsFacts.NONE;
    private @Nullable OutgoingMail mail;

    Outgoing(RelayPolicy inner) {
      this.inner = inner;
    }

    private SessionRecord facts(List<String> to, List<SessionJson.Decided> all) {
      return new SessionRecord(
          clock.instant(),
          Role.CLIENT,
          server,
          "",
          tls,
          SessionRecord.Login.NONE,
          message(to),
          Set.of(),
          past(all));
    }

    private SessionRecord.Message message(List<String> to) {
      OutgoingMail now = mail;
      if (now == null) {
        return new SessionRecord.Message("", "", to, Map.of(), 0);
      }
      Map<String, String> parameters = new LinkedHashMap<>();
      if (!now.envid().isEmpty()) {
        parameters.put("ENVID", now.envid());
      }
      if (now.tries() > 0) {
        parameters.put(SessionRecord.TRIES, Integer.toString(now.tries()));
      }
      return new SessionRecord.Message(
          now.id(), "<" + now.sender() + ">", to, parameters, now.size());
    }

    @Override
    public void message(OutgoingMail given) {
      mail = given;
      inner.message(given);
    }

    @Override
    public boolean mayBlock() {
      return inner.mayBlock();
    }

    @Override
    public String clientFeatures(String host) {
      return inner.clientFeatures(host);
    }

    @Override
    public void connected(String serverName, String serverAddress) {
      decisions.clear();
      server = SessionRecord.peer(serverName, serverAddress, PeerFacts.Resolve.OK);
      inner.connected(serverName, serverAddress);
    }

    @Override
    public Verdict tryTls() {
      begin();
      Verdict verdict = inner.tryTls();
      decisions.add(decided(Hook.TRY_TLS, server.name(), verdict, inner::macro));
      return verdict;
    }

    @Override
    public TlsFeatures tlsFeatures() {
      return inner.tlsFeatures();
    }

    @Override
    public Verdict tlsServer(TlsFacts given) {
      tls = given;
      begin();
      Verdict verdict = inner.tlsServer(given);
      decisions.add(decided(Hook.TLS_SERVER, given.verify().text(), verdict, inner::macro));
      if (!verdict.passes()) {
        write(facts(List.of(), decisions), decisions);
      }
      return verdict;
    }

    @Override
    public Verdict tlsRcpt(String recipient) {
      begin();
      Verdict verdict = inner.tlsRcpt(recipient);
      String path = "<" + recipient + ">";
      List<SessionJson.Decided> all = new ArrayList<>(decisions);
      all.add(decided(Hook.TLS_RCPT, path, verdict, inner::macro));
      write(facts(List.of(path), all), all);
      return verdict;
    }

    @Override
    public String macro(String name) {
      return inner.macro(name);
    }
  }
}
