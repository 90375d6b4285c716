package postern.smtp.server;

import java.util.ArrayList;
import java.util.List;
import postern.smtp.Echo;
import postern.smtp.SmtpCommand;
import postern.smtp.SmtpReply;

/** The server's replies, in sendmail's words. */
final class Words {
  static final SmtpReply OK = SmtpReply.of(250, "2.0.0", "OK");
  static final SmtpReply RESET = SmtpReply.of(250, "2.0.0", "Reset state");
  static final SmtpReply VERBOSE = SmtpReply.of(250, "2.0.0", "Verbose mode");
  static final SmtpReply NO_VERBOSE = SmtpReply.of(502, "5.7.0", "Verbose unavailable");
  static final SmtpReply NOT_ALLOWED =
      SmtpReply.of(502, "5.7.0", "Sorry, we do not allow this operation");
  static final SmtpReply NO_PARAMETERS =
      SmtpReply.of(501, "5.5.2", "Syntax error (no parameters allowed)");
  static final SmtpReply BAD_HOST_NAME = SmtpReply.of(501, "5.0.0", "Invalid domain name");
  static final SmtpReply INTRODUCE =
      SmtpReply.of(503, "5.0.0", "I demand that you introduce yourself first");

  static final SmtpReply HELO_FIRST = SmtpReply.of(503, "5.0.0", "Polite people say HELO first");
  static final SmtpReply SENDER_TWICE = SmtpReply.of(503, "5.5.0", "Sender already specified");
  static final SmtpReply AUTH_FIRST = SmtpReply.of(530, "5.7.0", "Authentication required");
  static final SmtpReply NO_SPACE =
      SmtpReply.of(452, "4.4.5", "Insufficient disk space; try again later");
  static final SmtpReply MAIL_BEFORE_RCPT = SmtpReply.of(503, "5.0.0", "Need MAIL before RCPT");
  static final SmtpReply MAIL_FIRST = SmtpReply.of(503, "5.0.0", "Need MAIL command");
  static final SmtpReply RCPT_FIRST = SmtpReply.of(503, "5.0.0", "Need RCPT (recipient)");
  static final SmtpReply TOO_MANY_RCPTS = SmtpReply.of(452, "4.5.3", "Too many recipients");
  static final SmtpReply RCPT_WHILE_BDAT =
      SmtpReply.of(503, "5.5.0", "Recipients not permitted after BDAT");
  static final SmtpReply DATA_WHILE_BDAT =
      SmtpReply.of(503, "5.5.0", "DATA not permitted after BDAT");
  static final SmtpReply HUGE_CHUNK =
      SmtpReply.of(552, "5.2.3", "Message size exceeds maximum value");
  static final SmtpReply START_CONTENT = SmtpReply.of(354, "", "End data with <CR><LF>.<CR><LF>");

  static final SmtpReply TLS_FIRST =
      SmtpReply.of(530, "5.7.0", "Must issue a STARTTLS command first");
  static final SmtpReply XCLIENT_REFUSED = SmtpReply.of(503, "5.5.0", "XCLIENT not permitted now");
  static final SmtpReply TLS_READY = SmtpReply.of(220, "2.0.0", "Ready to start TLS");
  static final SmtpReply TLS_OFF = SmtpReply.of(503, "5.5.0", "TLS not available");
  static final SmtpReply TLS_NOT_STARTED =
      SmtpReply.of(454, "4.3.3", "TLS not available after start");
  static final SmtpReply TLS_IN_MAIL =
      SmtpReply.of(503, "5.5.0", "TLS not permitted during a mail transaction");
  static final SmtpReply TLS_NOT_NOW = SmtpReply.of(454, "4.3.3", "TLS currently not available");
  static final SmtpReply TLS_NO_HANDLE =
      SmtpReply.of(454, "4.3.3", "TLS not available: error generating SSL handle");

