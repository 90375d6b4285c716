package postern.offline.log;

/** Common names out of distinguished names, both in the form of sendmail's macros. */
final class Names {
  private static final String SLASH = "+5C/";
  private static final String PLUS = "+5C+2B";
  private static final String BYTE = "+5Cx";

  private Names() {}

  /** {@code ${cn_subject}} of {@code ${cert_subject}}: the first common name. */
  static String common(String distinguished) {
    int at = start(distinguished);
    if (at < 0) {
      return "BadCertificateUnknown";
    }
    StringBuilder out = new StringBuilder();
    int n = distinguished.length();
    while (at < n) {
      if (distinguished.startsWith(SLASH, at)) {
        out.append('/');
        at += SLASH.length();
      } else if (distinguished.startsWith(PLUS, at)) {
        out.append("+2B");
        at += PLUS.length();
      } else if (distinguished.startsWith(BYTE, at) && at + BYTE.length() + 2 <= n) {
        String hex = distinguished.substring(at + BYTE.length(), at + BYTE.length() + 2);
        if (hex.equals("00")) {
          return "BadCertificateContainsNUL";
        }
        out.append('+').append(hex);
        at += BYTE.length() + 2;
      } else if (distinguished.charAt(at) == '/' || attributeFollows(distinguished, at)) {
        break;
      } else {
        out.append(distinguished.charAt(at++));
      }
    }
    return out.toString();
  }

  /** Where the value of the first CN begins, or -1. */
  private static int start(String name) {
    int single = name.indexOf("/CN=");
    int joined = name.indexOf("+2BCN=");
    while (joined >= 3 && name.startsWith("+5C", joined - 3)) {
      joined = name.indexOf("+2BCN=", joined + 1);
    }
    while (single >= 3 && name.startsWith("+5C", single - 3)) {
      single = name.indexOf("/CN=", single + 1);
    }
    if (joined >= 0 && (single < 0 || joined < single)) {
      return joined + 6;
    }
    return single < 0 ? -1 : single + 4;
  }

  /** Whether a plus sign that joins attributes stands here: {@code +2BUID=}. */
  private static boolean attributeFollows(String name, int at) {
    if (!name.startsWith("+2B", at)) {
      return false;
    }
    for (int i = at + 3; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '=') {
        return i > at + 3;
      }
      if (!Character.isLetterOrDigit(c) && c != '.') {
        return false;
      }
    }
    return false;
  }
}
