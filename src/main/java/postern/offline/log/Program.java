package postern.offline.log;

import java.util.Locale;

/** Who wrote a line, as far as that matters. */
enum Program {
  SENDMAIL,
  POSTERN,
  SMTPD,
  QMGR,
  CLEANUP,
  /** Does TLS for Postfix' SMTP client (and for postscreen, which is no session). */
  TLSPROXY,
  /** Postfix' SMTP client. */
  SMTP,
  /** Postfix' other ways to get rid of mail. */
  DELIVERY,
  /** Postfix, but nothing that says what sessions did. */
  POSTFIX,
  OTHER;

  /** The program with this syslog tag. */
  static Program of(String tag) {
    String name = tag.toLowerCase(Locale.ROOT);
    int slash = name.lastIndexOf('/');
    if (slash < 0) {
      return switch (name) {
        case "postern" -> POSTERN;
        default -> other(name);
      };
    }
    return switch (name.substring(slash + 1)) {
      case "smtpd" -> SMTPD;
      case "qmgr", "nqmgr" -> QMGR;
      case "cleanup" -> CLEANUP;
      case "tlsproxy" -> TLSPROXY;
      case "smtp", "relay", "lmtp" -> SMTP;
      case "local", "virtual", "pipe", "error", "discard", "retry" -> DELIVERY;
      default -> other(name);
    };
  }

  /** Instances have tags of their own: {@code sm-mta-in}, {@code sendmail-tls}. */
  private static Program other(String name) {
    if (name.startsWith("sendmail") || name.startsWith("sm-")) {
      return SENDMAIL;
    }
    return name.startsWith("postfix") ? POSTFIX : OTHER;
  }
}
