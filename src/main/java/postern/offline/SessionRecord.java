package postern.offline;

import java.time.Instant;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;

/**
 * One SMTP session as far as a policy cares: a message that came in, or a delivery that went out.
 * {@link RecordJson} writes it down; docs/session-record.md describes that form.
 *
 * @param time when it was, null if that is not known
 * @param role which side we were
 * @param peer the client, or the server we connected to (then only name and address count)
 * @param helo argument of HELO or EHLO, empty if there was none
 * @param tls what is known of TLS; null: there was no STARTTLS
 * @param login AUTH
 * @param message the envelope
 * @param unknown what is not known; the record holds a guess or nothing in its place
 * @param past what came of it then
 */
public record SessionRecord(
    @Nullable Instant time,
    Role role,
    PeerFacts peer,
    String helo,
    @Nullable TlsFacts tls,
    Login login,
    Message message,
    Set<Fact> unknown,
    Past past) {
  /** Among the parameters of a delivery: how many attempts there were before. */
  public static final String TRIES = "TRIES";

  /**
   * AUTH.
   *
   * @param mechanism {@code ${auth_type}}, empty without AUTH
   * @param identity {@code ${auth_authen}}, encoded
   * @param strength {@code ${auth_ssf}}: bits of the security layer
   */
  public record Login(String mechanism, String identity, int strength) {
    public static final Login NONE = new Login("", "", 0);
  }

  /**
   * The envelope.
   *
   * @param id queue id, may be empty
   * @param sender {@code <a@b.test>}, {@code <>}, or empty if there was no MAIL
   * @param recipients {@code <u@d.test>} each
   * @param parameters of MAIL, upper-case keyword to value; of a delivery ENVID and {@link #TRIES}
   * @param size bytes, 0 if unknown
   */
  public record Message(
      String id,
      String sender,
      List<String> recipients,
      Map<String, String> parameters,
      long size) {
    public static final Message NONE = new Message("", "", List.of(), Map.of(), 0);

    public Message {
      recipients = List.copyOf(recipients);
      parameters =
          parameters.isEmpty()
              ? Map.of()
              : Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }
  }

  /**
   * What happened when the session took place.
   *
   * @param hook rule set that decided, empty if that is not known
   * @param reply {@code accept}, a reply line, {@code discard} ...; empty if that is not known
   */
  public record Past(String hook, String reply) {
    public static final Past UNKNOWN = new Past("", "");
  }

  public SessionRecord {
    if (!(unknown instanceof Frozen)) {
      unknown = unknown.isEmpty() ? Frozen.NOTHING : new Frozen(EnumSet.copyOf(unknown));
    }
  }

  /** Facts that nobody changes any more: copies of a record share them. Cheap to compare. */
  private static final class Frozen extends AbstractSet<Fact> {
    static final Frozen NOTHING = new Frozen(EnumSet.noneOf(Fact.class));

    private final Set<Fact> facts;
    private final long bits;

    @SuppressWarnings("EnumOrdinal") // a place in a word of bits, kept nowhere
    Frozen(EnumSet<Fact> facts) {
      this.facts = Collections.unmodifiableSet(facts);
      long all = 0;
      for (Fact fact : facts) {
        all |= 1L << fact.ordinal();
      }
      bits = all;
    }

    @Override
    @SuppressWarnings("EnumOrdinal")
    public boolean contains(Object fact) {
      return fact instanceof Fact f && (bits & 1L << f.ordinal()) != 0;
    }

    @Override
    public boolean isEmpty() {
      return bits == 0;
    }

    @Override
    public Iterator<Fact> iterator() {
      return facts.iterator();
    }

    @Override
    public int size() {
      return Long.bitCount(bits);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Frozen f ? bits == f.bits : super.equals(other);
    }

    @Override
    public int hashCode() {
      return super.hashCode();
    }
  }

  /** The same session with other TLS facts. */
  public SessionRecord withTls(@Nullable TlsFacts other) {
    return new SessionRecord(time, role, peer, helo, other, login, message, unknown, past);
  }

  /** The same session with another peer. */
  public SessionRecord withPeer(PeerFacts other) {
    return new SessionRecord(time, role, other, helo, tls, login, message, unknown, past);
  }

  /** The same session with another login. */
  public SessionRecord withLogin(Login other) {
    return new SessionRecord(time, role, peer, helo, tls, other, message, unknown, past);
  }

  /** The same session with another envelope. */
  public SessionRecord withMessage(Message other) {
    return new SessionRecord(time, role, peer, helo, tls, login, other, unknown, past);
  }

  /** The same session with another greeting. */
  public SessionRecord withHelo(String other) {
    return new SessionRecord(time, role, peer, other, tls, login, message, unknown, past);
  }

  /** The same session with other facts unknown. */
  public SessionRecord withUnknown(Set<Fact> other) {
    return new SessionRecord(time, role, peer, helo, tls, login, message, other, past);
  }

  /** The same session with everything known. */
  public SessionRecord known() {
    return new SessionRecord(time, role, peer, helo, tls, login, message, Set.of(), past);
  }

  /** A peer of which only name and address are known. */
  public static PeerFacts peer(String name, String address, PeerFacts.Resolve resolve) {
    return new PeerFacts(address, 0, name, name, resolve, "MTA", "", "", 25, 1, 1, 1);
  }
}
