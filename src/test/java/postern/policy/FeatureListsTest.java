package postern.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.policy.ServerFeatures.LineEnd;

class FeatureListsTest {
  private static ServerFeatures features(String words) {
    return FeatureLists.server(words.split(" ", -1), true);
  }

  @ParameterizedTest
  @CsvSource({
    "g, REFUSE",
    "G, ACCEPT",
    "g2, REPLACE",
    "g22, REPLACE",
    "G2, ACCEPT",
    "G g3, ACCEPT",
    "G gx, ACCEPT",
    "G g2x, REPLACE"
  })
  void variantsOfLineEnds(String words, LineEnd expected) {
    assertEquals(expected, features(words).bareLf());
    assertEquals(expected, features(words.replace('g', 'u').replace('G', 'U')).bareCr());
  }

  @Test
  void otherLettersHaveNoVariants() {
    assertFalse(features("S s2").startTls());
    assertFalse(features("S ss").startTls());
    assertFalse(features("l2").requireAuth());
    assertFalse(features("no").slowPipelining());
    assertFalse(features("h2").httpAlwaysRejected());
    assertFalse(features("l2").says('l'));
    assertFalse(features("V v2").requestClientCertificate());
  }

  @Test
  void lettersThatAreSwitchedOffNeedNotStandAlone() {
    assertFalse(features("SV").startTls());
    assertTrue(features("SV").requestClientCertificate());
    assertFalse(features("ERROR").etrn());
  }

  @Test
  void temporaryFailureLeavesNoFeatures() {
    assertTrue(features("tempfail").tempFail());
    assertFalse(features("temp").strictTurns());
  }
}
