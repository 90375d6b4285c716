package postern.offline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value of a {@code TLS_Clt:}, {@code TLS_Srv:} or {@code TLS_Rcpt:} entry, read the way the
 * rule sets of sendmail 8.17 and of postern.cf read it:
 *
 * <pre>
 * [PERM+ | TEMP+] ( VERIFY[:bits] | ENCR:bits ) [+ext[++ext ...]]
 * </pre>
 *
 * Whatever is not of this form requires nothing.
 *
 * @param code {@code PERM}, {@code TEMP} or empty
 * @param verify whether the peer's certificate must be verified
 * @param bits least number of secret bits as it is written, empty for none
 * @param extensions what the certificate must say, in order
 */
public record Requirement(String code, boolean verify, String bits, List<Extension> extensions) {
  private static final Pattern CODE =
      Pattern.compile("(PERM|TEMP)\\s*\\+\\s*(.+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern BASE =
      Pattern.compile(
          "(VERIFY|ENCR)(?:\\s*:\\s*([^\\s:+./@%!^\\[\\]]+))?\\s*(?:\\+\\s*(.+))?",
          Pattern.CASE_INSENSITIVE);

  /**
   * One extension.
   *
   * @param kind upper-case {@code CN}, {@code CS}, {@code CI}, {@code CITAG}; else the text itself,
   *     which requires nothing
   * @param name what is behind the colon, empty if there is nothing
   */
  public record Extension(String kind, String name) {
    /** Whether rules know it. */
    public boolean isKnown() {
      return switch (kind) {
        case "CN" -> true;
        case "CS", "CI", "CITAG" -> !name.isEmpty();
        default -> false;
      };
    }
  }

  public Requirement {
    extensions = List.copyOf(extensions);
  }

  /** Reads {@code value}; null if it requires nothing. */
  public static @Nullable Requirement parse(String value) {
    String rest = value.strip();
    String code = "";
    Matcher coded = CODE.matcher(rest);
    if (coded.matches()) {
      code = coded.group(1).toUpperCase(Locale.ROOT);
      rest = coded.group(2);
    }
    Matcher base = BASE.matcher(rest);
    if (!base.matches()) {
      return null;
    }
    boolean verify = base.group(1).equalsIgnoreCase("VERIFY");
    String bits = base.group(2) == null ? "" : base.group(2);
    if (!verify && bits.isEmpty()) {
      return null;
    }
    List<Extension> extensions = new ArrayList<>();
    if (base.group(3) != null) {
      for (String part : base.group(3).split("\\+\\s*\\+", -1)) {
        extensions.add(extension(part.strip()));
      }
    }
    return new Requirement(code, verify, bits, extensions);
  }

  private static Extension extension(String text) {
    int colon = text.indexOf(':');
    String kind = (colon < 0 ? text : text.substring(0, colon)).strip().toUpperCase(Locale.ROOT);
    String name = colon < 0 ? "" : text.substring(colon + 1).strip();
    boolean emptyName = colon >= 0 && name.isEmpty();
    return switch (kind) {
      case "CN", "CS", "CI", "CITAG" ->
          emptyName ? new Extension(text, "") : new Extension(kind, name);
      default -> new Extension(text, "");
    };
  }

  /** The bits as a number, as the rules compare them: 0 for what is none. */
  public int leastBits() {
    return bits.matches("[0-9]{1,9}") ? Integer.parseInt(bits) : 0;
  }

  /** What it wants, in words: {@code a verified certificate and 256 bits or more}. */
  public String words() {
    List<String> wants = new ArrayList<>();
    if (verify) {
      wants.add("a verified certificate");
    }
    if (leastBits() > 0) {
      wants.add((verify ? "" : "encryption with ") + leastBits() + " bits or more");
    }
    for (Extension extension : extensions) {
      if (extension.isKnown()) {
        wants.add(words(extension));
      }
    }
    return wants.isEmpty() ? "nothing" : Words.list(wants);
  }

  private static String words(Extension extension) {
    return switch (extension.kind()) {
      case "CN" ->
          extension.name().isEmpty()
              ? "a certificate for the peer's own name"
              : "a certificate for " + extension.name();
      case "CS" -> "a certificate for " + extension.name();
      case "CI" -> "a certificate from " + extension.name();
      default -> "a certificate from an issuer listed as " + extension.name() + ":";
    };
  }
}
