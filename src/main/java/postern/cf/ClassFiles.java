package postern.cf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;
import postern.source.Diagnostic.Code;
import postern.text.MacroNames;

/** {@code F} lines: class members from a file, a program or a map. */
final class ClassFiles {
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
    boolean optional = false;
    if (text.startsWith("-o", i)) {
      optional = true;
      while (i < text.length() && !isSpace(text.charAt(i))) {
        i++;
      }
      i = skip(text, i);
    }
    String rest = text.substring(i);
    if (rest.startsWith("|")) {
      program(parsed.id(), rest.substring(1));
      return;
    }
    int at = rest.indexOf('@');
    if (!rest.startsWith("/") && at >= 0 && at + 1 < rest.length()) {
      String target = rest.substring(at + 1);
      int colon = target.indexOf(':');
      if (target.equals("LDAP") || colon >= 0) {
        map(parsed.id(), rest.substring(0, at), target, colon, text);
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

  private void file(int id, String spec, boolean optional) {
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    int i = 0;
    for (; i < spec.length(); i++) {
      char c = spec.charAt(i);
      if (c == '\\' && i + 1 < spec.length()) {
        name.append(spec.charAt(++i));
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && isSpace(c)) {
        break;
      } else {
        name.append(c);
      }
    }
    if (quoted) {
      in.error(Code.BAD_CLASS_FILE, "illegal filename '" + spec + "'");
      return;
    }
    if (name.isEmpty()) {
      in.error(Code.BAD_CLASS_FILE, "fileclass: missing file name");
      return;
    }
    String format = i < spec.length() ? spec.substring(skip(spec, i)) : "%s";
    if (format.isEmpty()) {
      format = "%s";
    }
    try {
      Path path = Path.of(name.toString());
      if (Files.isDirectory(path)) {
        in.fault(Code.BAD_CLASS_FILE, "fileclass: cannot open '" + name + "'", "Is a directory");
        return;
      }
      lines(id, Files.readAllLines(path, StandardCharsets.ISO_8859_1), format);
    } catch (NoSuchFileException e) {
      if (!optional) {
        in.fault(
            Code.BAD_CLASS_FILE,
            "fileclass: cannot open '" + name + "'",
            "No such file or directory");
      }
    } catch (IOException e) {
      if (!optional) {
        in.fault(Code.BAD_CLASS_FILE, "fileclass: cannot open '" + name + "'", "Permission denied");
      }
    }
  }

  private void lines(int id, List<String> lines, String format) {
    for (String line : lines) {
      if (line.startsWith("#")) {
        continue;
      }
      String words = Scanf.scan(line + "\n", format);
      if (words != null) {
        for (String word : words.split("[ \t\n\u000b\f\r]+")) {
          if (!word.isEmpty()) {
            in.classes.add(id, word);
          }
        }
      }
    }
  }

  private void program(int id, String spec) {
    String command = spec.strip();
    String[] words = command.split("[ \t]+");
    List<String> lines = new ArrayList<>();
    try {
      Process process =
          new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
        String line;
        while ((line = out.readLine()) != null) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      return; // a program that cannot be started is not reported
    }
    lines(id, lines, "%s");
  }

  private void map(int id, String key, String target, int colon, String spec) {
    String name = "F" + in.names.display(id);
    String kind = colon < 0 ? target : target.substring(0, colon);
    if (kind.isEmpty()) {
      in.error(Code.BAD_CLASS_FILE, "fileclass: " + name + ": missing map class");
      return;
    }
    List<String> problems = new ArrayList<>();
    String scratch = "0fileclass";
    boolean declared =
        in.maps.declare(
            scratch + " " + kind + " " + (colon < 0 ? "" : target.substring(colon + 1)),
            (message, cause) -> problems.add(message));
    MapEntry map = in.maps.find(scratch);
    if (!declared || map == null) {
      in.error(
          Code.BAD_CLASS_FILE,
          problems.stream().anyMatch(p -> p.contains("not available"))
              ? "fileclass: " + name + ": class " + kind + " not available"
              : "fileclass: " + name + ": map open failed");
      return;
    }
    Query query = new Query();
    Answer answer = new Answer();
    query.start(in.macros, in.names, (m, c) -> problems.add(m)).key().append(key.strip());
    map.lookup(query, answer);
    if (answer.isTemporaryFailure()) {
      in.error(Code.BAD_CLASS_FILE, "fileclass: " + name + ": map lookup failed");
    } else if (answer.isFound()) {
      in.words(id, answer.value().toString());
    }
  }

  /** The part of C's scanf that class files use: one string conversion. */
  static final class Scanf {
    private Scanf() {}

    /** The one string that {@code format} takes from {@code text}, or null. */
    static @Nullable String scan(String text, String format) {
      String result = null;
      int t = 0;
      int f = 0;
      while (f < format.length()) {
        char c = format.charAt(f);
        if (isSpace(c)) {
          t = skip(text, t);
          f++;
          continue;
        }
        if (c != '%' || f + 1 >= format.length()) {
          if (t >= text.length() || text.charAt(t) != c) {
            return result;
          }
          t++;
          f++;
          continue;
        }
        f++;
        boolean suppressed = format.charAt(f) == '*';
        if (suppressed) {
          f++;
        }
        int width = 0;
        while (f < format.length() && Character.isDigit(format.charAt(f))) {
          width = width * 10 + format.charAt(f++) - '0';
        }
        if (f >= format.length()) {
          return result;
        }
        int most = width == 0 ? Integer.MAX_VALUE : width;
        int start;
        switch (format.charAt(f)) {
          case 's' -> {
            t = skip(text, t);
            start = t;
            while (t < text.length() && !isSpace(text.charAt(t)) && t - start < most) {
              t++;
            }
            f++;
          }
          case '[' -> {
            int close = format.indexOf(']', f + (format.startsWith("[^", f) ? 3 : 2));
            if (close < 0) {
              return result;
            }
            String set = format.substring(f + 1, close);
            start = t;
            while (t < text.length() && inSet(set, text.charAt(t)) && t - start < most) {
              t++;
            }
            f = close + 1;
          }
          case 'd', 'u', 'i' -> {
            return result;
          }
          default -> {
            return result;
          }
        }
        if (t == start) {
          return result;
        }
        if (!suppressed && result == null) {
          result = text.substring(start, t);
        }
      }
      return result;
    }

    private static boolean inSet(String set, char c) {
      boolean negate = set.startsWith("^");
      int i = negate ? 1 : 0;
      boolean in = false;
      for (; i < set.length(); i++) {
        if (i + 2 < set.length() && set.charAt(i + 1) == '-') {
          in |= c >= set.charAt(i) && c <= set.charAt(i + 2);
          i += 2;
        } else {
          in |= set.charAt(i) == c;
        }
      }
      return in != negate;
    }
  }
}
