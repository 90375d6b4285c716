package postern.offline.log;

import org.jspecify.annotations.Nullable;
import postern.offline.Hook;
import postern.policy.PeerFacts;

/**
 * What Postfix says of mail that it does not take as it is, behind a word like {@code reject:}. In
 * two forms, that of smtpd and milters, and that of header_checks and body_checks:
 *
 * <pre>
 * RCPT from NAME[ADDR]: 550 5.7.1 ...; from=&lt;&gt; to=&lt;&gt; proto=ESMTP helo=&lt;&gt;
 * header Subject: ... from NAME[ADDR]; from=&lt;&gt; to=&lt;&gt; proto=ESMTP helo=&lt;&gt;: 5.7.1 ...
 * </pre>
 *
 * @param hook the moment, by its rule set
 * @param content whether it is what header_checks and body_checks say
 * @param peer nobody if it has no address
 * @param reply with a code of three digits, as far as it is a refusal
 * @param sender empty if it is not told
 * @param recipient empty if it is not told
 * @param helo empty if it is not told
 */
record PostfixRefusal(
    Hook hook,
    boolean content,
    PeerFacts peer,
    String reply,
    String sender,
    String recipient,
    String helo) {

  private static final byte[] FROM_WORD = Scan.bytes(" from ");
  private static final byte[] BEHIND_ADDRESS = Scan.bytes("]: ");
  private static final byte[] CLOSE = Scan.bytes("]");
  private static final byte[] MAIL_FROM = Scan.bytes("; from=");
  private static final byte[] RCPT_TO = Scan.bytes(" to=<");
  private static final byte[] PROTO = Scan.bytes(" proto=");
  private static final byte[] HELO = Scan.bytes(" helo=<");
  private static final byte[] BEHIND_HELO = Scan.bytes(">: ");
  private static final byte[] HEADER = Scan.bytes("header ");
  private static final byte[] BODY = Scan.bytes("body ");
  private static final byte[] MIME_HEADER = Scan.bytes("mime-header ");

  /** Takes {@code in[from, to)} apart; null if it is not of this form. */
  static @Nullable PostfixRefusal read(Texts texts, byte[] in, int from, int to) {
    boolean content =
        Scan.at(in, from, to, HEADER)
            || Scan.at(in, from, to, BODY)
            || Scan.at(in, from, to, MIME_HEADER);
    int envelope = Scan.findLast(in, from, to, MAIL_FROM);
    int tail = envelope >= 0 ? envelope : Scan.findLast(in, from, to, PROTO);
    int end = tail >= 0 ? tail : to;
    // What the client wrote may hold all these words; it stands in front of the last ones.
    int word =
        content ? Scan.findLast(in, from, end, FROM_WORD) : Scan.find(in, from, to, FROM_WORD);
    int close = word < 0 ? -1 : Scan.find(in, word, to, content ? CLOSE : BEHIND_ADDRESS);
    if (close < 0) {
      return null;
    }
    int helo = Scan.find(in, end, to, HELO);
    int text = content && helo >= 0 ? Scan.find(in, helo, to, BEHIND_HELO) : -1;
    int heloEnd = text >= 0 ? text : in[to - 1] == '>' ? to - 1 : -1;
    String reply =
        content
            ? text < 0 ? "" : Scan.text(in, text + BEHIND_HELO.length, to)
            : Scan.text(in, close + BEHIND_ADDRESS.length, end);
    String sender = "";
    String recipient = "";
    if (envelope >= 0) {
      int proto = Scan.find(in, envelope, to, PROTO);
      int envelopeEnd = proto >= 0 ? proto : to;
      int rcpt = Scan.find(in, envelope, envelopeEnd, RCPT_TO);
      sender = texts.address(in, envelope + MAIL_FROM.length, rcpt >= 0 ? rcpt : envelopeEnd);
      recipient = rcpt >= 0 ? texts.address(in, rcpt + 4, envelopeEnd) : "";
    }
    return new PostfixRefusal(
        content ? Hook.CHECK_EOM : stage(in, from),
        content,
        texts.postfixPeer(in, word + FROM_WORD.length, close + 1),
        coded(reply.endsWith(";") ? reply.substring(0, reply.length() - 1) : reply),
        sender,
        recipient,
        helo >= 0 && heloEnd > helo ? texts.string(in, helo + HELO.length, heloEnd) : "");
  }

  /** Milters and header_checks give the enhanced code alone: smtpd answers 550 or 450 then. */
  private static String coded(String reply) {
    char first = reply.isEmpty() ? ' ' : reply.charAt(0);
    boolean enhanced = reply.length() > 1 && reply.charAt(1) == '.';
    return enhanced && (first == '4' || first == '5') ? first + "50 " + reply : reply;
  }

  private static Hook stage(byte[] in, int from) {
    return switch (in[from]) {
      case 'C', 'H' -> Hook.CHECK_RELAY; // CONNECT, HELO
      case 'M' -> Hook.CHECK_MAIL;
      case 'D' -> Hook.CHECK_DATA;
      case 'E' -> in[from + 1] == 'N' ? Hook.CHECK_EOM : Hook.CHECK_RELAY; // END-OF-MESSAGE, EHLO
      default -> Hook.CHECK_RCPT;
    };
  }

  /** Whether there is no such mailbox: that is no part of a policy. */
  boolean namesNobody() {
    return reply.contains(": Recipient address rejected: User unknown in ");
  }
}
