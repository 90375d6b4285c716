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
import postern.policy.TlsFeatures;

/** What both roles share: the files as they were read, and the contexts made of them so far. */
final class RoleTls {
  /**
   * Kinds of session that are kept ready; a rule set that makes up more of them only costs time.
   */
  private static final int KINDS = 64;

  /** What can differ between two sessions of a role. */
  private record Kind(TlsFeatures features, boolean requests) {}

  private final TlsSettings settings;
  private final TlsRole role;
  private final List<TlsProblem> problems;
  private final List<KeyPairFile> identities;
  private final TrustStore trust;
  private final FactsReader reader;
  private final ContextFactory factory;
  private final boolean finiteFieldDh;
  private final Map<Kind, TlsSession> sessions =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, TlsSession> eldest) {
          return size() > KINDS;
        }
      };

  RoleTls(TlsSettings settings, TlsRole role, InstantSource clock) {
    this.settings = settings;
    this.role = role;
    RoleSetup setup = new RoleSetup(settings, role);
    String digest = setup.digest();
    trust = setup.trust();
    identities = setup.identities();
    boolean server = role == TlsRole.SERVER;
    Optional<RoleSetup.Group> group = server ? setup.dhFile() : Optional.empty();
    group.ifPresent(g -> JdkFactory.useGroup(g.prime(), g.generator()));
    Engines.property("jdk.tls.ephemeralDHKeySize", "2048");
    finiteFieldDh = !settings.dhParameters().toLowerCase(Locale.ROOT).startsWith("n");
    reader = new FactsReader(role, new ChainVerifier(trust), digest, settings.altNames(), clock);
    problems = setup.problems();
    factory =
        Engines.choose(
            settings.engine(), role, group.isPresent() || !settings.cipherSuites().isEmpty());
    if (available()) {
      try {
        TlsSession first = session(TlsFeatures.NONE, settings.requestsCertificate());
        problems.addAll(first.problems());
      } catch (TlsConfigException e) {
        problems.add(
            new TlsProblem(true, "STARTTLS=" + role.word() + ", error: " + e.getMessage()));
      }
    }
  }

  boolean available() {
    return problems.stream().noneMatch(TlsProblem::fatal);
  }

  List<TlsProblem> problems() {
    return List.copyOf(problems);
  }

  String engine() {
    return factory.name();
  }

  TlsSession session(TlsFeatures features, boolean requests) throws TlsConfigException {
    Kind kind = new Kind(features, requests);
    synchronized (sessions) {
      TlsSession known = sessions.get(kind);
      if (known == null) {
        known = make(features, requests);
        sessions.put(kind, known);
      }
      return known;
    }
  }

  private TlsSession make(TlsFeatures features, boolean requests) throws TlsConfigException {
    if (!features.valid()) {
      throw new TlsConfigException(features.problem());
    }
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
    List<CipherSuite> suites = new ArrayList<>(tls13(features, complaints));
    suites.addAll(tls12(features, complaints));
    boolean ownOrder = options.has(SslOptions.CIPHER_SERVER_PREFERENCE);
    try {
      SslContext context =
          factory.build(
              new ContextFactory.Plan(
                  role,
                  identities(features, complaints),
                  trust.authorities(),
                  requests,
                  suites,
                  protocols));
      String flags = features.options().getOrDefault("flags", "");
      boolean fallback =
          flags.contains("C") || (settings.fallbackToClear() && !flags.contains("c"));
      return new TlsSession(
          context,
          reader,
          factory.name(),
          role == TlsRole.CLIENT || requests,
          flags.contains("R"),
          ownOrder,
          fallback,
          features.options().getOrDefault("servername", ""),
          complaints);
    } catch (SSLException e) {
      throw new TlsConfigException(factory.name() + " refuses the settings: " + e.getMessage());
    }
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

  private List<CipherSuite> tls12(TlsFeatures features, List<TlsProblem> complaints) {
    List<CipherSuite> chosen = CipherString.usual();
    String list = features.options().getOrDefault("cipherlist", settings.cipherList());
    if (!list.isEmpty()) {
      List<CipherSuite> wanted = CipherString.parse(list);
      if (wanted.isEmpty()) {
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

  private List<CipherSuite> tls13(TlsFeatures features, List<TlsProblem> complaints) {
    String list = features.options().getOrDefault("ciphersuites", settings.cipherSuites());
    if (list.isEmpty()) {
      return CipherString.usualTls13();
    }
    List<CipherSuite> wanted = CipherString.parseTls13(list);
    if (wanted.isEmpty()) {
      complaints.add(complaint("SSL_CTX_set_ciphersuites(" + list + ") failed, suites ignored"));
      return CipherString.usualTls13();
    }
    return wanted;
  }

  private TlsProblem complaint(String what) {
    return new TlsProblem(false, "STARTTLS=" + role.word() + ", error: " + what);
  }

  /** CertFile and KeyFile of the session; if they cannot be used ours stay, and the log says so. */
  private List<KeyPairFile> identities(TlsFeatures features, List<TlsProblem> complaints) {
    String cert = features.options().getOrDefault("certfile", "");
    String key = features.options().getOrDefault("keyfile", "");
    if (cert.isEmpty() || key.isEmpty()) {
      return identities;
    }
    RoleSetup setup = new RoleSetup(settings, role);
    Optional<KeyPairFile> other = setup.identity(cert, key);
    setup.problems().forEach(p -> complaints.add(new TlsProblem(false, p.message())));
    return other.map(List::of).orElse(identities);
  }
}
