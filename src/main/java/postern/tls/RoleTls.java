package postern.tls;

import io.netty.handler.ssl.SslContext;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import postern.policy.TlsFeatures;

/** What both roles share: the files as they were read, and the contexts made of them so far. */
final class RoleTls {
  /**
   * Kinds of session that are kept ready; a rule set that makes up more of them only costs time.
   */
  private static final int KINDS = 64;

  private final TlsSettings settings;
  private final TlsRole role;
  private final List<TlsProblem> problems;
  private final NamedIdentities identities;
  private final TrustStore trust;
  private final FactsReader reader;
  private final boolean dhFile;
  private final boolean finiteFieldDh;

  /** By what was asked for: the features' options and whether a certificate is requested. */
  private final Map<List<Object>, TlsSession> sessions =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Object>, TlsSession> eldest) {
          return size() > KINDS;
        }
      };

  /** Reads the files; a server also builds its first context, a client only checks its options. */
  RoleTls(TlsSettings settings, TlsRole role, InstantSource clock) {
    this.settings = settings;
    this.role = role;
    RoleSetup setup = new RoleSetup(settings, role);
    String digest = setup.digest();
    trust = setup.trust();
    identities = new NamedIdentities(setup.identities());
    boolean server = role == TlsRole.SERVER;
    Optional<RoleSetup.Group> group = server ? setup.dhFile() : Optional.empty();
    group.ifPresent(g -> JdkFactory.useGroup(g.prime(), g.generator()));
    Engines.property("jdk.tls.ephemeralDHKeySize", "2048");
    finiteFieldDh = !settings.dhParameters().toLowerCase(Locale.ROOT).startsWith("n");
    dhFile = group.isPresent();
    reader = new FactsReader(role, new ChainVerifier(trust), digest, settings.altNames(), clock);
    problems = setup.problems();
    if (available()) {
      try {
        if (server) {
          problems.addAll(session(TlsFeatures.NONE, settings.requestsCertificate()).problems());
        } else {
          problems.addAll(plan(TlsFeatures.NONE, true, identities.usual()).complaints);
        }
      } catch (TlsConfigException e) {
        problems.add(new TlsProblem(true, prefix() + ", error: " + e.getMessage()));
      }
    }
  }

  private String prefix() {
    return "STARTTLS=" + role.word();
  }

  boolean available() {
    for (TlsProblem problem : problems) {
      if (problem.fatal()) {
        return false;
      }
    }
    return true;
  }

  List<TlsProblem> problems() {
    return List.copyOf(problems);
  }

  /** The engine's name for sessions that ask for nothing; starts it if need be. */
  String engine() throws TlsConfigException {
    return session(TlsFeatures.NONE, settings.requestsCertificate()).engine();
  }

  /**
   * The engine for a plan. BoringSSL takes no order of TLS 1.3 suites, no DH group, and has fewer
   * suites of TLS 1.2; what it lacks altogether is not silently dropped.
   */
  private ContextFactory factory(Planned planned) {
    List<CipherSuite> older = planned.plan.suites().stream().filter(s -> !s.tls13()).toList();
    boolean lacksAll =
        planned.plan.protocols().contains("TLSv1.2")
            && older.stream().noneMatch(CipherSuite::inBoringSsl);
    ContextFactory engine =
        Engines.choose(settings.engine(), role, dhFile || planned.ordersTls13 || lacksAll);
    if (engine instanceof BoringSslFactory && (planned.ordersTls13 || lacksAll)) {
      String what = lacksAll ? "none of the suites of CipherList" : "no choice of CipherSuites";
      planned.complaints.add(complaint("BoringSSL has " + what + "; TLSEngine=jdk does"));
    }
    return engine;
  }

  /** Whether the name that a client asks for makes a difference. */
  boolean choosesByName() {
    return identities.differ();
  }

  TlsSession session(TlsFeatures features, boolean requests) throws TlsConfigException {
    return session(features, requests, null);
  }

  TlsSession session(TlsFeatures features, boolean requests, @Nullable String serverName)
      throws TlsConfigException {
    if (!features.valid()) {
      throw new TlsConfigException(features.problem());
    }
    List<KeyPairFile> ours = identities.named(serverName);
    List<Object> kind = List.of(features.options(), requests, ours);
    synchronized (sessions) {
      TlsSession known = sessions.get(kind);
      if (known == null) {
        known = make(features, requests, ours);
        sessions.put(kind, known);
      }
      return known;
    }
  }

  private TlsSession make(TlsFeatures features, boolean requests, List<KeyPairFile> ours)
      throws TlsConfigException {
    Planned planned = plan(features, requests, ours);
    ContextFactory engine = factory(planned);
    SslContext context;
    try {
      context = engine.build(planned.plan);
    } catch (SSLException e) {
      throw new TlsConfigException(engine.name() + " refuses the settings: " + e.getMessage());
    }
    String flags = features.options().getOrDefault("flags", "");
    boolean fallback = flags.contains("C") || (settings.fallbackToClear() && !flags.contains("c"));
    return new TlsSession(
        context,
        reader,
        engine.name(),
        role == TlsRole.CLIENT || requests,
        flags.contains("R"),
        planned.options,
        fallback,
        features.options().getOrDefault("servername", ""),
        planned.complaints);
  }

  /** What a context is to do, and what of the wishes could not be met. */
  private record Planned(
      ContextFactory.Plan plan,
      SslOptions options,
      boolean ordersTls13,
      List<TlsProblem> complaints) {}

  private Planned plan(TlsFeatures features, boolean requests, List<KeyPairFile> ours)
      throws TlsConfigException {
    List<TlsProblem> complaints = new ArrayList<>();
    SslOptions options = options(features);
    List<String> protocols = new ArrayList<>();
    if (!options.has(SslOptions.NO_TLS_1_2)) {
      protocols.add("TLSv1.2");
    }
    if (!options.has(SslOptions.NO_TLS_1_3)) {
      protocols.add("TLSv1.3");
    }
    if (protocols.isEmpty()) {
      throw new TlsConfigException("the SSL options leave no version of TLS");
    }
    Optional<List<CipherSuite>> ordered = tls13(features, complaints);
    List<CipherSuite> suites = new ArrayList<>(ordered.orElseGet(CipherString::usualTls13));
    suites.addAll(tls12(features, complaints));
    ContextFactory.Plan plan =
        new ContextFactory.Plan(
            role,
            identities(features, ours, complaints).stream().map(i -> i.completed(trust)).toList(),
            role == TlsRole.SERVER && requests ? trust.authorities() : List.of(),
            requests,
            suites,
            protocols);
    return new Planned(plan, options, ordered.isPresent(), complaints);
  }

  private SslOptions options(TlsFeatures features) throws TlsConfigException {
    boolean server = role == TlsRole.SERVER;
    try {
      SslOptions configured =
          server
              ? SslOptions.SERVER.with(settings.serverOptions())
              : SslOptions.CLIENT.with(settings.clientOptions());
      return configured.with(features.options().getOrDefault("options", ""));
    } catch (IllegalArgumentException e) {
      throw new TlsConfigException(String.valueOf(e.getMessage()));
    }
  }

  private List<CipherSuite> tls12(TlsFeatures features, List<TlsProblem> complaints)
      throws TlsConfigException {
    List<CipherSuite> chosen = CipherString.usual();
    boolean own = features.options().containsKey("cipherlist");
    String list = features.options().getOrDefault("cipherlist", settings.cipherList());
    if (own || !list.isEmpty()) {
      List<CipherSuite> wanted = CipherString.parse(list);
      if (wanted.isEmpty() && own) { // as in sendmail, a session's own list is no mere wish
        throw new TlsConfigException("CipherList=" + list + " names no suite");
      } else if (wanted.isEmpty()) {
        complaints.add(complaint("SSL_CTX_set_cipher_list(" + list + ") failed, list ignored"));
      } else {
        chosen = wanted;
      }
    }
    if (!finiteFieldDh) {
      chosen = chosen.stream().filter(s -> !s.keyExchange().equals("DHE")).toList();
    }
    return chosen;
  }

  /** The TLS 1.3 suites that were asked for; empty if none were. */
  private Optional<List<CipherSuite>> tls13(TlsFeatures features, List<TlsProblem> complaints) {
    String list = features.options().getOrDefault("ciphersuites", settings.cipherSuites());
    if (list.isEmpty()) {
      return Optional.empty();
    }
    List<CipherSuite> wanted = CipherString.parseTls13(list);
    if (wanted.isEmpty()) {
      complaints.add(complaint("SSL_CTX_set_ciphersuites(" + list + ") failed, suites ignored"));
      return Optional.empty();
    }
    return Optional.of(wanted);
  }

  private TlsProblem complaint(String what) {
    return new TlsProblem(false, prefix() + ", error: " + what);
  }

  /** CertFile and KeyFile of the session; if they cannot be used ours stay, and the log says so. */
  private List<KeyPairFile> identities(
      TlsFeatures features, List<KeyPairFile> ours, List<TlsProblem> complaints) {
    String cert = features.options().getOrDefault("certfile", "");
    String key = features.options().getOrDefault("keyfile", "");
    if (cert.isEmpty() || key.isEmpty()) {
      return ours;
    }
    RoleSetup setup = new RoleSetup(settings, role);
    Optional<KeyPairFile> other = setup.identity(cert, key);
    setup.problems().forEach(p -> complaints.add(new TlsProblem(false, p.message())));
    return other.map(List::of).orElse(ours);
  }
}
