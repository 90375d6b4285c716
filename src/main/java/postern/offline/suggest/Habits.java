package postern.offline.suggest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import postern.offline.Fact;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/**
 * What peers did in a log, and the requirements that they would have met. In bounded memory: of
 * very many peers those with the fewest sessions are forgotten.
 */
public final class Habits {
  private static final int MOST_PEERS = 50_000;
  private static final int[] STEPS = {256, 128, 112};

  /** One-sided 95 %. */
  private static final double Z = 1.645;

  private final Map<String, Peer> clients = new HashMap<>();
  private final Map<String, Peer> servers = new HashMap<>();
  private long unclear;
  private long forgotten;

  /** What one peer did. */
  private static final class Peer {
    final String name;
    long sessions;
    long encrypted;
    long verified;
    // Sessions with at least STEPS[i] bits; verified ones of them.
    final long[] strong = new long[STEPS.length];
    final long[] strongVerified = new long[STEPS.length];
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;

    Peer(String name) {
      this.name = name;
    }

    void add(Peer other) {
      sessions += other.sessions;
      encrypted += other.encrypted;
      verified += other.verified;
      for (int i = 0; i < STEPS.length; i++) {
        strong[i] += other.strong[i];
        strongVerified[i] += other.strongVerified[i];
      }
      first = Math.min(first, other.first);
      last = Math.max(last, other.last);
    }
  }

  /**
   * A line that could stand in an access map.
   *
   * @param line {@code TLS_Clt:mx.bank.example VERIFY:256}, a tab between
   * @param sessions sessions that it would have been asked for
   * @param refused those of them that it would have refused
   * @param worst the share of future sessions that it may refuse, at 95 % confidence, if peers go
   *     on as they did
   * @param hosts how many hosts it is drawn from
   * @param first when the first of the sessions was, in milliseconds since 1970
   * @param last when the last one was
   */
  public record Proposal(
      String line, long sessions, long refused, double worst, int hosts, long first, long last) {}

  /** Takes in what a session did. */
  public void add(SessionRecord session) {
    if (session.unknown().contains(Fact.TLS) || session.unknown().contains(Fact.BITS)) {
      unclear++;
      return;
    }
    boolean server = session.role() == Role.SERVER;
    String name = session.peer().name();
    String key = name.startsWith("[") && name.endsWith("]") ? session.peer().address() : name;
    if (key.isEmpty()) {
      unclear++;
      return;
    }
    Map<String, Peer> peers = server ? clients : servers;
    Peer peer = peers.get(key);
    if (peer == null) {
      if (peers.size() >= 2 * MOST_PEERS) {
        forget(peers);
      }
      peer = new Peer(key);
      peers.put(key, peer);
    }
    peer.sessions++;
    Instant time = session.time();
    if (time != null) {
      peer.first = Math.min(peer.first, time.toEpochMilli());
      peer.last = Math.max(peer.last, time.toEpochMilli());
    }
    TlsFacts tls = session.tls();
    if (tls == null || !tls.active()) {
      return;
    }
    boolean verified = tls.verify() == Verify.OK || tls.verify() == Verify.TRUSTED;
    peer.encrypted++;
    peer.verified += verified ? 1 : 0;
    for (int i = 0; i < STEPS.length; i++) {
      if (tls.cipherBits() >= STEPS[i]) {
        peer.strong[i]++;
        peer.strongVerified[i] += verified ? 1 : 0;
      }
    }
  }

  private void forget(Map<String, Peer> peers) {
    List<Peer> all = new ArrayList<>(peers.values());
    all.sort(Comparator.comparingLong((Peer p) -> p.sessions).reversed());
    for (Peer gone : all.subList(MOST_PEERS, all.size())) {
      peers.remove(gone.name);
      forgotten++;
    }
  }

  /** Sessions of which the log does not tell enough. */
  public long unclear() {
    return unclear;
  }

