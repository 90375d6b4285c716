package postern.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The gateway configuration that Debian's package {@code sendmail-cf} generates, with an access
 * map: made anew for each run, never kept.
 */
final class DebianGateway {
  private static final Path CF = Path.of("/usr/share/sendmail/cf");

  private DebianGateway() {}

  static boolean available() {
    return Files.isDirectory(CF) && Files.isExecutable(Path.of("/usr/bin/m4"));
  }

  /** Generates the configuration in {@code folder} and returns its file. */
  static Path generate(Path folder, Path access) throws IOException, InterruptedException {
    String mc =
        """
        OSTYPE(`linux')dnl
        define(`confDOMAIN_NAME', `gw.example.test')dnl
        define(`confDONT_PROBE_INTERFACES', `True')dnl
        define(`ALIAS_FILE', `')dnl
        FEATURE(`nocanonify')dnl
        FEATURE(`accept_unresolvable_domains')dnl
        FEATURE(`access_db', `text -T<TMPF> -z\\t -k0 -v1 %s')dnl
        MAILER(`local')dnl
        MAILER(`smtp')dnl
        LOCAL_RULESETS
        STranslate
        R$* $$| $*\t$: $1 $| $2
        """
            .formatted(access);
    Path source = folder.resolve("gateway.mc");
    Path out = folder.resolve("gateway.cf");
    Files.writeString(source, mc, StandardCharsets.ISO_8859_1);
    Process m4 =
        new ProcessBuilder(
                List.of(
                    "m4",
                    "-D_CF_DIR_=" + CF + "/",
                    CF.resolve("m4/cf.m4").toString(),
                    source.toString()))
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (m4.waitFor() != 0) {
      throw new IOException("m4 failed on " + source);
    }
    return out;
  }
}
