package postern.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsOfSmtpTest {
  @ParameterizedTest(name = "[{0}]")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          454 4.7.0 not authenticated      | 454 | 4.7.0 | not authenticated
          550 5.7.1 <x@y>... no            | 550 | 5.7.1 | <x@y>... no
          421 go away                      | 421 | ''    | go away
          go away                          | 553 | ''    | go away
          550 1.2.3 no such class          | 550 | ''    | 1.2.3 no such class
          550 5.7 two numbers              | 550 | ''    | 5.7 two numbers
          """)
  void repliesFromRuleSets(String line, int code, String enhanced, String text) {
    assertEquals(SmtpReply.of(code, enhanced, text), SmtpReply.parse(line));
  }

  @Test
  void replyLines() {
    SmtpReply reply = new SmtpReply(214, "2.0.0", List.of("one", "two"));
    assertEquals("214-2.0.0 one\n214 2.0.0 two", reply.toString());
    assertEquals("354 go on", SmtpReply.of(354, "", "go on").toString());
  }

  @Property
  void noReplyBreaksOutOfItsLine(@ForAll String text) {
    String line = SmtpReply.of(500, "5.5.1", text).line(0);
    assertTrue(line.length() <= SmtpReply.MAX_TEXT + 10);
    assertTrue(line.chars().allMatch(c -> (c >= ' ' && c <= '~') || c == '\t'), line);
  }

  @ParameterizedTest(name = "[{0}]")
  @CsvSource({
    "NOOP,NOOP,''",
    "noop  x y ,NOOP,x y",
    "'  quit',QUIT,''",
    "'\tquit',QUIT,''",
    "NOOPX,UNKNOWN,''",
    "MAIL FROM:<a@b>,MAIL,FROM:<a@b>",
    "'',UNKNOWN,''",
    "'   ',UNKNOWN,''",
    "unknown,UNKNOWN,''",
  })
  void commands(String line, Verb verb, String argument) {
    SmtpCommand command = SmtpCommand.parse(line);
    assertEquals(verb, command.verb());
    assertEquals(argument, command.argument());
  }

  @Test
  void onlyAsciiLettersFold() {
    assertEquals(Verb.UNKNOWN, SmtpCommand.parse("ma\u0131l FROM:<a@b>").verb());
    assertEquals(Verb.UNKNOWN, SmtpCommand.parse("RS\u0395T").verb());
  }

  @Property
  void xtextComesBack(@ForAll byte[] octets) {
    StringBuilder text = new StringBuilder();
    for (byte octet : octets) {
      text.append((char) (octet & 0xff));
    }
    String coded = Xtext.encode(text.toString());
    assertTrue(Xtext.isValid(coded), coded);
    assertEquals(text.toString(), Xtext.decode(coded));
  }

  @Test
  void xtextThatIsNone() {
    for (String text : List.of("a b", "a=b", "a+", "a+1", "a+1g", "a+G1", "caf\u00e9", "a\n")) {
      assertFalse(Xtext.isValid(text), text);
    }
    assertTrue(Xtext.isValid(""));
    assertTrue(Xtext.isValid("e+3Dmc2@example.test"));
  }

  @Test
  void enhancedCodes() {
    assertEquals("5.7.100", EnhancedCode.parse("5.7.100").toString());
    assertEquals("security or policy status", EnhancedCode.parse("5.7.1").subjectText());
    for (String text : List.of("5.7", "3.1.1", "5.7.1000", "5..1", "5.7.x", "5.7.1.1", "")) {
      assertFalse(EnhancedCode.isValid(text), text);
    }
    assertThrows(IllegalArgumentException.class, () -> EnhancedCode.parse("1.0.0"));
  }

  @Test
  void queueIdsHaveSendmailsForm() {
    Clock clock = Clock.fixed(Instant.parse("2026-11-23T13:53:07Z"), ZoneOffset.UTC);
    QueueIds ids = new QueueIds(clock, 15993);
    assertEquals("6ANDr700015993", ids.next());
    assertEquals("6ANDr701015993", ids.next());
  }

  @Test
  void queueIdsNeverRepeatInOneSecondNorWhenTheClockIsSetBack() {
    Instant[] now = {Instant.parse("2026-11-23T13:53:07Z")};
    QueueIds ids =
        new QueueIds(
            new Clock() {
              @Override
              public ZoneId getZone() {
                return ZoneOffset.UTC;
              }

              @Override
              public Clock withZone(ZoneId zone) {
                return this;
              }

              @Override
              public Instant instant() {
                return now[0];
              }
            },
            999_999);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      String id = ids.next();
      assertTrue(id.matches("[0-9A-Za-x]{8}[0-9]{6}"), id);
      assertTrue(seen.add(id), id);
    }
    now[0] = now[0].minusSeconds(1);
    assertTrue(seen.add(ids.next()));
    now[0] = now[0].plusSeconds(5);
    assertTrue(seen.add(ids.next()));
  }
}
