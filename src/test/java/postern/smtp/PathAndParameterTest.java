package postern.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What MAIL and RCPT may say; texts of refusals are sendmail's where it refuses, too. */
class PathAndParameterTest {
  private static final Extensions ALL = new Extensions(true, false, false, true);
  private static final Extensions NO_DSN = new Extensions(false, false, false, false);

  @ParameterizedTest(name = "MAIL {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          FROM:<a@b.test>                    | a@b.test
          from:<a@b.test>                    | a@b.test
          FROM: <a@b.test>                   | a@b.test
          FROM : <a@b.test>                  | a@b.test
          FROM:a@b.test                      | a@b.test
          FROM:<>                            | ''
          FROM:<"joe smith"@b.test>          | "joe smith"@b.test
          FROM:<"a@b"@c.test>                | "a@b"@c.test
          FROM:<a\\@b@c.test>                | a\\@b@c.test
          FROM:<"a\\"b>"@c.test>             | "a\\"b>"@c.test
          FROM:<@r.test:a@b.test>            | a@b.test
          FROM:<@r.test,@s.test:a@b.test>    | a@b.test
          FROM:<a@[192.0.2.1]>               | a@[192.0.2.1]
          FROM:<a@b.test.>                   | a@b.test.
          FROM:<joe>                         | joe
          FROM:<a..b@c.test>                 | a..b@c.test
          FROM:<a+b%c!d@c_d.test>            | a+b%c!d@c_d.test
          """)
  void acceptedSender(String argument, String address) {
    Parsed<MailCommand> parsed = MailCommand.parse(plain(argument), ALL);
    assertTrue(parsed instanceof Parsed.Good<MailCommand>, () -> parsed.toString());
    assertEquals(plain(address), ((Parsed.Good<MailCommand>) parsed).value().path().address());
  }

  @ParameterizedTest(name = "MAIL {0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                        | 501 5.5.2 Syntax error in parameters scanning ""
          FROM                      | 501 5.5.2 Syntax error in parameters scanning "FROM"
          FROM:                     | 501 5.5.2 Syntax error in parameters scanning "FROM"
          FROM <a@b>                | 501 5.5.2 Syntax error in parameters scanning "FROM"
          FROMX:<a@b>               | 501 5.5.2 Syntax error in parameters scanning "FROMX"
          TO:<a@b.test>             | 501 5.5.2 Syntax error in parameters scanning "TO"
          FROM:<a@b.test>SIZE=5     | 501 5.5.2 Syntax error in parameters scanning "SIZE=5"
          FROM:<a@b.test><c@d.test> | 501 5.5.2 Syntax error in parameters scanning "<c@d.test>"
          FROM:<a@b.test            | 553 5.0.0 <a@b.test... Unbalanced '<'
          FROM:a@b.test>            | 553 5.0.0 a@b.test>... Unbalanced '>'
          FROM:<"a@b.test>          | 553 5.0.0 <"a@b.test>... Unbalanced '"'
          FROM:<a(b@b.test>         | 553 5.0.0 <a(b@b.test>... Unbalanced '('
          FROM:<a)@b.test>          | 553 5.0.0 <a)@b.test>... Unbalanced ')'
          FROM:<<a@b.test>>         | 553 5.1.7 <<a@b.test>>... Syntax error
          FROM:<a(c)@b.test>        | 553 5.1.7 <a(c)@b.test>... Syntax error
          FROM:a<b@c.test>          | 553 5.1.7 a<b@c.test>... Syntax error
          FROM:<a@b.test>>          | 553 5.0.0 <a@b.test>>... Unbalanced '>'
          FROM:<a@b.test><c>>x y    | 553 5.0.0 <a@b.test><c>>x... Unbalanced '>'
          FROM:<a b@c.test>         | 501 5.1.7 Syntax error in mailbox address "<a b@c.test>"
          """)
  void refusedSender(String argument, String reply) {
    assertEquals(reply, refusal(MailCommand.parse(argument, ALL)));
  }

