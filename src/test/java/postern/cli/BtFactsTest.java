package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.tls.DemoCertificates;

class BtFactsTest {
  private static final String RECORDS =
      """
      {"postern-session": 1, "role": "server", "helo": "mx.bank.example",
       "peer": {"name": "mx.bank.example", "address": "192.0.2.25", "resolve": "OK"},
       "tls": {"verify": "FAIL", "version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384",
               "bits": 256, "certSubject": "/O=The+20Bank/CN=mx.bank.example"}}
      {"postern-session": 1, "role": "client",
       "peer": {"name": "mx2.example", "address": "192.0.2.26"}}
      """;

  @TempDir static Path folder;
  private static Path certificate;

  @BeforeAll
  static void files() throws IOException {
    certificate = DemoCertificates.ensure(folder.resolve("certs"), "gw.example.test").serverCert();
    Files.writeString(
        folder.resolve("t.cf"), "V10\nO OperatorChars=.:%@!^/[]+\nSx\nR$*\t$@ $&{verify}\n");
    Files.writeString(folder.resolve("sessions.json"), RECORDS);
    Files.writeString(folder.resolve("broken.json"), "{\"postern-session\": 1,\n \"role\": 3}\n");
  }

  private static List<String> answers(Map<String, String> options, String... commands) {
    String input = ".plus on\n" + String.join("\n", commands) + "\n";
    return TestMode.run(folder.resolve("t.cf"), options, Map.of(), input)
        .output()
        .lines()
        .dropWhile(line -> !line.startsWith("Enter "))
        .skip(1)
        .map(line -> line.replaceFirst("^(> )+", ""))
        .toList();
  }

  private static List<String> answers(String... commands) {
    return answers(Map.of(), commands);
  }

  @Test
  void aCertificateSetsWhatAPeerWithItWould() {
    List<String> answers = answers(".facts " + certificate, "x y", "${cipher_bits}");
    assertTrue(answers.contains("${client_name}\tgw.example.test"), answers.toString());
    assertTrue(answers.contains("${server_name}\tgw.example.test"), answers.toString());
    assertTrue(answers.contains("${cn_subject}\tgw.example.test"), answers.toString());
    assertTrue(answers.contains("${verify}\tOK"), answers.toString());
    assertTrue(
        answers.stream().anyMatch(line -> line.matches("\\$\\{cert_md5}\t(..:){15}..")),
        answers.toString());
    assertTrue(answers.contains("x                returns: OK"), answers.toString());
    assertTrue(answers.contains("256"), answers.toString());
  }

  @Test
  void factsBehindItWin() {
    List<String> answers =
        answers(
            Map.of("CertFingerprintAlgorithm", "sha256"),
            ".facts " + certificate + " verify=FAIL bits=128 client-name=mx.example",
            "${client_name}");
    assertTrue(answers.contains("${verify}\tFAIL"), answers.toString());
    assertTrue(answers.contains("${cipher_bits}\t128"), answers.toString());
    assertTrue(answers.contains("mx.example"), answers.toString());
    assertTrue(
        answers.stream().anyMatch(line -> line.matches("\\$\\{cert_fp}\t(..:){31}..")),
        answers.toString());
  }

  @Test
  void aRecordedSessionSetsItsOwn() {
    List<String> first = answers(".facts " + folder.resolve("sessions.json"));
    assertTrue(first.contains("${client_addr}\t192.0.2.25"), first.toString());
    assertTrue(first.contains("${cert_subject}\t/O=The+20Bank/CN=mx.bank.example"));
    assertTrue(first.contains("$s\tmx.bank.example"), first.toString());
    List<String> second = answers(".facts " + folder.resolve("sessions.json") + " 2");
    assertTrue(second.contains("${server_addr}\t192.0.2.26"), second.toString());
    assertTrue(second.contains("${verify}\t"), second.toString());
  }

  @Test
  void mistakesAreNamed() {
    Path records = folder.resolve("sessions.json");
    Path cf = folder.resolve("t.cf");
    List<String> answers =
        answers(
            ".facts",
            ".facts /does/not/exist",
            ".facts " + folder,
            ".facts " + cf,
            ".facts " + records + " 3",
            ".facts " + certificate + " verify",
            ".facts " + certificate + " bits=many",
            ".facts " + certificate + " colour=red");
    assertEquals(
        List.of(
            "Usage: .facts FILE [number of the record | fact=value ...]",
            ".facts: /does/not/exist: no such file",
            ".facts: " + folder + ": a folder",
            ".facts: " + cf + ": no certificate in it",
            ".facts: " + records + ": it has 2 records, not 3",
            ".facts: verify: a fact is written name=value",
            ".facts: bits is a number, not many"),
        answers.subList(0, 7));
    assertTrue(answers.get(7).startsWith(".facts: no such fact: colour; there are alg-bits, "));
    Path broken = folder.resolve("broken.json");
    assertTrue(answers(".facts " + broken).get(0).startsWith(".facts: " + broken + ":2:"));
  }
}
