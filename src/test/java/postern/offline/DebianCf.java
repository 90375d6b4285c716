package postern.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Configurations made by sendmail's own m4 library, where that is installed. */
public final class DebianCf {
  private static final Path LIBRARY = Path.of("/usr/share/sendmail/cf/m4/cf.m4");

  private DebianCf() {}

  /** Whether there are m4 and the library. */
  public static boolean isInstalled() {
    return Files.isRegularFile(LIBRARY) && Files.isExecutable(Path.of("/usr/bin/m4"));
  }

  /** Whether sendmail itself is there as well. */
  public static boolean hasSendmail() {
    return isInstalled() && Files.isExecutable(Path.of("/usr/sbin/sendmail"));
  }

  /**
   * Makes a configuration of a gateway that keeps its data in {@code folder}.
   *
   * @param lines more lines of the {@code .mc} file
   * @return the {@code .cf} file
   */
  public static Path make(Path folder, String name, String... lines)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve("service.switch"), "hosts files\naliases files\n");
    Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n192.0.2.9 gw.example.test\n");
    String text =
        """
        define(`confDOMAIN_NAME', `gw.example.test')dnl
        define(`confDONT_PROBE_INTERFACES', `True')dnl
        define(`confSERVICE_SWITCH_FILE', `@@/service.switch')dnl
        define(`confHOSTS_FILE', `@@/hosts')dnl
        define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe,ClassFileInUnsafeDirPath,MapInUnsafeDirPath')dnl
        define(`QUEUE_DIR', `@@')dnl
        define(`STATUS_FILE', `/dev/null')dnl
        undefine(`HELP_FILE')dnl
        undefine(`ALIAS_FILE')dnl
        OSTYPE(`linux')dnl
        """
            .replace("@@", folder.toString());
    Path mc = folder.resolve(name + ".mc");
    Files.writeString(mc, text + String.join("\n", lines) + "\n");
    Path cf = folder.resolve(name + ".cf");
    Process m4 =
        new ProcessBuilder(
                List.of(
                    "m4", "-D_CF_DIR_=/usr/share/sendmail/cf/", LIBRARY.toString(), mc.toString()))
            .directory(folder.toFile())
            .redirectOutput(cf.toFile())
            .redirectError(folder.resolve(name + ".err").toFile())
            .start();
    assertEquals(true, m4.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, m4.exitValue(), Files.readString(folder.resolve(name + ".err")));
    String made = Files.readString(cf, StandardCharsets.ISO_8859_1);
    Files.writeString(cf, made.replaceAll("(?m)^#.*\n", ""), StandardCharsets.ISO_8859_1);
    return cf;
  }
}
