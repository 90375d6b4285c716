package postern.smtp.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.policy.ServerFeatures;
import postern.policy.Verdict;
import postern.smtp.BdatCommand;
import postern.smtp.Echo;
import postern.smtp.MailCommand;
import postern.smtp.Parsed;
import postern.smtp.RcptCommand;
import postern.smtp.SmtpCommand;
import postern.smtp.SmtpReply;
import postern.smtp.Verb;

/**
 * The server's half of an SMTP conversation: where the session stands and what the client said
 * decide the next {@link Step}. No input, no output, no clock, no rule sets; whoever carries a step
 * out comes back with the outcome. One object a session.
 */
final class Dialogue {
  /** Where a session stands. */
  enum State {
    /** No HELO yet; after STARTTLS the session is here again and knows nothing. */
    CONNECTED,
    GREETED,
    /** MAIL was accepted. */
    MAIL,
    /** And a recipient. */
    RCPT,
    /** BDAT has begun. */
    CHUNKS,
    CLOSING
  }

  private static final int AUTH_FAILURES = 5;

  /** One more octet than RFC 5321 section 4.5.3.1.2 gives a name; sendmail's MAXNAME. */
  private static final int LONGEST_NAME = 256;

  private final ServerSettings settings;
  private final Listener listener;
  private final Words words;
  private final String peer;
  private final Repetitions repetitions;

  private ServerFeatures features = ServerFeatures.DEFAULT;
  private Capabilities capabilities;
  private State state = State.CONNECTED;
  private boolean greeted;
  private boolean tlsActive;
  private boolean authenticated;
  private boolean firstCommand = true;
  private boolean utf8;
  private @Nullable SmtpReply standing;
  private int accepted;
  private int refused;
  private boolean flooded;
  private int badCommands;
  private int authFailures;

  /**
   * A new session.
   *
   * @param peer {@code $_}
   */
  Dialogue(ServerSettings settings, Listener listener, Words words, String peer) {
    this.settings = settings;
    this.listener = listener;
    this.words = words;
    this.peer = peer;
    this.repetitions = new Repetitions(settings.limits(), peer);
    this.capabilities = Capabilities.of(settings, listener, features, false, false, false, "");
  }

  State state() {
    return state;
  }

  ServerFeatures features() {
    return features;
  }

  Capabilities capabilities() {
    return capabilities;
  }

  boolean tlsActive() {
    return tlsActive;
  }

  /** The reply that nearly every command earns, or null. */
  @Nullable SmtpReply standing() {
    return standing;
  }

  /** The rule sets have answered {@code srv_features}. */
  void begin(ServerFeatures answer, boolean tlsAvailable, boolean mayPretend, String mechanisms) {
    features = answer;
    capabilities =
        Capabilities.of(
            settings, listener, features, tlsAvailable, tlsActive, mayPretend, mechanisms);
    if (answer.tempFail() && standing == null) {
      standing = Words.TRY_LATER;
    }
  }

  /** From now on nearly every command is answered with {@code reply} ("null server"). */
  void reject(SmtpReply reply) {
    standing = reply;
  }

  /**
   * The handshake succeeded: nothing the client said in the clear counts any more (RFC 3207 section
   * 4.2).
   */
  void tlsStarted(String mechanisms) {
    tlsActive = true;
    greeted = false;
    authenticated = false;
    state = State.CONNECTED;
    repetitions.forgetHelos();
    firstCommand = true;
    utf8 = false;
    capabilities = Capabilities.of(settings, listener, features, true, true, false, mechanisms);
  }

  /** AUTH succeeded. */
  void authenticated() {
    authenticated = true;
  }

  /** AUTH failed with {@code reply}; who guesses on and on has to call again. */
  SmtpReply authFailed(SmtpReply reply) {
    return ++authFailures < AUTH_FAILURES ? reply : words.tooManyAuthFailures();
  }

