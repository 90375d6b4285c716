package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BtWordsTest {
  private static final BtWords.Names NAMES =
      new BtWords.Names() {
        @Override
        public List<String> ruleSets() {
          return List.of("3", "check_mail", "check_rcpt", "tls_client");
        }

        @Override
        public List<String> macros() {
          return List.of("{verify}", "{cipher}", "j");
        }

        @Override
        public List<String> classes() {
          return List.of("{Tls}", "w");
        }

        @Override
        public List<String> maps() {
          return List.of("access", "aliases");
        }

        @Override
        public List<String> mailers() {
          return List.of("esmtp", "local");
        }
      };

  private static List<String> after(String typed) {
    return new BtWords(NAMES, () -> false).after(typed).stream().map(BtWords.Word::text).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "check_;check_mail check_rcpt",
        "'  check_m';check_mail",
        "3,tls;tls_client",
        "'3, ';3 check_mail check_rcpt tls_client",
        ".D{v;.D{verify}",
        ".D;.D{verify} .D{cipher} .Dj",
        ".C{;.C{Tls}",
        "${c;${cipher}",
        "$=;$={Tls} $=w",
        "=Scheck_r;=Scheck_rcpt",
        "=;=M =S",
        "/ma;/map",
        "/try;/try /tryflags",
        "/map a;access aliases",
        "/MAP  al;aliases",
        "/try l;local",
        "/tryflags h;hr hs",
        ".plus o;off on",
        "-d21.1;-d21.12 -d21.15",
        "check_mail tls_;''",
        ".D{verify}O;''",
        "/parse lo;''",
      })
  void whatIsTypedIsCompleted(String typed, String words) {
    assertEquals(words.isEmpty() ? List.of() : List.of(words.split(" ", -1)), after(typed));
  }

  @Test
  void factsAreThereOnlyWithPlus() {
    assertFalse(after(".").contains(".facts"));
    assertTrue(
        new BtWords(NAMES, () -> true)
            .after(".").stream().anyMatch(word -> word.text().equals(".facts")));
  }

  @Test
  void aBlankFollowsWhatAsksForMore() {
    BtWords words = new BtWords(NAMES, () -> false);
    assertTrue(words.after("/ma").get(0).isWhole());
    assertTrue(words.after("tls").get(0).isWhole());
    assertFalse(words.after("/qu").get(0).isWhole());
    assertFalse(words.after(".D{v").get(0).isWhole());
  }
}
