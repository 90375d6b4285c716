package postern.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import postern.queue.Spool;
import postern.queue.SpoolSettings;

/**
 * Messages through a gateway that is killed every few seconds, to a peer that refuses, stalls,
 * drops and puts off at random. Afterwards each one that got its 250 must have been delivered or
 * bounced, and none may have been delivered twice unless the answer to the first delivery was lost:
 * not given by the peer, or given to a gateway that was killed before it could note it.
 *
 * <p>The full run: {@code benchmarks/chaos}; {@code ChaosTest} is the short one.
 */
final class Chaos {
  /**
   * The ledger.
   *
   * @param taken messages that got 250 from the gateway
   * @param unanswered sent whole, without an answer: they may or may not turn up
   * @param delivered of those taken, that the peer has
   * @param bounced whose sender was told
   * @param both delivered without an answer, then refused: the sender was told too much
   * @param twice delivered more than once after a lost answer
   * @param kills how often the gateway was killed
   */
  record Ledger(
      int taken,
      int unanswered,
      int delivered,
      int bounced,
      int both,
      int twice,
      int kills,
      List<String> faults) {
    @Override
    public String toString() {
      return ("%d messages got 250, %d no answer; %d delivered, %d bounced, %d both after a lost"
              + " answer, %d twice after a lost answer; %d kills; lost, broken or doubled: %d %s")
          .formatted(
              taken,
              unanswered,
              delivered,
              bounced,
              both,
              twice,
              kills,
              faults.size(),
              faults.subList(0, Math.min(5, faults.size())));
    }
  }

  private final Path folder;
  private final int messages;
  private final long seed;
  private final Random random;
  private final Set<String> taken = ConcurrentHashMap.newKeySet();
  private final Set<String> unanswered = ConcurrentHashMap.newKeySet();
  private final AtomicInteger next = new AtomicInteger();
  private volatile int port;
  private volatile boolean over;
  private volatile String broken = "";
  private int kills;
  private final Map<Path, String> reports = new HashMap<>();