  /** What to do for {@code command}. */
  Step step(SmtpCommand command) {
    boolean first = firstCommand;
    firstCommand = false;
    if (command.verb() == Verb.UNKNOWN
        && (first || features.httpAlwaysRejected())
        && command.isHttp()) {
      state = State.CLOSING;
      return new Step.Finish(words.proxy(first, peer));
    }
    SmtpReply rejection = standing;
    if (rejection != null && !passesWhenRejected(command.verb())) {
      return rejected(command, rejection);
    }
    if (settings.tlsFirst() && !tlsActive && !passesWithoutTls(command.verb())) {
      return bad(new Step.Say(Words.TLS_FIRST));
    }
    return switch (command.verb()) {
      case HELO, EHLO -> slow(Repetitions.Kind.HELO, hello(command));
      case MAIL -> mail(command);
      case RCPT -> rcpt(command);
      case DATA -> data(command);
      case BDAT -> settings.chunking() ? bdat(command, null) : unrecognized(command);
      case RSET -> {
        reset();
        yield new Step.Reset(Words.RESET);
      }
      case NOOP -> slow(Repetitions.Kind.NOOP, other(command, 2, Words.OK));
      case VERB ->
          slow(
              Repetitions.Kind.VERB,
              other(command, 2, capabilities.verb() ? Words.VERBOSE : Words.NO_VERBOSE));
      case QUIT -> finish(words.goodbye());
      case HELP -> new Step.Say(help(command.argument()));
      case VRFY ->
          slow(
              Repetitions.Kind.VRFY,
              query(
                  command,
                  ServerSettings.Privacy.NEEDVRFYHELO,
                  settings.has(ServerSettings.Privacy.NOVRFY) ? Words.CANNOT_VRFY : null));
      case EXPN ->
          slow(
              Repetitions.Kind.EXPN,
              query(
                  command,
                  ServerSettings.Privacy.NEEDEXPNHELO,
                  capabilities.expn() ? null : Words.NOT_ALLOWED));
      case ETRN -> slow(Repetitions.Kind.ETRN, etrn(command));
      case AUTH -> slow(Repetitions.Kind.AUTH, auth(command));
      case STARTTLS -> startTls(command);
      case XCLIENT -> pretend(command);
      case SEND, SAML, SOML, TURN -> bad(other(command, 5, Words.notImplemented(command)));
      case UNKNOWN -> unrecognized(command);
    };
  }

  /** HELO or EHLO is accepted: a new start, and the reply. */
  SmtpReply hello(Step.Hello hello) {
    greeted = true;
    reset();
    SmtpReply first = words.hello(peer, hello.named());
    if (!hello.extended()) {
      return first;
    }
    List<String> lines = new ArrayList<>(16);
    lines.addAll(first.lines());
    if (standing != null) {
      lines.add("ENHANCEDSTATUSCODES");
    } else {
      lines.addAll(capabilities.lines());
    }
    return new SmtpReply(250, "", lines);
  }

  /** The client did not wait its turn at HELO or EHLO: refused, and so is all that follows. */
  SmtpReply helloOutOfTurn() {
    standing = Words.COMMAND_REJECTED;
    return Words.OUT_OF_TURN;
  }

  /** What {@code check_mail} decided. */
  SmtpReply mail(MailCommand command, Verdict verdict, boolean room) {
    if (verdict instanceof Verdict.Reject reject) {
      return SmtpReply.parse(reject.line());
    }
    SmtpReply objection = command.path().objection();
    if (objection != null) {
      return objection;
    }
    long max = settings.limits().messageSize();
    if (max > 0 && command.size() > max) {
      return Words.declaredTooBig(max);
    }
    if (!room) {
      return Words.NO_SPACE;
    }
    state = State.MAIL;
    utf8 = command.parameters().containsKey("SMTPUTF8");
    return Words.senderOk(command.path().given());
  }

  /** What {@code check_rcpt} and the resolution decided: {@code refusal} is null if it is fine. */
  SmtpReply rcpt(String named, @Nullable SmtpReply refusal) {
    if (refusal != null) {
      refused++;
      return refusal;
    }
    accepted++;
    state = State.RCPT;
    return Words.recipientOk(named);
  }

  /** BDAT's first chunk is being taken. */
  void chunking() {
    state = State.CHUNKS;
  }

  /** Ends the transaction, if there is one. */
  void reset() {
    if (state != State.CLOSING) {
      state = greeted ? State.GREETED : State.CONNECTED;
    }
    accepted = 0;
    refused = 0;
    flooded = false;
    utf8 = false;
  }

  /** An overlong line: the session ends. */
  Step tooLong() {
    return finish(words.commandTooLong(peer));
  }

  /** Whether a transaction is going on, so that a graceful stop should wait for it. */
  boolean inTransaction() {
    return state == State.MAIL || state == State.RCPT || state == State.CHUNKS;
  }

  private Step finish(SmtpReply reply) {
    state = State.CLOSING;
    return new Step.Finish(reply);
  }

