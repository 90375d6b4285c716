package postern.map.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postern.text.Bytes;

/**
 * Files of the real {@code makemap}, and what {@code db_load} makes of them in the other byte
 * order. {@code -Dpostern.db.entries=1000000} makes large ones.
 */
class MakemapOracleTest {
  private static final int ENTRIES = Integer.getInteger("postern.db.entries", 3000);
  private static final Path MAKEMAP = Path.of("/usr/sbin/makemap");
  private static final Path DUMP = Path.of("/usr/bin/db_dump");
  private static final Path LOAD = Path.of("/usr/bin/db_load");

  @TempDir Path folder;

  private static String key(int i) {
    return "tls_clt:host" + i + ".example.test" + (i % 97 == 0 ? "-long".repeat(i % 40) : "");
  }

  private static String value(int i) {
    return "VERIFY:" + i + " " + "y".repeat(i % 500 == 3 ? 700 : i % 40) + "z";
  }

  @ParameterizedTest
  @ValueSource(strings = {"hash", "btree"})
  void makemapsFilesInBothByteOrders(String type) throws Exception {
    for (Path program : List.of(MAKEMAP, DUMP, LOAD)) {
      assumeTrue(Files.isExecutable(program), "no " + program + " here (sendmail-bin, db-util)");
    }
    Path text = folder.resolve("text");
    try (BufferedWriter out = Files.newBufferedWriter(text, StandardCharsets.ISO_8859_1)) {
      for (int i = 0; i < ENTRIES; i++) {
        out.write(key(i) + "\t" + value(i) + "\n");
      }
    }
    Path made = folder.resolve("made.db");
    run(text, MAKEMAP.toString(), type, folder.resolve("made").toString());
    check(made);
    Path dump = folder.resolve("dump");
    run(text, DUMP.toString(), "-f", dump.toString(), made.toString());
    Path swapped = folder.resolve("swapped.db");
    run(
        dump,
        LOAD.toString(),
        "-c",
        "db_lorder=4321",
        "-c",
        "db_pagesize=1024",
        swapped.toString());
    check(swapped);
    if (ENTRIES <= 10_000) {
      assertEquals(dumped(dump), walked(swapped).stream().sorted().toList());
      assertEquals(dumped(dump), walked(made).stream().sorted().toList());
    }
  }

  private static void check(Path file) throws IOException {
    long began = System.nanoTime();
    Random random = new Random(1);
    try (Database database = Database.openBerkeley(file)) {
      for (int i = 0; i < ENTRIES; i++) {
        int n = ENTRIES > 10_000 ? random.nextInt(ENTRIES) : i;
        assertEquals(value(n), BerkeleyFixturesTest.get(database, key(n)));
        assertEquals(null, BerkeleyFixturesTest.get(database, "x" + key(n)));
      }
      long looked = System.nanoTime();
      BitSet seen = new BitSet();
      Bytes value = new Bytes();
      database.forEach(
          (key, walked) -> {
            String text = key.toString();
            int i = Integer.parseInt(text.substring(12, text.indexOf('.')));
            assertEquals(key(i), text);
            assertFalse(seen.get(i), text);
            seen.set(i);
            assertTrue(database.find(key.array(), 0, key.length(), value), text);
            assertTrue(
                Arrays.equals(
                    walked.array(), 0, walked.length(), value.array(), 0, value.length()));
          });
      assertEquals(ENTRIES, seen.cardinality());
      System.out.printf(
          "%s: %d entries, %d bytes: %.2f us a look-up (half of them absent), walk with look-ups"
              + " %d ms%n",
          file.getFileName(),
          ENTRIES,
          Files.size(file),
          (looked - began) / 2e3 / ENTRIES,
          (System.nanoTime() - looked) / 1_000_000);
    }
  }

  private static List<String> walked(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Database database = Database.openBerkeley(file)) {
      database.forEach((key, value) -> lines.add(hex(key) + " " + hex(value)));
    }
    return lines;
  }

  private static String hex(Bytes bytes) {
    return java.util.HexFormat.of().formatHex(bytes.array(), 0, bytes.length());
  }

  private static List<String> dumped(Path dump) throws IOException {
    List<String> lines = new ArrayList<>();
    try (BufferedReader in = Files.newBufferedReader(dump)) {
      String line = in.readLine();
      while (line != null && !line.equals("HEADER=END")) {
        line = in.readLine();
      }
      while ((line = in.readLine()) != null && !line.equals("DATA=END")) {
        lines.add(line.strip() + " " + String.valueOf(in.readLine()).strip());
      }
    }
    return lines.stream().sorted().toList();
  }

  private static void run(Path input, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectInput(input.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertTrue(process.waitFor(300, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), String.join(" ", command));
  }
}
