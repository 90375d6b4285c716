package postern.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sessions of address test mode in a text file:
 *
 * <pre>
 * === NAME what it shows
 * lines of the configuration, behind the preamble
 * --- args -d21.12
 * --- file NAME
 * a file; @DIR@ in any section is its folder
 * --- in
 * what is typed
 * --- out rc=0
 * what comes out, without the banner and the last prompt
 * </pre>
 *
 * All but the first line and {@code --- out} may be left out. {@code --- cf (preamble without its O
 * OperatorChars line)} in front of the configuration does what it says; {@code --- cf (no
 * preamble)} too. Bytes that are not ASCII stand as {@code \xNN}, a backslash in front of an x as
 * {@code \x5c}.
 */
record CaseFile(Path file, List<Session> sessions) {
  private static final List<String> PREAMBLE =
      List.of(
          "V10/Berkeley",
          "Djgw.example.test",
          "O OperatorChars=.:%@!^/[]+",
          "Mlocal, P=/bin/true, F=lsDFMAw5:/|@qPSXn, T=DNS/RFC822/X-Unix, A=true $u",
          "Msmtp, P=[IPC], F=mDFMuX, E=\\r\\n, L=990, A=TCP $h");

  /** One session. */
  record Session(
      String name,
      List<String> configuration,
      List<String> arguments,
      Map<String, String> files,
      String input,
      String output,
      int status) {}

  static CaseFile read(Path file) throws IOException {
    List<Session> sessions = new ArrayList<>();
    Builder builder = null;
    for (String raw : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      String line = unescaped(raw);
      if (line.startsWith("=== ")) {
        if (builder != null) {
          sessions.add(builder.build());
        }
        builder = new Builder(line.substring(4));
      } else if (builder != null) {
        builder.line(line);
      }
    }
    if (builder != null) {
      sessions.add(builder.build());
    }
    return new CaseFile(file, List.copyOf(sessions));
  }

  private static String unescaped(String line) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      if (line.startsWith("\\x", i) && i + 4 <= line.length()) {
        out.append((char) Integer.parseInt(line.substring(i + 2, i + 4), 16));
        i += 3;
      } else {
        out.append(line.charAt(i));
      }
    }
    return out.toString();
  }

  /** The same in the other direction, for those who write such a file. */
  static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = (c >= ' ' && c < 0x7f) || c == '\n' || c == '\t';
      if (plain && !text.startsWith("\\x", i)) {
        out.append(c);
      } else {
        out.append("\\x%02x".formatted((int) c));
      }
    }
    return out.toString();
  }

  private static final class Builder {
    private final String name;
    private final List<String> configuration = new ArrayList<>(PREAMBLE);
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, String> files = new LinkedHashMap<>();
    private final StringBuilder input = new StringBuilder();
    private final StringBuilder output = new StringBuilder();
    private String section = "cf";
    private int status;

    Builder(String name) {
      this.name = name;
    }

    void line(String line) {
      if (line.startsWith("--- ")) {
        begin(line.substring(4));
        return;
      }
      switch (section) {
        case "cf" -> configuration.add(line);
        case "in" -> input.append(line).append('\n');
        case "out" -> output.append(line).append('\n');
        default -> files.merge(section, line + "\n", String::concat);
      }
    }

    private void begin(String what) {
      if (what.startsWith("args ")) {
        arguments.addAll(List.of(what.substring(5).split(" ")));
      } else if (what.startsWith("out rc=")) {
        section = "out";
        status = Integer.parseInt(what.substring(7));
      } else if (what.startsWith("file ")) {
        section = what.substring(5);
        files.put(section, "");
      } else if (what.startsWith("cf")) {
        section = "cf";
        if (what.contains("without its O OperatorChars")) {
          configuration.remove(2);
        } else if (what.contains("no preamble")) {
          configuration.clear();
        }
      } else if (what.equals("in")) {
        section = what;
      } else {
        throw new IllegalArgumentException(name + ": no such section: " + what);
      }
    }

    Session build() {
      // One empty line at the end is there for the eye.
      int end = output.length();
      if (end >= 2 && output.charAt(end - 2) == '\n') {
        output.setLength(end - 1);
      }
      return new Session(
          name,
          List.copyOf(configuration),
          List.copyOf(arguments),
          files,
          input.toString(),
          output.toString(),
          status);
    }
  }
}
