package postern.offline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/**
 * Facts by name, as test files and command lines give them ({@code client-name=mx.example.org
 * verify=OK bits=256}), and the session that they make. Not thread-safe.
 */
public final class Facts {
  private static final Map<String, String> NAMES = new TreeMap<>();

  static {
    NAMES.put("client-name", "host name of the client, or [address]");
    NAMES.put("client-addr", "its address: 192.0.2.1 or IPv6:2001:db8:0:0:0:0:0:1");
    NAMES.put("client-ptr", "its PTR name, if that differs");
    NAMES.put("client-resolve", "OK, FAIL, FORGED or TEMP");
    NAMES.put("client-rate", "connections of this client within the window");
    NAMES.put("client-connections", "open connections of this client");
    NAMES.put("server-name", "host name of the server we connect to");
    NAMES.put("server-addr", "its address");
    NAMES.put("daemon-name", "name of our listener");
    NAMES.put("daemon-flags", "its modifier letters");
    NAMES.put("helo", "argument of EHLO");
    NAMES.put("verify", "OK NO NOT FAIL NONE CLEAR TEMP FAILURE SOFTWARE PROTOCOL CONFIG ...");
    NAMES.put("bits", "secret bits of the cipher");
    NAMES.put("alg-bits", "bits of the cipher's algorithm");
    NAMES.put("cipher", "OpenSSL's name of the cipher suite");
    NAMES.put("tls-version", "TLSv1.2, TLSv1.3");
    NAMES.put("cn", "common name of the peer's certificate");
    NAMES.put("cn-issuer", "common name of its issuer");
    NAMES.put("cert-subject", "distinguished name, /C=.../O=.../CN=...");
    NAMES.put("cert-issuer", "distinguished name of its issuer");
    NAMES.put("cert-fp", "its fingerprint");
    NAMES.put("alt-names", "its DNS names, commas between");
    NAMES.put("auth-type", "AUTH mechanism");
    NAMES.put("auth-user", "the user who logged in");
    NAMES.put("auth-ssf", "bits of the AUTH security layer");
    NAMES.put("from", "sender");
    NAMES.put("to", "recipient; may be given more than once");
    NAMES.put("size", "bytes of the message");
  }

  private static final Set<String> TLS =
      Set.of(
          "verify",
          "bits",
          "alg-bits",
          "cipher",
          "tls-version",
          "cn",
          "cn-issuer",
          "cert-subject",
          "cert-issuer",
          "cert-fp",
          "alt-names");

  private static final Set<String> NUMBERS =
      Set.of("client-rate", "client-connections", "bits", "alg-bits", "auth-ssf", "size");

  private final Map<String, String> values = new LinkedHashMap<>();
  private final List<String> recipients = new ArrayList<>();

  /** Fact names with what they mean, sorted. */
  public static Map<String, String> names() {
    return new TreeMap<>(NAMES);
  }

  /** A copy that can be changed on its own. */
  public Facts copy() {
    Facts copy = new Facts();
    copy.values.putAll(values);
    copy.recipients.addAll(recipients);
    return copy;
  }

  public boolean isEmpty() {
    return values.isEmpty() && recipients.isEmpty();
  }

  /**
   * Sets a fact; a second {@code to} adds a recipient.
   *
   * @throws IllegalArgumentException if there is no such fact or the value cannot be one; the
   *     message is for the user
   */
  public void set(String name, String value) {
    String key = name.toLowerCase(Locale.ROOT);
    if (!NAMES.containsKey(key)) {
      throw new IllegalArgumentException("no such fact: " + name);
    }
    switch (key) {
      case "to" -> {
        recipients.add(path(value));
        return;
      }
      case "verify" -> {
        if (verify(value) == null) {
          throw new IllegalArgumentException("no such value of ${verify}: " + value);
        }
      }
      case "client-resolve" -> {
        if (resolve(value) == null) {
          throw new IllegalArgumentException(
              "client-resolve is OK, FAIL, FORGED or TEMP, not " + value);
        }
      }
      default -> {
        if (NUMBERS.contains(key) && !value.isEmpty() && !value.matches("[0-9]{1,9}")) {
          throw new IllegalArgumentException(name + " is a number, not " + value);
        }
      }
    }
    values.put(key, value);
  }

  /** Forgets the recipients, so that the next one is the first. */
  public void clearRecipients() {
    recipients.clear();
  }

