package postern.smtp.client;

import java.time.Instant;
import postern.smtp.DeliverBy;
import postern.smtp.Envelope;

/**
 * MAIL and RCPT in the words that a peer has offered to understand.
 *
 * @param peer its extensions
 * @param size octets of content, for SIZE
 * @param tlsActive REQUIRETLS is said only within TLS
 */
record EnvelopeCommands(Envelope envelope, PeerExtensions peer, long size, boolean tlsActive) {

  /** MAIL with all that the peer offers and the envelope asks for. */
  String mail() {
    StringBuilder mail = new StringBuilder("MAIL From:<").append(envelope.sender()).append('>');
    if (peer.has("SIZE")) {
      mail.append(" SIZE=").append(size);
    }
    if (peer.has("8BITMIME") && (utf8() || envelope.body().equalsIgnoreCase("8BITMIME"))) {
      mail.append(" BODY=8BITMIME");
    }
    if (utf8()) {
      mail.append(" SMTPUTF8");
    }
    if (peer.has("DSN")) {
      if (!envelope.ret().isEmpty()) {
        mail.append(" RET=").append(envelope.ret());
      }
      if (!envelope.envid().isEmpty()) {
        mail.append(" ENVID=").append(envelope.envid());
      }
    }
    if (envelope.requireTls() && peer.has("REQUIRETLS") && tlsActive) {
      mail.append(" REQUIRETLS");
    }
    DeliverBy by = envelope.deliverBy();
    if (by != null && peer.has("DELIVERBY")) {
      mail.append(" BY=").append(by.left(envelope.arrived(), Instant.now()).text());
    }
    return mail.toString();
  }

  /** RCPT, with what the sender wants to hear of this recipient. */
  String rcpt(Envelope.Recipient r) {
    StringBuilder rcpt = new StringBuilder("RCPT To:<").append(r.route().user()).append('>');
    if (peer.has("DSN")) {
      if (!r.dsnNotify().isEmpty()) {
        rcpt.append(" NOTIFY=").append(r.dsnNotify());
      }
      if (!r.orcpt().isEmpty()) {
        rcpt.append(" ORCPT=").append(r.orcpt());
      }
    }
    return rcpt.toString();
  }

  /** Whether SMTPUTF8 has to be said: it was asked for, or an address is not plain ASCII. */
  private boolean utf8() {
    return envelope.smtpUtf8() && peer.has("SMTPUTF8");
  }
}
