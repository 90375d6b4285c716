package postern.offline.diff;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import postern.offline.Facts;
import postern.offline.Hook;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.policy.Verify;

/** The sessions that are asked at one hook: every combination of one value of each dimension. */
final class Space {
  static final String NAME = "host.elsewhere.example";
  static final String ADDRESS = "203.0.113.213";
  static final String MAILBOX = "someone@elsewhere.example";

  private static final Set<String> TLS =
      Set.of(
          "bits",
          "alg-bits",
          "tls-version",
          "cipher",
          "cn",
          "cn-issuer",
          "cert-subject",
          "cert-issuer",
          "cert-fp");

  private final Hook hook;
  private int verify = -1;
  private final List<List<Map<String, String>>> dimensions = new ArrayList<>();

  private Space(Hook hook) {
    this.hook = hook;
  }

  Hook hook() {
    return hook;
  }

  /** For each dimension the facts that its values set; value 0 is the one of nobody special. */
  List<List<Map<String, String>>> dimensions() {
    return dimensions;
  }

  /** Which dimension is the outcome of verification, -1 if none is. */
  int verifyDimension() {
    return verify;
  }

  /** How many combinations there are; stops counting at a quadrillion. */
  long size() {
    long size = 1;
    for (List<?> each : dimensions) {
      size = Math.min(1_000_000_000_000_000L, size * each.size());
    }
    return size;
  }

  static Space of(Hook hook, Vocabulary v) {
    Space space = new Space(hook);
    boolean server = hook.role() == Role.SERVER;
    String side = server ? "client" : "server";
    switch (hook) {
      case ROUTE -> space.mailboxes("to", v, 400);
      case DRESS, CHECK_COMPAT -> {
        space.mailboxes("from", v, 100);
        space.mailboxes("to", v, 100);
      }
      case CHECK_RELAY -> {
        space.peers(side, v, 400);
        space.values(
            v, "client_resolve", "client-resolve", List.of("OK", "FAIL", "FORGED", "TEMP"));
        space.texts(v, "client_ptr", "client-ptr", Map.of());
        space.daemon(v);
        space.rates(v);
      }
      case SRV_FEATURES, GREET_PAUSE, TLS_SRV_FEATURES -> {
        space.peers(side, v, 400);
        space.daemon(v);
      }
      case CLT_FEATURES, TRY_TLS, TLS_CLT_FEATURES -> space.peers(side, v, 400);
      case TLS_CLIENT, TLS_SERVER -> {
        space.verify();
        space.bits(v);
        space.version(v);
        space.peers(side, v, 200);
        space.certificates(v);
        space.daemon(v);
        if (server) {
          space.login(v);
        }
      }
      case TLS_RCPT -> {
        space.verify();
        space.bits(v);
        space.version(v);
        space.mailboxes("to", v, 200);
        space.peers(side, v, 10);
        space.certificates(v);
      }
      case CHECK_MAIL -> {
        space.mailboxes("from", v, 200);
        space.peers(side, v, 40);
        space.values(
            v, "client_resolve", "client-resolve", List.of("OK", "FAIL", "FORGED", "TEMP"));
        space.login(v);
        space.texts(v, "s", "helo", Map.of());
        space.texts(v, "client_ptr", "client-ptr", Map.of());
        space.daemon(v);
      }
      case CHECK_RCPT -> {
        space.mailboxes("to", v, 200);
        space.peers(side, v, 40);
        space.mailboxes("from", v, 12);
        space.values(
            v, "client_resolve", "client-resolve", List.of("OK", "FAIL", "FORGED", "TEMP"));
        space.issuers(v);
        space.login(v);
        space.texts(v, "s", "helo", Map.of());
        space.texts(v, "client_ptr", "client-ptr", Map.of());
        space.daemon(v);
      }
      case CHECK_DATA, CHECK_EOM -> {
        space.mailboxes("from", v, 40);
        space.peers(side, v, 40);
        space.login(v);
        space.texts(v, "s", "helo", Map.of());
        if (hook == Hook.CHECK_EOM) {
          space.numbers(v, "size", Integer.MAX_VALUE);
        }
      }
    }
    return space;
  }

