package postern.cf;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import postern.map.Answer;
import postern.map.FileSafety;
import postern.map.MapEntry;
import postern.map.MapTable;
import postern.map.Query;
import postern.source.Diagnostic.Code;
import postern.source.FileNames;
import postern.source.SourceText;
import postern.text.MacroNames;

/** {@code F} lines: class members from a file, a program or a map. */
final class ClassFiles {
  private static final int MAX_LINE = 2047;

  private final Compiler in;

  ClassFiles(Compiler in) {
    this.in = in;
  }

  void line(String text) {
    MacroNames.Parsed parsed = in.names.parse(text, 0, in::error);
    if (parsed.id() == MacroNames.BAD) {
      return;
    }
    int i = skip(text, parsed.end());
    boolean optional = text.startsWith("-o", i);
    if (optional) {
      while (i < text.length() && !isSpace(text.charAt(i))) {
        i++;
      }
      i = skip(text, i);
    }
    String rest = text.substring(i);
    int at = rest.indexOf('@');
    if (!rest.startsWith("/") && !rest.startsWith("|") && at >= 0) {
      String target = rest.substring(at + 1);
      if (target.equals("LDAP") || target.indexOf(':') > 0) {
        map(parsed.id(), rest.substring(0, at), target, optional);
        return;
      }
    }
    file(parsed.id(), rest, optional);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static int skip(String text, int from) {
    int i = from;
    while (i < text.length() && isSpace(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** A name, perhaps quoted, and a scanf format; or a program behind a bar. */
  private void file(int id, String spec, boolean optional) {
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    boolean backslash = false;
    int i = 0;
    for (; i < spec.length(); i++) {
      char c = spec.charAt(i);
      if (backslash) {
        backslash = false;
        if (c != ' ') {
          name.append('\\');
        }
      }
      if (c == '\\') {
        backslash = true;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (quoted || c != ' ') {
        name.append(c);
      } else {
        break;
      }
    }
    if (quoted || backslash) {
      in.error(Code.BAD_CLASS_FILE, "illegal filename '" + Compiler.shown(spec) + "'");
      return;
    }
    if (name.isEmpty()) {
      in.error(Code.BAD_CLASS_FILE, "fileclass: missing file name");
    } else if (name.charAt(0) == '|') {
      program(id, name.substring(1));
    } else {
      String format = i < spec.length() ? spec.substring(skip(spec, i)) : "%s";
      file(id, name.toString(), format, optional);
    }
  }

  private void file(int id, String name, String format, boolean optional) {
    String reason;
    try {
      Path path = FileNames.path(name);
      String unsafe = in.fileSafety.unsafe(path, FileSafety.CLASSES, warning -> {});
      if (unsafe == null && (!Files.exists(path) || Files.isRegularFile(path))) {
        String content = Files.readString(path, StandardCharsets.ISO_8859_1);
        in.alsoRead(SourceText.of(name, content));
        lines(id, content, format);
        return;
      }
      reason = unsafe != null ? unsafe : "Regular files only";
    } catch (NoSuchFileException e) {
      reason = "No such file or directory";
    } catch (AccessDeniedException e) {
      reason = "Permission denied";
    } catch (IOException | InvalidPathException e) {
      reason = "Not a directory";
    }
    if (!optional) {
      in.fault(
          Code.BAD_CLASS_FILE, "fileclass: cannot open '" + Compiler.shown(name) + "'", reason);
    }
  }

  private void lines(int id, String content, String format) {
    int at = 0;
    while (at < content.length()) {
      int newline = content.indexOf('\n', at);
      int end = newline < 0 ? content.length() : newline + 1;
      end = Math.min(end, at + MAX_LINE); // the rest of a longer line is a line of its own
      String line = content.substring(at, end);
      at = end;
      int nul = line.indexOf(0);
      if (line.charAt(0) == '#') {
        continue;
      }
      String words = Scanf.scan(nul < 0 ? line : line.substring(0, nul), format);
      if (words != null) {
        for (String word : words.split("[ \t\n\u000b\f\r]+", -1)) {
          if (!word.isEmpty()) {
            in.words(id, word);
          }
        }
      }
    }
  }

  private void program(int id, String spec) {
    String command = spec.strip();
    if (command.isEmpty()) {
      return;
    }
    StringBuilder output = new StringBuilder();
    try {
      Process process =
          new ProcessBuilder(command.split("[ \t]+", -1))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      try (Reader out =
          new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1)) {
        char[] buffer = new char[1 << 13];
        for (int n = out.read(buffer); n >= 0; n = out.read(buffer)) {
          output.append(buffer, 0, n);
        }
      }
    } catch (IOException e) {
      // What stands for its output is sendmail's complaint, of which the first word counts.
      output.append(in.fileName()).append(": ").append(e.getMessage());
    }
    lines(id, output.toString(), "%s");
  }

  private void map(int id, String key, String target, boolean optional) {
    String name = "F{" + in.names.longName(id) + "}";
    int colon = target.indexOf(':');
    String kind = colon < 0 ? "ldap" : target.substring(0, colon);
    if (!MapTable.isClass(kind)) {
      in.error(Code.BAD_CLASS_FILE, "fileclass: " + name + ": class " + kind + " not available");
      return;
    }
    Query.Problems problems = (message, cause) -> in.fault(Code.BAD_MAP, message, cause);
    MapEntry map =
        in.maps.scratch(
            in.names.longName(id), kind, colon < 0 ? "" : target.substring(colon + 1), problems);
    if (map == null) {
      return;
    }
    boolean may = optional || map.flags().optional();
    if (!map.open(problems) || map.isUnavailable()) {
      if (!may) {
        in.error(Code.BAD_CLASS_FILE, "fileclass: " + name + ": map open failed");
      }
      return;
    }
    Query query = new Query();
    Answer answer = new Answer();
    query.start(in.macros, in.names, problems).key().append(key);
    map.lookup(query, answer);
    if (answer.isFound()) {
      in.words(id, answer.value().toString());
    } else if (answer.status() != Answer.OK && answer.status() != Answer.NOT_FOUND) {
      if (!optional) {
        in.error(Code.BAD_CLASS_FILE, "fileclass: " + name + ": map lookup failed");
      }
    }
  }
}
