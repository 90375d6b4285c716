package postern.gateway;

import java.util.List;
import java.util.Random;

/** A message that can be told from all others and whose content can be checked to the byte. */
final class Letter {
  static final String HERE = "postmaster@localhost";
  static final String THERE = "joe@remote.test";

  /** How far it got, as its sender knows. */
  enum State {
    /** Its content was not sent whole: it must not turn up. */
    BEGUN,
    /** Sent whole, no reply came: it may turn up. */
    SENT,
    /** The server said 250: it must turn up. */
    TAKEN
  }

  private final String token;
  private final List<String> recipients;
  private final String body;
  private volatile State state = State.BEGUN;

  Letter(String token, Random random) {
    this.token = token;
    this.recipients =
        switch (random.nextInt(4)) {
          case 0 -> List.of(HERE, THERE);
          case 1 -> List.of(THERE);
          default -> List.of(HERE);
        };
    this.body = body(token, random.nextInt(20) == 0 ? 3000 : random.nextInt(20));
  }

  /** Lines that tell their number, some of which begin with a dot. */
  private static String body(String token, int lines) {
    StringBuilder body = new StringBuilder("the first line of " + token + "\n");
    for (int i = 0; i < lines; i++) {
      body.append(i % 7 == 3 ? ".." : "").append("line ").append(i).append(" of ").append(token);
      body.append(" and some more so that it is of a usual length\n");
    }
    return body.toString();
  }

  String token() {
    return token;
  }

  List<String> recipients() {
    return recipients;
  }

  State state() {
    return state;
  }

  void state(State now) {
    state = now;
  }

  /** What goes out behind the 354, the final dot not included. */
  String content() {
    String text = "Subject: kill\nX-Token: " + token + "\nFrom: <sender@remote.test>\n\n" + body;
    return text.replace("\n.", "\n..").replace("\n", "\r\n");
  }

  /**
   * Whether {@code delivered}, a message with LF line ends, is this one, complete and unchanged.
   */
  boolean isIn(String delivered) {
    int blank = delivered.indexOf("\n\n");
    return blank > 0
        && token.equals(tokenOf(delivered))
        && delivered.substring(blank + 2).equals(body);
  }

  /** The token in a message's header, empty if there is none. */
  static String tokenOf(String delivered) {
    int at = delivered.indexOf("\nX-Token: ");
    return at < 0 ? "" : delivered.substring(at + 10, delivered.indexOf('\n', at + 1));
  }
}
