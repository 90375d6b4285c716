package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rule sets see of a message and in which order they are asked: as real sendmail does it. */
class ContentChecksTest {
  private static final String RULES =
      """
      HX-Err: $>Err
      HX-Temp: $>Temp
      HX-Shows: $>+Shows
      SErr
      R$*\t\t$#error $@ 5.7.3 $: "550 err " $1
      STemp
      R$*\t\t$#error $@ 4.7.1 $: "451 later " $1
      SShows
      R$* q $*\t$#error $: "550 [" $1 "|" $2 "] cur" $&{currHeader} " len " $&{hdrlen}
      Scheck_eoh
      R$* $| $*\t$: $1 $| $2 $| $&f
      R$* $| $* $| eoh@$*\t$#error $: "554 eoh " $1 " " $2 " size=" $&{msg_size}
      Scheck_eom
      R$*\t\t$: $1 $| $&f
      R$* $| eom@$*\t$#error $: "554 eom " $1 " size=" $&{msg_size}
      Scheck_vrfy
      R$*\t\t$#error $: "550 no"
      Scheck_data
      R$*\t\t$: $&f
      Rodd@$*\t\t$#error $: "999 odd"
      Rcount@$*\t\t$#error $: "550 distinct " $&{nrcpts}
      """;

  @TempDir Path folder;

  private InProcess gateway() throws Exception {
    Files.writeString(folder.resolve("access"), "");
    Path policy = folder.resolve("content.cf");
    String stock = Files.readString(Path.of("rulesets/postern.cf"));
    Files.writeString(policy, stock.replace("novrfy,", "") + RULES);
    return InProcess.start(folder, policy, Map.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      textBlock =
          """
          a   ! X-Err: a;X-Err: b      ! 550 5.7.3 err b
          a   ! X-Temp: a;X-Err: b     ! 550 5.7.3 err b
          a   ! X-Err: a;X-Temp: b     ! 550 5.7.3 err a
          a   ! X-Temp: a              ! 451 4.7.1 later a
          eoh ! X-Err: a               ! 554 5.0.0 eoh 1 10 size=
          eom ! X-Err: a               ! 554 5.0.0 eom 15 size=15
          eoh ! A: b;B: c; d           ! 554 5.0.0 eoh 2 14 size=
          eoh ! A: b;no field          ! 554 5.0.0 eoh 1 14 size=
          a   ! X-Shows: q             ! 550 5.0.0 [|] cur q len 2
          a   ! X-Shows: a "q" b       ! 250 2.0.0
          a   ! X-Shows: a;\tq  b      ! 550 5.0.0 [a|b] cur a  q  b len 8
          a   ! X-Shows: (q)           ! 550 5.0.0 [(|)] cur (q) len 4
          a   ! X-Shows: x(q "r" ) s   ! 550 5.0.0 [x(|r)s] cur x(q "r" ) s len 12
          """)
  void contentIsJudgedAsAWhole(String sender, String fields, String reply) throws Exception {
    try (InProcess gateway = gateway();
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      talk.expect("250", "MAIL FROM:<" + sender + "@c.test>");
      talk.expect("250", "RCPT TO:<postmaster@gw.test>");
      talk.expect("354", "DATA");
      talk.raw(fields.replace(";", "\r\n").replace("\\t", "\t") + "\r\n\r\nbody\r\n");
      String said = talk.ask(".");
      assertEquals(reply, said.startsWith("250") ? said.substring(0, 9) : said);
    }
  }

  @Test
  void refusedQueriesShowNoAddressAndOddCodesNoClass() throws Exception {
    try (InProcess gateway = gateway();
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      assertEquals("550 5.0.0 no", talk.ask("VRFY joe"));
      talk.expect("250", "MAIL FROM:<odd@c.test>");
      talk.expect("250", "RCPT TO:<postmaster@gw.test>");
      assertEquals("999 odd", talk.ask("DATA"));
    }
  }

  @Test
  void aRecipientNamedTwiceIsOneRecipient() throws Exception {
    try (InProcess gateway = gateway();
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      talk.expect("250", "MAIL FROM:<count@c.test>");
      talk.expect("250", "RCPT TO:<postmaster@gw.test>");
      talk.expect("250", "RCPT TO:<postmaster@gw.test>");
      talk.expect("550 5.0.0 distinct 1", "DATA");
    }
  }

  @Test
  void minFreeBlocksRefusesMailBeforeTheDiskIsFull() throws Exception {
    Files.writeString(folder.resolve("access"), "");
    try (InProcess gateway = InProcess.start(folder, Map.of("MinFreeBlocks", "2000000000"));
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      talk.expect("452 4.4.5 Insufficient disk space", "MAIL FROM:<a@c.test>");
    }
  }
}
