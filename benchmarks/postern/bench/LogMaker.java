package postern.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Makes up a mail log whose truth is known: peers with habits, mail in and out, refusals, other
 * programs' lines, everything interleaved. The same seed makes the same log. As a program:
 *
 * <pre>
 * LogMaker sendmail|postfix SEED LINES LOG [ACCESS]
 * </pre>
 *
 * writes the log and an access map of requirements that some of the peers do not meet.
 */
public final class LogMaker {
  /** Whose log it is. */
  public enum Form {
    SENDMAIL,
    POSTFIX
  }

  /**
   * What replaying the log under the access map of {@link #access} must find.
   *
   * @param sessions all sessions
   * @param refused sessions that are refused
   * @param refusedThen sessions that were refused at the time
   * @param byEntry refused sessions by access line, as it is written
   * @param newByPeer newly refused sessions by peer
   */
  public record Truth(
      long lines,
      long sessions,
      long refused,
      long refusedThen,
      Map<String, Long> byEntry,
      Map<String, Long> newByPeer) {}

  private static final int CLIENTS = 4000;
  private static final int SERVERS = 800;
  private static final int OPEN = 48;
  private static final long SECONDS = 7 * 24 * 3600L;
  private static final String[] CIPHERS = {
    "TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"
  };

  /** A peer and what it does. */
  private record Peer(
      String name,
      String address,
      String verify,
      int bits,
      String version,
      String cipher,
      int plainPercent,
      String demand) {}

  private final SplittableRandom random;
  private final Form form;
  private final List<Peer> clients = new ArrayList<>();
  private final List<Peer> servers = new ArrayList<>();
  private final List<ArrayDeque<String>> open = new ArrayList<>();
  private final Map<String, Long> byEntry = new TreeMap<>();
  private final Map<String, Long> newByPeer = new TreeMap<>();
  private final StringBuilder stamp = new StringBuilder();
  private long stampSecond = -1;
  private long lines;
  private long sessions;
  private long refused;
  private long refusedThen;
  private int pid = 1000;
  private int id;

