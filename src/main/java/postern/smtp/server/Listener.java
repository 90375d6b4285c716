package postern.smtp.server;

import java.net.InetSocketAddress;

/**
 * One line of {@code DaemonPortOptions}.
 *
 * @param name {@code Name=}, {@code ${daemon_name}}
 * @param address where to listen; port 0 takes any free one
 * @param modifiers {@code Modify=} letters as written
 * @param backlog {@code Listen=}
 * @param sendBuffer {@code SndBufSize=}, 0: the system's
 * @param receiveBuffer {@code RcvBufSize=}, 0: the system's
 * @param children {@code children=}: connections at a time on this listener, 0: none
 * @param load {@code delayLA=}, {@code queueLA=}, {@code refuseLA=}
 * @param deliveryMode {@code DeliveryMode=}, empty: option DeliveryMode
 * @param proxies who is believed on a listener with {@code M=p}
 */
public record Listener(
    String name,
    InetSocketAddress address,
    String modifiers,
    int backlog,
    int sendBuffer,
    int receiveBuffer,
    int children,
    Load load,
    String deliveryMode,
    Networks proxies) {

  /**
   * From which load average on the listener delays commands, keeps mail for later and refuses
   * connections; 0: as the options say.
   */
  public record Load(int delay, int queue, int refuse) {
    /** As the options say. */
    public static final Load AS_OPTIONS = new Load(0, 0, 0);
  }

  /** A listener with everything else as a default; the backlog is Linux' usual one. */
  public static Listener on(String name, InetSocketAddress address, String modifiers) {
    return new Listener(
        name, address, modifiers, 4096, 0, 0, 0, Load.AS_OPTIONS, "", Networks.LOOPBACK);
  }

  /** The same, believing {@code networks} what their PROXY headers say. */
  public Listener behind(Networks networks) {
    return new Listener(
        name,
        address,
        modifiers,
        backlog,
        sendBuffer,
        receiveBuffer,
        children,
        load,
        deliveryMode,
        networks);
  }

  /** {@code M=s}: TLS from the first byte. */
  public boolean implicitTls() {
    return has('s');
  }

  /** {@code M=S}: STARTTLS is never offered. */
  public boolean withoutStartTls() {
    return has('S');
  }

  /** {@code M=a}: MAIL only after AUTH. */
  public boolean requiresAuth() {
    return has('a');
  }

  /** {@code M=A}: no AUTH. */
  public boolean withoutAuth() {
    return has('A');
  }

  /** {@code M=E}: no ETRN. */
  public boolean withoutEtrn() {
    return has('E');
  }

  /** {@code M=p} (ours): each connection begins with a PROXY header. */
  public boolean proxied() {
    return has('p');
  }

  /** {@code M=O}: not being able to listen is no error. */
  public boolean optional() {
    return has('O');
  }

  /** {@code ${daemon_flags}}: the letters parted by a blank, upper-case ones doubled. */
  public String daemonFlags() {
    StringBuilder flags = new StringBuilder();
    for (int i = 0; i < modifiers.length(); i++) {
      char letter = modifiers.charAt(i);
      if (Character.isWhitespace(letter)) {
        continue;
      }
      if (flags.length() > 0) {
        flags.append(' ');
      }
      flags.append(letter);
      if (Character.isUpperCase(letter)) {
        flags.append(letter);
      }
    }
    return flags.toString();
  }

  private boolean has(char letter) {
    return modifiers.indexOf(letter) >= 0;
  }
}
