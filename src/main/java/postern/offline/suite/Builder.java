package postern.offline.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.source.SourceText;

/** Compiles the configuration of a test file. */
public interface Builder {
  /**
   * Compiles.
   *
   * @param policy the file, null for the one of the command line
   * @param replacement text to take in place of the file's, null for none
   * @param macros settings that the test file makes
   * @param options likewise
   * @param additions lines to add behind the end of the file (not of the replacement)
   * @throws IOException if something cannot be read
   */
  Configuration build(
      @Nullable Path policy,
      @Nullable SourceText replacement,
      Host host,
      List<Compiler.Setting> macros,
      List<Compiler.Setting> options,
      List<String> additions)
      throws IOException;
}
