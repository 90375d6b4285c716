package postern.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.rulesets.InstalledSendmail;

/** Postern's address test mode within this Java VM, as {@link InstalledSendmail} runs the other. */
public final class TestMode {
  /** The host that every test of address test mode runs on. */
  static final Host HOST =
      new Host("gw.example.test", "gw.example.test", List.of("gw", "[127.0.0.1]"));

  private TestMode() {}

  /**
   * What address test mode says to {@code input}.
   *
   * @param options by their long names
   * @param macros names without braces, to values
   */
  public static InstalledSendmail.Session run(
      Path cf, Map<String, String> options, Map<String, String> macros, String input) {
    List<Compiler.Setting> set =
        new TreeMap<>(options)
            .entrySet().stream()
                .map(e -> new Compiler.Setting(e.getKey(), e.getValue(), false))
                .toList();
    List<Compiler.Setting> defined =
        new TreeMap<>(macros)
            .entrySet().stream()
                .map(e -> new Compiler.Setting("{" + e.getKey() + "}", e.getValue(), false))
                .toList();
    try {
      return run(cf, new DebugFlags(), false, set, defined, input);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static InstalledSendmail.Session run(
      Path cf,
      DebugFlags debug,
      boolean verbose,
      List<Compiler.Setting> options,
      List<Compiler.Setting> macros,
      String input)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BtStartup startup = new BtStartup(debug, out);
    Configuration configuration =
        Compiler.compile(
            cf.toString(), cf, new Compiler.Settings(HOST, options, macros, true, true), startup);
    byte[] typed = input.getBytes(StandardCharsets.ISO_8859_1);
    int status =
        new AddressTest(startup, configuration, verbose, new ByteArrayInputStream(typed)).run();
    return new InstalledSendmail.Session(out.toString(StandardCharsets.ISO_8859_1), status);
  }
}
