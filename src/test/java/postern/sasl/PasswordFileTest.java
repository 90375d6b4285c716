package postern.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.source.SourceText;

/** The password file: what is written can be read, and what is wrong has a place. */
class PasswordFileTest {
  private static final String KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  private static final String GOOD =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$" + KEY + ":" + KEY;

  @TempDir Path folder;

  @Test
  void writesWhatItReads() throws IOException {
    Path path = folder.resolve("passwd");
    PasswordFile.empty()
        .with("zoë", Verifier.of("geheim"))
        .with("bob", Verifier.of("builder"))
        .write(path);
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(path));
    PasswordFile read = PasswordFile.read(path);
    assertTrue(read.good(), () -> read.problems().toString());
    assertEquals(Set.of("zoë", "bob"), read.users().keySet());
    Verifier zoe = Objects.requireNonNull(read.users().get("zoë"));
    assertTrue(zoe.fits("geheim"));
    assertFalse(zoe.fits("builder"));
    assertFalse(Files.readString(path).contains("geheim"));
    read.with("zoë", null).write(path);
    assertEquals(Set.of("bob"), PasswordFile.read(path).users().keySet());
  }

  @Test
  void everyMistakeHasAPlaceAndShowsNoSecret() {
    PasswordFile file =
        PasswordFile.of(
            SourceText.of(
                "p",
                String.join(
                    "\n",
                    "# users",
                    "",
                    "ann:" + GOOD,
                    "ann:" + GOOD,
                    "no colon",
                    ":" + GOOD,
                    "bob:hunter2",
                    "cy:" + GOOD.replace("4096", "100"),
                    "di:" + GOOD.replace(KEY + ":", "QUJD:"))));
    assertEquals(Set.of("ann"), file.users().keySet());
    assertEquals(
        "4:1 5:1 6:1 7:5 8:4 9:4",
        String.join(" ", file.problems().stream().map(p -> p.span().toString()).toList()));
    assertFalse(file.problems().toString().contains("hunter2"));
    assertTrue(file.problems().get(3).headline().startsWith("p:7:5: error: not a verifier"));
  }

  @Test
  void refusesNamesAndPasswordsThatNobodyCanType() {
    assertThrows(IllegalArgumentException.class, () -> Verifier.of(""));
    assertThrows(IllegalArgumentException.class, () -> Verifier.of("a\tb"));
    assertThrows(IllegalArgumentException.class, () -> Verifier.of("x".repeat(513)));
    PasswordFile empty = PasswordFile.empty();
    Verifier verifier = Verifier.of("x");
    for (String name : new String[] {"", "a:b", "a\nb", "#a"}) {
      assertThrows(IllegalArgumentException.class, () -> empty.with(name, verifier), name);
    }
    assertFalse(verifier.toString().contains(verifier.salt()));
  }
}
