package postern.offline.suite;

import java.util.List;
import java.util.Locale;

/** Results in the XML form that build servers read. */
public final class JUnitXml {
  private JUnitXml() {}

  /** One {@code testsuite} element for each file. */
  public static String of(List<SuiteRunner.Run> runs) {
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    long tests = runs.stream().mapToLong(r -> r.results().size()).sum();
    long failures = runs.stream().mapToLong(SuiteRunner.Run::failures).sum();
    out.append("<testsuites tests=\"%d\" failures=\"%d\">\n".formatted(tests, failures));
    for (SuiteRunner.Run run : runs) {
      String name = run.suite().file().toString();
      long nanos = run.results().stream().mapToLong(TestResult::nanos).sum();
      out.append(
          "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"0\" time=\"%s\">\n"
              .formatted(escape(name), run.results().size(), run.failures(), seconds(nanos)));
      for (TestResult result : run.results()) {
        PolicyTest test = result.test();
        out.append(
            "    <testcase classname=\"%s\" name=\"%s\" file=\"%s\" line=\"%d\" time=\"%s\""
                .formatted(
                    escape(test.title().isEmpty() ? name : test.title()),
                    escape(test.text() + " (line " + test.line() + ")"),
                    escape(name),
                    test.line(),
                    seconds(result.nanos())));
        if (result.passed()) {
          out.append("/>\n");
        } else {
          out.append(">\n      <failure message=\"")
              .append(escape("expected " + test.expectation() + ", got " + result.answer()))
              .append("\">")
              .append(escape(result.why()))
              .append("</failure>\n    </testcase>\n");
        }
      }
      out.append("  </testsuite>\n");
    }
    return out.append("</testsuites>\n").toString();
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.6f", nanos / 1e9);
  }

  /** Text for attributes and elements; characters that XML 1.0 does not know become {@code ?}. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\t', '\n', '\r' -> out.append("&#").append((int) c).append(';');
        default -> out.append(c < ' ' || Character.isSurrogate(c) || c > 0xfffd ? '?' : c);
      }
    }
    return out.toString();
  }
}
