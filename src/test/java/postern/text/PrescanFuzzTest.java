package postern.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import postern.KeptInputs;

/** Any octets, split into tokens with each of the tables; what comes out is bounded. */
class PrescanFuzzTest {
  private static final int ROOM = Prescan.ADDRESS_ROOM;
  private static final int[] DELIMITERS = {0, ',', '>'};

  @FuzzTest(maxDuration = "10m")
  void scan(byte[] data) {
    TokenTables tables = TokenTables.of(".:%@!^/[]+");
    for (byte[] table : new byte[][] {tables.internal(), tables.rule()}) {
      for (int kind = 0; kind < 6; kind++) {
        int delimiter = DELIMITERS[kind % 3];
        boolean tolerant = kind > 2;
        Symbols symbols = new Symbols();
        Prescan scan = new Prescan(symbols);
        boolean ok =
            scan.scan(
                data, 0, data.length, delimiter, table, tolerant, ROOM, Prescan.Reporter.SILENT);
        assertTrue(scan.count() <= Prescan.MAX_TOKENS);
        for (int i = 0; i < scan.count(); i++) {
          assertTrue(scan.text(i).length() <= ROOM);
        }
        int count = scan.count();
        boolean again =
            scan.scan(
                data, 0, data.length, delimiter, table, tolerant, ROOM, Prescan.Reporter.SILENT);
        assertEquals(ok, again);
        assertEquals(count, scan.count());
      }
    }
  }

  @Test
  void keptInputs() throws IOException {
    assertTrue(KeptInputs.play("scan", this::scan) > 500);
  }
}