  /** Peers that were forgotten because there were too many. */
  public long forgotten() {
    return forgotten;
  }

  /** Peers that are known. */
  public int peers() {
    return clients.size() + servers.size();
  }

  /**
   * The strictest requirement for each peer that it met often enough. Hosts of one domain that all
   * earn the same one share a line.
   *
   * @param least sessions that a peer must have had
   * @param tolerated share of sessions that may have missed it, 0 for none
   */
  public List<Proposal> proposals(long least, double tolerated) {
    List<Proposal> all = new ArrayList<>();
    propose("TLS_Clt:", clients, least, tolerated, all);
    propose("TLS_Srv:", servers, least, tolerated, all);
    all.sort(Comparator.comparingLong(Proposal::sessions).reversed().thenComparing(Proposal::line));
    return all;
  }

  private static void propose(
      String tag, Map<String, Peer> peers, long least, double tolerated, List<Proposal> out) {
    Map<String, List<Peer>> domains = new TreeMap<>();
    for (Peer peer : peers.values()) {
      domains.computeIfAbsent(domain(peer.name), unused -> new ArrayList<>()).add(peer);
    }
    for (Map.Entry<String, List<Peer>> each : domains.entrySet()) {
      List<Peer> hosts = each.getValue();
      String shared =
          hosts.size() > 1 && !each.getKey().isEmpty() ? shared(hosts, tolerated) : null;
      if (shared != null) {
        Peer sum = new Peer(each.getKey());
        hosts.forEach(sum::add);
        if (sum.sessions >= least) {
          out.add(proposal(tag, sum, shared, hosts.size()));
        }
        continue;
      }
      for (Peer host : hosts) {
        String value = requirement(host, tolerated);
        if (value != null && host.sessions >= least) {
          out.add(proposal(tag, host, value, 1));
        }
      }
    }
  }

  /** What all hosts of a domain earn, or null. */
  private static @Nullable String shared(List<Peer> hosts, double tolerated) {
    String value = requirement(hosts.get(0), tolerated);
    for (Peer host : hosts) {
      String other = requirement(host, tolerated);
      if (other == null || !other.equals(value)) {
        return null;
      }
    }
    return value;
  }

  /** The domain above a host's name; empty for addresses and for names of two parts. */
  private static String domain(String name) {
    int dot = name.indexOf('.');
    char last = name.charAt(name.length() - 1);
    boolean address = name.indexOf(':') >= 0 || (last >= '0' && last <= '9');
    return address || dot < 0 || name.indexOf('.', dot + 1) < 0 ? "" : name.substring(dot + 1);
  }

  /** The strictest value that {@code peer} met, or null. */
  private static @Nullable String requirement(Peer peer, double tolerated) {
    double need = peer.sessions * (1 - tolerated);
    for (int i = 0; i < STEPS.length; i++) {
      if (peer.strongVerified[i] >= need) {
        return "VERIFY:" + STEPS[i];
      }
    }
    for (int i = 0; i < STEPS.length; i++) {
      if (peer.strong[i] >= need) {
        return "ENCR:" + STEPS[i];
      }
    }
    return null;
  }

  private static Proposal proposal(String tag, Peer peer, String value, int hosts) {
    int step = value.endsWith("256") ? 0 : value.endsWith("128") ? 1 : 2;
    long met = value.startsWith("VERIFY") ? peer.strongVerified[step] : peer.strong[step];
    long refused = peer.sessions - met;
    return new Proposal(
        tag + peer.name + "\t" + value,
        peer.sessions,
        refused,
        upper(refused, peer.sessions),
        hosts,
        peer.first,
        peer.last);
  }

  /** Upper end of Wilson's interval for {@code k} of {@code n}. */
  static double upper(long k, long n) {
    double p = (double) k / n;
    double z2 = Z * Z;
    double middle = p + z2 / (2 * n);
    double spread = Z * Math.sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
    return Math.min(1, (middle + spread) / (1 + z2 / n));
  }
}
