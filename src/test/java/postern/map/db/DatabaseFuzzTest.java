package postern.map.db;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import postern.KeptInputs;
import postern.text.Bytes;

/** Any octets as a data base file: an answer, or an IOException with a reason; never for ever. */
class DatabaseFuzzTest {
  private static final byte[] KEY = "connect:example.test".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_SEEN = 100_000;
  private static final int MOST_ASKED = 20;

  private static Path file;

  @BeforeAll
  static void file() throws IOException {
    file = Files.createTempFile("postern-fuzz", ".db");
  }

  @AfterAll
  static void gone() throws IOException {
    Files.deleteIfExists(file);
  }

  private interface Opener {
    Database open(Path file) throws IOException;
  }

  private static void read(byte[] data, Opener opener) throws IOException {
    Files.write(file, data);
    try (Database database = opener.open(file)) {
      Bytes value = new Bytes();
      if (database.find(KEY, 0, KEY.length, value)) {
        assertTrue(value.length() <= Database.MAX_VALUE);
      }
      int[] seen = new int[1];
      List<byte[]> keys = new ArrayList<>();
      database.forEach(
          (key, found) -> {
            if (++seen[0] > MOST_SEEN) {
              throw new AssertionError("more entries than " + data.length + " octets can hold");
            }
            if (keys.size() < MOST_ASKED) {
              keys.add(Arrays.copyOf(key.array(), key.length()));
            }
          });
      for (byte[] key : keys) {
        database.find(key, 0, key.length, value);
      }
    } catch (IOException e) {
      assertTrue(e.getMessage() != null, "no reason given");
    }
  }

  @FuzzTest(maxDuration = "10m")
  void berkeley(byte[] data) throws IOException {
    read(data, Database::openBerkeley);
  }

  @FuzzTest(maxDuration = "10m")
  void cdb(byte[] data) throws IOException {
    read(data, Database::openCdb);
  }

  @Test
  void keptInputs() throws IOException {
    assertTrue(KeptInputs.play("berkeley", this::berkeley) > 30);
    assertTrue(KeptInputs.play("cdb", this::cdb) > 90);
  }
}
