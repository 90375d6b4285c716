package postern.gateway;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postern.cf.Configuration;
import postern.map.FileFault;
import postern.map.MapTable;
import postern.sasl.PasswordFile;
import postern.source.Diagnostic;

/**
 * Keeps the configuration as its files are: looks at them every now and then, and reads them again
 * when they have changed or when told to. What cannot be used is reported and left aside; the
 * version of before goes on. Works on one thread; {@link #current} may be asked by any.
 */
final class Reloading {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final Supplier<Configuration> source;
  private final LocalUsers users;
  private final Logins.Guard guard;
  private final PolicyMaker policies;
  private final Executor workers;
  private final Counters counters;
  private final WatchedFiles files;
  private final WatchedFiles passwords;
  private volatile Generation current;

  /**
   * Begins with {@code first}.
   *
   * @param source reads and compiles the configuration anew
   * @param policies makes the policy of each
   */
  Reloading(
      Generation first,
      Supplier<Configuration> source,
      LocalUsers users,
      Logins.Guard guard,
      PolicyMaker policies,
      Executor workers,
      Counters counters) {
    this.current = first;
    this.counters = counters;
    this.source = source;
    this.users = users;
    this.guard = guard;
    this.policies = policies;
    this.workers = workers;
    files = new WatchedFiles(first.seen().of(first.files()));
    passwords = new WatchedFiles(first.seen().of(passwordFile(first)));
  }

  private static List<Path> passwordFile(Generation of) {
    Path file = of.passwordFile();
    return file == null ? List.of() : List.of(file);
  }

  Generation current() {
    return current;
  }

  /** Looks at the files; never throws, or nobody would look again. */
  void look() {
    try {
      maps(current.configuration().program().maps());
      if (passwords.changed()) {
        readPasswords();
      }
      if (files.changed()) {
        reload("a file has changed");
      }
    } catch (RuntimeException e) {
      LOG.error("SYSERR: looking at changed files", e);
    }
  }

  /**
   * Reads the configuration again.
   *
   * @param why for the log
   * @return whether it is in force now
   */
  boolean reload(String why) {
    try {
      WatchedFiles.Seen before = WatchedFiles.Seen.now(current.files());
      Configuration next = source.get();
      List<Diagnostic> errors = errors(next);
      if (!errors.isEmpty()) {
        errors.forEach(problem -> LOG.error("reload: {}", problem.headline()));
        return refused(why);
      }
      Generation made = Generation.of(next, users, guard, policies);
      List<String> objections = made.objections(current);
      if (!objections.isEmpty()) {
        objections.forEach(objection -> LOG.error("reload: {}", objection));
        Set<Path> both = new HashSet<>(current.files());
        both.addAll(made.files()); // what is mended may be one of the new ones
        files.watch(WatchedFiles.Seen.now(both).as(made.seen()).as(before));
        return refused(why);
      }
      made.report();
      made.tooLate(current)
          .forEach(option -> LOG.warn("reload: {} counts from the next start on", option));
      files.watch(made.seen().of(made.files()).as(before));
      passwords.watch(made.seen().of(passwordFile(made)));
      current = made;
      workers.execute(made::completeClientTls);
      counters.count(Counters.labeled("postern_reloads_total", "result", "ok"));
      LOG.info("reload: {}; the new configuration is in force", why);
      return true;
    } catch (StartupException e) {
      e.problems().forEach(problem -> LOG.error("reload: {}", problem));
      return refused(why);
    } catch (RuntimeException e) {
      LOG.error("SYSERR: reload", e);
      return refused(why);
    }
  }

  private static List<Diagnostic> errors(Configuration configuration) {
    List<Diagnostic> errors = new ArrayList<>(configuration.diagnostics());
    configuration.program().maps().check().forEach(fault -> errors.add(fault.diagnostic()));
    errors.removeIf(problem -> !problem.isError());
    return errors;
  }

  private boolean refused(String why) {
    counters.count(Counters.labeled("postern_reloads_total", "result", "refused"));
    LOG.error("reload: {}, but the new version has errors; the one of before stays in force", why);
    return false;
  }

  /** Reads what has changed of the files behind maps; a new version with an error stays outside. */
  private static void maps(MapTable maps) {
    maps.refresh();
    for (FileFault fault : maps.takeFaults()) {
      if (fault.isError()) {
        LOG.error("{}; what the file said before stays in force", fault.diagnostic().headline());
      } else {
        LOG.warn("{}", fault.diagnostic().headline());
      }
    }
  }

  private void readPasswords() {
    PasswordFile next = current.passwords().again();
    if (next.good()) {
      LOG.info("AUTH: password file read again, {} users", next.users().size());
    } else {
      next.problems().forEach(p -> LOG.error("{}; the users of before stay", p.headline()));
    }
  }
}