  private static boolean passesWhenRejected(Verb verb) {
    return switch (verb) {
      case QUIT, HELO, EHLO, NOOP, RSET, XCLIENT, UNKNOWN -> true;
      default -> false;
    };
  }

  /** RFC 3207 section 4.3; HELO and RSET do no harm. */
  private static boolean passesWithoutTls(Verb verb) {
    return switch (verb) {
      case QUIT, HELO, EHLO, NOOP, RSET, HELP, STARTTLS, XCLIENT, UNKNOWN -> true;
      default -> false;
    };
  }

  private Step pretend(SmtpCommand command) {
    if (!capabilities.xclient()) {
      return unrecognized(command);
    }
    return inTransaction() || command.argument().isEmpty()
        ? new Step.Say(Words.XCLIENT_REFUSED)
        : new Step.Pretend(command.argument());
  }

  private Step rejected(SmtpCommand command, SmtpReply reply) {
    if (command.verb() == Verb.BDAT) {
      return settings.chunking() ? bdat(command, reply) : unrecognized(command);
    }
    return bad(new Step.Say(reply));
  }

  private Step unrecognized(SmtpCommand command) {
    return bad(other(command, 5, Words.unrecognized(command)));
  }

  private Step bad(Step step) {
    return ++badCommands > settings.limits().badCommands()
        ? finish(words.tooManyBadCommands())
        : step;
  }

  private static Step other(SmtpCommand command, int type, SmtpReply reply) {
    return new Step.Other(command.line(), type, reply);
  }

  private Step slow(Repetitions.Kind kind, Step step) {
    Step slowed = repetitions.slow(kind, step);
    return slowed == null ? finish(words.tooManyBadCommands()) : slowed;
  }

  private Step hello(SmtpCommand command) {
    String name = command.argument();
    boolean extended = command.verb() == Verb.EHLO;
    boolean bogus = settings.allowBogusHelo();
    if (bogus) { // the first word will do
      int end = endOfWord(name);
      name = isHostName(name.substring(0, end)) ? name.substring(0, end) : name;
    }
    boolean named = isHostName(name);
    SmtpReply refusal = null;
    if (name.isEmpty() && !bogus) {
      refusal = Words.heloArgument(extended ? "EHLO" : "HELO");
    } else if (name.length() > LONGEST_NAME || (!named && !bogus)) {
      refusal = Words.BAD_HOST_NAME;
    }
    return new Step.Hello(extended, name, named, refusal);
  }

  private Step mail(SmtpCommand command) {
    if (!greeted && settings.has(ServerSettings.Privacy.NEEDMAILHELO)) {
      return new Step.Say(Words.HELO_FIRST);
    }
    if (inTransaction()) {
      return new Step.Say(Words.SENDER_TWICE);
    }
    boolean mustLogIn = features.over('l', features.requireAuth(), listener.requiresAuth());
    if (mustLogIn && !authenticated) {
      return new Step.Say(Words.AUTH_FIRST);
    }
    Parsed<MailCommand> parsed = MailCommand.parse(command.argument(), capabilities.extensions());
    if (parsed instanceof Parsed.Good<MailCommand> good) {
      return new Step.Mail(good.value());
    }
    return new Step.Say(((Parsed.Bad<MailCommand>) parsed).reply());
  }

  private Step rcpt(SmtpCommand command) {
    if (state == State.CHUNKS) {
      return new Step.Say(Words.RCPT_WHILE_BDAT);
    }
    if (!inTransaction()) {
      return new Step.Say(Words.MAIL_BEFORE_RCPT);
    }
    ServerSettings.Limits limits = settings.limits();
    if (limits.badRcptShutdown() > 0
        && refused >= limits.badRcptShutdown()
        && refused * 100L >= (long) limits.badRcptPercent() * (refused + accepted)) {
      return finish(words.tooManyBadRecipients());
    }
    if (limits.recipients() > 0 && accepted >= limits.recipients()) {
      return new Step.Say(Words.TOO_MANY_RCPTS);
    }
    Parsed<RcptCommand> parsed =
        RcptCommand.parse(command.argument(), capabilities.extensions(), utf8);
    Step step;
    if (parsed instanceof Parsed.Good<RcptCommand> good) {
      step = new Step.Rcpt(good.value());
    } else {
      refused++;
      step = new Step.Say(((Parsed.Bad<RcptCommand>) parsed).reply());
    }
    int throttle = limits.badRcptThrottle();
    if (throttle > 0 && refused >= throttle) {
      String notice = flooded ? "" : peer + ": Possible SMTP RCPT flood, throttling.";
      flooded = true;
      return new Step.Slow(1, notice, step);
    }
    return step;
  }

