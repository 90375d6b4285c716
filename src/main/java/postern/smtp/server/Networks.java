package postern.smtp.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** A set of networks: addresses, each with the number of its leading bits that count. */
public final class Networks {
  /** This machine. */
  public static final Networks LOOPBACK = of(List.of("127.0.0.0/8", "::1"));

  /** None at all. */
  public static final Networks NONE = new Networks(List.of());

  private static final class Network {
    private final byte[] address;
    private final int bits;

    Network(byte[] address, int bits) {
      this.address = address;
      this.bits = bits;
    }

    boolean has(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> bit % 8;
        if (((address[bit / 8] ^ other[bit / 8]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<Network> networks;

  private Networks(List<Network> networks) {
    this.networks = List.copyOf(networks);
  }

  /**
   * Reads {@code 192.0.2.0/24} and kin; an address alone counts as a whole.
   *
   * @throws IllegalArgumentException if one is no network
   */
  public static Networks of(List<String> texts) {
    List<Network> networks = new ArrayList<>();
    for (String text : texts) {
      networks.add(network(text));
    }
    return new Networks(networks);
  }

  private static Network network(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (!address.matches("[0-9]{1,3}([.][0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
      throw new IllegalArgumentException(text + " is no network such as 192.0.2.0/24");
    }
    try {
      byte[] octets = InetAddress.getByName(address).getAddress();
      int bits = slash < 0 ? 8 * octets.length : Integer.parseInt(text.substring(slash + 1));
      if (bits >= 0 && bits <= 8 * octets.length) {
        return new Network(octets, bits);
      }
    } catch (UnknownHostException | NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(text + " is no network such as 192.0.2.0/24");
  }

  /** Whether {@code address} is in one of them. */
  public boolean has(InetAddress address) {
    byte[] octets = address.getAddress();
    return networks.stream().anyMatch(network -> network.has(octets));
  }
}
