package postern.offline.suggest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import postern.offline.Facts;
import postern.offline.Role;

class HabitsTest {
  private final Habits habits = new Habits();

  private void add(int times, Role role, String... facts) {
    Facts all = new Facts();
    for (String fact : facts) {
      int equals = fact.indexOf('=');
      all.set(fact.substring(0, equals), fact.substring(equals + 1));
    }
    for (int i = 0; i < times; i++) {
      habits.add(all.record(role));
    }
  }

  private List<String> lines(double tolerated) {
    return habits.proposals(20, tolerated).stream().map(p -> p.line().replace('\t', ' ')).toList();
  }

  @Test
  void theStrictestLineThatEverySessionMet() {
    add(30, Role.SERVER, "client-name=mx.bank.example", "client-addr=192.0.2.1", "verify=OK");
    add(40, Role.SERVER, "client-name=mx.shop.example", "client-addr=192.0.2.2", "verify=NO");
    add(
        1,
        Role.SERVER,
        "client-name=mx.shop.example",
        "client-addr=192.0.2.2",
        "verify=NO",
        "bits=128");
    add(50, Role.SERVER, "client-name=mx.old.example", "client-addr=192.0.2.3");
    add(19, Role.SERVER, "client-name=mx.rare.example", "client-addr=192.0.2.4", "verify=OK");
    add(25, Role.CLIENT, "server-name=in.far.example", "server-addr=192.0.2.5", "verify=FAIL");
    assertEquals(
        List.of(
            "TLS_Clt:mx.shop.example ENCR:128",
            "TLS_Clt:mx.bank.example VERIFY:256",
            "TLS_Srv:in.far.example ENCR:256"),
        lines(0));
  }

  @Test
  void hostsOfADomainShareALine() {
    add(15, Role.SERVER, "client-name=a.mail.example", "client-addr=192.0.2.1", "verify=OK");
    add(15, Role.SERVER, "client-name=b.mail.example", "client-addr=192.0.2.2", "verify=OK");
    assertEquals(List.of("TLS_Clt:mail.example VERIFY:256"), lines(0));
    assertEquals(2, habits.proposals(20, 0).get(0).hosts());
  }

  @Test
  void someMayBeTolerated() {
    add(99, Role.SERVER, "client-name=[192.0.2.9]", "client-addr=192.0.2.9", "verify=OK");
    add(1, Role.SERVER, "client-name=[192.0.2.9]", "client-addr=192.0.2.9");
    assertEquals(List.of(), lines(0));
    assertEquals(List.of("TLS_Clt:192.0.2.9 VERIFY:256"), lines(0.01));
    Habits.Proposal proposal = habits.proposals(20, 0.01).get(0);
    assertEquals(1, proposal.refused());
    assertTrue(proposal.worst() > 0.03 && proposal.worst() < 0.06, "worst: " + proposal.worst());
  }
}
