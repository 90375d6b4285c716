package postern.smtp.server;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a configuration says about the SMTP server as a whole; the gateway fills it from options.
 *
 * @param hostName {@code $j}
 * @param limits counts and sizes
 * @param timeouts how long to wait
 * @param privacy {@code PrivacyOptions}
 * @param rejectNul {@code RejectNUL}: refuse content with a NUL instead of passing it on
 * @param allowBogusHelo {@code AllowBogusHELO}: any text passes as a host name
 * @param tlsFirst {@code RequireTLS}: 530 to whatever comes before STARTTLS
 * @param softBounce {@code SoftBounce}: each 5xx leaves as the 4xx of the same digits
 * @param offers extensions that are offered where rule sets and listener do not object
 * @param help lines of HELP without a topic
 */
public record ServerSettings(
    String hostName,
    Limits limits,
    Timeouts timeouts,
    Set<Privacy> privacy,
    boolean rejectNul,
    boolean allowBogusHelo,
    boolean tlsFirst,
    boolean softBounce,
    Offers offers,
    List<String> help) {

  public ServerSettings {
    privacy = privacy.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(privacy));
    help = List.copyOf(help);
  }

  /**
   * Extensions.
   *
   * @param chunking CHUNKING (RFC 3030)
   * @param smtpUtf8 SMTPUTF8 (RFC 6531)
   * @param requireTls REQUIRETLS (RFC 8689), inside TLS only
   * @param deliverByMin DELIVERBY (RFC 2852) and the least time of mode R; negative: not offered
   * @param xclient who may say XCLIENT, which is for tests only
   */
  public record Offers(
      boolean chunking, boolean smtpUtf8, boolean requireTls, int deliverByMin, Networks xclient) {
    /** CHUNKING only. */
    public static final Offers DEFAULT = new Offers(true, false, false, -1, Networks.NONE);
  }

  /** sendmail's defaults for the host {@code hostName}, and CHUNKING. */
  public static ServerSettings defaults(String hostName) {
    return new ServerSettings(
        hostName,
        Limits.DEFAULT,
        Timeouts.DEFAULT,
        Set.of(),
        false,
        false,
        false,
        false,
        Offers.DEFAULT,
        List.of("This is Postern at " + hostName));
  }

  /** Whether {@code PrivacyOptions} has {@code flag}. */
  public boolean has(Privacy flag) {
    return privacy.contains(flag);
  }

  /** Whether CHUNKING is offered. */
  public boolean chunking() {
    return offers.chunking();
  }

  /** With other limits. */
  public ServerSettings with(Limits other) {
    return new ServerSettings(
        hostName,
        other,
        timeouts,
        privacy,
        rejectNul,
        allowBogusHelo,
        tlsFirst,
        softBounce,
        offers,
        help);
  }

  /** With other timeouts. */
  public ServerSettings with(Timeouts other) {
    return new ServerSettings(
        hostName,
        limits,
        other,
        privacy,
        rejectNul,
        allowBogusHelo,
        tlsFirst,
        softBounce,
        offers,
        help);
  }

  /** With other privacy flags. */
  public ServerSettings with(Set<Privacy> other) {
    return new ServerSettings(
        hostName,
        limits,
        timeouts,
        other,
        rejectNul,
        allowBogusHelo,
        tlsFirst,
        softBounce,
        offers,
        help);
  }

  /** With other extensions. */
  public ServerSettings with(Offers other) {
    return new ServerSettings(
        hostName,
        limits,
        timeouts,
        privacy,
        rejectNul,
        allowBogusHelo,
        tlsFirst,
        softBounce,
        other,
        help);
  }

  /** With {@code RequireTLS}. */
  public ServerSettings withTlsFirst() {
    return new ServerSettings(
        hostName,
        limits,
        timeouts,
        privacy,
        rejectNul,
        allowBogusHelo,
        true,
        softBounce,
        offers,
        help);
  }

  /** With {@code SoftBounce}. */
  public ServerSettings withSoftBounce() {
    return new ServerSettings(
        hostName,
        limits,
        timeouts,
        privacy,
        rejectNul,
        allowBogusHelo,
        tlsFirst,
        true,
        offers,
        help);
  }

  /** With other switches. */
  public ServerSettings with(boolean nul, boolean bogus, boolean chunks, boolean utf8) {
    Offers other =
        new Offers(chunks, utf8, offers.requireTls(), offers.deliverByMin(), offers.xclient());
    return new ServerSettings(
        hostName, limits, timeouts, privacy, nul, bogus, tlsFirst, softBounce, other, help);
  }

  /** The flags of {@code PrivacyOptions} that a server heeds. */
  public enum Privacy {
    NEEDMAILHELO,
    NEEDVRFYHELO,
    NEEDEXPNHELO,
    NOVRFY,
    NOEXPN,
    NOVERB,
    NOETRN,
    NORECEIPTS;

    /** What {@code goaway} stands for. */
    public static final Set<Privacy> GOAWAY =
        Set.of(NEEDMAILHELO, NEEDVRFYHELO, NEEDEXPNHELO, NOEXPN, NOVRFY, NOVERB);
  }

  /**
   * Counts and sizes; 0 means no limit where sendmail says so.
   *
   * @param messageSize {@code MaxMessageSize}, octets, 0: none
   * @param recipients {@code MaxRecipientsPerMessage}, 0: none
   * @param badRcptThrottle {@code BadRcptThrottle}: from that many refused recipients on, each RCPT
   *     waits a second; 0: off
   * @param badRcptShutdown {@code BadRcptShutdown}: at that many the session ends; 0: off
   * @param badRcptPercent {@code BadRcptShutdownGood}: and if they are at least that many of a
   *     hundred; 0: whatever the others were
   * @param children {@code MaxDaemonChildren}: connections at a time, 0: none
   * @param perAddress connections at a time from one address, 0: none
   * @param rateThrottle {@code ConnectionRateThrottle}: connections accepted a second, 0: any
   * @param rateWindow {@code ConnectionRateWindowSize}, seconds
   * @param hops {@code MaxHopCount}, our own Received field included
   * @param headersLength {@code MaxHeadersLength}, octets; 0: none (bounded by the message size)
   * @param noops {@code MaxNOOPCommands}
   * @param badCommands after that many the next ends the session
   */
  public record Limits(
      long messageSize,
      int recipients,
      int badRcptThrottle,
      int badRcptShutdown,
      int badRcptPercent,
      int children,
      int perAddress,
      int rateThrottle,
      int rateWindow,
      int hops,
      int headersLength,
      int noops,
      int badCommands) {
    /** sendmail's defaults. */
    public static final Limits DEFAULT = new Limits(0, 0, 0, 0, 0, 0, 0, 0, 60, 25, 32768, 20, 25);

    /** With another {@code MaxMessageSize}. */
    public Limits withMessageSize(long octets) {
      return new Limits(
          octets,
          recipients,
          badRcptThrottle,
          badRcptShutdown,
          badRcptPercent,
          children,
          perAddress,
          rateThrottle,
          rateWindow,
          hops,
          headersLength,
          noops,
          badCommands);
    }

    /** With another {@code MaxRecipientsPerMessage}. */
    public Limits withRecipients(int count) {
      return new Limits(
          messageSize,
          count,
          badRcptThrottle,
          badRcptShutdown,
          badRcptPercent,
          children,
          perAddress,
          rateThrottle,
          rateWindow,
          hops,
          headersLength,
          noops,
          badCommands);
    }

    /** With {@code BadRcptShutdown} and {@code BadRcptShutdownGood}. */
    public Limits withBadRcptShutdown(int count, int percent) {
      return new Limits(
          messageSize,
          recipients,
          badRcptThrottle,
          count,
          percent,
          children,
          perAddress,
          rateThrottle,
          rateWindow,
          hops,
          headersLength,
          noops,
          badCommands);
    }

    /** With another {@code MaxHeadersLength}. */
    public Limits withHeadersLength(int octets) {
      return new Limits(
          messageSize,
          recipients,
          badRcptThrottle,
          badRcptShutdown,
          badRcptPercent,
          children,
          perAddress,
          rateThrottle,
          rateWindow,
          hops,
          octets,
          noops,
          badCommands);
    }
  }

  /**
   * How long to wait, in milliseconds.
   *
   * @param command {@code Timeout.command}: for the whole next command
   * @param dataBlock {@code Timeout.datablock}: for each read of content
   * @param startTls {@code Timeout.starttls}: for the whole handshake
   * @param trickle how slowly content may come
   */
  public record Timeouts(long command, long dataBlock, long startTls, Trickle trickle) {
    /** An hour each. */
    public static final Timeouts DEFAULT = new Timeouts(3_600_000, 3_600_000, 3_600_000);

    /** With {@link Trickle#DEFAULT}. */
    public Timeouts(long command, long dataBlock, long startTls) {
      this(command, dataBlock, startTls, Trickle.DEFAULT);
    }

    /** With another least rate. */
    public Timeouts with(Trickle other) {
      return new Timeouts(command, dataBlock, startTls, other);
    }
  }

  /**
   * The least rate of content, so that nobody keeps a session by an octet an hour.
   *
   * @param perSecond octets, on the average over the message; 0: any
   * @param grace milliseconds before it counts
   */
  public record Trickle(int perSecond, long grace) {
    /** Slower than any modem, after five minutes. */
    public static final Trickle DEFAULT = new Trickle(50, 300_000);

    /** The longest that {@code octets} of content may take, in milliseconds. */
    long allowed(long octets) {
      return perSecond <= 0 ? Long.MAX_VALUE : grace + octets * 1000 / perSecond;
    }
  }
}