  public LogMaker(Form form, long seed) {
    this.form = form;
    random = new SplittableRandom(seed);
    String[] clientDemands = {"", "", "", "VERIFY:256", "ENCR:128", "PERM+VERIFY", "ENCR:256"};
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          peer(
              "mx" + i % 3 + ".client" + i + ".example",
              "192.0." + (i >> 8) + "." + (i & 255),
              clientDemands[random.nextInt(clientDemands.length)]));
    }
    String[] serverDemands = {"", "", "VERIFY", "ENCR:128", "PERM+ENCR:256"};
    for (int i = 0; i < SERVERS; i++) {
      servers.add(
          peer(
              "in.server" + i + ".example",
              "198.51." + (i >> 8) + "." + (i & 255),
              serverDemands[random.nextInt(serverDemands.length)]));
    }
  }

  private Peer peer(String name, String address, String demand) {
    int kind = random.nextInt(10);
    int which = random.nextInt(CIPHERS.length);
    return new Peer(
        name,
        address,
        kind < 5 ? "OK" : kind < 8 ? "NO" : "FAIL",
        which == 0 ? 256 : 128,
        which == 2 ? "TLSv1.2" : "TLSv1.3",
        CIPHERS[which],
        plainPercent(random.nextInt(8)),
        demand);
  }

  /** A quarter never use TLS, half always do, the rest mostly. */
  private int plainPercent(int kind) {
    return kind < 2 ? 100 : kind < 6 ? 0 : 1 + random.nextInt(20);
  }

  /** The access map. */
  public List<String> access() {
    List<String> access = new ArrayList<>();
    for (Peer peer : clients) {
      if (!peer.demand.isEmpty()) {
        access.add("TLS_Clt:" + peer.name + "\t" + peer.demand);
      }
    }
    for (Peer peer : servers) {
      if (!peer.demand.isEmpty()) {
        access.add("TLS_Srv:" + peer.name + "\t" + peer.demand);
      }
    }
    for (int i = 0; i < 20; i++) {
      access.add("From:spam" + i + ".example\tREJECT");
    }
    access.add("To:gw.example.test\tRELAY");
    access.add("To:closed@gw.example.test\tERROR:5.2.1:550 Mailbox disabled");
    return access;
  }

  /** Writes at least {@code most} lines and says what is in them. */
  public Truth write(OutputStream to, long most) throws IOException {
    for (int i = 0; i < OPEN; i++) {
      open.add(new ArrayDeque<>());
    }
    // A first delivery with TLS: readers then know that such lines are logged.
    Peer good = null;
    for (Peer each : servers) {
      good = each.plainPercent < 100 ? each : good;
    }
    if (good != null) {
      outgoing(open.get(0), good, true);
    }
    while (!open.get(0).isEmpty()) {
      put(to, open.get(0).poll(), 0);
    }
    while (lines < most) {
      long second = lines * SECONDS / Math.max(1, most);
      ArrayDeque<String> one = open.get(random.nextInt(OPEN));
      if (one.isEmpty()) {
        begin(one);
      }
      String line = one.poll();
      if (line != null) {
        put(to, line, second);
      }
    }
    for (ArrayDeque<String> one : open) {
      while (!one.isEmpty()) {
        put(to, one.poll(), SECONDS);
      }
    }
    to.flush();
    return new Truth(lines, sessions, refused, refusedThen, byEntry, newByPeer);
  }

  private void put(OutputStream to, String line, long second) throws IOException {
    if (second != stampSecond) {
      stampSecond = second;
      LocalDateTime time = LocalDateTime.ofEpochSecond(1_794_787_200L + second, 0, ZoneOffset.UTC);
      stamp.setLength(0);
      stamp.append(
          String.format(
              Locale.ROOT,
              "Nov %2d %02d:%02d:%02d gw ",
              time.getDayOfMonth(),
              time.getHour(),
              time.getMinute(),
              time.getSecond()));
    }
    byte[] text = (stamp + line + "\n").getBytes(StandardCharsets.ISO_8859_1);
    to.write(text);
    lines++;
  }

  /** Small numbers are frequent, large ones rare. */
  private int skewed(int n) {
    double x = random.nextDouble();
    return (int) (n * x * x * x);
  }

  private void begin(ArrayDeque<String> to) {
    int kind = random.nextInt(100);
    if (kind < 4) {
      to.add("dovecot: imap-login: Login: user=<u" + skewed(500) + ">, method=PLAIN");
    } else if (kind < 75) {
      incoming(to, clients.get(skewed(CLIENTS)));
    } else {
      Peer server = servers.get(skewed(SERVERS));
      outgoing(to, server, random.nextInt(100) >= server.plainPercent);
    }
  }

  private String sender() {
    int kind = random.nextInt(10);
    if (kind < 6) {
      return "user" + skewed(3000) + "@firm" + skewed(400) + ".example";
    }
    return kind < 9
        ? "bounce-" + random.nextInt(1 << 30) + "@list" + skewed(50) + ".example"
        : kind == 9 && random.nextInt(5) == 0 ? "x@spam" + random.nextInt(20) + ".example" : "";
  }

  private String nextId() {
    id++;
    String number = Integer.toString(1_000_000 + id % 9_000_000);
    return form == Form.SENDMAIL
        ? "6AF" + (char) ('a' + id / 9_000_000) + "X" + number + "12"
        : "4C" + number + "F";
  }

  private void incoming(ArrayDeque<String> to, Peer peer) {
    boolean tls = random.nextInt(100) >= peer.plainPercent;
    String sender = sender();
    boolean spam = sender.startsWith("x@spam");
    boolean closed = !spam && random.nextInt(50) == 0;
    List<String> recipients = new ArrayList<>();
    int many = random.nextInt(6) == 0 ? 2 : 1;
    for (int i = 0; i < many; i++) {
      recipients.add("local" + i + "-" + skewed(4000) + "@gw.example.test");
    }
    // The order of hooks: tls_client, check_mail, check_rcpt.
    boolean meets = meets(peer, tls);
    sessions++;
    refusedThen += spam ? 1 : 0;
    if (!meets || spam) {
      refused++;
      // check_mail asks tls_client before it looks at the sender.
      String entry =
          meets
              ? "From:" + sender.substring(2) + " REJECT"
              : "TLS_Clt:" + peer.name + " " + peer.demand;
      byEntry.merge(entry, 1L, Long::sum);
      if (!spam) {
        newByPeer.merge(peer.name, 1L, Long::sum);
      }
    }
    if (form == Form.SENDMAIL) {
      sendmailIn(to, peer, tls, sender, recipients, spam, closed);
    } else {
      postfixIn(to, peer, tls, sender, recipients, spam, closed);
    }
  }

  private static boolean meets(Peer peer, boolean tls) {
    return switch (peer.demand.replaceFirst("^PERM\\+", "")) {
      case "VERIFY:256" -> tls && peer.verify.equals("OK") && peer.bits >= 256;
      case "VERIFY" -> tls && peer.verify.equals("OK");
      case "ENCR:128" -> tls;
      case "ENCR:256" -> tls && peer.bits >= 256;
      default -> true;
    };
  }

  private void sendmailIn(
      ArrayDeque<String> to,
      Peer peer,
      boolean tls,
      String sender,
      List<String> recipients,
      boolean spam,
      boolean closed) {
    String relay = peer.name + " [" + peer.address + "]";
    String tag = "sm-mta[" + ++pid + "]: ";
    String queue = nextId();
    if (tls) {
      to.add(
          tag
              + "STARTTLS=server, relay="
              + relay
              + ", version="
              + peer.version
              + ", verify="
              + peer.verify
              + ", cipher="
              + peer.cipher
              + ", bits="
              + peer.bits
              + "/"
              + peer.bits);
    }
    String proto = tls ? "ESMTPS" : "ESMTP";
    if (spam) {
      to.add(
          tag
              + queue
              + ": ruleset=check_mail, arg1=<"
              + sender
              + ">, relay="
              + relay
              + ", reject=550 5.7.1 <"
              + sender
              + ">... Access denied");
      to.add(
          tag
              + queue
              + ": from=<"
              + sender
              + ">, size=0, class=0, nrcpts=0, proto="
              + proto
              + ", daemon=MTA, relay="
              + relay);
      return;
    }
    if (closed) {
      to.add(
          tag
              + queue
              + ": ruleset=check_rcpt, arg1=<closed@gw.example.test>, relay="
              + relay
              + ", reject=550 5.2.1 <closed@gw.example.test>... Mailbox disabled");
    }
    to.add(
        tag
            + queue
            + ": from=<"
            + sender
            + ">, size="
            + (900 + random.nextInt(90_000))
            + ", class=0, nrcpts="
            + recipients.size()
            + ", msgid=<"
            + id
            + "@"
            + peer.name
            + ">, proto="
            + proto
            + ", daemon=MTA, relay="
            + relay);
    String delivery = "sm-mta[" + ++pid + "]: ";
    for (String recipient : recipients) {
      to.add(
          delivery
              + queue
              + ": to=<"
              + recipient
              + ">, delay=00:00:01, xdelay=00:00:00, "
              + "mailer=local, pri=31234, dsn=2.0.0, stat=Sent");
    }
  }

  private void postfixIn(
      ArrayDeque<String> to,
      Peer peer,
      boolean tls,
      String sender,
      List<String> recipients,
      boolean spam,
      boolean closed) {
    String client = peer.name + "[" + peer.address + "]";
    String tag = "postfix/smtpd[" + ++pid + "]: ";
    to.add(tag + "connect from " + client);
    if (tls) {
      to.add(
          tag
              + word(peer)
              + " TLS connection established from "
              + client
              + ": "
              + peer.version
              + " with cipher "
              + peer.cipher
              + " ("
              + peer.bits
              + "/"
              + peer.bits
              + " bits)");
    }
    if (spam) {
      to.add(
          tag
              + "NOQUEUE: reject: RCPT from "
              + client
              + ": 554 5.7.1 <"
              + sender
              + ">: Sender address rejected: Access denied; from=<"
              + sender
              + "> to=<"
              + recipients.get(0)
              + "> proto=ESMTP helo=<"
              + peer.name
              + ">");
      to.add(tag + "disconnect from " + client + " ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4");
      return;
    }
    String queue = nextId();
    if (closed) {
      to.add(
          tag
              + "NOQUEUE: reject: RCPT from "
              + client
              + ": 550 5.2.1 <closed@gw.example.test>: "
              + "Recipient address rejected: Mailbox disabled; from=<"
              + sender
              + "> to=<closed@gw.example.test> proto=ESMTP helo=<"
              + peer.name
              + ">");
    }
    to.add(tag + queue + ": client=" + client);
    to.add("postfix/cleanup[77]: " + queue + ": message-id=<" + id + "@" + peer.name + ">");
    to.add(
        "postfix/qmgr[78]: "
            + queue
            + ": from=<"
            + sender
            + ">, size=1234, nrcpt="
            + recipients.size()
            + " (queue active)");
    for (String recipient : recipients) {
      to.add(
          "postfix/local[79]: "
              + queue
              + ": to=<"
              + recipient
              + ">, relay=local, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (delivered)");
    }
    to.add(
        tag
            + "disconnect from "
            + client
            + " ehlo=2 "
            + (tls ? "starttls=1 " : "")
            + "mail=1 rcpt=1 data=1 quit=1 commands=6");
    to.add("postfix/qmgr[78]: " + queue + ": removed");
  }

  private static String word(Peer peer) {
    return switch (peer.verify) {
      case "OK" -> "Trusted";
      case "NO" -> "Anonymous";
      default -> "Untrusted";
    };
  }

  private void outgoing(ArrayDeque<String> to, Peer server, boolean tls) {
    // A server always has a certificate.
    Peer peer =
        server.verify.equals("NO")
            ? new Peer(
                server.name,
                server.address,
                "FAIL",
                server.bits,
                server.version,
                server.cipher,
                server.plainPercent,
                server.demand)
            : server;
    sessions++;
    if (!meets(peer, tls)) {
      refused++;
      byEntry.merge("TLS_Srv:" + peer.name + " " + peer.demand, 1L, Long::sum);
      newByPeer.merge(peer.name, 1L, Long::sum);
    }
    String queue = nextId();
    String recipient = "to" + skewed(2000) + "@" + peer.name.substring(3);
    if (form == Form.SENDMAIL) {
      String tag = "sm-mta[" + ++pid + "]: ";
      if (tls) {
        to.add(
            tag
                + "STARTTLS=client, relay="
                + peer.name
                + "., version="
                + peer.version
                + ", verify="
                + peer.verify
                + ", cipher="
                + peer.cipher
                + ", bits="
                + peer.bits
                + "/"
                + peer.bits);
      }
      to.add(
          tag
              + queue
              + ": to=<"
              + recipient
              + ">, delay=00:00:02, xdelay=00:00:01, mailer=esmtp, "
              + "pri=121234, relay="
              + peer.name
              + ". ["
              + peer.address
              + "], dsn=2.0.0, stat=Sent (ok)");
      return;
    }
    String tag = "postfix/smtp[" + ++pid + "]: ";
    String relay = peer.name + "[" + peer.address + "]:25";
    if (tls) {
      to.add(
          tag
              + word(peer)
              + " TLS connection established to "
              + relay
              + ": "
              + peer.version
              + " with cipher "
              + peer.cipher
              + " ("
              + peer.bits
              + "/"
              + peer.bits
              + " bits)");
    }
    to.add(
        tag
            + queue
            + ": to=<"
            + recipient
            + ">, relay="
            + relay
            + ", delay=1.2, delays=0.1/0/0.5/0.6, dsn=2.0.0, status=sent (250 ok)");
  }

  /** See above. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 4) {
      System.err.println("LogMaker sendmail|postfix SEED LINES LOG [ACCESS]");
      System.exit(64);
    }
    LogMaker maker =
        new LogMaker(
            Form.valueOf(arguments[0].toUpperCase(Locale.ROOT)), Long.parseLong(arguments[1]));
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[3])), 1 << 18)) {
      Truth truth = maker.write(out, Long.parseLong(arguments[2]));
      System.out.printf(
          Locale.ROOT,
          "%,d lines, %,d sessions, %,d to be refused, %,d refused then%n",
          truth.lines,
          truth.sessions,
          truth.refused,
          truth.refusedThen);
    }
    if (arguments.length > 4) {
      Files.write(Path.of(arguments[4]), maker.access());
    }
  }
}
