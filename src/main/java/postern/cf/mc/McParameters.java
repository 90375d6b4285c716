package postern.cf.mc;

import java.util.List;
import java.util.stream.Collectors;

/** Fills arguments into the body of a definition, as m4 does. */
final class McParameters {
  private McParameters() {}

  /** {@code $1}…{@code $9} and {@code $0}, {@code $#}, {@code $*}, {@code $@}; all else stays. */
  static String fill(String body, String name, List<String> arguments) {
    if (body.indexOf('$') < 0) {
      return body;
    }
    StringBuilder filled = new StringBuilder();
    int i = 0;
    while (i < body.length()) {
      char c = body.charAt(i++);
      char next = c == '$' && i < body.length() ? body.charAt(i) : 0;
      i++; // behind the letter of a parameter
      if (next == '0') {
        filled.append(name);
      } else if (next >= '1' && next <= '9') {
        int index = next - '1';
        filled.append(index < arguments.size() ? arguments.get(index) : "");
      } else if (next == '#') {
        filled.append(arguments.size());
      } else if (next == '*') {
        filled.append(String.join(",", arguments));
      } else if (next == '@') {
        filled.append(
            arguments.stream().map(text -> "`" + text + "'").collect(Collectors.joining(",")));
      } else {
        filled.append(c);
        i--; // that was none
      }
    }
    return filled.toString();
  }
}
