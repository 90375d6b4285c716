package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.cf.Configuration;
import postern.cf.Options;
import postern.source.Diagnostic;

/** Each option of the table of TLS options says the same in a file, typed, and in m4. */
class OptionFormsTest {
  private static final Path STOCK = Path.of("rulesets", "postern.cf").toAbsolutePath();

  @TempDir Path folder;

  @ParameterizedTest(name = "{0}={2}")
  @CsvSource({
    "CACertFile,       confCACERT,          /etc/mail/certs/ca.pem",
    "CACertPath,       confCACERT_PATH,     /etc/mail/certs",
    "ClientCertFile,   confCLIENT_CERT,     /etc/mail/certs/client.pem",
    "ClientKeyFile,    confCLIENT_KEY,      /etc/mail/certs/client.key",
    "CRLFile,          confCRL,             /etc/mail/certs/revoked.pem",
    "DHParameters,     confDH_PARAMETERS,   /etc/mail/certs/dh.pem",
    "RandFile,         confRAND_FILE,       file:/dev/urandom",
    "RandFile,         confRAND_FILE,       egd:/var/run/egd-pool",
    "ServerCertFile,   confSERVER_CERT,     /etc/mail/certs/server.pem",
    "ServerKeyFile,    confSERVER_KEY,      /etc/mail/certs/server.key",
    "Timeout.starttls, confTO_STARTTLS,     7m",
    "TLSSrvOptions,    confTLS_SRV_OPTIONS, V",
  })
  void theThreeFormsAreOne(String option, String m4Name, String value) throws Exception {
    Path cf = folder.resolve("with.cf");
    Files.writeString(cf, Files.readString(STOCK) + "\nO " + option + "=" + value + "\n");
    Path mc = folder.resolve("with.mc");
    Files.writeString(mc, "define(`" + m4Name + "', `" + value + "')dnl\n");

    String file = setting(option, "-C", cf.toString());
    String typed = setting(option, "-C", STOCK.toString(), "-O", option + "=" + value);
    String typedTogether = setting(option, "-C", STOCK.toString(), "-O" + option + "=" + value);
    String m4 = setting(option, "-C", mc.toString());

    assertEquals(file, typed);
    assertEquals(file, typedTogether);
    assertEquals(file, m4);
    assertNotEquals(file, setting(option, "-C", STOCK.toString()), "the default is another");
    assertEquals(option.startsWith("Timeout") ? Duration.ofMinutes(7).toString() : value, file);
  }

  /** What the option has come to be, by the getter that its users call. */
  private static String setting(String option, String... arguments) throws UsageException {
    Configuration configuration = SendmailSwitches.parse(List.of(arguments)).compile(false);
    assertEquals(
        List.of(),
        configuration.diagnostics().stream().filter(Diagnostic::isError).toList(),
        String.join(" ", arguments));
    Options options = configuration.options();
    if (option.startsWith("Timeout")) {
      return options.time(option, Duration.ofHours(1)).toString();
    }
    return option.equals("TLSSrvOptions")
        ? String.join(" ", options.list(option))
        : options.string(option);
  }
}
