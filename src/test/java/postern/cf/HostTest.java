package postern.cf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostTest {
  @Test
  void interfacesAreThoseThatSendmailAsksFor() {
    List<String> all = Host.interfaces(true);
    assertTrue(all.contains("[127.0.0.1]"), all.toString());
    assertEquals(List.of(), all.stream().filter(name -> name.contains(":")).toList());
    assertTrue(!Host.interfaces(false).contains("[127.0.0.1]"));
  }
}
