package postern.queue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import postern.smtp.Envelope;

/**
 * The form in which mailboxes and programs get a message, as the flags of a mailer say.
 *
 * @param fromLine it begins with a {@code From } line (no {@code F=n})
 * @param returnPath it has a {@code Return-Path:} ({@code F=P})
 * @param escapeFrom lines that begin with {@code From } get a {@code >} ({@code F=E})
 * @param crlf lines end in CR LF ({@code E=\r\n}), else in LF
 * @param emptyLine an empty line follows the message, as in a file with many
 */
public record MailboxForm(
    boolean fromLine, boolean returnPath, boolean escapeFrom, boolean crlf, boolean emptyLine) {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH);
  private static final byte[] FROM = "From ".getBytes(StandardCharsets.ISO_8859_1);

  /** Writes {@code content}; the caller closes both streams. */
  void write(
      Envelope envelope, List<Envelope.Recipient> recipients, InputStream content, OutputStream out)
      throws IOException {
    String eol = crlf ? "\r\n" : "\n";
    StringBuilder head = new StringBuilder();
    if (fromLine) {
      String sender = envelope.sender().isEmpty() ? "MAILER-DAEMON" : line(envelope.sender());
      head.append("From ").append(sender.replace(' ', '_')).append("  ");
      head.append(DATE.format(envelope.arrived().atZone(ZoneOffset.UTC))).append(eol);
    }
    if (returnPath) {
      head.append("Return-Path: <").append(line(envelope.sender())).append('>').append(eol);
    }
    out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    boolean ended = copy(content, out);
    if (!ended) {
      out.write(eol.getBytes(StandardCharsets.ISO_8859_1));
    }
    if (emptyLine) {
      out.write(eol.getBytes(StandardCharsets.ISO_8859_1));
    }
    out.flush();
  }

  private static String line(String address) {
    return address.replaceAll("[^ -~]", "?");
  }

  /** Copies with other line ends; true if the last line was whole. */
  private boolean copy(InputStream in, OutputStream out) throws IOException {
    byte[] block = new byte[32 << 10];
    boolean cr = false;
    int matched = 0; // octets of "From " at the beginning of this line, -1 for another line
    for (int n = in.read(block); n >= 0; n = in.read(block)) {
      for (int i = 0; i < n; i++) {
        byte b = block[i];
        if (cr && b != '\n') {
          matched = flush(out, matched);
          out.write('\r');
        }
        cr = b == '\r';
        if (cr) {
          continue;
        }
        if (b == '\n') {
          flush(out, matched);
          if (crlf) {
            out.write('\r');
          }
          out.write('\n');
          matched = 0;
        } else if (matched >= 0 && escapeFrom && FROM[matched] == b) {
          matched++;
          if (matched == FROM.length) {
            out.write('>');
            matched = flush(out, matched);
          }
        } else {
          matched = flush(out, matched);
          out.write(b);
        }
      }
    }
    boolean ended = matched == 0;
    flush(out, matched);
    return ended;
  }

  private static int flush(OutputStream out, int matched) throws IOException {
    if (matched > 0) {
      out.write(FROM, 0, matched);
    }
    return -1;
  }
}
