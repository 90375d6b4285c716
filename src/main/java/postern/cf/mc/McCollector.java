package postern.cf.mc;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sorts what the {@link McExpander} finds: text into blocks, sendmail's words into a list. */
final class McCollector implements McExpander.Sink {
  /** Something called, or a word standing alone, at the beginning of a line. */
  private static final Pattern WORD = Pattern.compile("([A-Za-z_][A-Za-z0-9_]{2,})(\\(|(?=\\s*$))");

  private final List<McCall> calls = new ArrayList<>();
  private final List<McBlock> blocks = new ArrayList<>();
  private final List<McProblem> problems = new ArrayList<>();

  /** The block that text goes to; null for text outside of every block. */
  private McBlock.@Nullable Kind kind;

  private @Nullable McPlace opened;
  private boolean discarding;
  private final List<McBlock.Line> lines = new ArrayList<>();
  private final StringBuilder line = new StringBuilder();
  private @Nullable McPlace lineStart;

  void error(McPlace place, String message) {
    problems.add(new McProblem(place, true, message));
  }

  void warning(McPlace place, String message) {
    problems.add(new McProblem(place, false, message));
  }

  @Override
  public void text(String text, McPlace place) {
    int from = 0;
    for (int end; (end = text.indexOf('\n', from)) >= 0; from = end + 1) {
      append(text.substring(from, end), place);
      endLine();
    }
    append(text.substring(from), place);
  }

  private void append(String piece, McPlace place) {
    if (!piece.isEmpty()) {
      if (lineStart == null) {
        lineStart = place;
      }
      line.append(piece);
    }
  }

  private void endLine() {
    McPlace start = lineStart;
    if (start != null && !discarding) {
      check(line.toString(), start);
      lines.add(new McBlock.Line(line.toString(), start.file(), start.line()));
      if (opened == null) {
        opened = start;
      }
    }
    line.setLength(0);
    lineStart = null;
  }

  /** A word that nothing understands stays text; say so here, where its name is still known. */
  private void check(String text, McPlace place) {
    Matcher word = WORD.matcher(text);
    if (!word.lookingAt()) {
      return;
    }
    if (McWords.callable(word.group(1))) {
      if (word.group(2).isEmpty()) {
        error(place, word.group(1) + " needs arguments in brackets");
      }
      return; // a bracket that is never closed has been reported
    }
    String suggestion = McWords.suggestion(word.group(1));
    if (!suggestion.isEmpty() || (kind == null && word.group(2).equals("("))) {
      error(place, word.group(1) + " is no word of this language" + suggestion);
    }
  }

  /** A FEATURE, MAILER, RELAY_DOMAIN, … */
  void call(McCall call) {
    warnOfComment(call.word(), call.place());
    calls.add(call);
  }

  /** A LOCAL_CONFIG, LOCAL_RULESETS, …: the text from here on belongs to it. */
  void open(McBlock.Kind newKind, McPlace place) {
    warnOfComment(newKind.name(), place);
    endBlock();
    kind = newKind;
    opened = place;
    discarding = false;
  }

  /** {@code divert(-1)} drops text, {@code divert(0)} goes back to text outside of the blocks. */
  void divert(String number, McPlace place) {
    switch (number) {
      case "-1" -> {
        endBlock();
        discarding = true;
      }
      case "", "0" -> {
        endBlock();
        discarding = false;
      }
      default ->
          error(
              place,
              "divert(" + number + ") is not understood here: say LOCAL_CONFIG, LOCAL_RULESETS, …");
    }
  }

  private void warnOfComment(String word, McPlace place) {
    if (line.toString().stripLeading().startsWith("#")) {
      warning(
          place, "a # does not hide " + word + " from m4, it is obeyed: write dnl in front of it");
    }
  }

  private void endBlock() {
    endLine();
    if (kind == null) {
      lines.removeIf(at -> at.text().startsWith("#"));
    }
    lines.removeIf(at -> at.text().isBlank());
    McPlace place = opened;
    if (place != null && !lines.isEmpty()) {
      blocks.add(new McBlock(kind == null ? McBlock.Kind.LOCAL_CONFIG : kind, lines, place));
    }
    lines.clear();
    kind = null;
    opened = null;
  }

  /** Ends the last block and makes the model. */
  McFile finish(String name, Map<String, McDefine> definitions) {
    endBlock();
    List<McProblem> sorted = new ArrayList<>(problems);
    sorted.sort(
        Comparator.comparing((McProblem problem) -> !problem.place().file().equals(name))
            .thenComparing(problem -> problem.place().line())
            .thenComparing(problem -> problem.place().column()));
    return new McFile(name, definitions, calls, blocks, sorted);
  }
}