  static final SmtpReply AUTH_OFF = SmtpReply.of(503, "5.3.3", "AUTH not available");
  static final SmtpReply AUTH_TWICE = SmtpReply.of(503, "5.5.0", "Already Authenticated");
  static final SmtpReply AUTH_IN_MAIL =
      SmtpReply.of(503, "5.5.0", "AUTH not permitted during a mail transaction");
  static final SmtpReply AUTH_NO_MECHANISM =
      SmtpReply.of(501, "5.5.2", "AUTH mechanism must be specified");
  static final SmtpReply AUTH_OK = SmtpReply.of(235, "2.0.0", "OK Authenticated");
  static final SmtpReply AUTH_ABORTED = SmtpReply.of(501, "5.0.0", "AUTH aborted");
  static final SmtpReply NOT_BASE64 = SmtpReply.of(501, "5.5.4", "cannot decode AUTH parameter");
  static final SmtpReply AUTH_FAILED = SmtpReply.of(535, "5.7.0", "authentication failed");
  static final SmtpReply AUTH_LATER =
      SmtpReply.of(454, "4.3.0", "Temporary authentication failure");

  static final SmtpReply NEED_ARGUMENT = SmtpReply.of(501, "5.5.2", "Argument required");
  static final SmtpReply NEED_PARAMETER = SmtpReply.of(500, "5.5.2", "Parameter required");
  static final SmtpReply CANNOT_VRFY =
      SmtpReply.of(252, "2.5.2", "Cannot VRFY user; try RCPT to attempt delivery (or try finger)");

  static final SmtpReply OUT_OF_TURN = SmtpReply.of(554, "5.5.0", "SMTP protocol error");
  static final SmtpReply COMMAND_REJECTED = SmtpReply.of(550, "5.0.0", "Command rejected");
  static final SmtpReply TRY_LATER = SmtpReply.of(450, "4.3.0", "Please try again later.");

  static final SmtpReply BARE_LF = SmtpReply.of(421, "4.5.0", "Bare linefeed (LF) not allowed");
  static final SmtpReply BARE_CR =
      SmtpReply.of(421, "4.5.0", "Bare carriage return (CR) not allowed");
  static final SmtpReply NUL = SmtpReply.of(554, "5.6.1", "NUL byte not allowed");
  static final SmtpReply NOT_STORED =
      SmtpReply.of(451, "4.3.0", "Message cannot be stored now; try again later");

  private final String host;

  Words(String host) {
    this.host = host;
  }

  static SmtpReply heloArgument(String verb) {
    return SmtpReply.of(501, "5.0.0", verb + " requires domain address");
  }

  static SmtpReply unrecognized(SmtpCommand command) {
    return SmtpReply.of(
        500, "5.5.1", "Command unrecognized: \"" + Echo.shorten(command.line()) + "\"");
  }

  static SmtpReply notImplemented(SmtpCommand command) {
    return SmtpReply.of(
        502, "5.5.1", "Command not implemented: \"" + Echo.shorten(command.line()) + "\"");
  }

  static SmtpReply senderOk(String path) {
    return SmtpReply.of(250, "2.1.0", Echo.shorten(path) + "... Sender ok");
  }

  static SmtpReply recipientOk(String path) {
    return SmtpReply.of(250, "2.1.5", Echo.shorten(path) + "... Recipient ok");
  }

  static SmtpReply accepted(String id) {
    return SmtpReply.of(250, "2.0.0", id + " Message accepted for delivery");
  }

  static SmtpReply chunkTaken(long octets) {
    return SmtpReply.of(250, "2.0.0", octets + " octets received");
  }

  static SmtpReply declaredTooBig(long max) {
    return SmtpReply.of(
        552, "5.2.3", "Message size exceeds fixed maximum message size (" + max + ")");
  }

  static SmtpReply tooBig(long max) {
    return SmtpReply.of(552, "5.2.3", "Message exceeds maximum fixed size (" + max + ")");
  }

  static SmtpReply headersTooLarge(int max) {
    return SmtpReply.of(552, "5.6.0", "Headers too large (" + max + " max)");
  }

