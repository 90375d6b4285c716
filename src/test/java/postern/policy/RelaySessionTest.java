package postern.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.cf.Compiler;
import postern.cf.Host;

/** What rule sets see on the way out. */
class RelaySessionTest {
  @TempDir Path folder;

  private static final String ASK =
      "R$*\t$#error $@ 4.0.0 $: 450 f=$&f i=$&i u=$&u h=$&h g=$&g at=$&{addr_type}"
          + " sn=$&{server_name} n=$&{ntries} sz=$&{msg_size} env=$&{envid}\n";

  private CompiledPolicy policy() throws Exception {
    Path file = folder.resolve("relay.cf");
    Files.writeString(
        file,
        "V10\nO OperatorChars=.:%@!^/[]+\nS3\nS0\nStry_tls\n"
            + ASK
            + "Stls_server\n"
            + ASK
            + "Stls_rcpt\n"
            + ASK
            + "Mlocal, P=/bin/true, A=true\nMprog, P=/bin/true, A=true\n");
    return new CompiledPolicy(
        Compiler.compile(
            file.toString(),
            file,
            new Compiler.Settings(
                new Host("gw.test", "gw.test", List.of()), List.of(), List.of(), false, false)),
        user -> true);
  }

  private static String text(Verdict verdict) {
    return assertInstanceOf(Verdict.Reject.class, verdict).line();
  }

  /** As sendmail 8.17 shows them in a first queue run. */
  @Test
  void macrosOfTheMessageAreThere() throws Exception {
    RelayPolicy relay = policy().relay();
    relay.message(
        new OutgoingMail(
            "6AQFUTfN030890", "s@[127.0.0.9]", "[127.0.0.1]", "v@[127.0.0.7]", 284, "env1", 0));
    relay.connected("[127.0.0.1]", "127.0.0.1");
    String seen =
        "450 4.0.0 f= s@[127.0.0.9]i= 6AQFUTfN030890 u= v@[127.0.0.7]h=[127.0.0.1]"
            + "g= s@[127.0.0.9]at= e s sn=[127.0.0.1]n= 0 sz= 284 env= env1";
    assertEquals(seen, text(relay.tryTls()));
    assertEquals(seen, text(relay.tlsServer(TlsFacts.without(Verify.NONE))));
    assertEquals(
        seen.replace("4.0.0 f", "4.0.0 <u@[127.0.0.7]>... f"),
        text(relay.tlsRcpt("u@[127.0.0.7]")));
  }

  @Test
  void aConnectionThatIsUsedOnceMoreIsAboutAnotherMessage() throws Exception {
    RelayPolicy relay = policy().relay();
    relay.message(new OutgoingMail("first", "a@a.test", "mx.test", "u@b.test", 1, "e", 3));
    relay.connected("mx.test", "127.0.0.1");
    relay.message(new OutgoingMail("second", "", "mx.test", "w@b.test", 2, "", 0));
    assertEquals(
        "450 4.0.0 <w@b.test>... f= i= second u= w@b.test h= mx.test g= at= e s sn= mx.test n= 0"
            + " sz= 2 env=",
        text(relay.tlsRcpt("w@b.test")));
  }
}
