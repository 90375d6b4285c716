package postern;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** What ten minutes of coverage-guided fuzzing found worth keeping: {@code fuzz/TARGET.zip}. */
public final class KeptInputs {
  private KeptInputs() {}

  /** A fuzz target. */
  public interface Target {
    void run(byte[] data) throws Exception;
  }

  /**
   * Plays all inputs of {@code target}; one that fails is named.
   *
   * @return how many there were
   */
  public static int play(String target, Target run) throws IOException {
    int played = 0;
    try (InputStream file = KeptInputs.class.getResourceAsStream("/fuzz/" + target + ".zip");
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] data = zip.readAllBytes();
        try {
          run.run(data);
        } catch (Exception | AssertionError e) {
          throw new AssertionError(target + ": kept input " + entry.getName(), e);
        }
        played++;
      }
    }
    return played;
  }
}
