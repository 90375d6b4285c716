package postern.map;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import postern.source.FileNames;
import postern.text.Symbols;

/**
 * Class {@code socket}: a server that speaks the socketmap protocol, {@code LEN:map key,} one way
 * and {@code LEN:OK value,} (or {@code NOTFOUND}, {@code TEMP}, {@code TIMEOUT}, {@code PERM}) the
 * other. Connections are kept for the next questions.
 */
final class SocketMap implements LookupMap {
  private static final int MOST_IDLE = 8;
  private static final int PROTOCOL = 76;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final String name;
  private final MapFlags flags;
  private final boolean eager;
  private final ConcurrentLinkedDeque<SocketTalk> idle = new ConcurrentLinkedDeque<>();
  private @Nullable Address address;

  /** Where the server is; looked up for each new connection. */
  private interface Address {
    SocketAddress resolve() throws IOException;
  }

  SocketMap(String name, MapFlags flags, boolean eager) {
    this.name = name;
    this.flags = flags;
    this.eager = eager;
  }

  @Override
  public boolean mayBlock() {
    return true;
  }

  @Override
  public void open(Query.Problems problems) throws MapUnavailableException {
    Address where = parse(flags.file);
    address = where;
    if (eager) {
      try {
        idle.push(SocketTalk.connect(where.resolve(), limit()));
      } catch (IOException e) {
        throw new MapUnavailableException("", "", true);
      }
    }
  }

  private MapUnavailableException bad(String what, String reason) {
    return new MapUnavailableException("socket map \"" + name + "\": " + what, reason, false);
  }

  private Address parse(String file) throws MapUnavailableException {
    int colon = file.indexOf(':');
    String kind = colon < 0 ? "local" : file.substring(0, colon);
    String rest = file.substring(colon + 1);
    switch (kind) {
      case "unix", "local" -> {
        Path path = FileNames.path(rest);
        if (!Files.exists(path)) {
          throw bad("local socket name " + rest + " unsafe", "No such file or directory");
        }
        UnixDomainSocketAddress local = UnixDomainSocketAddress.of(path);
        return () -> local;
      }
      case "inet", "inet6" -> {
        int at = rest.indexOf('@');
        if (at < 0) {
          throw bad("bad address " + rest + " (expected port@host)", "");
        }
        String port = rest.substring(0, at);
        String host = rest.substring(at + 1);
        if (port.isEmpty() || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
          throw bad("unknown port name " + port, "");
        }
        int number = (int) Math.min(Numbers.atol(port), 65536);
        if (number < 1 || number > 65535) {
          throw bad("unknown port name " + port, "");
        }
        return () -> new InetSocketAddress(inet(host), number);
      }
      default -> throw bad("unknown socket type " + kind, "Protocol not supported");
    }
  }

  private static InetAddress inet(String host) throws UnknownHostException {
    boolean literal = host.startsWith("[") && host.endsWith("]");
    return InetAddress.getByName(literal ? host.substring(1, host.length() - 1) : host);
  }

  private Duration limit() {
    return flags.patience(LIMIT);
  }

  @Override
  public void lookup(Query query, Answer answer) {
    byte[] question = (name + " " + query.key()).getBytes(StandardCharsets.ISO_8859_1);
    if (!flags.keepCase) {
      for (int i = name.length() + 1; i < question.length; i++) {
        question[i] = Symbols.lower(question[i]);
      }
    }
    SocketTalk talk = idle.poll();
    boolean used = talk != null;
    try {
      byte @Nullable [] reply = null;
      if (talk != null) {
        reply = talk.ask(question);
      }
      if (reply == null && (talk == null || used)) {
        // Not connected yet, or the server has closed a connection that was idle.
        if (talk != null) {
          talk.close();
        }
        talk = SocketTalk.connect(java.util.Objects.requireNonNull(address).resolve(), limit());
        reply = talk.ask(question);
      }
      if (reply == null) {
        talk.close();
        answer.missing(Answer.TEMPORARY_FAILURE);
        return;
      }
      keep(talk);
      understand(reply, query, answer);
    } catch (IOException e) {
      if (talk != null) {
        talk.close();
      }
      if (e instanceof SocketTalk.BadReplyException) {
        query.problems().report("socket_map_lookup(" + name + "): " + e.getMessage(), "");
      }
      answer.missing(Answer.TEMPORARY_FAILURE);
    }
  }

  private void keep(SocketTalk talk) {
    if (idle.size() < MOST_IDLE) {
      idle.push(talk);
    } else {
      talk.close();
    }
  }

  private void understand(byte[] reply, Query query, Answer answer) {
    int blank = 0;
    while (blank < reply.length && reply[blank] != ' ') {
      blank++;
    }
    String word = new String(reply, 0, blank, StandardCharsets.ISO_8859_1);
    switch (word) {
      case "OK" ->
          flags.format(reply, Math.min(blank + 1, reply.length), reply.length, query, answer);
      case "NOTFOUND" -> answer.missing(Answer.NOT_FOUND);
      case "TEMP", "TIMEOUT" -> answer.missing(Answer.TEMPORARY_FAILURE);
      case "PERM" -> answer.missing(Answer.UNAVAILABLE);
      default -> answer.missing(PROTOCOL);
    }
  }
}
