package postern.smtp.client;

/**
 * Where in an outgoing session a peer refused. It decides which {@code dsn=} a reply without an
 * enhanced code stands for, and sendmail's words for a refusal that is final (checked against the
 * log of sendmail 8.17, reply by reply).
 */
enum Step {
  /** Greeting, EHLO, HELO, LHLO, RSET: about the session. An enhanced code is not heeded. */
  OPENING {
    @Override
    String dsn(Reply reply) {
      return reply.permanent() ? "5.5.0" : "4.5.0";
    }

    @Override
    String words(Reply reply) {
      return UNAVAILABLE;
    }
  },

  /** MAIL. */
  MAIL {
    @Override
    String plainDsn(int code) {
      return switch (code) {
        case 501 -> "5.5.2";
        case 552 -> "5.3.4";
        case 553 -> "5.1.3";
        default -> code >= 500 ? "5.0.0" : super.plainDsn(code);
      };
    }

    @Override
    String words(Reply reply) {
      return reply.code() == 501 || reply.code() == 553 ? "Data format error" : UNAVAILABLE;
    }
  },

  /** RCPT. */
  RCPT {
    @Override
    String plainDsn(int code) {
      return switch (code) {
        case 550 -> "5.1.1";
        case 553 -> "5.1.3";
        default -> super.plainDsn(code);
      };
    }

    @Override
    String words(Reply reply) {
      return switch (reply.code()) {
        case 550, 551, 553 -> "User unknown";
        default -> UNAVAILABLE;
      };
    }
  },

  /** DATA itself. */
  DATA {
    @Override
    String plainDsn(int code) {
      return code >= 500 ? "5.0.0" : "4.0.0";
    }

    @Override
    String words(Reply reply) {
      return UNAVAILABLE;
    }
  },

  /** The end of the content, or a chunk of it. */
  CONTENT {
    @Override
    String words(Reply reply) {
      return reply.code() >= 550 && reply.code() <= 559 ? UNAVAILABLE : "Remote protocol error";
    }
  };

  private static final String UNAVAILABLE = "Service unavailable";

  /** {@code dsn=} for a refusal: the peer's enhanced code, else what the plain one stands for. */
  String dsn(Reply reply) {
    return reply.enhanced().isEmpty() ? plainDsn(reply.code()) : reply.enhanced();
  }

  /** {@code stat=} for a final refusal. */
  abstract String words(Reply reply);

  /** The enhanced code that {@code code}, 400 to 599, stands for. */
  String plainDsn(int code) {
    return switch (code) {
      case 450 -> "4.2.0";
      case 451 -> "4.3.0";
      case 452 -> "4.3.1";
      case 500 -> "5.5.2";
      case 501, 504 -> "5.5.4";
      case 502, 503 -> "5.5.1";
      case 550 -> "5.2.0";
      case 551 -> "5.1.6";
      case 552 -> "5.2.2";
      case 553 -> "5.1.0";
      default -> code >= 500 ? "5.0.0" : "4.0.0";
    };
  }
}
