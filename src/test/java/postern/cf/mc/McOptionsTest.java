package postern.cf.mc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McOptionsTest {
  /** The table of options for SMTP with TLS, and the key file that it forgets. */
  @ParameterizedTest
  @CsvSource({
    "confCACERT, CACertFile",
    "confCACERT_PATH, CACertPath",
    "confCLIENT_CERT, ClientCertFile",
    "confCLIENT_KEY, ClientKeyFile",
    "confCRL, CRLFile",
    "confDH_PARAMETERS, DHParameters",
    "confRAND_FILE, RandFile",
    "confSERVER_CERT, ServerCertFile",
    "confSERVER_KEY, ServerKeyFile",
    "confTO_STARTTLS, Timeout.starttls",
    "confTLS_SRV_OPTIONS, TLSSrvOptions",
    "confCIPHER_LIST, CipherList",
    "confMIN_QUEUE_AGE, MinQueueAge",
    "QUEUE_DIR, QueueDirectory",
  })
  void namesStandForOptions(String name, String option) {
    assertEquals(option, McOptions.option(name));
  }

  @Test
  void noOptionHasTwoNamesAndNoneIsMalformed() {
    Set<String> options = new HashSet<>();
    for (String name : McOptions.names()) {
      String option = McOptions.option(name);
      assertEquals(true, option != null && option.matches("[A-Za-z0-9.-]+"), name);
      assertEquals(true, options.add(String.valueOf(option)), option + " has two names");
    }
    assertNull(McOptions.option("confDOMAIN_NAME"));
  }

  @Test
  void aSlipOfTheFingerIsGuessed() {
    McFile file =
        McReader.read("t.mc", "define(`confSERVER_CRET', `/x')define(`confDOMAIN_NAME', `j')dnl\n");
    assertEquals(
        List.of("t.mc:1:1: warning: no option goes by the name confSERVER_CRET (confSERVER_CERT?)"),
        file.problems().stream().map(McProblem::toString).toList());
  }
}