  /** The value of {@code ${verify}} called {@code text}, or null; empty text is one, too. */
  public static @Nullable Verify verify(String text) {
    if (text.isEmpty() || text.equalsIgnoreCase("none-yet")) {
      return Verify.EMPTY;
    }
    for (Verify verify : Verify.values()) {
      if (verify.name().equalsIgnoreCase(text)) {
        return verify;
      }
    }
    return null;
  }

  static PeerFacts.@Nullable Resolve resolve(String text) {
    for (PeerFacts.Resolve resolve : PeerFacts.Resolve.values()) {
      if (resolve.name().equalsIgnoreCase(text)) {
        return resolve;
      }
    }
    return null;
  }

  /** A path in angle brackets, whether it was given with them or not. */
  static String path(String address) {
    return address.startsWith("<") && address.endsWith(">") ? address : "<" + address + ">";
  }

  private String get(String name) {
    return values.getOrDefault(name, "");
  }

  private int number(String name, int otherwise) {
    String value = get(name);
    return value.isEmpty() ? otherwise : Integer.parseInt(value);
  }

  /** The session that these facts make, seen from {@code role}. */
  public SessionRecord record(Role role) {
    SessionRecord.Login login =
        new SessionRecord.Login(get("auth-type"), get("auth-user"), number("auth-ssf", 0));
    SessionRecord.Message message =
        new SessionRecord.Message(
            "",
            values.containsKey("from") ? path(get("from")) : "",
            recipients,
            Map.of(),
            number("size", 0));
    return new SessionRecord(
        null,
        role,
        role == Role.SERVER ? client() : server(),
        get("helo"),
        tls(),
        login,
        message,
        Set.of(),
        SessionRecord.Past.UNKNOWN);
  }

  private PeerFacts server() {
    String address = get("server-addr");
    String name = get("server-name");
    return SessionRecord.peer(
        name.isEmpty() && !address.isEmpty() ? "[" + address + "]" : name,
        address,
        PeerFacts.Resolve.OK);
  }

  private PeerFacts client() {
    String address = get("client-addr");
    String given = get("client-name");
    String name = given.isEmpty() && !address.isEmpty() ? "[" + address + "]" : given;
    PeerFacts.Resolve resolve =
        name.startsWith("[") ? PeerFacts.Resolve.FAIL : PeerFacts.Resolve.OK;
    PeerFacts.Resolve said = resolve(get("client-resolve"));
    return new PeerFacts(
        address,
        0,
        name,
        values.getOrDefault("client-ptr", name),
        said == null ? resolve : said,
        values.getOrDefault("daemon-name", "MTA"),
        get("daemon-flags"),
        "",
        25,
        number("client-connections", 1),
        number("client-rate", 1),
        1);
  }

  private @Nullable TlsFacts tls() {
    if (values.keySet().stream().noneMatch(TLS::contains)) {
      return null;
    }
    Verify said = values.containsKey("verify") ? verify(get("verify")) : Verify.OK;
    Verify verify = said == null ? Verify.OK : said;
    boolean handshake =
        switch (verify) {
          case OK, NO, NOT, FAIL, TRUSTED, DANE_FAIL -> true;
          case NONE, CLEAR, TEMP, PROTOCOL, SOFTWARE, CONFIG, FAILURE, EMPTY -> false;
        };
    int bits = number("bits", handshake ? 256 : 0);
    boolean active = values.containsKey("bits") ? !get("bits").isEmpty() : handshake;
    if (!active) {
      return new TlsFacts(
          verify,
          "",
          "",
          0,
          0,
          get("cert-subject"),
          get("cert-issuer"),
          get("cn"),
          get("cn-issuer"),
          get("cert-fp"),
          altNames(),
          "");
    }
    String cipher =
        bits >= 256 ? "TLS_AES_256_GCM_SHA384" : bits >= 128 ? "TLS_AES_128_GCM_SHA256" : "unnamed";
    return new TlsFacts(
        verify,
        values.getOrDefault("tls-version", "TLSv1.3"),
        values.getOrDefault("cipher", cipher),
        bits,
        number("alg-bits", bits),
        get("cert-subject"),
        get("cert-issuer"),
        get("cn"),
        get("cn-issuer"),
        get("cert-fp"),
        altNames(),
        verify == Verify.OK ? "ok" : "");
  }

  private List<String> altNames() {
    String names = get("alt-names");
    return names.isEmpty() ? List.of() : List.of(names.split(" *, *"));
  }
}
