package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.queue.Spool;
import postern.queue.SpoolSettings;

/**
 * A message that got its 250 survives {@code kill -9} at any moment. Senders load the gateway
 * without a pause while it is killed and started again, over and over; in the end every message
 * taken must be where it belongs, unchanged, and twice only if a kill came between a delivery and
 * its note in the spool.
 */
class KillNineTest {
  private static final int KILLS = Integer.getInteger("postern.kills", 50);
  private static final long SEED = Long.getLong("postern.kill.seed", System.nanoTime());
  private static final int ENOUGH_FOR_ONE_LIFE = 400;
  private static final Duration DRAIN = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final Map<String, Letter> letters = new ConcurrentHashMap<>();
  private final AtomicInteger takenInThisLife = new AtomicInteger();
  private volatile int port;
  private volatile boolean over;

  /** What became of the letters. */
  private record Ledger(
      int begun,
      int taken,
      int unanswered,
      int here,
      int there,
      int twiceHere,
      int twiceThere,
      List<String> faults) {

    @Override
    public String toString() {
      return ("%d messages begun, %d got 250, %d sent without an answer;"
              + " %d delivered here, %d relayed; delivered twice: %d here, %d relayed;"
              + " lost or broken: %d")
          .formatted(begun, taken, unanswered, here, there, twiceHere, twiceThere, faults.size());
    }
  }

  @Test
  void losesNothingThatGotIts250() throws Exception {
    Random random = new Random(SEED);
    long began = System.nanoTime();
    try (NextHop next = new NextHop()) {
      List<Thread> senders = senders();
      senders.forEach(Thread::start);
      Set<Integer> livesWithMail = new HashSet<>();
      for (int life = 1; life <= KILLS; life++) {
        next.epoch(life);
        takenInThisLife.set(0);
        try (Served gateway = Served.launch(folder, arguments(next))) {
          if (random.nextInt(8) == 0) {
            Served.pause(random.nextInt(600)); // perhaps while it recovers
          } else {
            gateway.awaitListening();
            port = gateway.port();
            awaitMail(random);
          }
          gateway.kill();
        }
        if (takenInThisLife.get() > 0) {
          livesWithMail.add(life);
        }
      }
      over = true;
      next.epoch(KILLS + 1);
      long loaded = System.nanoTime();
      Ledger ledger;
      try (Served gateway = Served.start(folder, arguments(next))) {
        port = gateway.port();
        for (Thread sender : senders) {
          sender.join();
        }
        ledger = drain(next);
        assertEquals(0, gateway.terminate(30, TimeUnit.SECONDS), gateway::err);
      }
      System.out.printf(
          "kill -9, %d times (seed %d), %d s under load and %d s to drain: %s%n",
          KILLS, SEED, seconds(began, loaded), seconds(loaded, System.nanoTime()), ledger);
      assertEquals(List.of(), ledger.faults());
      assertTrue(livesWithMail.size() >= KILLS / 2, () -> "lives with mail: " + livesWithMail);
      assertTrue(ledger.here() > KILLS && ledger.there() > KILLS, ledger::toString);
      try (Spool spool = Spool.open(folder.resolve("var/spool"), SpoolSettings.DEFAULT)) {
        assertEquals(0, spool.size().messages(), "the spool is empty in the end");
      }
    }
  }

  private static long seconds(long from, long to) {
    return TimeUnit.NANOSECONDS.toSeconds(to - from);
  }

  private static String[] arguments(NextHop next) {
    return new String[] {
      "-q1s",
      "-M{SmartHost}[127.0.0.1]",
      "-M{SmartPort}" + next.port(),
      "-M{RelayDomains}remote.test",
      "-O",
      "DaemonPortOptions=Port=0,Addr=127.0.0.1",
      "-O",
      "MinQueueAge=0"
    };
  }

