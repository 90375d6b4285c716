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
    long size,
    int recipients,
    String mechanisms) {

  static Capabilities of(
      ServerSettings settings,
      Listener listener,
      ServerFeatures features,
      boolean tlsAvailable,
      boolean tlsActive,
      String mechanisms) {
    boolean expn = features.expn() && !settings.has(ServerSettings.Privacy.NOEXPN);
    boolean startTlsAllowed = features.startTls() && !listener.withoutStartTls();
    return new Capabilities(
        features.pipelining(),
        expn,
        expn && features.verb() && !settings.has(ServerSettings.Privacy.NOVERB),
        settings.chunking(),
        features.dsn() && !settings.has(ServerSettings.Privacy.NORECEIPTS),
        settings.smtpUtf8(),
        features.etrn() && !settings.has(ServerSettings.Privacy.NOETRN) && !listener.withoutEtrn(),
        startTlsAllowed,
        startTlsAllowed && tlsAvailable && !tlsActive,
        settings.requireTls() && tlsActive,
        settings.limits().messageSize(),
        settings.limits().recipients(),
        features.auth() && !listener.withoutAuth() ? mechanisms : "");
  }

  Extensions extensions() {
    return new Extensions(dsn, smtpUtf8, requireTls, !mechanisms.isEmpty());
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
    if (recipients > 0) {
      lines.add("LIMITS RCPTMAX=" + recipients); // RFC 9422
    }
    lines.add("HELP");
    return lines;
  }
}
