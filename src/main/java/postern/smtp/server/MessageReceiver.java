package postern.smtp.server;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.smtp.SmtpReply;

/**
 * Takes the decoded content of one message: the header section is collected and counted, all of it
 * goes to the store unless there is something against it. What is against it is answered only at
 * the end, as the protocol wants; until then the content is read and dropped.
 */
final class MessageReceiver implements ContentDecoder.Sink {
  private static final int MOST_HEADER = 1 << 20;

  private final ServerSettings settings;
  private final HeaderReader header;
  private MessageIntake.@Nullable Message message;
  private @Nullable SmtpReply problem;
  private boolean body;
  private boolean behind;
  private long size;
  private List<HeaderReader.Field> fields = List.of();
  private int headerSize;
  private final Whereabouts loneLfs = new Whereabouts();
  private final Whereabouts loneCrs = new Whereabouts();

  /** In which parts of the message something was seen. */
  private static final class Whereabouts {
    private boolean header;
    private boolean body;

    void seen(boolean inBody) {
      header |= !inBody;
      body |= inBody;
    }

    @Override
    public String toString() {
      String parts = header ? "header" : "";
      return body ? parts + (header ? "+body" : "body") : parts;
    }
  }

  /**
   * For one message.
   *
   * @param message null if the content is to be dropped
   */
  MessageReceiver(ServerSettings settings, MessageIntake.@Nullable Message message) {
    this.settings = settings;
    this.message = message;
    int limit = settings.limits().headersLength();
    this.header = new HeaderReader(limit > 0 ? limit : MOST_HEADER);
  }

  @Override
  public void take(byte[] data, int from, int to) {
    size += to - from;
    long max = settings.limits().messageSize();
    if (max > 0 && size > max) {
      fail(Words.tooBig(max));
    }
    if (problem != null) {
      return;
    }
    int at = from;
    if (!body) {
      at = header.take(data, from, to);
      if (header.progress() == HeaderReader.Progress.TOO_LARGE) {
        fail(Words.headersTooLarge(settings.limits().headersLength()));
        return;
      }
      if (header.progress() == HeaderReader.Progress.COMPLETE) {
        endOfHeader();
      }
    }
    if (at < to && problem == null) {
      write(data, at, to - at);
    }
  }

  @Override
  public void lone(boolean lf) {
    (lf ? loneLfs : loneCrs).seen(body);
  }

  /**
   * Where lone LFs (or else CRs) were: {@code header}, {@code body}, {@code header+body}, or empty.
   */
  String whereLone(boolean lf) {
    return (lf ? loneLfs : loneCrs).toString();
  }

  /**
   * All content is there.
   *
   * @param nul whether a NUL was among it
   */
  void finish(boolean nul) {
    if (!body && problem == null) {
      header.finish();
      endOfHeader();
    }
    if (nul && settings.rejectNul() && problem == null) {
      fail(Words.NUL);
    }
  }

  /** What speaks against the message, or null. */
  @Nullable SmtpReply problem() {
    return problem;
  }

  /** Gives the message up; {@code reply} is the answer unless there is one already. */
  void fail(SmtpReply reply) {
    if (problem == null) {
      problem = reply;
    }
    abort();
  }

  /** Forgets the message. */
  void abort() {
    MessageIntake.Message given = message;
    message = null;
    if (given != null) {
      given.abort();
    }
    header.forget();
  }

  /** Whether the store wants a pause; {@link #message} tells when it is over. */
  boolean behind() {
    return behind && message != null;
  }

  /** The pause is over. */
  void caughtUp() {
    behind = false;
  }

  MessageIntake.@Nullable Message message() {
    return message;
  }

  /** Hands the message over for good. */
  MessageIntake.@Nullable Message release() {
    MessageIntake.Message given = message;
    message = null;
    return given;
  }

  /** Octets of content, line ends as CRLF. */
  long size() {
    return size;
  }

  /** The header fields in order; empty before {@link #finish}. */
  List<HeaderReader.Field> fields() {
    return fields;
  }

  /** Octets of the header section. */
  int headerSize() {
    return headerSize;
  }

  Set<String> fieldNames() {
    return HeaderReader.names(fields);
  }

  /** The value of the first field called {@code name}, or empty. */
  String first(String name) {
    for (HeaderReader.Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        return field.value();
      }
    }
    return "";
  }

  private void endOfHeader() {
    body = true;
    fields = header.fields();
    headerSize = header.size();
    int hops = 1; // ours
    for (HeaderReader.Field field : fields) {
      if (field.name().equalsIgnoreCase("Received")) {
        hops++;
      }
    }
    if (hops > settings.limits().hops()) {
      fail(Words.tooManyHops(hops, settings.limits().hops()));
      return;
    }
    byte[] section = header.section();
    write(section, 0, section.length);
    byte[] rest = header.rest();
    if (rest.length > 0) {
      write(rest, 0, rest.length);
    }
    header.forget();
  }

  private void write(byte[] data, int offset, int length) {
    MessageIntake.Message to = message;
    if (to != null && !to.write(data, offset, length)) {
      behind = true;
    }
  }
}
