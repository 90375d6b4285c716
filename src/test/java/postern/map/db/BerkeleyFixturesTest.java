package postern.map.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postern.text.Bytes;

/** Files that db_load made ({@code src/test/resources/db/make-fixtures}). */
class BerkeleyFixturesTest {
  private static final String LONG_KEY = "long".repeat(200);
  private static final int LOOKUPS_IN_DAMAGE = 12;

  @TempDir Path folder;

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name + ".db");
    Files.write(file, bytes(name));
    return file;
  }

  private static byte[] bytes(String name) throws IOException {
    try (InputStream in = BerkeleyFixturesTest.class.getResourceAsStream("/db/" + name + ".db")) {
      assertNotNull(in, name);
      return in.readAllBytes();
    }
  }

  static @Nullable String get(Database database, String key) throws IOException {
    Bytes value = new Bytes();
    byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
    return database.find(bytes, 0, bytes.length, value) ? value.toString() : null;
  }

  private static String value(int i) {
    return "value of " + i + " " + "xxxxxx".substring(0, i % 7);
  }

  private static String bigValue() {
    StringBuilder big = new StringBuilder();
    IntStream.range(0, 800).forEach(i -> big.append("%04d,".formatted(i)));
    return big.toString();
  }

  private static int entries(String name) {
    return name.endsWith("4") || name.endsWith("1") ? 300 : 40;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hash-1234",
        "hash-4321",
        "hash-duplicates",
        "hash-sorted",
        "hash-checksums",
        "btree-1234",
        "btree-4321",
        "btree-duplicates",
        "btree-sorted",
        "btree-checksums"
      })
  void everyKeyIsFoundAndNoOther(String name) throws IOException {
    try (Database database = Database.openBerkeley(file(name))) {
      for (int i = 0; i < entries(name); i++) {
        assertEquals(value(i), get(database, "key" + i));
        assertNull(get(database, "key" + i + "x"));
      }
      assertNull(get(database, "key" + entries(name)));
      assertNull(get(database, ""));
      assertNull(get(database, "\u00ff"));
      assertEquals("the long key", get(database, LONG_KEY));
      assertNull(get(database, LONG_KEY + "l"));
      assertNull(get(database, LONG_KEY.substring(1)));
      assertNull(get(database, LONG_KEY.substring(0, 799) + "h"));
      assertEquals(bigValue(), get(database, "big"));
      assertEquals("", get(database, "empty"));
      boolean duplicates = name.endsWith("duplicates") || name.endsWith("sorted");
      assertEquals(duplicates ? "dup0" : null, get(database, "two"));
      assertEquals(duplicates ? "dup000" : null, get(database, "many"));
      Map<String, Integer> seen = new HashMap<>();
      Map<String, String> last = new HashMap<>();
      database.forEach(
          (key, value) -> {
            seen.merge(key.toString(), 1, Integer::sum);
            last.put(key.toString(), value.toString());
          });
      assertEquals(entries(name) + 3 + (duplicates ? 2 : 0), seen.size());
      assertEquals(bigValue(), last.get("big"));
      assertEquals("the long key", last.get(LONG_KEY));
      if (duplicates) {
        assertEquals(3, seen.get("two"));
        assertEquals(100, seen.get("many"));
        assertEquals("dup099", last.get("many"));
      }
    }
  }

  @Test
  void whatIsNoDataBaseSaysSo() throws IOException {
    Path file = folder.resolve("x.db");
    Files.writeString(file, "");
    assertProblem("the file is empty", file);
    Files.writeString(file, "key\tvalue\n");
    assertProblem("too short for a Berkeley DB file", file);
    Files.writeString(file, "key\tvalue\n".repeat(1000));
    assertProblem("not a Berkeley DB file", file);
    byte[] hash = bytes("hash-1234");
    Files.write(file, java.util.Arrays.copyOf(hash, hash.length / 2));
    assertTrue(problem(file).startsWith("damaged: "), problem(file));
    hash[16] = 7;
    Files.write(file, hash);
    assertProblem(
        "a Berkeley DB file of format 7; formats 8 to 10 (Berkeley DB 4 to 6) can be read", file);
  }

  private static void assertProblem(String expected, Path file) {
    assertEquals(expected, problem(file));
  }

  private static String problem(Path file) {
    return String.valueOf(
        assertThrows(BadDatabaseException.class, () -> Database.openBerkeley(file)).getMessage());
  }

  @Test
  void aFileThatIsRewrittenInPlaceIsNotBelieved() throws IOException {
    Path file = file("btree-1234");
    try (Database database = Database.openBerkeley(file)) {
      assertEquals(value(1), get(database, "key1"));
      Files.write(file, new byte[0]);
      assertThrows(IOException.class, () -> get(database, "key1"));
    }
  }

  /** Whatever the bytes are: an answer or an error that says so, and soon. */
  @ParameterizedTest
  @ValueSource(strings = {"hash-4321", "btree-1234", "hash-duplicates", "btree-sorted"})
  void damageIsAnError(String name) throws IOException {
    byte[] good = bytes(name);
    Random random = new Random(name.hashCode());
    Path file = folder.resolve("damaged.db");
    int errors = 0;
    int rounds = Integer.getInteger("postern.fuzz", 120);
    for (int round = 0; round < rounds; round++) {
      byte[] bad = damage(good, random);
      Files.write(file, bad);
      long began = System.nanoTime();
      errors += use(file) ? 0 : 1;
      assertTrue(System.nanoTime() - began < 5_000_000_000L, "round " + round + " took too long");
    }
    assertTrue(errors > rounds / 10, "errors were found: " + errors);
    assertFalse(errors == rounds, "some damage does no harm");
  }

  private static byte[] damage(byte[] good, Random random) {
    byte[] bad = good.clone();
    switch (random.nextInt(6)) {
      case 0 -> bad = java.util.Arrays.copyOf(bad, random.nextInt(bad.length));
      case 1 -> { // the first page
        for (int i = 0; i < 4; i++) {
          bad[random.nextInt(512)] = (byte) random.nextInt(256);
        }
      }
      case 2 -> { // headers of pages
        for (int i = 0; i < 20; i++) {
          int page = random.nextInt(bad.length / 512);
          bad[page * 512 + random.nextInt(32)] = (byte) random.nextInt(256);
        }
      }
      case 3 -> { // a page where another should be
        int from = random.nextInt(bad.length / 512);
        int to = random.nextInt(bad.length / 512);
        System.arraycopy(good, from * 512, bad, to * 512, 512);
        bad[to * 512 + 8] = good[to * 512 + 8];
        bad[to * 512 + 11] = good[to * 512 + 11];
      }
      case 4 -> { // links
        for (int i = 0; i < 8; i++) {
          int page = random.nextInt(bad.length / 512);
          int at = page * 512 + (random.nextBoolean() ? 12 : 16);
          bad[at + (random.nextBoolean() ? 0 : 3)] = (byte) random.nextInt(bad.length / 512);
        }
      }
      default -> {
        for (int i = 0; i < 200; i++) {
          bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return bad;
  }

  /** Whether nothing wrong was noticed. */
  private static boolean use(Path file) {
    boolean well = true;
    try (Database database = Database.openBerkeley(file)) {
      List<String> keys = List.of("key0", "key7", "key123", "big", "two", "many", LONG_KEY);
      for (int i = 0; i < LOOKUPS_IN_DAMAGE; i++) {
        try {
          get(database, i < keys.size() ? keys.get(i) : "absent" + i);
        } catch (IOException e) {
          well = false;
        }
      }
      int[] count = new int[1];
      database.forEach((key, value) -> count[0]++);
    } catch (IOException e) {
      well = false;
    }
    return well;
  }
}