  /** Lets the gateway work for a random time once mail flows. */
  private void awaitMail(Random random) {
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (takenInThisLife.get() == 0 && System.nanoTime() < patience) {
      Served.pause(1);
    }
    long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(random.nextInt(600_000));
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
      if (end - System.nanoTime() > 2_000_000) {
        Served.pause(1);
      }
    }
  }

  // ---- senders

  private List<Thread> senders() throws IOException {
    SSLContext tls = Talk.anyServer();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int number = i;
      boolean pipelined = i % 2 == 1;
      boolean secure = i >= 4;
      Thread thread = new Thread(() -> load(number, pipelined, secure ? tls : null), "sender " + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
    return threads;
  }

  private void load(
      int sender, boolean pipelined, @org.jspecify.annotations.Nullable SSLContext tls) {
    Random random = new Random(SEED + sender);
    int count = 0;
    while (!over) {
      if (takenInThisLife.get() > ENOUGH_FOR_ONE_LIFE) {
        Served.pause(5); // more would only wait in the queue until the end
        continue;
      }
      try (Talk talk = Talk.to(port)) {
        talk.expect("250", "EHLO sender.test");
        if (tls != null) {
          talk.startTls(tls);
          talk.expect("250", "EHLO sender.test");
        }
        for (int i = random.nextInt(8); i >= 0 && !over; i--) {
          Letter letter = new Letter("s" + sender + "n" + count++, random);
          letters.put(letter.token(), letter);
          send(talk, letter, pipelined);
        }
        talk.expect("221", "QUIT");
      } catch (IOException e) {
        Served.pause(3); // killed, or not there yet
      }
    }
  }

  private void send(Talk talk, Letter letter, boolean pipelined) throws IOException {
    List<String> commands = new ArrayList<>();
    commands.add("MAIL FROM:<sender@remote.test>");
    letter.recipients().forEach(to -> commands.add("RCPT TO:<" + to + ">"));
    commands.add("DATA");
    if (pipelined) {
      talk.send(commands.toArray(String[]::new));
      for (int i = 1; i < commands.size(); i++) {
        mustBe("250", talk.reply());
      }
      mustBe("354", talk.reply());
    } else {
      for (String command : commands) {
        talk.expect(command.equals("DATA") ? "354" : "250", command);
      }
    }
    talk.raw(letter.content());
    letter.state(Letter.State.SENT);
    talk.raw(".\r\n");
    mustBe("250", talk.reply());
    letter.state(Letter.State.TAKEN);
    takenInThisLife.incrementAndGet();
  }

  private static void mustBe(String code, String reply) {
    if (!reply.startsWith(code)) {
      throw new AssertionError("wanted " + code + ": " + reply);
    }
  }

  // ---- what became of them

  /** Waits until nothing is missing, or for long enough. */
  private Ledger drain(NextHop next) throws IOException {
    long end = System.nanoTime() + DRAIN.toNanos();
    Ledger ledger = audit(next);
    while (!ledger.faults().isEmpty() && System.nanoTime() < end) {
      Served.pause(500);
      ledger = audit(next);
    }
    Served.pause(300); // what comes now would be too much
    return audit(next);
  }

  private Ledger audit(NextHop next) throws IOException {
    List<String> faults = new ArrayList<>();
    // token -> in which lives of the gateway it was delivered
    Map<String, List<String>> here = new ConcurrentHashMap<>();
    Map<String, List<String>> there = new ConcurrentHashMap<>();
    for (Path file : mailbox()) {
      String name = file.getFileName().toString();
      String process = name.substring(name.indexOf('P') + 1, name.indexOf('Q'));
      note(here, Files.readString(file, StandardCharsets.ISO_8859_1), process, faults);
    }
    for (NextHop.Taken taken : next.taken()) {
      note(there, taken.data(), String.valueOf(taken.epoch()), faults);
    }
    int taken = 0;
    int unanswered = 0;
    for (Letter letter : letters.values()) {
      if (letter.state() == Letter.State.TAKEN) {
        taken++;
        mustBeIn(here, letter, Letter.HERE, faults);
        mustBeIn(there, letter, Letter.THERE, faults);
      } else if (letter.state() == Letter.State.SENT) {
        unanswered++;
      } else if (here.containsKey(letter.token()) || there.containsKey(letter.token())) {
        faults.add(letter.token() + " was never sent whole, but delivered");
      }
    }
    int twiceHere = twice("here", here, faults);
    int twiceThere = twice("there", there, faults);
    return new Ledger(
        letters.size(),
        taken,
        unanswered,
        here.size(),
        there.size(),
        twiceHere,
        twiceThere,
        faults);
  }

  private List<Path> mailbox() throws IOException {
    Path fresh = folder.resolve("var/mail/postmaster/new");
    if (!Files.isDirectory(fresh)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(fresh)) {
      return files.toList();
    }
  }

  private void note(
      Map<String, List<String>> where, String message, String life, List<String> faults) {
    String token = Letter.tokenOf(message);
    Letter letter = letters.get(token);
    if (letter == null) {
      faults.add("nobody sent this: " + message);
    } else if (!letter.isIn(message)) {
      faults.add(token + " has changed: " + message);
    } else {
      where.computeIfAbsent(token, t -> new ArrayList<>()).add(life);
    }
  }

  private static void mustBeIn(
      Map<String, List<String>> where, Letter letter, String recipient, List<String> faults) {
    if (letter.recipients().contains(recipient) != where.containsKey(letter.token())) {
      faults.add(
          letter.token()
              + (where.containsKey(letter.token()) ? " astray at " : " lost for ")
              + recipient);
    }
  }

  /** Counts what came more than once; each copy must be of another life of the gateway. */
  private static int twice(
      String where, Map<String, List<String>> deliveries, List<String> faults) {
    int count = 0;
    for (Map.Entry<String, List<String>> entry : deliveries.entrySet()) {
      Collection<String> lives = entry.getValue();
      if (lives.size() > 1) {
        count++;
        if (new HashSet<>(lives).size() < lives.size()) {
          faults.add(entry.getKey() + " came twice " + where + " within one life: " + lives);
        }
      }
    }
    return count;
  }
}
