package postern.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.source.Diagnostic;

/** Which of a data base and the text beside it counts, and what happens when they change. */
class DatabaseMapTest {
  private static final Path FIXTURES = Path.of("src/test/resources/maps");

  @TempDir Path folder;

  private Path text(String content) throws IOException {
    Path text = folder.resolve("access");
    Files.writeString(text, content);
    return aged(text, 100);
  }

  private Path database(String fixture, String suffix) throws IOException {
    Path file = folder.resolve("access" + suffix);
    Files.copy(FIXTURES.resolve(fixture), file, StandardCopyOption.REPLACE_EXISTING);
    return aged(file, 50);
  }

  private static Path aged(Path file, int seconds) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(seconds)));
    return file;
  }

  private Asked gateway(String kind) {
    return new Asked(false, List.of()).declare("access " + kind + " " + folder.resolve("access"));
  }

  private static List<Diagnostic.Code> codes(List<FileFault> faults) {
    return faults.stream().map(fault -> fault.diagnostic().code()).toList();
  }

  @Test
  void theDataBaseCounts() throws IOException {
    text("abc\tfrom the text\n");
    database("good.db", ".db");
    Asked maps = gateway("hash");
    assertEquals("VAL", maps.ask("access", "abc"));
    assertEquals("(0)", maps.ask("access", "other"));
    assertEquals(List.of(), codes(maps.table().check()));
    assertEquals(List.of(), maps.problems);
  }

  @Test
  void withoutOneTheTextCountsWhereThatIsAllowed() throws IOException {
    text("abc\tfrom the text\n");
    Asked maps = gateway("btree");
    assertEquals("from the text", maps.ask("access", "abc"));
    Asked strict = gateway("btree");
    strict.textFallback = false;
    assertEquals("(75)", strict.ask("access", "abc"));
    assertEquals(
        List.of(
            "btree map \"access\": missing map file "
                + folder.resolve("access.db")
                + ": No such file or directory"),
        strict.problems);
    assertEquals(List.of(Diagnostic.Code.MISSING_MAP_FILE), codes(strict.table().check()));
  }

  @Test
  void aDataBaseThatComesLaterTakesOver() throws IOException {
    text("abc\tfrom the text\n");
    Asked maps = gateway("hash");
    assertEquals("from the text", maps.ask("access", "abc"));
    Path file = database("good.db", ".db");
    maps.table().refresh();
    assertEquals("VAL", maps.ask("access", "abc"));
    Files.delete(file);
    maps.table().refresh();
    assertEquals("from the text", maps.ask("access", "abc"));
  }

  @Test
  void aFileThatIsMissingFirstIsFoundLater() throws IOException {
    Asked maps = gateway("hash");
    assertEquals("(75)", maps.ask("access", "abc"));
    database("good.db", ".db");
    assertEquals("(75)", maps.ask("access", "abc"));
    maps.table().refresh();
    assertEquals("VAL", maps.ask("access", "abc"));
  }

  @Test
  void aTextThatIsNewerDrawsAWarning() throws IOException {
    database("good.db", ".db");
    text("abc\tnewer\n");
    aged(folder.resolve("access"), 20);
    Asked maps = gateway("hash");
    assertEquals(List.of(Diagnostic.Code.STALE_DATABASE), codes(maps.table().check()));
    assertEquals("VAL", maps.ask("access", "abc"));
    maps.table().refresh();
    List<FileFault> faults = maps.table().takeFaults();
    assertEquals(List.of(Diagnostic.Code.STALE_DATABASE), codes(faults));
    assertEquals(
        folder.resolve("access.db")
            + ": warning: "
            + folder.resolve("access")
            + " is newer than this data base, which is what counts: makemap has not run since"
            + " [STALE_DATABASE]",
        faults.get(0).diagnostic().headline());
    maps.table().refresh();
    assertEquals(List.of(), codes(maps.table().takeFaults()), "said once");
  }

  @Test
  void aNewDataBaseTakesEffect() throws IOException {
    database("good.db", ".db");
    Asked maps = gateway("hash");
    assertEquals("VAL", maps.ask("access", "abc"));
    assertEquals("(0)", maps.ask("access", "k"));
    Path other = database("dup.db", ".new");
    Files.move(other, folder.resolve("access.db"), StandardCopyOption.ATOMIC_MOVE);
    maps.table().refresh();
    assertEquals("(0)", maps.ask("access", "abc"));
    assertEquals("v1", maps.ask("access", "k"));
  }

  /** sendmail's makemap empties the file and fills it again: nobody passes meanwhile. */
  @Test
  void whileItIsWrittenInPlaceNobodyCanTell() throws IOException {
    Path file = database("good.db", ".db");
    Asked maps = gateway("hash");
    assertEquals("VAL", maps.ask("access", "abc"));
    Files.write(file, new byte[0]);
    assertEquals("(75)", maps.ask("access", "abc"));
    assertEquals("(75)", maps.ask("access", "absent"));
    Files.write(file, new byte[12288]);
    assertEquals("(75)", maps.ask("access", "absent"));
    maps.table().refresh();
    assertEquals("(75)", maps.ask("access", "absent"), "too fresh to be believed");
    Files.write(file, Files.readAllBytes(FIXTURES.resolve("dup.db")));
    aged(file, 5);
    maps.table().refresh();
    assertEquals("v1", maps.ask("access", "k"));
    assertEquals("(0)", maps.ask("access", "absent"));
  }

  @Test
  void damageIsATemporaryFailureAndAnError() throws IOException {
    database("bad.db", ".db");
    text("abc\tfrom the text\n");
    Asked maps = gateway("hash");
    assertEquals("(75)", maps.ask("access", "abc"), "the text does not stand in for damage");
    assertEquals(List.of(Diagnostic.Code.BAD_DATABASE), codes(maps.table().check()));
    assertTrue(maps.problems.get(0).startsWith("Cannot open hash database "), maps.problems.get(0));
  }

  @Test
  void aSequenceSeesWhatItsMembersFindLater() throws IOException {
    Asked maps = gateway("hash").declare("nothing null").declare("both sequence nothing access");
    assertEquals("(75)", maps.ask("both", "abc"));
    database("good.db", ".db");
    maps.table().refresh();
    assertEquals("VAL", maps.ask("both", "abc"));
  }
}