  static SmtpReply tooManyHops(int hops, int max) {
    return SmtpReply.of(554, "5.4.6", "Too many hops " + hops + " (" + max + " max)");
  }

  static SmtpReply verified(boolean certain, String address) {
    return SmtpReply.of(certain ? 250 : 252, "2.1.5", "<" + Echo.shorten(address) + ">");
  }

  static SmtpReply unknownUser(String address) {
    return SmtpReply.of(550, "5.1.1", Echo.shorten(address) + "... User unknown");
  }

  static SmtpReply queuing(String node) {
    return SmtpReply.of(250, "2.0.0", "Queuing for node " + Echo.shorten(node) + " started");
  }

  static SmtpReply notQueuing(String node) {
    return SmtpReply.of(458, "4.5.0", "Unable to queue messages for node " + Echo.shorten(node));
  }

  static SmtpReply queuingGroup(String group) {
    return SmtpReply.of(
        250, "2.0.0", "Queuing for queue group " + Echo.shorten(group.substring(1)) + " started");
  }

  static SmtpReply noGroup(String group) {
    return SmtpReply.of(459, "4.5.4", "Queue " + Echo.shorten(group.substring(1)) + " unknown");
  }

  static SmtpReply noMechanism(String mechanism) {
    return SmtpReply.of(
        504, "5.3.3", "AUTH mechanism " + Echo.shorten(mechanism) + " not available");
  }

  static SmtpReply noHelp(String topic) {
    return SmtpReply.of(504, "5.3.0", "HELP topic \"" + shortTopic(topic) + "\" unknown");
  }

  /** Content stopped coming, for {@code info}. */
  static SmtpReply contentLost(String client, String sender, String info) {
    return SmtpReply.of(
        421,
        "4.4.1",
        "collect: relay=" + client + ", from=" + Echo.shorten(sender) + ", info=" + info);
  }

  SmtpReply help(List<String> lines) {
    List<String> all = new ArrayList<>(lines);
    all.add("End of HELP info");
    return new SmtpReply(214, "2.0.0", all);
  }

  SmtpReply hello(String peer, boolean named) {
    String greeting = named ? ", pleased to meet you" : ", accepting invalid domain name";
    return SmtpReply.of(250, "", host + " Hello " + peer + greeting);
  }

  SmtpReply goodbye() {
    return SmtpReply.of(221, "2.0.0", host + " closing connection");
  }

  SmtpReply notAccepting() {
    return SmtpReply.of(554, "", host + " ESMTP not accepting messages");
  }

  SmtpReply tooManyBadCommands() {
    return closing("4.7.0", "Too many bad commands; closing connection");
  }

  SmtpReply tooManyAuthFailures() {
    return closing("4.7.0", "Too many authentication failures; closing connection");
  }

  SmtpReply tooManyBadRecipients() {
    return closing("4.7.0", "Too many bad recipients; closing connection");
  }

  SmtpReply commandTooLong(String peer) {
    return closing("4.7.0", "Command too long, possible attack " + peer);
  }

  SmtpReply proxy(boolean first, String peer) {
    return closing("4.7.0", (first ? "Rejecting open proxy " : "HTTP command ") + peer);
  }

  SmtpReply commandTimeout(String client) {
    return closing("4.4.1", "timeout waiting for input from " + client + " during server cmd read");
  }

  SmtpReply shuttingDown() {
    return closing("4.3.2", "Service is shutting down, closing connection");
  }

  SmtpReply tooManyConnections() {
    return closing("4.3.2", "Too many connections; try again later");
  }

  SmtpReply ourFault() {
    return closing("4.3.0", "Internal error, closing connection");
  }

  private SmtpReply closing(String enhanced, String text) {
    return SmtpReply.of(421, enhanced, host + " " + text);
  }

  private static String shortTopic(String topic) {
    return Echo.printable(topic.length() > 10 ? topic.substring(0, 10) : topic);
  }
}
