package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postern.smtp.client.LocalEnd;

/** {@code ClientPortOptions}. */
class ClientPortsTest {
  private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

  @Test
  void eachFamilyHasALineOfItsOwn() throws Exception {
    ClientPorts ports =
        ClientPorts.of(
            List.of("Addr=127.0.0.9, M=SA", "Family=inet6,Address=::1,Port=2500,SndBufSize=4096"));
    assertEquals(
        new LocalEnd(InetAddress.getByAddress(new byte[] {127, 0, 0, 9}), 0, 0, 0, "SA"),
        ports.inet());
    assertEquals(
        new LocalEnd(InetAddress.getByAddress(LOOPBACK_6), 2500, 4096, 0, ""), ports.inet6());
    assertEquals(LocalEnd.ANY, ClientPorts.of(List.of("Family=inet, Address=0.0.0.0")).inet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"X=1", "Port=70000", "Port=smtp", "Family=unix", "M=h", "Addr=::1"})
  void whatIsNotKnownStopsTheStart(String line) {
    StartupException wrong =
        assertThrows(StartupException.class, () -> ClientPorts.of(List.of(line)));
    assertTrue(String.valueOf(wrong.getMessage()).startsWith("ClientPortOptions=" + line));
  }
}