  private Step data(SmtpCommand command) {
    if (!command.argument().isEmpty()) {
      return new Step.Say(Words.NO_PARAMETERS);
    }
    SmtpReply refusal = contentRefusal();
    if (refusal == null && state == State.CHUNKS) {
      refusal = Words.DATA_WHILE_BDAT;
    }
    return refusal == null ? new Step.Data() : new Step.Say(refusal);
  }

  private @Nullable SmtpReply contentRefusal() {
    if (!inTransaction()) {
      return Words.MAIL_FIRST;
    }
    return accepted == 0 ? Words.RCPT_FIRST : null;
  }

  private Step bdat(SmtpCommand command, @Nullable SmtpReply rejection) {
    Parsed<BdatCommand> parsed = BdatCommand.parse(command.argument());
    if (parsed instanceof Parsed.Bad<BdatCommand> bad) {
      return bad(new Step.Say(bad.reply()));
    }
    BdatCommand chunk = ((Parsed.Good<BdatCommand>) parsed).value();
    if (chunk.size() == BdatCommand.BEYOND_COUNTING) {
      return finish(Words.HUGE_CHUNK); // nobody can say where the next command begins
    }
    return new Step.Chunk(
        chunk.size(), chunk.last(), rejection != null ? rejection : contentRefusal());
  }

  private Step query(
      SmtpCommand command, ServerSettings.Privacy needsHelo, @Nullable SmtpReply refusal) {
    if (refusal != null) { // in sendmail's order
      return new Step.Say(refusal);
    }
    if (!greeted && settings.has(needsHelo)) {
      return new Step.Say(Words.INTRODUCE);
    }
    return command.argument().isEmpty()
        ? new Step.Say(Words.NEED_ARGUMENT)
        : new Step.Query(command.verb(), command.argument());
  }

  private Step etrn(SmtpCommand command) {
    if (!capabilities.etrn()) {
      return new Step.Say(Words.NOT_ALLOWED);
    }
    return command.argument().isEmpty()
        ? new Step.Say(Words.NEED_PARAMETER)
        : new Step.Query(Verb.ETRN, command.argument());
  }

  private Step auth(SmtpCommand command) {
    if (capabilities.mechanisms().isEmpty()) {
      return new Step.Say(Words.AUTH_OFF);
    }
    if (authenticated) {
      return new Step.Say(Words.AUTH_TWICE);
    }
    if (inTransaction()) {
      return new Step.Say(Words.AUTH_IN_MAIL);
    }
    String argument = command.argument();
    if (argument.isEmpty()) {
      return new Step.Say(Words.AUTH_NO_MECHANISM);
    }
    String[] words = argument.split("[ \t]+", 2);
    String mechanism = words[0];
    String wanted = mechanism.toUpperCase(Locale.ROOT);
    if (!List.of(capabilities.mechanisms().split(" ", -1)).contains(wanted)) {
      return new Step.Say(Words.noMechanism(mechanism));
    }
    return new Step.Auth(wanted, words.length < 2 ? null : words[1]);
  }

  private Step startTls(SmtpCommand command) {
    if (!command.argument().isEmpty()) {
      return new Step.Say(Words.NO_PARAMETERS);
    }
    if (!capabilities.startTlsAllowed()) {
      return new Step.Say(Words.TLS_OFF);
    }
    if (!capabilities.startTls()) {
      return new Step.Say(Words.TLS_NOT_STARTED);
    }
    if (inTransaction()) {
      return new Step.Say(Words.TLS_IN_MAIL);
    }
    return new Step.StartTls();
  }

  private SmtpReply help(String topic) {
    if (topic.isEmpty()) {
      return words.help(settings.help());
    }
    Verb verb = Verb.named(topic);
    return verb == null ? Words.noHelp(topic) : words.help(List.of(verb.name()));
  }

  private static int endOfWord(String text) {
    int end = 0;
    while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != '\t') {
      end++;
    }
    return end;
  }

  /** Letters, digits and {@code [].-_#:}. */
  private static boolean isHostName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!Echo.isLetterOrDigit(c) && "[].-_#:".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
