package postern.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class SymbolsTest {
  @Test
  void anotherIsLikeTheFirstAndStaysUnknownWhenTheTableGrows() {
    Symbols parent = new Symbols();
    int inherited = parent.intern("Inherited");
    Symbols symbols = new Symbols(parent);
    int own = symbols.intern("Own");
    int otherInherited = symbols.another(inherited);
    int otherOwn = symbols.another(own);
    for (int i = 0; i < 1000; i++) {
      symbols.intern("word" + i);
      if (i % 7 == 0) {
        assertNotEquals(own, symbols.another(own));
      }
    }
    assertEquals(inherited, symbols.intern("Inherited"));
    assertEquals(own, symbols.intern("Own"));
    assertNotEquals(inherited, otherInherited);
    assertNotEquals(own, otherOwn);
    assertEquals("Inherited", symbols.text(otherInherited));
    assertEquals("Own", symbols.text(otherOwn));
    assertEquals(symbols.fold(inherited), symbols.fold(otherInherited));
    assertEquals(symbols.fold(own), symbols.fold(otherOwn));
    symbols.clear();
    assertEquals(0, symbols.size());
    assertEquals(Symbols.NONE, symbols.find(new byte[] {'O', 'w', 'n'}, 0, 3));
  }
}
