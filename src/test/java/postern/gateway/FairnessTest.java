package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Destinations in trouble hold up nobody else. */
class FairnessTest {
  @TempDir Path folder;

  @Test
  void goodDestinationsDoNotNoticeTheOthers() throws Exception {
    Fairness.Rates rates = Fairness.run(folder.resolve("spool"), 600, 200);
    System.out.println(rates);
    // Ten seconds for a message of another would show; a busy machine's noise must not.
    assertTrue(rates.beside() > rates.alone() / 4, rates::toString);
  }
}
