package postern.rulesets;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Our policy beside the one that Debian's {@code sendmail-cf} generates, on the same access map:
 * what is refused, and in which words, is the same. Where we differ on purpose ({@code
 * rulesets/README.md} lists it), no question is put here.
 */
class DebianGatewayTest {
  private static final Path LIBRARY = Path.of("/usr/share/sendmail/cf");
  private static final Path ACCESS = Path.of("src/test/resources/rulesets/stock.access");

  private static final String GATEWAY =
      """
      OSTYPE(`linux')dnl
      define(`confDOMAIN_NAME', `gw.example.test')dnl
      define(`confDONT_PROBE_INTERFACES', `True')dnl
      FEATURE(`nocanonify')dnl
      FEATURE(`access_db', `text -T<TMPF> -z\\t -k0 -v1 @ACCESS@')dnl
      FEATURE(`blocklist_recipients')dnl
      FEATURE(`accept_unresolvable_domains')dnl
      FEATURE(`tls_session_features')dnl
      RELAY_DOMAIN(`friend.example 172.16.5 IPv6:2001:db8:9')dnl
      LOCAL_DOMAIN(`[127.0.0.1]')dnl
      MAILER(`local')dnl
      MAILER(`smtp')dnl
      LOCAL_RULESETS
      STranslate
      R$* $$| $*	$: $1 $| $2
      R$* $$| $*	$: $1 $| $2
      """;

  private static final List<String> NAMES =
      List.of(
          "mx.example.net",
          "free.example.net",
          "a.free.example.net",
          "spam.example",
          "good.spam.example",
          "laptop.example.org",
          "pc.friend.example",
          "mx.broken.example",
          "phone.example",
          "client.example",
          "[198.51.100.7]",
          "x.example");
  private static final List<String> ADDRESSES =
      List.of(
          "198.51.100.1",
          "198.51.100.9",
          "192.0.2.28",
          "192.0.2.40",
          "10.1.2.3",
          "172.16.5.1",
          "203.0.113.66",
          "IPv6:2001:db8:2:0:0:0:0:9",
          "IPv6:2001:db8:9:0:0:0:0:9");
  private static final List<String> VERIFY =
      List.of("OK", "NO", "FAIL", "NONE", "TEMP", "SOFTWARE");
  private static final List<String> MAILBOXES =
      List.of(
          "joe@gw.example.test",
          "postmaster",
          "gone@gw.example.test",
          "gone+x@gw.example.test",
          "left@gw.example.test",
          "noreply@gw.example.test",
          "joe@partner.example",
          "joe@x.partner.example",
          "closed@partner.example",
          "fine@partner.example",
          "drop@partner.example",
          "joe@friend.example",
          "joe@x.friend.example",
          "joe@ok.example",
          "joe@shut.example",
          "open@shut.example",
          "joe@example.com",
          "joe@example.com.",
          "\"joe smith\"@example.com",
          "\"joe smith\"@partner.example",
          "joe@[192.0.2.1]",
          "joe@[127.0.0.1]",
          "ann%example.com@gw.example.test",
          "ann%partner.example@gw.example.test",
          "@a.example:joe@example.com",
          "@a.example,@b.example:joe@partner.example",
          "bad@sender.example",
          "a@rejected.example",
          "ok@rejected.example",
          "a@text.example",
          "a@code.example",
          "a@later.example",
          "a@tmp.example",
          "a@virus.example",
          "a@susp.example",
          "a@skip.example",
          "a@relay.example",
          "news@anywhere.example",
          "joe+x@plus.example",
          "joe@plus.example",
          "ann+x+y@plus.example",
          "a@x.bare.example");

  private static Oracle debian = commands -> List.of();
  private static Oracle ours = commands -> List.of();

  @BeforeAll
  static void generate() throws IOException, InterruptedException {
    assumeTrue(Files.exists(LIBRARY.resolve("m4/cf.m4")), "no sendmail-cf in " + LIBRARY);
    String access = ACCESS.toAbsolutePath().toString();
    Path folder = Scratch.folder("debian");
    Path mc = Files.writeString(folder.resolve("gateway.mc"), GATEWAY.replace("@ACCESS@", access));
    Path cf = folder.resolve("gateway.cf");
    Process m4 =
        new ProcessBuilder(
                "m4", "-D_CF_DIR_=" + LIBRARY + "/", LIBRARY + "/m4/cf.m4", mc.toString())
            .directory(folder.toFile())
            .redirectOutput(cf.toFile())
            .redirectError(folder.resolve("m4.err").toFile())
            .start();
    assumeTrue(m4.waitFor(30, TimeUnit.SECONDS) && m4.exitValue() == 0, "m4 failed, see " + folder);
    debian = Interpreter.SENDMAIL.start(new Setup(cf, Map.of()));
    ours =
        Interpreter.POSTERN.start(
            Setup.stock(ACCESS).with("RelayDomains", "friend.example 172.16.5 IPv6:2001:db8:9"));
  }

