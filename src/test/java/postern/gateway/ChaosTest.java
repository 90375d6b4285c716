package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is lost between a gateway that is killed and a peer that misbehaves. */
class ChaosTest {
  private static final int MESSAGES = Integer.getInteger("postern.chaos", 300);
  private static final long SEED = Long.getLong("postern.chaos.seed", System.nanoTime());

  @TempDir Path folder;

  @Test
  void everyMessageIsDeliveredOrBounced() throws Exception {
    Chaos.Ledger ledger = new Chaos(folder, MESSAGES, SEED).run(1000, 120);
    System.out.println("chaos (seed " + SEED + "): " + ledger);
    assertEquals(List.of(), ledger.faults());
    assertTrue(ledger.taken() >= MESSAGES, ledger::toString);
    assertTrue(ledger.kills() > 0 && ledger.bounced() > 0, ledger::toString);
  }
}
