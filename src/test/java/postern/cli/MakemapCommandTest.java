package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code postern makemap}, beside the real one where that is installed. */
class MakemapCommandTest {
  private static final Path MAKEMAP = Path.of("/usr/sbin/makemap");

  /** One of everything that can be in such a text. */
  private static final String TEXT =
      """
      A b c
      # comment
      key\tvalue here\s
      Dup one
      Dup two
      norhs
       lead x
      "q" v
      UPPER\tVal#x

      x\\#y z
      k:v:w
      :empty
      crlf v\r
      \u00e9\u00c9 v\u00ff
      nul\0x y
      """
          + "long"
          + "g".repeat(2000)
          + " v\nlast line";

  @TempDir Path folder;

  private record Said(int status, String out, String err) {}

  private Said ours(String input, String... arguments) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream toOut = new PrintStream(out, false, StandardCharsets.ISO_8859_1);
    int status =
        MakemapCommand.run(
            List.of(arguments),
            new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)),
            toOut,
            new PrintStream(err, true, StandardCharsets.UTF_8)); // as in most terminals
    toOut.flush();
    return new Said(
        status,
        out.toString(StandardCharsets.ISO_8859_1),
        err.toString(StandardCharsets.ISO_8859_1));
  }

  private Said real(String input, List<String> arguments) throws Exception {
    Path in = Files.writeString(folder.resolve("in"), input, StandardCharsets.ISO_8859_1);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> command = new ArrayList<>(List.of(MAKEMAP.toString()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Said(
        process.exitValue(),
        Files.readString(out, StandardCharsets.ISO_8859_1),
        Files.readString(err, StandardCharsets.ISO_8859_1)
            .replaceAll("WARNING: World writable directory [^\n]*\n", "")
            .replace(MAKEMAP + ": ", "makemap: "));
  }

  private static String sorted(String lines) {
    return String.join("\n", Arrays.stream(lines.split("\n", -1)).sorted().toList());
  }

  private String name() {
    return folder.resolve("m").toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-v", "-f", "-N", "-e", "-r", "-d", "-s", "-t:", "-D%", "-c 100", "-e -v -f"})
  void writesWhatTheRealOneWrites(String switches) throws Exception {
    assumeTrue(Files.isExecutable(MAKEMAP), "no " + MAKEMAP + " here");
    List<String> flags = switches.isEmpty() ? List.of() : List.of(switches.split(" ", -1));
    List<String> hash = new ArrayList<>(flags);
    hash.addAll(List.of("hash", name()));
    List<String> cdb = new ArrayList<>(flags);
    cdb.addAll(List.of("cdb", name()));
    assertEquals(real(TEXT, hash), ours(TEXT, cdb.toArray(String[]::new)));
    Said dumped = real("", List.of("-u", "hash", name()));
    Said ours = ours("", "-u", "cdb", name());
    assertEquals(sorted(dumped.out()), sorted(ours.out()));
    assertEquals(dumped.status(), ours.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hash", "btree"})
  void dumpsTheRealOnesFiles(String type) throws Exception {
    assumeTrue(Files.isExecutable(MAKEMAP), "no " + MAKEMAP + " here");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      text.append("key").append(i * 7919 % 500).append("\tvalue ").append(i).append('\n');
    }
    real(text.toString(), List.of("-N", type, name()));
    assertEquals(
        real("", List.of("-u", type, name())), ours("", "-u", type, name()), "order included");
    assertEquals(real("", List.of("-u", "-t%", type, name())), ours("", "-u", "-t%", type, name()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hash",
        "a b c",
        "-z hash m",
        "-t",
        "-u hash /nonexistent/m",
        "-u foo m",
        "foo m",
        "-C /nonexistent/sendmail.cf hash m",
      })
  void complainsAsTheRealOneDoes(String line) throws Exception {
    assumeTrue(Files.isExecutable(MAKEMAP), "no " + MAKEMAP + " here");
    List<String> arguments =
        Arrays.stream(line.split(" ", -1))
            .filter(word -> !word.isEmpty())
            .map(word -> word.equals("m") ? name() : word)
            .toList();
    assertEquals(real("", arguments), ours("", arguments.toArray(String[]::new)));
  }

  @Test
  void hashAndBtreeAreLeftToTheRealOne() throws IOException {
    Said said = ours("a b\n", "hash", name());
    assertEquals(ExitStatus.UNAVAILABLE, said.status());
    assertEquals(
        "makemap: hash files can be read here (-u), not written. Write cdb: makemap cdb "
            + name()
            + ", and a K line of class cdb; or let sendmail's makemap write the hash file.\n",
        said.err());
    assertEquals(0, ours("a b\n", "-i", "cdb", "hash", name()).status(), "-i names another type");
    assertEquals("a\tb\n", ours("", "-u", "cdb", name()).out());
  }

  @Test
  void aNewFileIsForOwnerAndGroupAnOldOneKeepsItsRights() throws IOException {
    Path file = folder.resolve("m.cdb");
    assertEquals(0, ours("a b\n", "cdb", name()).status());
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    @Nullable Object before = Files.readAttributes(file, "unix:ino").get("ino");
    assertEquals(0, ours("c d\n", "cdb", name()).status());
    assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertNotEquals(before, Files.readAttributes(file, "unix:ino").get("ino"), "another file");
    assertEquals("c\td\n", ours("", "-u", "cdb", name()).out());
    try (var files = Files.list(folder)) {
      assertEquals(List.of("m.cdb"), files.map(f -> f.getFileName().toString()).toList());
    }
  }

  @Test
  void appends() throws IOException {
    assertEquals(
        new Said(
            73,
            "",
            "makemap: error opening type cdb map " + name() + ": No such file or directory\n"),
        ours("a b\n", "-o", "cdb", name()));
    ours("a b\n", "cdb", name());
    Said said = ours("c d\nA x\n", "-o", "cdb", name());
    assertEquals(ExitStatus.DATA_ERROR, said.status());
    assertEquals("makemap: " + name() + ": line 2: key a: duplicate key\n", said.err());
    assertEquals("a\tb\nc\td\n", ours("", "-u", "cdb", name()).out());
    assertEquals(0, ours("a x\n", "-o", "-r", "cdb", name()).status());
    assertEquals("a\tx\nc\td\n", ours("", "-u", "cdb", name()).out());
  }

  @Test
  void whatCannotBeWrittenLeavesTheOldFile() throws IOException {
    assertEquals(
        "makemap: error opening type cdb map /nonexistent/m: No such file or directory\n",
        ours("a b\n", "cdb", "/nonexistent/m").err());
    Files.createDirectory(folder.resolve("d.cdb"));
    Said said = ours("a b\n", "cdb", folder.resolve("d").toString());
    assertEquals(73, said.status());
    assertTrue(said.err().endsWith(": Regular files only\n"), said.err());
    Files.writeString(folder.resolve("m.cdb"), "no cdb file");
    Said damaged = ours("", "-u", "cdb", name());
    assertEquals(74, damaged.status());
    assertTrue(damaged.err().endsWith(": too short for a cdb file\n"), damaged.err());
  }

  @Test
  void listsWhatItWrites() throws IOException {
    assertEquals("cdb\nimplicit\n", ours("", "-l").out());
  }

  @Test
  void oneHundredThousandEntries() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      text.append("key").append(i).append("\tvalue ").append(i).append('\n');
    }
    assertEquals(0, ours(text.toString(), "cdb", name()).status());
    assertEquals(text.toString(), ours("", "-u", "cdb", name()).out());
  }
}