  // ---- dimensions

  private void add(List<Map<String, String>> values) {
    if (values.size() > 1) {
      dimensions.add(List.copyOf(values));
    }
  }

  private void values(Vocabulary v, String macro, String fact, List<String> texts) {
    if (v.macros.contains(macro)) {
      List<Map<String, String>> values = new ArrayList<>();
      texts.forEach(text -> values.add(Map.of(fact, text)));
      add(values);
    }
  }

  private void verify() {
    List<Map<String, String>> values = new ArrayList<>();
    values.add(Map.of("verify", "OK"));
    for (Verify verify : Verify.values()) {
      if (verify == Verify.EMPTY) {
        values.add(Map.of()); // no STARTTLS
      } else if (verify != Verify.OK) {
        values.add(Map.of("verify", verify.name()));
      }
    }
    verify = dimensions.size();
    add(values);
  }

  /** Whether there may be such a session: without a handshake nothing is known of ciphers. */
  boolean possible(int[] chosen) {
    if (verify < 0) {
      return true;
    }
    String said = dimensions.get(verify).get(chosen[verify]).getOrDefault("verify", "");
    if (handshake(said)) {
      return true;
    }
    for (int i = 0; i < chosen.length; i++) {
      if (i != verify && chosen[i] > 0 && tls(dimensions.get(i).get(chosen[i]))) {
        return false;
      }
    }
    return true;
  }

  private static boolean tls(Map<String, String> facts) {
    return facts.keySet().stream().anyMatch(TLS::contains);
  }

  private void bits(Vocabulary v) {
    Set<Integer> bits = new TreeSet<>(List.of(0, 128));
    int taken = 0;
    for (int n : v.numbers) {
      if (n >= 40 && n <= 1024 && taken++ < 10) {
        bits.add(n - 1);
        bits.add(n);
      }
    }
    bits.remove(256);
    List<Map<String, String>> values = new ArrayList<>();
    values.add(Map.of("bits", "256"));
    bits.forEach(n -> values.add(Map.of("bits", String.valueOf(n))));
    add(values);
  }

  private void version(Vocabulary v) {
    Set<String> versions = new LinkedHashSet<>(List.of("TLSv1.3", "TLSv1.2"));
    v.words.stream().filter(w -> w.matches("(TLS|SSL)v[0-9.]+")).forEach(versions::add);
    versions.addAll(List.of("TLSv1.1", "TLSv1"));
    values(v, "tls_version", "tls-version", List.copyOf(versions));
    Set<String> ciphers = new LinkedHashSet<>();
    ciphers.add("TLS_AES_256_GCM_SHA384");
    v.words.stream()
        .filter(w -> w.matches("[A-Z0-9]+([_-][A-Z0-9]+)+"))
        .limit(20)
        .forEach(ciphers::add);
    ciphers.add("ECDHE-RSA-AES128-SHA");
    values(v, "cipher", "cipher", List.copyOf(ciphers));
  }