  @ParameterizedTest(name = "MAIL {0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          FROM:<a@b@c.test>         | 553 5.1.3 <a@b@c.test>... Invalid route address
          FROM:<@c.test>            | 553 5.1.3 <@c.test>... User address required
          FROM:<@c.test:>           | 553 5.1.3 <@c.test:>... User address required
          FROM:<a@>                 | 553 5.1.3 <a@>... Hostname required
          FROM:<a@c..test>          | 553 5.1.2 <a@c..test>... Invalid host name
          FROM:<a@.c.test>          | 553 5.1.2 <a@.c.test>... Invalid host name
          FROM:<a@[192.0.2.1>       | 553 5.1.2 <a@[192.0.2.1>... Invalid host name
          FROM:<a@b"c".test>        | 553 5.1.2 <a@b"c".test>... Invalid host name
          FROM:<x@@>                | 553 5.1.3 <x@@>... Invalid route address
          """)
  void objectedToIfTheRuleSetsDoNot(String argument, String reply) {
    assertEquals(reply, String.valueOf(good(MailCommand.parse(argument, ALL)).path().objection()));
  }

  @Test
  void octetsThatNoAddressMayHave() {
    assertEquals(
        "501 5.1.7 Syntax error in mailbox address \"a?b@c.test\" (non-printable character)",
        refusal(MailCommand.parse("FROM:<a\001b@c.test>", ALL)));
    assertEquals(
        "501 5.1.7 Syntax error in mailbox address \"\"a?b\"@c.test\" (non-printable character)",
        refusal(MailCommand.parse("FROM:<\"a\rb\"@c.test>", ALL)));
    assertEquals(
        "501 5.1.7 Syntax error in mailbox address \"\"a\\?b\"@c.test\" (non-printable character)",
        refusal(MailCommand.parse("FROM:<\"a\\\rb\"@c.test>", ALL)));
    assertEquals(
        "501 5.1.7 8-bit character in mailbox address \"<caf?@c.test>\"",
        refusal(MailCommand.parse("FROM:<caf\u00e9@c.test>", ALL)));
    assertEquals(
        "501 5.1.3 Syntax error in mailbox address \"a?b@c.test\" (non-printable character)",
        refusal(RcptCommand.parse("TO:<a\001b@c.test>", ALL, false)));
    assertEquals(
        "501 5.1.3 8-bit character in mailbox address \"<caf?@c.test>\"",
        refusal(RcptCommand.parse("TO:<caf\u00e9@c.test>", ALL, false)));
  }

  @Test
  void utf8NeedsTheParameterThatAllowsIt() {
    Extensions utf8 = new Extensions(true, true, false, false);
    assertTrue(
        MailCommand.parse("FROM:<caf\u00c3\u00a9@c.test> SMTPUTF8", utf8) instanceof Parsed.Good);
    assertTrue(MailCommand.parse("FROM:<caf\u00c3\u00a9@c.test>", utf8) instanceof Parsed.Bad);
    assertTrue(
        MailCommand.parse("FROM:<caf\u00c3\u00a9@c.test> SMTPUTF8", ALL) instanceof Parsed.Bad);
    assertTrue(MailCommand.parse("FROM:<a@c.test> SMTPUTF8=1", utf8) instanceof Parsed.Bad);
  }

  @Test
  void longAddressesAreRefusedAndCutWhereTheyAreShown() {
    String reply =
        String.valueOf(
            good(RcptCommand.parse("TO:<u@" + "d.".repeat(400) + "test>", ALL, false))
                .path()
                .objection());
    assertTrue(reply.startsWith("553 5.1.1 <u@d.d."), reply);
    assertTrue(reply.endsWith(".test>... Address too long"), reply);
    assertTrue(reply.length() < 300, reply);
  }

  @Test
  void oddDeliverByValues() {
    assertEquals("501 5.5.4 mode R requires BY time > 0", by(";R"));
    assertEquals("501 5.5.2 BY=1000000000;R out of range", by("1000000000;R"));
    assertEquals("501 5.5.2 illegal by-mode 'T'", by("5;TR"));
    assertEquals("501 5.5.2 illegal by-trace ';'", by("5;R;T"));
  }

  private static String by(String value) {
    return ((Parsed.Bad<DeliverBy>) DeliverBy.parse(value, 0)).reply().toString();
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          SIZE                  | 501 5.5.2 SIZE requires a value
          SIZE=                 | 501 5.5.4 Syntax error in SIZE parameter value
          SIZE=abc              | 501 5.5.4 Syntax error in SIZE parameter value
          SIZE=12a              | 501 5.5.4 Syntax error in SIZE parameter value
          SIZE=-1               | 552 5.2.3 Message size invalid
          SIZE=9999999999999999999999 | 552 5.2.3 Message size exceeds maximum value
          BODY                  | 501 5.5.2 BODY requires a value
          BODY=                 | 501 5.5.4 Unknown BODY type
          BODY=foo              | 501 5.5.4 Unknown BODY type foo
          BODY=BINARYMIME       | 501 5.5.4 Unknown BODY type BINARYMIME
          RET                   | 501 5.5.2 RET requires a value
          RET=SOME              | 501 5.5.2 Bad argument "SOME" to RET
          RET=FULL RET=HDRS     | 501 5.5.0 Duplicate RET parameter
          ENVID                 | 501 5.5.2 ENVID requires a value
          ENVID=a+G1            | 501 5.5.4 Syntax error in ENVID parameter value
          ENVID=a ENVID=b       | 501 5.5.0 Duplicate ENVID parameter
          AUTH                  | 501 5.5.2 AUTH= requires a value
          AUTH=e+ZZ             | 501 5.5.4 Syntax error in AUTH parameter value
          AUTH=x AUTH=y         | 501 5.5.0 Duplicate AUTH parameter
          SMTPUTF8              | 555 5.5.4 SMTPUTF8 parameter unrecognized
          REQUIRETLS            | 555 5.5.4 REQUIRETLS parameter unrecognized
          NOTIFY=NEVER          | 555 5.5.4 NOTIFY parameter unrecognized
          FROB=1                | 555 5.5.4 FROB parameter unrecognized
          frob                  | 555 5.5.4 frob parameter unrecognized
          =5                    | 555 5.5.4  parameter unrecognized
          BODY=8BITMIME=        | 501 5.5.4 Syntax error in BODY parameter value
          BODY=8BITMIME=x       | 555 5.5.4 x parameter unrecognized
          SIZE =5               | 501 5.5.2 SIZE requires a value
          SIZE=5 FROB SIZE      | 555 5.5.4 FROB parameter unrecognized
          FROB=1 SIZE           | 555 5.5.4 FROB parameter unrecognized
          FROB_X=1              | 555 5.5.4 FROB parameter unrecognized
          RET=FULL*             | 501 5.5.2 Bad argument "FULL*" to RET
          <a@b.test>            | 555 5.5.4  parameter unrecognized
          ENVID=a=b             | 555 5.5.4 b parameter unrecognized
          ENVID=a= SIZE=5       | 555 5.5.4 SIZE parameter unrecognized
          """)
  void refusedMailParameter(String parameters, String reply) {
    assertEquals(
        reply, refusal(MailCommand.parse("FROM:<a@b.test> " + parameters, ALL)).stripTrailing());
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          NOTIFY                     | 501 5.5.2 NOTIFY requires a value
          NOTIFY=                    | 501 5.5.4 Bad argument ""  to NOTIFY
          NOTIFY=SOMETIMES           | 501 5.5.4 Bad argument "SOMETIMES"  to NOTIFY
          NOTIFY=SUCCESS,            | 501 5.5.4 Bad argument ""  to NOTIFY
          NOTIFY=NEVER,FAILURE       | 501 5.5.4 Bad argument "NEVER"  to NOTIFY
          NOTIFY=DELAY,NEVER         | 501 5.5.4 Bad argument "NEVER"  to NOTIFY
          NOTIFY=DELAY NOTIFY=NEVER  | 501 5.5.0 Duplicate NOTIFY parameter
          ORCPT                      | 501 5.5.2 ORCPT requires a value
          ORCPT=b@sink.test          | 501 5.5.4 Syntax error in ORCPT parameter value
          ORCPT=;x                   | 501 5.5.4 Syntax error in ORCPT parameter value
          ORCPT="rfc822;x"           | 501 5.5.4 Syntax error in ORCPT parameter value
          ORCPT=a.b;x                | 501 5.5.4 Syntax error in ORCPT parameter value
          ORCPT=rfc822;b+@sink.test  | 501 5.5.4 Syntax error in ORCPT parameter value
          ORCPT=rfc822;b ORCPT=rfc822;c | 501 5.5.0 Duplicate ORCPT parameter
          SIZE=5                     | 555 5.5.4 SIZE parameter unrecognized
          FROB                       | 555 5.5.4 FROB parameter unrecognized
          NOTIFY=NEVER=              | 501 5.5.4 Syntax error in NOTIFY parameter value
          ORCPT=rfc822;a=b           | 555 5.5.4 b parameter unrecognized
          ORCPT=rf c822;a            | 501 5.5.4 Syntax error in ORCPT parameter value
          """)
  void refusedRcptParameter(String parameters, String reply) {
    assertEquals(reply, refusal(RcptCommand.parse("TO:<u@d.test> " + parameters, ALL, false)));
  }

  @Test
  void parametersAreKept() {
    MailCommand mail =
        good(
            MailCommand.parse(
                "FROM:<a@b.test>  size=5000 Body=8bitmime RET=full ENVID=a+2B AUTH=<>", ALL));
    assertEquals(5000, mail.size());
    assertEquals("8BITMIME", mail.body());
    assertEquals("FULL", mail.ret());
    assertEquals("a+2B", mail.envid());
    assertEquals("[SIZE, BODY, RET, ENVID, AUTH]", mail.parameters().keySet().toString());
    RcptCommand rcpt =
        good(
            RcptCommand.parse(
                "TO:<u@d.test> NOTIFY=success,Delay ORCPT=rfc822;u@d.test", ALL, false));
    assertEquals("SUCCESS,DELAY", rcpt.dsnNotify());
    assertEquals("rfc822;u@d.test", rcpt.orcpt());
  }

  @Test
  void withoutDsnItsParametersAreRefused() {
    assertEquals(
        "504 5.7.0 Sorry, RET not supported, we do not allow DSN",
        refusal(MailCommand.parse("FROM:<a@b.test> RET=HDRS", NO_DSN)));
    assertEquals(
        "504 5.7.0 Sorry, NOTIFY not supported, we do not allow DSN",
        refusal(RcptCommand.parse("TO:<a@b.test> NOTIFY=NEVER", NO_DSN, false)));
  }

  @Test
  void eighteenParametersAreTooMany() {
    assertTrue(
        MailCommand.parse("FROM:<a@b.test>" + " SIZE=1".repeat(17), ALL) instanceof Parsed.Good);
    assertEquals(
        "501 5.5.4 Too many parameters",
        refusal(MailCommand.parse("FROM:<a@b.test>" + " SIZE=1".repeat(18), ALL)));
  }

  @Test
  void theNullPathIsNoRecipient() {
    assertEquals(
        "553 5.0.0 <>... User address required", refusal(RcptCommand.parse("TO:<>", ALL, false)));
    assertEquals(
        "postmaster", good(RcptCommand.parse("TO:<postmaster>", ALL, false)).path().address());
  }

  private static <T> T good(Parsed<T> parsed) {
    assertTrue(parsed instanceof Parsed.Good<T>, () -> parsed.toString());
    return ((Parsed.Good<T>) parsed).value();
  }

  private static String refusal(Parsed<?> parsed) {
    assertTrue(parsed instanceof Parsed.Bad<?>, () -> parsed.toString());
    return ((Parsed.Bad<?>) parsed).reply().toString();
  }

  /** The tables write a backslash as two. */
  private static String plain(String text) {
    return text.replace("\\\\", "\\");
  }
}
