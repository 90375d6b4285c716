package postern.smtp;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message's envelope (RFC 5321 section 2.3.1) with its DSN parameters (RFC 3461).
 *
 * @param id queue id, 14 letters and digits
 * @param sender reverse path without angle brackets, empty for the null sender
 * @param recipients forward paths
 * @param body {@code 7BIT}, {@code 8BITMIME} or empty if not declared
 * @param ret {@code FULL}, {@code HDRS} or empty
 * @param envid xtext as given, or empty
 * @param requireTls REQUIRETLS was asked for (RFC 8689)
 * @param arrived when MAIL was accepted
 * @param quarantine reason to hold the message, or empty
 * @param smtpUtf8 SMTPUTF8 was asked for (RFC 6531)
 * @param deliverBy how soon it wants to be there (RFC 2852), or null
 */
public record Envelope(
    String id,
    String sender,
    List<Recipient> recipients,
    String body,
    String ret,
    String envid,
    boolean requireTls,
    Instant arrived,
    String quarantine,
    boolean smtpUtf8,
    @Nullable DeliverBy deliverBy) {
  public Envelope {
    recipients = List.copyOf(recipients);
  }

  /** An envelope without a time limit of its own. */
  public Envelope(
      String id,
      String sender,
      List<Recipient> recipients,
      String body,
      String ret,
      String envid,
      boolean requireTls,
      Instant arrived,
      String quarantine,
      boolean smtpUtf8) {
    this(id, sender, recipients, body, ret, envid, requireTls, arrived, quarantine, smtpUtf8, null);
  }

  /** And of plain ASCII. */
  public Envelope(
      String id,
      String sender,
      List<Recipient> recipients,
      String body,
      String ret,
      String envid,
      boolean requireTls,
      Instant arrived,
      String quarantine) {
    this(id, sender, recipients, body, ret, envid, requireTls, arrived, quarantine, false);
  }

  /** The same message with other recipients. */
  public Envelope withRecipients(List<Recipient> others) {
    return new Envelope(
        id, sender, others, body, ret, envid, requireTls, arrived, quarantine, smtpUtf8, deliverBy);
  }

  /** The same envelope with another sender. */
  public Envelope withSender(String other) {
    return other.equals(sender)
        ? this
        : new Envelope(
            id,
            other,
            recipients,
            body,
            ret,
            envid,
            requireTls,
            arrived,
            quarantine,
            smtpUtf8,
            deliverBy);
  }

  /**
   * One recipient.
   *
   * @param address forward path without angle brackets
   * @param dsnNotify {@code NEVER} or a comma list of SUCCESS, FAILURE, DELAY; empty if not given
   * @param orcpt {@code type;xtext} as given, or empty
   * @param route where its mail goes
   */
  public record Recipient(String address, String dsnNotify, String orcpt, Route route) {}
}
