package postern.cf.mc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import postern.KeptInputs;

/** Any octets as an .mc file: it is read and assembled, and problems have places that exist. */
class McFuzzTest {
  private static final String STOCK = "Cw localhost\nSLocal_tls_client\nSLocal_check_rcpt\n";

  @FuzzTest(maxDuration = "10m")
  void reader(byte[] data) {
    String text = new String(data, StandardCharsets.ISO_8859_1);
    McFile file = McReader.read("fuzz.mc", text);
    long lines = text.chars().filter(c -> c == '\n').count() + 2;
    for (McProblem problem : file.problems()) {
      assertTrue(problem.place().line() >= 1 && problem.place().line() <= lines, problem.message());
    }
    McAssembly assembly = McAssembler.assemble(file, "stock.cf", STOCK);
    assertTrue(assembly.text().length() <= 4_000_000);
  }

  @Test
  void keptInputs() throws IOException {
    assertTrue(KeptInputs.play("reader", this::reader) > 800);
  }
}