  Chaos(Path folder, int messages, long seed) {
    this.folder = folder;
    this.messages = messages;
    this.seed = seed;
    this.random = new Random(seed);
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    int messages = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20_000;
    long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : System.nanoTime();
    long began = System.nanoTime();
    Ledger ledger = new Chaos(folder, messages, seed).run(3000, 900);
    System.out.printf(
        "seed %d, %d s: %s%n",
        seed, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began), ledger);
    System.exit(ledger.faults().isEmpty() ? 0 : 1);
  }

  /**
   * Runs it.
   *
   * @param lifeMillis how long the gateway lives, on average
   * @param drainSeconds patience for the rest, when nobody kills any more
   */
  Ledger run(int lifeMillis, int drainSeconds) throws Exception {
    try (ChaosPeer peer = new ChaosPeer(seed, 6500)) {
      List<Thread> senders = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Thread sender = new Thread(this::send, "sender " + i);
        sender.setDaemon(true);
        sender.start();
        senders.add(sender);
      }
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(messages / 5 + 3L * drainSeconds);
      int settled = 0;
      while (settled < messages * 9 / 10) {
        if (!broken.isEmpty() || System.nanoTime() > giveUp) {
          throw new IllegalStateException("no progress: " + audit(peer) + " " + broken);
        }
        peer.epoch(++kills);
        try (Served gateway = Served.launch(folder, arguments(peer))) {
          gateway.awaitListening();
          port = gateway.port();
          settled = live(peer, settled, lifeMillis);
          gateway.kill();
        }
      }
      over = true;
      peer.epoch(kills + 1);
      peer.calmDown();
      try (Served gateway = Served.start(folder, arguments(peer))) {
        port = gateway.port();
        for (Thread sender : senders) {
          sender.join();
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(drainSeconds);
        while (!audit(peer).faults().isEmpty() && System.nanoTime() < end) {
          Served.pause(500);
        }
        Served.pause(1000); // what comes now would be too much
        gateway.terminate(Served.START_SECONDS, TimeUnit.SECONDS);
      }
      Ledger ledger = audit(peer);
      try (Spool spool = Spool.open(folder.resolve("var/spool"), SpoolSettings.DEFAULT)) {
        if (spool.size().messages() > 0) {
          ledger.faults().add("left in the spool: " + spool.size());
        }
      }
      return ledger;
    }
  }

  /**
   * Waits while the gateway lives: its time, and longer on a machine so busy that it has got
   * nothing done in it.
   *
   * @return how many messages are settled at the end
   */
  private int live(ChaosPeer peer, int before, int lifeMillis) throws IOException {
    long began = System.nanoTime();
    Served.pause(lifeMillis / 2 + random.nextInt(lifeMillis));
    int settled = settled(peer);
    while (settled < before + messages / 50
        && System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(10L * lifeMillis)) {
      Served.pause(100);
      settled = settled(peer);
    }
    return settled;
  }

  private static String[] arguments(ChaosPeer peer) {
    List<String> arguments = new ArrayList<>();
    arguments.add("-q1s");
    arguments.add("-M{SmartHost}[127.0.0.1]");
    arguments.add("-M{SmartPort}" + peer.port());
    arguments.add("-M{RelayDomains}remote.test");
    for (String option :
        List.of(
            "DaemonPortOptions=Port=0,Addr=127.0.0.1,M=u", // u: the sender needs no domain
            "MinQueueAge=0",
            "Timeout.initial=5s",
            "Timeout.helo=5s",
            "Timeout.mail=5s",
            "Timeout.rcpt=5s",
            "Timeout.datainit=5s",
            "Timeout.datafinal=5s")) {
      arguments.add("-O");
      arguments.add(option);
    }
    return arguments.toArray(String[]::new);
  }

  private void send() {
    while (!over && taken.size() < messages) {
      if (port == 0) {
        Served.pause(5);
        continue;
      }
      try (Talk talk = Talk.to(port)) {
        talk.expect("250", "EHLO sender.test");
        for (int i = 0; i < 20 && taken.size() < messages; i++) {
          String token = "m" + next.incrementAndGet();
          talk.expect("250", "MAIL FROM:<postmaster>");
          talk.expect("250", "RCPT TO:<joe@remote.test>");
          talk.expect("354", "DATA");
          talk.raw("Subject: chaos\r\nX-Token: " + token + "\r\n\r\n");
          talk.raw("..a dot\r\nthe end of " + token + "\r\n");
          unanswered.add(token);
          talk.raw(".\r\n");
          if (talk.reply().startsWith("250")) {
            taken.add(token);
          }
          unanswered.remove(token);
        }
        talk.expect("221", "QUIT");
      } catch (IOException e) {
        Served.pause(3); // killed, or not there yet
      } catch (AssertionError e) {
        broken = String.valueOf(e.getMessage());
        return;
      }
    }
  }

  private int settled(ChaosPeer peer) throws IOException {
    Set<String> done = bounces();
    peer.taken().forEach(t -> done.add(t.token()));
    done.retainAll(taken);
    return done.size();
  }

  /** Tokens of messages whose sender was told. Reports that were read once are not read again. */
  private Set<String> bounces() throws IOException {
    Path fresh = folder.resolve("var/mail/postmaster/new");
    if (Files.isDirectory(fresh)) {
      try (Stream<Path> files = Files.list(fresh)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          if (!reports.containsKey(file)) {
            String report = Files.readString(file, StandardCharsets.ISO_8859_1);
            reports.put(file, Letter.tokenOf(report));
          }
        }
      }
    }
    return new HashSet<>(reports.values());
  }

  private Ledger audit(ChaosPeer peer) throws IOException {
    List<String> faults = new ArrayList<>();
    Map<String, List<ChaosPeer.Taken>> delivered = new TreeMap<>();
    for (ChaosPeer.Taken t : peer.taken()) {
      delivered.computeIfAbsent(t.token(), k -> new ArrayList<>()).add(t);
      if (!t.whole()) {
        faults.add(t.token() + " came mutilated");
      }
    }
    Set<String> bounced = bounces();
    int twice = 0;
    int both = 0;
    for (Map.Entry<String, List<ChaosPeer.Taken>> entry : delivered.entrySet()) {
      List<ChaosPeer.Taken> copies = entry.getValue();
      boolean told = bounced.contains(entry.getKey());
      twice += copies.size() > 1 ? 1 : 0;
      both += told ? 1 : 0;
      // Of the copies of one life at most the last may have been answered.
      for (int i = 0; i + 1 < copies.size(); i++) {
        if (copies.get(i).answered() && copies.get(i).epoch() == copies.get(i + 1).epoch()) {
          faults.add(entry.getKey() + " came again although it had been answered: " + copies);
        }
      }
      ChaosPeer.Taken last = copies.get(copies.size() - 1);
      if (told && last.answered() && last.epoch() > kills) {
        faults.add(entry.getKey() + " bounced although it had been delivered: " + copies);
      }
    }
    for (String token : taken) {
      if (!delivered.containsKey(token) && !bounced.contains(token)) {
        faults.add(token + " is lost");
      }
    }
    return new Ledger(
        taken.size(),
        unanswered.size(),
        (int) taken.stream().filter(delivered::containsKey).count(),
        (int) taken.stream().filter(bounced::contains).count(),
        both,
        twice,
        kills,
        faults);
  }
}
