package postern.offline.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import postern.bench.LogMaker;
import postern.bench.ReplayLoad;

/** Made-up logs of known truth: replay finds every session and every refusal. */
class GeneratedLogTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void everyNumberIsTheTruth(LogMaker.Form form) throws Exception {
    LogMaker maker = new LogMaker(form, 42);
    Path log = folder.resolve("mail.log");
    LogMaker.Truth truth;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(log))) {
      truth = maker.write(out, 20_000);
    }
    ReplayLoad.Result result = ReplayLoad.replay(ReplayLoad.policy(maker, folder), log, truth);
    assertEquals("", result.wrong());
    assertTrue(truth.refused() > 500, "refused: " + truth.refused());
    assertTrue(truth.newByPeer().size() > 100, "peers: " + truth.newByPeer().size());
  }
}
