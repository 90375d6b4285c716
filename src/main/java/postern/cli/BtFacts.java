package postern.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.offline.Facts;
import postern.offline.RecordException;
import postern.offline.RecordJson;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.policy.FactMacros;
import postern.policy.TlsFacts;

/** {@code .facts FILE}: the macros of a TLS session, from a certificate or a recorded session. */
final class BtFacts {
  private static final String USAGE =
      "Usage: .facts FILE [number of the record | fact=value ...]\n";

  private final BtContext bt;

  BtFacts(BtContext bt) {
    this.bt = bt;
  }

  /** Carries out the command, {@code words[0]} its name. */
  void set(String[] words) {
    if (words.length < 2) {
      bt.print(USAGE);
      return;
    }
    String file = words[1];
    try {
      if (isRecord(Path.of(file))) {
        record(file, words);
      } else {
        certificate(Path.of(file), words);
      }
    } catch (NoSuchFileException e) {
      bt.print(".facts: " + file + ": no such file\n");
    } catch (AccessDeniedException e) {
      bt.print(".facts: " + file + ": no permission to read it\n");
    } catch (IOException | RecordException | IllegalArgumentException e) {
      bt.print(".facts: " + e.getMessage() + "\n");
    }
  }

  /** A record begins with a brace, a PEM file never does. */
  private static boolean isRecord(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": a folder");
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      int first = in.read();
      while (first == ' ' || first == '\t' || first == '\r' || first == '\n') {
        first = in.read();
      }
      return first == '{';
    }
  }

  private void record(String file, String[] words) throws IOException, RecordException {
    if (words.length > 3 || (words.length == 3 && !words[2].matches("[1-9][0-9]{0,8}"))) {
      bt.print(USAGE);
      return;
    }
    int wanted = words.length == 3 ? Integer.parseInt(words[2]) : 1;
    SessionRecord record = null;
    int count = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(Path.of(file)));
        RecordJson.Reader reader = new RecordJson.Reader(file, in)) {
      for (SessionRecord next = reader.next(); next != null; next = reader.next()) {
        count++;
        if (count == wanted) {
          record = next;
          break;
        }
      }
    }
    if (record == null) {
      bt.print(".facts: " + file + ": it has " + count + " records, not " + wanted + "\n");
      return;
    }
    FactMacros macros = macros();
    SessionRecord.Login login = record.login();
    if (record.role() == Role.SERVER) {
      macros.client(record.peer(), record.helo());
    } else {
      macros.server(record.peer().name(), record.peer().address());
    }
    macros.tls(record.tls() == null ? TlsFacts.NONE : record.tls(), usesMd5());
    macros.login(login.mechanism(), login.identity(), login.strength());
    show(macros);
  }

  private void certificate(Path file, String[] words) throws IOException {
    Facts facts = new Facts();
    String name = CertificateNames.into(facts, file, fingerprintAlgorithm());
    if (!name.isEmpty()) {
      facts.set("client-name", name);
      facts.set("server-name", name);
    }
    for (String word : List.of(words).subList(2, words.length)) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(word + ": a fact is written name=value");
      }
      String fact = word.substring(0, equals);
      if (!Facts.names().containsKey(fact)) {
        throw new IllegalArgumentException(
            "no such fact: " + fact + "; there are " + String.join(", ", Facts.names().keySet()));
      }
      facts.set(fact, word.substring(equals + 1));
    }
    FactMacros macros = macros();
    SessionRecord asServer = facts.record(Role.SERVER);
    SessionRecord asClient = facts.record(Role.CLIENT);
    if (!asServer.peer().name().isEmpty()) {
      macros.clientName(asServer.peer());
    }
    if (!asClient.peer().name().isEmpty()) {
      macros.server(asClient.peer().name(), asClient.peer().address());
    }
    @Nullable TlsFacts tls = asServer.tls();
    macros.tls(tls == null ? TlsFacts.NONE : tls, usesMd5());
    show(macros);
  }

  private FactMacros macros() {
    return new FactMacros(bt.names, bt.macros);
  }

  private String fingerprintAlgorithm() {
    return bt.configuration.options().string("CertFingerprintAlgorithm");
  }

  private boolean usesMd5() {
    return fingerprintAlgorithm().isEmpty();
  }

  /** What rules will see, so that nobody has to guess. */
  private void show(FactMacros macros) {
    StringBuilder text = new StringBuilder();
    macros
        .changed()
        .forEach(
            (name, value) -> {
              text.append(name.length() == 1 ? "$" + name : "${" + name + "}").append('\t');
              bt.show(value, text);
              text.append('\n');
            });
    bt.print(text);
  }
}
