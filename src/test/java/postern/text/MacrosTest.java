package postern.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MacrosTest {
  /** Held against maps: an outer scope and an inner one, set, taken away and cleared at random. */
  @Test
  void scopesAreMapsOnTopOfEachOther() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      Macros outer = new Macros();
      Macros inner = new Macros(outer);
      Map<Integer, String> below = new HashMap<>();
      Map<Integer, String> above = new HashMap<>();
      int most = 1 + random.nextInt(400);
      for (int step = 0; step < 300; step++) {
        boolean in = random.nextInt(4) > 0;
        Macros scope = in ? inner : outer;
        Map<Integer, String> model = in ? above : below;
        int id = random.nextInt(most);
        switch (random.nextInt(12)) {
          case 0, 1, 2 -> {
            scope.unset(id);
            model.remove(id);
          }
          case 3 -> {
            if (random.nextInt(10) == 0) {
              scope.clear();
              model.clear();
            }
          }
          default -> {
            String value = "v".repeat(random.nextInt(20)) + step;
            scope.set(id, value);
            model.put(id, value);
          }
        }
        for (int each : new int[] {id, random.nextInt(most), 0, most - 1}) {
          String expected = above.getOrDefault(each, below.get(each));
          assertEquals(expected, inner.text(each), "seed " + seed + ", step " + step);
          assertEquals(above.containsKey(each), inner.isOwn(each));
          assertEquals(below.get(each), outer.text(each));
        }
      }
    }
  }

  @Test
  void aValueIsValidUntilItsMacroChanges() {
    Macros macros = new Macros();
    macros.set(70, "seventy");
    Bytes value = macros.get(70);
    for (int id = 0; id < 200; id += 3) {
      macros.set(id, "other");
    }
    assertEquals("seventy", String.valueOf(value));
  }
}
