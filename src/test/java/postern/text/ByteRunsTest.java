package postern.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Runs of bytes against what loops over single bytes say. */
class ByteRunsTest {
  private static final int MOST = 70;

  private final Random random = new Random(5);

  private byte[] run(int n) {
    byte[] bytes = new byte[n];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] folded(byte[] bytes) {
    byte[] folded = bytes.clone();
    for (int i = 0; i < folded.length; i++) {
      folded[i] = Symbols.lower(folded[i]);
    }
    return folded;
  }

  @Test
  void copiesTouchNothingElse() {
    for (int n = 0; n <= MOST; n++) {
      byte[] from = run(n + 20);
      byte[] to = run(n + 20);
      byte[] expected = to.clone();
      System.arraycopy(from, 3, expected, 7, n);
      ByteRuns.copy(from, 3, to, 7, n);
      assertArrayEquals(expected, to, "length " + n);
    }
  }

  @Test
  void oneOtherByteIsFoundWhereverItIs() {
    for (int n = 0; n <= MOST; n++) {
      byte[] one = run(n);
      byte[] other = new byte[n + 5];
      System.arraycopy(one, 0, other, 5, n);
      assertTrue(ByteRuns.same(one, 0, other, 5, n), "length " + n);
      for (int i = 0; i < n; i++) {
        other[5 + i] = (byte) (other[5 + i] ^ 1 << random.nextInt(8));
        assertFalse(ByteRuns.same(one, 0, other, 5, n), "length " + n + ", byte " + i);
        other[5 + i] = one[i];
      }
    }
  }

  @Test
  void foldsEachOfThe256Bytes() {
    for (int n : new int[] {1, 2, 3, 5, 7, 8, 13, 40}) {
      for (int b = 0; b < 256; b++) {
        byte[] bytes = new byte[n];
        Arrays.fill(bytes, (byte) b);
        byte[] folded = folded(bytes);
        assertTrue(ByteRuns.same(bytes, 0, folded, 0, n, true), n + " times " + b);
        assertEquals(
            ByteRuns.hash(folded, 0, n, false),
            ByteRuns.hash(bytes, 0, n, true),
            n + " times " + b);
        assertEquals(b < 'A' || b > 'Z', ByteRuns.same(bytes, 0, folded, 0, n), n + " times " + b);
      }
    }
  }

  @Test
  void mixedBytesFoldAlike() {
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = run(random.nextInt(MOST));
      byte[] folded = folded(bytes);
      assertTrue(ByteRuns.same(bytes, 0, folded, 0, bytes.length, true));
      assertEquals(
          ByteRuns.hash(folded, 0, bytes.length, false),
          ByteRuns.hash(bytes, 0, bytes.length, true));
    }
  }

  @Test
  void hashesOfKeysDiffer() {
    Set<Integer> seen = new HashSet<>();
    Set<Integer> slots = new HashSet<>();
    int n = 200_000;
    for (int i = 0; i < n; i++) {
      byte[] key = Bytes.of("TLS_Clt:h" + i + ".example").array();
      int hash = ByteRuns.hash(key, 0, 17 + Integer.toString(i).length(), true);
      seen.add(hash);
      slots.add(hash & (1 << 19) - 1);
    }
    assertTrue(seen.size() > n - 40, "different hashes: " + seen.size());
    // thrown at random they would fill 31.7 % of the slots
    assertTrue(slots.size() > 0.31 * (1 << 19), "slots used: " + slots.size());
  }
}
