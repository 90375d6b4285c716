package postern.smtp.server;

import java.util.ArrayList;
import java.util.List;
import postern.policy.ServerFeatures;
import postern.smtp.Extensions;

/**
 * What one session offers: options, listener and rule sets taken together. Made when the rule sets
 * have answered, and again when TLS has started.
 */
record Capabilities(
    boolean pipelining,
    boolean expn,
    boolean verb,
    boolean chunking,
    boolean dsn,
    boolean smtpUtf8,
    boolean etrn,
    boolean startTlsAllowed,
    boolean startTls,
    boolean requireTls,
    int deliverByMin,
    boolean xclient,
    long size,
    int recipients,
    String mechanisms) {

  static Capabilities of(
      ServerSettings settings,
      Listener listener,
      ServerFeatures features,
      boolean tlsAvailable,
      boolean tlsActive,
      boolean xclient,
      String mechanisms) {
    // what options and listener say is where sendmail starts from; letters have the last word
    boolean expn =
        features.over('x', features.expn(), !settings.has(ServerSettings.Privacy.NOEXPN));
    boolean verb =
        features.over('b', features.verb(), !settings.has(ServerSettings.Privacy.NOVERB));
    boolean dsn =
        features.over('d', features.dsn(), !settings.has(ServerSettings.Privacy.NORECEIPTS));
    boolean etrn =
        features.over(
            'e',
            features.etrn(),
            !settings.has(ServerSettings.Privacy.NOETRN) && !listener.withoutEtrn());
    boolean auth = features.over('a', features.auth(), !listener.withoutAuth());
    boolean startTlsAllowed = features.over('s', features.startTls(), !listener.withoutStartTls());
    ServerSettings.Offers offers = settings.offers();
    return new Capabilities(
        features.pipelining(),
        expn,
        expn && verb,
        offers.chunking(),
        dsn,
        features.over('i', features.smtpUtf8(), offers.smtpUtf8()),
        etrn,
        startTlsAllowed,
        startTlsAllowed && tlsAvailable && !tlsActive,
        offers.requireTls() && tlsActive,
        offers.deliverByMin(),
        xclient && !tlsActive,
        settings.limits().messageSize(),
        settings.limits().recipients(),
        auth ? mechanisms : "");
  }

  Extensions extensions() {
    return new Extensions(dsn, smtpUtf8, requireTls, deliverByMin, !mechanisms.isEmpty());
  }

  /** The lines of EHLO's reply below the first, in sendmail's order. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(16);
    lines.add("ENHANCEDSTATUSCODES");
    if (pipelining) {
      lines.add("PIPELINING");
    }
    if (expn) {
      lines.add("EXPN");
    }
    if (verb) {
      lines.add("VERB");
    }
    lines.add("8BITMIME");
    lines.add(size > 0 ? "SIZE " + size : "SIZE");
    if (chunking) {
      lines.add("CHUNKING");
    }
    if (dsn) {
      lines.add("DSN");
    }
    if (smtpUtf8) {
      lines.add("SMTPUTF8");
    }
    if (etrn) {
      lines.add("ETRN");
    }
    if (!mechanisms.isEmpty()) {
      lines.add("AUTH " + mechanisms);
    }
    if (startTls) {
      lines.add("STARTTLS");
    }
    if (requireTls) {
      lines.add("REQUIRETLS");
    }
    if (deliverByMin >= 0) {
      lines.add(deliverByMin > 0 ? "DELIVERBY " + deliverByMin : "DELIVERBY");
    }
    if (xclient) {
      lines.add("XCLIENT " + XClient.ATTRIBUTES);
    }
    if (recipients > 0) {
      lines.add("LIMITS RCPTMAX=" + recipients); // RFC 9422
    }
    lines.add("HELP");
    return lines;
  }
}
