package postern.cf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import postern.source.SourceText;
import postern.text.Classes;

class HostTest {
  @Test
  void interfacesAreThoseThatSendmailAsksFor() {
    List<String> all = Host.interfaces(true);
    assertTrue(all.contains("[127.0.0.1]"), all.toString());
    assertEquals(List.of(), all.stream().filter(name -> name.contains(":")).toList());
    assertTrue(!Host.interfaces(false).contains("[127.0.0.1]"));
  }

  @Test
  void namesOfInterfacesThatAreNewToTheClassGoThereInBracketsToo() {
    List<String> names = Host.interfaces(true).stream().filter(n -> !n.startsWith("[")).toList();
    assumeTrue(!names.isEmpty(), "addresses without names");
    String name = names.get(0);
    assertTrue(compiled("V10\n").contains('w', "[" + name + "]"));
    assertFalse(compiled("V10\nCw " + name + "\n").contains('w', "[" + name + "]"));
  }

  private static Classes compiled(String text) {
    Host host = new Host("gw.example.test", "gw", List.of());
    return Compiler.compile(SourceText.of("t.cf", text), Compiler.Settings.plain(host))
        .program()
        .classes();
  }
}
