package postern.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import postern.queue.QueueDesk;
import postern.queue.QueueDesk.Change;
import postern.queue.QueueEntry;
import postern.queue.SpoolException;

/** {@code postern queue}: what waits and why; and what an operator may do about it. */
final class QueueCommand {
  static final String HELP =
      """
      postern queue: what waits in the queue, and why

        postern queue [list]            every message: id, size, arrival, sender, recipients, reason
        postern queue summary           totals and destinations, the longest queue first
        postern queue show ID           one message: envelope, header, each attempt, what comes next
        postern queue flush             try everything now
        postern queue hold ID [REASON]  put a message aside: it is not tried and does not expire
        postern queue release ID        let it go on, at once
        postern queue remove ID         remove it; nobody is told

        -C FILE           the configuration that names the queue (QueueDirectory)
        --dir FOLDER      the queue itself
        --json            for programs

      Works beside a running server, which then makes the changes, and without one.
      Exit codes: 0 done, 66 no such message or queue, 75 the server does not answer.
      """;

  private static final int NO_INPUT = 66;
  private static final int PAGE = 500;

  private QueueCommand() {}

  static int run(List<String> arguments, PrintStream out, PrintStream err)
      throws UsageException, IOException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    Flags flags = new Flags("queue", switches.rest());
    if (flags.has("help")) {
      out.print(HELP);
      return ExitStatus.OK;
    }
    boolean json = flags.has("json");
    String dir = flags.value("dir");
    List<String> words = flags.operands();
    String verb = words.isEmpty() ? "list" : words.get(0);
    try (QueueDesk desk = QueueDesk.open(folder(dir, switches))) {
      QueueText text = new QueueText(out, json, desk.isServed(), Clock.systemUTC());
      switch (verb) {
        case "list" -> {
          count(words, 1, 1);
          return list(desk, text);
        }
        case "summary" -> {
          count(words, 1, 1);
          text.summary(desk.size(), desk.destinations());
          return ExitStatus.OK;
        }
        case "show" -> {
          count(words, 2, 2);
          return show(desk, text, words.get(1), err);
        }
        case "flush" -> {
          count(words, 1, 1);
          desk.change(Change.FLUSH, "", "");
          text.flushed();
          return ExitStatus.OK;
        }
        case "hold" -> {
          count(words, 2, Integer.MAX_VALUE);
          String reason = String.join(" ", words.subList(2, words.size()));
          return change(
              desk, text, Change.HOLD, words.get(1), reason.isEmpty() ? "by hand" : reason, err);
        }
        case "release" -> {
          count(words, 2, 2);
          return change(desk, text, Change.RELEASE, words.get(1), "", err);
        }
        case "remove" -> {
          count(words, 2, 2);
          return change(desk, text, Change.REMOVE, words.get(1), "", err);
        }
        default -> throw new UsageException("queue: what is " + verb + "?");
      }
    } catch (SpoolException e) {
      err.println("postern: " + e.getMessage());
      return switch (e.kind()) {
        case GONE -> NO_INPUT;
        case IN_USE -> ExitStatus.TEMPORARY_FAILURE;
        default -> ExitStatus.OS_ERROR;
      };
    }
  }

  private static Path folder(@Nullable String dir, SendmailSwitches switches)
      throws UsageException {
    if (dir != null) {
      return Path.of(dir);
    }
    String queue = switches.compile(true).options().string("QueueDirectory");
    return queue.isEmpty() ? Home.data().resolve("spool") : Path.of(queue);
  }

  private static void count(List<String> words, int least, int most) throws UsageException {
    int given = Math.max(1, words.size());
    if (given < least) {
      throw new UsageException("queue " + words.get(0) + ": which message?");
    }
    if (given > most) {
      throw new UsageException("queue: what is " + words.get(most) + "?");
    }
  }

  private static int list(QueueDesk desk, QueueText text) throws IOException {
    text.beginList(desk.size());
    long key = 0;
    List<QueueEntry> page;
    do {
      page = desk.entriesAfter(key, PAGE);
      for (QueueEntry entry : page) {
        text.listed(entry);
        key = entry.message().key();
      }
    } while (page.size() == PAGE);
    text.endList();
    return ExitStatus.OK;
  }

  private static int show(QueueDesk desk, QueueText text, String id, PrintStream err)
      throws IOException {
    Optional<QueueEntry> entry = desk.find(id);
    if (entry.isEmpty()) {
      return noSuchMessage(id, err);
    }
    text.shown(entry.get(), desk.header(entry.get()), desk.attempts(entry.get()));
    return ExitStatus.OK;
  }

  private static int change(
      QueueDesk desk, QueueText text, Change what, String id, String reason, PrintStream err)
      throws IOException {
    if (!desk.change(what, id, reason)) {
      return noSuchMessage(id, err);
    }
    text.changed(what, id);
    return ExitStatus.OK;
  }

  private static int noSuchMessage(String id, PrintStream err) {
    err.println("postern: no message " + id + " in the queue");
    return NO_INPUT;
  }
}
