package postern.offline.lint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The sections of docs/diagnostics.md, which is part of the program. */
public final class CodePages {
  private static final String HEADING = "### ";

  private CodePages() {}

  private static String text() throws IOException {
    try (InputStream in = CodePages.class.getResourceAsStream("diagnostics.md")) {
      if (in == null) {
        throw new IOException("this program was built without docs/diagnostics.md");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** All codes in the order of the page. */
  public static List<String> codes() throws IOException {
    List<String> codes = new ArrayList<>();
    text()
        .lines()
        .filter(line -> line.startsWith(HEADING))
        .forEach(line -> codes.add(line.substring(HEADING.length()).strip()));
    return codes;
  }

  /** The section on {@code code} in any case, or null if there is no such code. */
  public static @Nullable String section(String code) throws IOException {
    StringBuilder section = new StringBuilder();
    boolean inside = false;
    for (String line : text().split("\n", -1)) {
      if (line.startsWith("#")) {
        inside = line.strip().equals(HEADING + code.toUpperCase(Locale.ROOT));
      }
      if (inside) {
        section.append(line.startsWith(HEADING) ? line.substring(HEADING.length()) : line);
        section.append('\n');
      }
    }
    return section.isEmpty() ? null : section.toString().stripTrailing() + "\n";
  }
}
