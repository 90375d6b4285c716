package postern.map.db;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** cdb, written and read. */
class CdbFileTest {
  @TempDir Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private Path write(String... keysAndValues) throws IOException {
    Path file = folder.resolve("x.cdb");
    try (CdbWriter writer =
        new CdbWriter(
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE))) {
      for (int i = 0; i < keysAndValues.length; i += 2) {
        writer.add(bytes(keysAndValues[i]), bytes(keysAndValues[i + 1]));
      }
      writer.finish();
    }
    return file;
  }

  /** Byte by byte, from the description of the format. */
  @Test
  void theFileIsAsDescribed() throws IOException {
    byte[] file = Files.readAllBytes(write("one", "1"));
    int h = 5381;
    for (char c : "one".toCharArray()) {
      h = (h * 33) ^ c;
    }
    int table = h & 0xff;
    HexFormat hex = HexFormat.of();
    assertEquals(2048 + 8 + 4 + 16, file.length);
    assertEquals("0300000001000000" + "6f6e65" + "31", hex.formatHex(file, 2048, 2060));
    assertEquals("0c08000002000000", hex.formatHex(file, 8 * table, 8 * table + 8));
    int slot = (h >>> 8) % 2;
    byte[] expected = new byte[8];
    for (int i = 0; i < 4; i++) {
      expected[i] = (byte) (h >>> (8 * i));
    }
    expected[5] = 8;
    assertArrayEquals(
        expected, java.util.Arrays.copyOfRange(file, 2060 + 8 * slot, 2068 + 8 * slot));
  }

  @Test
  void firstOfTwoEqualKeysIsFoundBothAreListed() throws IOException {
    Path file = write("k", "first", "other", "", "k", "second");
    try (Database database = Database.openCdb(file)) {
      assertEquals("first", BerkeleyFixturesTest.get(database, "k"));
      assertEquals("", BerkeleyFixturesTest.get(database, "other"));
      assertNull(BerkeleyFixturesTest.get(database, "absent"));
      List<String> all = new ArrayList<>();
      database.forEach((key, value) -> all.add(key + "=" + value));
      assertEquals(List.of("k=first", "other=", "k=second"), all);
      assertEquals("cdb", database.kind());
    }
  }

  @Test
  void anEmptyOneIsOne() throws IOException {
    try (Database database = Database.openCdb(write())) {
      assertNull(BerkeleyFixturesTest.get(database, ""));
      database.forEach((key, value) -> assertTrue(false, "no entries"));
    }
  }

  @Test
  void damageIsAnError() throws IOException {
    String[] many = new String[600];
    for (int i = 0; i < many.length; i++) {
      many[i] = "text " + i * 31;
    }
    byte[] good = Files.readAllBytes(write(many));
    Random random = new Random(7);
    Path file = folder.resolve("damaged.cdb");
    int errors = 0;
    for (int round = 0; round < 300; round++) {
      byte[] bad =
          round % 3 == 0
              ? java.util.Arrays.copyOf(good, random.nextInt(good.length))
              : good.clone();
      for (int i = 0; i < 30 && bad.length > 0; i++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      Files.write(file, bad);
      try (Database database = Database.openCdb(file)) {
        for (int i = 0; i < 20; i++) {
          BerkeleyFixturesTest.get(database, many[2 * i]);
        }
        database.forEach((key, value) -> {});
      } catch (IOException e) {
        errors++;
      }
    }
    assertTrue(errors > 100, "errors: " + errors);
    Files.writeString(file, "key\tvalue\n".repeat(500));
    assertThrows(BadDatabaseException.class, () -> Database.openCdb(file));
  }
}
