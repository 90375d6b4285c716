package postern.offline.replay;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.offline.Fact;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.policy.TlsFacts;

/** What a rule set can learn of a session: its arguments, and the macros that it reads. */
enum Key {
  SENDER(null, r -> r.message().sender()),
  /** The recipient that is asked for. */
  RECIPIENT(null, Key::recipient),
  PEER_NAME(null, r -> r.peer().name()),
  PEER_ADDRESS(null, r -> r.peer().address()),
  PTR(null, r -> r.peer().ptr()),
  RESOLVE(Fact.RESOLVE, r -> r.peer().resolve().name()),
  /** Port, counts and rates; the listener. */
  CONNECTION(
      null,
      r ->
          r.peer().port()
              + " "
              + r.peer().connections()
              + " "
              + r.peer().rate()
              + " "
              + r.peer().totalRate()
              + " "
              + r.peer().daemonName()
              + " "
              + r.peer().daemonFlags()
              + " "
              + r.peer().daemonAddress()
              + " "
              + r.peer().daemonPort()),
  HELO(Fact.HELO, SessionRecord::helo),
  /** Whether there was TLS at all. */
  TLS(Fact.TLS, r -> r.tls() != null && r.tls().active() ? "1" : ""),
  VERIFY(Fact.VERIFY, tls(f -> f.verify().text())),
  VERSION(Fact.VERSION, tls(TlsFacts::version)),
  CIPHER(Fact.CIPHER, tls(TlsFacts::cipher)),
  BITS(Fact.BITS, tls(f -> f.active() ? Integer.toString(f.cipherBits()) : "")),
  ALG_BITS(Fact.ALG_BITS, tls(f -> f.active() ? Integer.toString(f.algorithmBits()) : "")),
  CERT_SUBJECT(Fact.CERT_SUBJECT, tls(TlsFacts::certSubject)),
  CERT_ISSUER(Fact.CERT_ISSUER, tls(TlsFacts::certIssuer)),
  CN_SUBJECT(Fact.CN_SUBJECT, tls(TlsFacts::cnSubject)),
  CN_ISSUER(Fact.CN_ISSUER, tls(TlsFacts::cnIssuer)),
  FINGERPRINT(Fact.FINGERPRINT, tls(TlsFacts::fingerprint)),
  AUTH_TYPE(null, r -> r.login().mechanism()),
  AUTH_USER(null, r -> r.login().identity()),
  AUTH_SSF(null, r -> Integer.toString(r.login().strength())),
  PARAMETERS(null, r -> r.message().parameters().toString()),
  /** What is different each time: nothing that was answered then can be used again. */
  EACH_TIME(null, r -> "");

  static final Set<Key> ABOUT_TLS = EnumSet.range(TLS, FINGERPRINT);

  private static final Map<String, Key[]> MACROS = new HashMap<>();

  static {
    macro("{client_name}", PEER_NAME);
    macro("{client_addr}", PEER_ADDRESS);
    macro("{daemon_family}", PEER_ADDRESS);
    macro("{server_name}", PEER_NAME);
    macro("{server_addr}", PEER_ADDRESS);
    macro("{client_ptr}", PTR);
    macro("{client_resolve}", RESOLVE);
    macro("_", PEER_NAME, PEER_ADDRESS, PTR, RESOLVE);
    macro("{client_port}", CONNECTION);
    macro("{client_connections}", CONNECTION);
    macro("{client_rate}", CONNECTION);
    macro("{total_rate}", CONNECTION);
    macro("{daemon_name}", CONNECTION);
    macro("{daemon_flags}", CONNECTION);
    macro("{daemon_addr}", CONNECTION);
    macro("{daemon_port}", CONNECTION);
    macro("s", HELO, PEER_NAME);
    macro("r", HELO, TLS, AUTH_TYPE);
    macro("{verify}", VERIFY);
    macro("{tls_version}", VERSION);
    macro("{cipher}", CIPHER);
    macro("{cipher_bits}", BITS);
    macro("{alg_bits}", ALG_BITS);
    macro("{cert_subject}", CERT_SUBJECT);
    macro("{cert_issuer}", CERT_ISSUER);
    macro("{cn_subject}", CN_SUBJECT);
    macro("{cn_issuer}", CN_ISSUER);
    macro("{cert_md5}", FINGERPRINT);
    macro("{cert_fp}", FINGERPRINT);
    macro("{auth_type}", AUTH_TYPE);
    macro("{auth_authen}", AUTH_USER);
    macro("{auth_ssf}", AUTH_SSF);
    macro("{auth_author}", PARAMETERS);
    macro("{dsn_ret}", PARAMETERS);
    macro("{dsn_envid}", PARAMETERS);
    macro("{msg_size}", PARAMETERS);
    macro("{mail_from}", SENDER);
    macro("f", SENDER);
    macro("g", SENDER);
    for (String changing : new String[] {"i", "b", "a", "t", "d", "h", "u"}) {
      macro(changing, EACH_TIME);
    }
    for (String made : new String[] {"{mail_mailer}", "{mail_host}", "{mail_addr}"}) {
      macro(made, SENDER, EACH_TIME); // of rule sets that ran for the sender
    }
    for (String made : new String[] {"{rcpt_mailer}", "{rcpt_host}", "{rcpt_addr}"}) {
      macro(made, RECIPIENT);
    }
  }

  /** Takes a value out of a session. */
  private interface Getter {
    String of(SessionRecord record);
  }

  /** Takes a value out of what is known of TLS. */
  private interface TlsGetter {
    String of(TlsFacts facts);
  }

  private final @Nullable Fact fact;

  @SuppressWarnings("ImmutableEnumChecker") // method references that hold nothing
  private final Getter value;

  Key(@Nullable Fact fact, Getter value) {
    this.fact = fact;
    this.value = value;
  }

  private static void macro(String name, Key... keys) {
    MACROS.put(name, keys);
  }

  private static Getter tls(TlsGetter part) {
    return record -> {
      TlsFacts facts = record.tls();
      return facts == null ? "" : part.of(facts);
    };
  }

  private static String recipient(SessionRecord record) {
    return record.message().recipients().isEmpty() ? "" : record.message().recipients().get(0);
  }

  /** What is learnt from macro {@code name}; null if it is the same in all sessions. */
  static Key @Nullable [] of(String name, Role role, boolean mailDone) {
    Key[] keys = MACROS.get(name);
    if (keys != null && !mailDone && name.startsWith("{mail_") && !name.equals("{mail_from}")) {
      return new Key[] {SENDER}; // made while the trace was watching
    }
    return keys;
  }

  /** Its value in {@code record}, of which the first recipient is the one that is asked for. */
  String value(SessionRecord record) {
    return value.of(record);
  }

  /** Whether {@code record} does not know it. */
  boolean isUnknown(SessionRecord record) {
    Set<Fact> unknown = record.unknown();
    if (unknown.isEmpty() || fact == null) {
      return false;
    }
    return unknown.contains(fact) || (ABOUT_TLS.contains(this) && unknown.contains(Fact.TLS));
  }

  /** The fact it shows, or null if that is always known. */
  @Nullable Fact fact() {
    return fact;
  }
}
