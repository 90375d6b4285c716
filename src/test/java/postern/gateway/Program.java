package postern.gateway;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import postern.cli.Main;

/**
 * The program under test as a command: the classes just compiled, in a jar of their own, and an
 * archive of loaded classes, so that a test can afford to start it often. Made once a test run.
 */
final class Program {
  /** Another folder for a run that lasts, so that a test run beside it does not change its jar. */
  private static final Path FOLDER =
      Path.of(System.getProperty("postern.program", "target/program-under-test")).toAbsolutePath();

  private static final Path BASE = Path.of("").toAbsolutePath();

  private final List<String> java;

  private Program(List<String> java) {
    this.java = java;
  }

  private static final class Holder {
    static final Program INSTANCE = make();
  }

  static Program get() {
    return Holder.INSTANCE;
  }

  /**
   * The command that runs it.
   *
   * @param data the folder for what the program makes ({@code var/} otherwise)
   */
  List<String> command(Path data, List<String> arguments) {
    List<String> command = new ArrayList<>(java);
    command.add("-Dpostern.var=" + data);
    command.add(Main.class.getName());
    command.addAll(arguments);
    return command;
  }

  private static Program make() {
    try {
      Files.createDirectories(FOLDER);
      Path jar = FOLDER.resolve("postern.jar");
      Path archive = FOLDER.resolve("postern.jsa");
      writeJar(
          Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI()), jar);
      Program plain = new Program(java(jar, "-Xshare:auto", "-XX:+UseSerialGC"));
      Files.deleteIfExists(archive);
      Path classes = plain.train();
      Path draft = FOLDER.resolve("draft.jsa");
      return dump(jar, classes, draft) && starts(jar, draft)
          ? new Program(java(jar, shared(Files.move(draft, archive))))
          : plain;
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("cannot make the program under test", e);
    }
  }

  private static List<String> java(Path jar, String... sharing) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(sharing));
    command.addAll(
        List.of(
            "-Xlog:disable",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xmx256m",
            "-Dfile.encoding=UTF-8",
            "-Dpostern.home=" + BASE,
            "-cp",
            classPath(jar)));
    return command;
  }

  private static String classPath(Path jar) {
    StringBuilder path = new StringBuilder(jar.toString());
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.endsWith(".jar")) {
        path.append(File.pathSeparator).append(entry);
      }
    }
    return path.toString();
  }

  /** The archive knows jars only, so the folder of classes becomes one. */
  private static void writeJar(Path classes, Path jar) throws IOException {
    if (!Files.isDirectory(classes)) {
      Files.copy(classes, jar, StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        Stream<Path> all = Files.walk(classes)) {
      for (Path path : (Iterable<Path>) all.filter(Files::isRegularFile).sorted()::iterator) {
        out.putNextEntry(new JarEntry(classes.relativize(path).toString()));
        Files.copy(path, out);
        out.closeEntry();
      }
    }
  }

  /**
   * Starts and stops it once; the Java VM writes down which classes it loads. (It could also make
   * the archive by itself when it ends, but now and then dies at that, JDK 17.0.15: a lambda that
   * another thread was just making.)
   */
  private Path train() throws IOException {
    Path classes = FOLDER.resolve("postern.classes");
    List<String> command =
        command(
            FOLDER.resolve("var"),
            List.of("serve", "-O", "DaemonPortOptions=Port=0,Addr=127.0.0.1"));
    command.add(1, "-XX:DumpLoadedClassList=" + classes);
    try (Served gateway = Served.start(command, FOLDER, Map.of())) {
      try (Talk talk = Talk.to(gateway.port())) {
        talk.expect("250", "EHLO trainer.test");
        talk.startTls(Talk.anyServer());
        talk.expect("250", "EHLO trainer.test");
        talk.send("QUIT");
      }
      gateway.terminate(Served.START_SECONDS, TimeUnit.SECONDS);
    }
    return classes;
  }

  private static boolean dump(Path jar, Path classes, Path archive) throws IOException {
    return succeeds(
        java(
            jar,
            "-Xshare:dump",
            "-XX:+UseG1GC", // the only one that archives objects, too
            "-XX:SharedClassListFile=" + classes,
            "-XX:SharedArchiveFile=" + archive));
  }

  /** Whether the program runs with this archive. */
  private static boolean starts(Path jar, Path archive) throws IOException {
    List<String> command = new ArrayList<>(java(jar, shared(archive)));
    command.addAll(List.of(Main.class.getName(), "--version"));
    return succeeds(command);
  }

  private static String[] shared(Path archive) {
    return new String[] {"-Xshare:auto", "-XX:+UseSerialGC", "-XX:SharedArchiveFile=" + archive};
  }

  private static boolean succeeds(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .redirectOutput(FOLDER.resolve("archive.log").toFile())
            .start();
    try {
      if (process.waitFor(120, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return false;
  }
}
