package postern.smtp.client;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a peer's EHLO reply offers. Forgotten and asked anew after STARTTLS. */
record PeerExtensions(Map<String, String> keywords) {
  static final PeerExtensions NONE = new PeerExtensions(Map.of());

  PeerExtensions {
    keywords = Map.copyOf(keywords);
  }

  /** Reads the lines behind the first; keywords are matched whole, in any letter case. */
  static PeerExtensions of(Reply ehlo) {
    Map<String, String> keywords = new HashMap<>();
    List<String> lines = ehlo.lines();
    for (String line : lines.subList(1, lines.size())) {
      // AUTH=LOGIN is how some old servers write it
      String[] words = line.strip().replaceFirst("^(?i)AUTH=", "AUTH ").split("[ \\t]+", 2);
      keywords.merge(
          words[0].toUpperCase(Locale.ROOT),
          words.length > 1 ? words[1] : "",
          (a, b) -> (a + " " + b).strip());
    }
    return new PeerExtensions(keywords);
  }

  boolean has(String keyword) {
    return keywords.containsKey(keyword);
  }

  /** What stands behind the keyword, empty if nothing does. */
  String value(String keyword) {
    return keywords.getOrDefault(keyword, "");
  }

  /** The limit that SIZE announces, 0 if there is none (RFC 1870). */
  long size() {
    String value = keywords.getOrDefault("SIZE", "");
    boolean number =
        !value.isEmpty()
            && value.length() <= 18
            && value.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? Long.parseLong(value) : 0;
  }
}