  @Test
  void requirementsOnTls() {
    List<String> commands = new ArrayList<>();
    commands.add(".D{cn_subject}mx.example.net");
    commands.add(".D{cert_subject}/C=US/O=Example/CN=mx.example.net");
    commands.add(".D{cert_issuer}/C=US/O=Example/CN=Some+20CA");
    for (String name : NAMES) {
      for (String address : ADDRESSES) {
        peer(commands, name, address);
        commands.add("try_tls " + name);
        commands.add("Translate,srv_features " + name + " $| ");
        commands.add("Translate,tls_srv_features " + name + " $| " + address);
        commands.add("Translate,tls_clt_features " + name + " $| " + address);
        for (String bits : List.of("", "256")) {
          commands.add(".D{cipher_bits}" + bits);
          commands.add("Translate,tls_client $| MAIL");
          for (String verify : VERIFY) {
            commands.add("Translate,tls_client " + verify + " $| STARTTLS");
            commands.add("tls_server " + verify);
          }
        }
      }
    }
    for (String verify : VERIFY) {
      commands.add(".D{verify}" + verify);
      for (String mailbox :
          List.of(
              "ceo@example.com",
              "ceo+x@example.com",
              "ann@example.com",
              "secret@x.example",
              "secret",
              "local.part",
              "ann@a.sub.example.com",
              "team+red@example.com",
              "team@example.com")) {
        commands.add("tls_rcpt " + mailbox);
      }
    }
    same(commands, false);
  }

  @Test
  void clientsSendersAndRecipients() {
    List<String> commands = new ArrayList<>();
    for (String name : NAMES) {
      for (String address : ADDRESSES) {
        commands.add("Translate,check_relay " + name + " $| " + address);
      }
    }
    commands.add(".D{verify}");
    commands.add(".D{cipher_bits}256");
    for (String peer :
        List.of(
            "OK x.example 198.51.100.1",
            "OK free.example.net 192.0.2.9",
            "OK laptop.example.org 198.51.100.1",
            "OK pc.friend.example 198.51.100.1",
            "OK x.example 10.1.2.3",
            "OK x.example 172.16.5.1",
            "OK localhost 127.0.0.1",
            "OK x.example 127.0.0.50",
            "OK x.example IPv6:2001:db8:9:0:0:0:0:9",
            "FAIL [198.51.100.1] 198.51.100.1",
            "FORGED pc.friend.example 198.51.100.1",
            "TEMP [198.51.100.1] 198.51.100.1",
            "TEMP [10.1.2.3] 10.1.2.3")) {
      String[] words = peer.split(" ", -1);
      commands.add(".D{client_resolve}" + words[0]);
      peer(commands, words[1], words[2]);
      for (String mailbox : MAILBOXES) {
        commands.add("check_rcpt <" + mailbox + ">");
        // the sender's own syntax errors are told apart here, not there
        if (mailbox.contains("@") && !mailbox.contains("127.0.0.1")) {
          commands.add("check_mail <" + mailbox + ">");
        }
      }
      commands.add("check_mail <>");
    }
    commands.add(".D{client_resolve}OK");
    peer(commands, "x.example", "198.51.100.1");
    for (String verify : VERIFY) {
      for (String issuer : List.of("Relay+20CA", "Staff+20CA", "Odd+20CA", "No+20CA")) {
        for (String subject : List.of("laptop", "phone", "other")) {
          commands.add(".D{verify}" + verify);
          commands.add(".D{cert_issuer}/C=US/O=Example/CN=" + issuer);
          commands.add(".D{cert_subject}/C=US/O=Example/CN=" + subject);
          commands.add("RelayTLS x");
          commands.add("check_rcpt <joe@example.com>");
        }
      }
    }
    same(commands, true);
  }

  private static void peer(List<String> commands, String name, String address) {
    commands.add(".D{client_name}" + name);
    commands.add(".D{client_addr}" + address);
    commands.add(".D{server_name}" + name);
    commands.add(".D{server_addr}" + address);
  }

  /**
   * Asks both.
   *
   * @param onlyRefusals what a check returns if it has nothing against it means nothing to the
   *     server, and is not compared
   */
  private static void same(List<String> commands, boolean onlyRefusals) {
    List<String> theirs = debian.run(commands);
    List<String> answers = ours.run(commands);
    List<String> differences = new ArrayList<>();
    int compared = 0;
    for (int i = 0; i < commands.size(); i++) {
      if (commands.get(i).startsWith(".")) {
        continue;
      }
      compared++;
      String expected = Oracle.verdict(theirs.get(i));
      String got = Oracle.verdict(answers.get(i));
      boolean same = expected.equals(got) || (onlyRefusals && !refuses(expected) && !refuses(got));
      if (!same) {
        differences.add("%s%n  debian %s%n  ours   %s".formatted(commands.get(i), expected, got));
      }
    }
    String summary = differences.size() + " of " + compared + " differ:\n";
    assertTrue(differences.isEmpty(), () -> summary + String.join("\n", differences));
  }

  private static boolean refuses(String verdict) {
    return verdict.startsWith("$# error") || verdict.startsWith("$# discard");
  }
}