  private void peers(String side, Vocabulary v, int most) {
    List<Map<String, String>> values = new ArrayList<>();
    values.add(Map.of(side + "-name", NAME, side + "-addr", ADDRESS));
    for (String address : limited(v.addresses, most)) {
      values.add(Map.of(side + "-name", NAME, side + "-addr", address));
    }
    for (String host : limited(v.hosts, most)) {
      values.add(Map.of(side + "-name", host, side + "-addr", ADDRESS));
      if (host.indexOf('[') < 0) {
        values.add(Map.of(side + "-name", "x." + host, side + "-addr", ADDRESS));
      }
    }
    if (v.casesMatter()) {
      for (String host : limited(v.hosts, most / 4)) {
        values.add(Map.of(side + "-name", upper(host), side + "-addr", ADDRESS));
      }
    }
    for (String word : limited(v.words, most / 4)) {
      values.add(Map.of(side + "-name", word, side + "-addr", ADDRESS));
    }
    values.add(Map.of(side + "-name", "[" + ADDRESS + "]", side + "-addr", ADDRESS));
    values.add(Map.of(side + "-name", "localhost", side + "-addr", "127.0.0.1"));
    add(values);
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  private static List<String> limited(Set<String> words, int most) {
    return words.stream().limit(Math.max(1, most)).toList();
  }

  private void mailboxes(String fact, Vocabulary v, int most) {
    Set<String> all = new LinkedHashSet<>();
    all.add(MAILBOX);
    all.addAll(
        List.of(
            "",
            "postmaster",
            "someone",
            "someone@unqualified",
            "a%b.example@elsewhere.example",
            "a!b@elsewhere.example"));
    all.addAll(limited(v.mailboxes, most));
    for (String user : limited(v.users, most / 2)) {
      all.add(user + "@elsewhere.example");
      all.add(user + "+detail@elsewhere.example");
      all.add(user);
    }
    for (String host : limited(v.hosts, most)) {
      all.add("someone@" + host);
      if (host.indexOf('[') < 0) {
        all.add("someone@x." + host);
      }
    }
    for (String address : limited(v.addresses, most / 8)) {
      all.add("someone@[" + address + "]");
    }
    for (String word : limited(v.words, most / 4)) {
      if (word.indexOf('.') > 0) {
        all.add("someone@" + word);
      } else {
        all.add(word + "@elsewhere.example");
        all.add(word);
      }
    }
    if (v.casesMatter()) {
      limited(v.mailboxes, most / 4).forEach(box -> all.add(upper(box)));
      limited(v.users, most / 8).forEach(user -> all.add(upper(user) + "@elsewhere.example"));
      limited(v.hosts, most / 4).forEach(host -> all.add("someone@" + upper(host)));
    }
    List<Map<String, String>> values = new ArrayList<>();
    all.forEach(text -> values.add(Map.of(fact, text)));
    add(values);
  }

  private void certificates(Vocabulary v) {
    List<Map<String, String>> values = new ArrayList<>();
    if (v.macros.contains("cn_subject") || v.macros.contains("cert_subject")) {
      values.add(Map.of());
      for (String name : limited(v.commonNames, 20)) {
        values.add(Map.of("cn", name.isEmpty() ? NAME : name));
      }
      for (Set<String> some : List.of(v.phrases, v.words, v.hosts)) {
        limited(some, 10).forEach(name -> values.add(Map.of("cn", name)));
      }
      for (String subject : limited(v.subjects, 20)) {
        values.add(Map.of("cert-subject", subject));
      }
      add(values);
    }
    issuerValues(v);
    texts(v, "cn_issuer", "cn-issuer", Map.of());
    texts(v, v.macros.contains("cert_fp") ? "cert_fp" : "cert_md5", "cert-fp", Map.of());
    if (v.macros.contains("alg_bits")) {
      numbers(v, "alg-bits", 1024);
    }
  }

  /** Facts of their own for macros that hold any text, if some rule reads them. */
  private void texts(Vocabulary v, String macro, String fact, Map<String, String> with) {
    if (!v.macros.contains(macro)) {
      return;
    }
    Set<String> all = new LinkedHashSet<>();
    for (Set<String> some : List.of(v.phrases, v.words, v.hosts)) {
      all.addAll(limited(some, 15));
    }
    List<Map<String, String>> values = new ArrayList<>();
    values.add(Map.of());
    for (String text : all) {
      Map<String, String> value = new TreeMap<>(with);
      value.put(fact, text);
      values.add(Map.copyOf(value));
    }
    add(values);
  }

  private void numbers(Vocabulary v, String fact, int most) {
    Set<Integer> all = new TreeSet<>();
    for (int n : v.numbers) {
      if (n > 0 && n < most && all.size() < 40) {
        all.addAll(List.of(n - 1, n, n + 1));
      }
    }
    List<Map<String, String>> values = new ArrayList<>();
    values.add(Map.of());
    all.forEach(n -> values.add(Map.of(fact, String.valueOf(n))));
    add(values);
  }

  private void issuerValues(Vocabulary v) {
    if (v.macros.contains("cert_issuer")) {
      List<Map<String, String>> values = new ArrayList<>();
      values.add(Map.of());
      for (String issuer : limited(v.issuers, 20)) {
        values.add(Map.of("cert-issuer", issuer));
      }
      add(values);
    }
  }

  /** Relaying by certificate. */
  private void issuers(Vocabulary v) {
    if (v.issuers.isEmpty() || !v.macros.contains("cert_issuer")) {
      return;
    }
    List<Map<String, String>> values = new ArrayList<>();
    values.add(Map.of());
    for (String issuer : limited(v.issuers, 10)) {
      values.add(Map.of("verify", "OK", "cert-issuer", issuer));
      values.add(Map.of("verify", "NO", "cert-issuer", issuer));
      for (String subject : limited(v.subjects, 10)) {
        values.add(Map.of("verify", "OK", "cert-issuer", issuer, "cert-subject", subject));
      }
    }
    add(values);
  }

  private void login(Vocabulary v) {
    List<Map<String, String>> values = new ArrayList<>();
    values.add(Map.of());
    for (String mechanism : limited(v.mechanisms, 5)) {
      values.add(Map.of("auth-type", mechanism, "auth-user", "user"));
    }
    texts(v, "auth_authen", "auth-user", Map.of("auth-type", "PLAIN"));
    if (v.macros.contains("auth_ssf")) {
      values.add(Map.of("auth-type", "GSSAPI", "auth-user", "user", "auth-ssf", "128"));
    }
    add(values);
  }

  private void daemon(Vocabulary v) {
    if (v.macros.contains("daemon_flags")) {
      List<Map<String, String>> values = new ArrayList<>();
      values.add(Map.of());
      for (String flag : List.of("a", "c", "f", "r", "u", "CC", "EE")) {
        values.add(Map.of("daemon-flags", flag));
      }
      add(values);
    }
    texts(v, "daemon_name", "daemon-name", Map.of());
  }

  private void rates(Vocabulary v) {
    for (String macro : List.of("client_rate", "client_connections")) {
      List<Map<String, String>> values = new ArrayList<>();
      values.add(Map.of());
      for (int n : v.numbers) {
        if (n > 0 && n < 1000 && values.size() < 80) {
          values.add(Map.of(macro.replace('_', '-'), String.valueOf(n)));
          values.add(Map.of(macro.replace('_', '-'), String.valueOf(n + 1)));
        }
      }
      if (v.macros.contains(macro)) {
        add(values);
      }
    }
  }

  // ---- sessions

  /** The facts of one combination. */
  Map<String, String> facts(int[] chosen) {
    Map<String, String> facts = new TreeMap<>();
    if (hook == Hook.CHECK_RCPT || hook == Hook.CHECK_DATA || hook == Hook.CHECK_EOM) {
      facts.put("from", MAILBOX);
    }
    for (int i = 0; i < chosen.length; i++) {
      facts.putAll(dimensions.get(i).get(chosen[i]));
    }
    if (verify >= 0 && !handshake(facts.getOrDefault("verify", ""))) {
      facts.keySet().removeAll(TLS);
    }
    return facts;
  }

  private static boolean handshake(String verify) {
    return switch (verify) {
      case "OK", "NO", "NOT", "FAIL", "TRUSTED", "DANE_FAIL" -> true;
      default -> false;
    };
  }

  /** The session that facts make. */
  SessionRecord record(Map<String, String> given) {
    Facts facts = new Facts();
    given.forEach(facts::set);
    return facts.record(hook.role());
  }
}
