package postern.offline;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The moments of a session at which rule sets are asked, in the order of a session. */
public enum Hook {
  CHECK_RELAY(Role.SERVER, Answers.VERDICT),
  SRV_FEATURES(Role.SERVER, Answers.LETTERS),
  GREET_PAUSE(Role.SERVER, Answers.PAUSE),
  TLS_SRV_FEATURES(Role.SERVER, Answers.OPTIONS),
  /** After a handshake; without TLS it is asked by {@code check_mail}. */
  TLS_CLIENT(Role.SERVER, Answers.VERDICT),
  CHECK_MAIL(Role.SERVER, Answers.VERDICT),
  CHECK_RCPT(Role.SERVER, Answers.VERDICT),
  CHECK_DATA(Role.SERVER, Answers.VERDICT),
  CHECK_EOM(Role.SERVER, Answers.VERDICT),
  /** Just before a delivery, whatever the mailer. */
  CHECK_COMPAT(Role.CLIENT, Answers.VERDICT),
  CLT_FEATURES(Role.CLIENT, Answers.LETTERS),
  TRY_TLS(Role.CLIENT, Answers.VERDICT),
  TLS_CLT_FEATURES(Role.CLIENT, Answers.OPTIONS),
  TLS_SERVER(Role.CLIENT, Answers.VERDICT),
  TLS_RCPT(Role.CLIENT, Answers.VERDICT),
  /** Rule sets 3 and 0 for the recipient: where mail goes. */
  ROUTE(Role.SERVER, Answers.TRIPLE),
  /** How the mailer of the recipient's route shows sender and recipient. */
  DRESS(Role.SERVER, Answers.ADDRESSES);

  /** What kind of answer a hook gives. */
  public enum Answers {
    VERDICT,
    /** Letters behind {@code $#}. */
    LETTERS,
    /** Milliseconds to wait. */
    PAUSE,
    /** A list {@code Key=value;Key=value}. */
    OPTIONS,
    /** Mailer, host and user. */
    TRIPLE,
    /** Envelope sender, sender in the header, recipient in the header. */
    ADDRESSES
  }

  private final Role role;
  private final Answers answers;

  Hook(Role role, Answers answers) {
    this.role = role;
    this.answers = answers;
  }

  /** The side that asks. */
  public Role role() {
    return role;
  }

  public Answers answers() {
    return answers;
  }

  /** Whether it is asked for each recipient. */
  public boolean perRecipient() {
    return this == CHECK_RCPT || this == CHECK_COMPAT || this == TLS_RCPT;
  }

  /**
   * Whether it comes behind the envelope. Such hooks depend on what recipients were left and on the
   * message itself, so they are not replayed.
   */
  public boolean isBehindEnvelope() {
    return this == CHECK_DATA || this == CHECK_EOM;
  }

  /** Whether a refusal ends the session; {@code try_tls} only keeps it from using TLS. */
  public boolean decides() {
    return answers == Answers.VERDICT && this != TRY_TLS;
  }

  /**
   * Name of the rule set, {@code tls_client}; {@code route} and {@code dress} have none of their
   * own.
   */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether rule sets for addresses are asked, not one of the hook's name. */
  public boolean concernsAddresses() {
    return answers == Answers.TRIPLE || answers == Answers.ADDRESSES;
  }

  /** The hook called {@code name}, or null. */
  public static @Nullable Hook of(String name) {
    for (Hook hook : values()) {
      if (hook.text().equals(name.toLowerCase(Locale.ROOT))) {
        return hook;
      }
    }
    return null;
  }
}
