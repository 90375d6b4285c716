package postern.offline.replay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import postern.map.MapEntry;
import postern.map.Query;
import postern.offline.Decider;
import postern.offline.MapLine;
import postern.offline.MapLines;
import postern.offline.SessionRecord;
import postern.policy.TlsFacts;
import postern.text.Symbols;

/**
 * Puts stand-ins in place of words in addresses that the policy cannot tell from any other unknown
 * word: those that stand neither in a rule, a class, nor in a line of a map file, and nowhere else
 * in the session. Sessions that differ in such words only are alike and need one evaluation. An
 * evaluation that shows a stand-in to a map without lines (a pattern, a program, arithmetic) does
 * not count: {@link #isShownTo}.
 */
final class Disguise {
  private static final String BEGIN = "zqx";
  private static final int LONGEST = 200;

  private final Symbols symbols;
  private final boolean off;
  private final boolean plus;
  private final Set<String> words = new HashSet<>();

  /**
   * A session in disguise.
   *
   * @param record the session with stand-ins
   * @param originals what each stand-in stands for; empty if there are none
   */
  record Guise(SessionRecord record, List<String> originals) {
    /** {@code text} with the originals in it. */
    String reveal(String text) {
      String shown = text;
      for (int i = originals.size() - 1; i >= 0 && shown.contains(BEGIN); i--) {
        shown = shown.replace(standIn(i), originals.get(i));
      }
      return shown;
    }
  }

  Disguise(Decider decider) {
    symbols = decider.configuration().program().symbols();
    // Words must be what the tokenizer takes for tokens, or parts of such.
    String operators = decider.configuration().options().string("OperatorChars", ".:@[]");
    off =
        operators.indexOf('.') < 0
            || operators.indexOf('-') >= 0
            || operators.indexOf('_') >= 0
            || operators.indexOf('=') >= 0;
    plus = operators.indexOf('+') >= 0;
    for (MapEntry map : decider.configuration().program().maps().all()) {
      for (MapLine line : decider.lines().lines(map)) {
        addWords(line.key());
        addWords(line.value());
      }
    }
  }

  private void addWords(String text) {
    int from = -1;
    String lower = text.toLowerCase(Locale.ROOT);
    for (int i = 0; i <= lower.length(); i++) {
      boolean part = i < lower.length() && isPart(lower.charAt(i));
      if (part && from < 0) {
        from = i;
      } else if (!part && from >= 0) {
        words.add(lower.substring(from, i));
        from = -1;
      }
    }
  }

  private static boolean isPart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '=';
  }

  private static String standIn(int index) {
    return BEGIN + index + "x";
  }

  /** The session with stand-ins for words of its sender and its first recipient. */
  Guise of(SessionRecord record) {
    SessionRecord.Message message = record.message();
    String recipient = message.recipients().isEmpty() ? "" : message.recipients().get(0);
    List<String> originals = new ArrayList<>(4);
    String sender = replaced(message.sender(), record, originals);
    String to = replaced(recipient, record, originals);
    if (originals.isEmpty()) {
      return new Guise(record, List.of());
    }
    return new Guise(
        record.withMessage(
            new SessionRecord.Message(
                message.id(),
                sender,
                recipient.isEmpty() ? List.of() : List.of(to),
                message.parameters(),
                message.size())),
        originals);
  }

  /** The address with stand-ins; itself if it is of another form than {@code <a.b+c@d.e>}. */
  private String replaced(String address, SessionRecord record, List<String> originals) {
    int n = address.length();
    if (off || n < 3 || n > LONGEST || address.charAt(0) != '<' || address.charAt(n - 1) != '>') {
      return address;
    }
    for (int i = 1; i < n - 1; i++) {
      char c = address.charAt(i);
      if (!isPart(c) && c != '.' && c != '@' && !(c == '+' && plus)) {
        return address;
      }
    }
    if (address.contains(BEGIN)) {
      return address;
    }
    int before = originals.size();
    StringBuilder out = new StringBuilder(n);
    int from = 1;
    for (int i = 1; i < n; i++) {
      if (!isPart(address.charAt(i))) {
        out.append(address.charAt(from - 1));
        if (i > from) {
          String word = address.substring(from, i);
          int known = originals.indexOf(word);
          if (known < 0 && canHide(word, record)) {
            known = originals.size();
            originals.add(word);
          }
          out.append(known < 0 ? word : standIn(known));
        }
        from = i + 1;
      }
    }
    out.append('>');
    return originals.size() == before && out.indexOf(BEGIN) < 0 ? address : out.toString();
  }

  private boolean canHide(String word, SessionRecord record) {
    boolean digits = true;
    for (int i = 0; i < word.length() && digits; i++) {
      digits = word.charAt(i) >= '0' && word.charAt(i) <= '9';
    }
    if (digits) {
      return false;
    }
    String lower = word.toLowerCase(Locale.ROOT);
    if (words.contains(lower) || isSymbol(lower) || (!lower.equals(word) && isSymbol(word))) {
      return false;
    }
    TlsFacts tls = record.tls();
    return !holds(record.peer().name(), lower)
        && !holds(record.peer().ptr(), lower)
        && !holds(record.helo(), lower)
        && !holds(record.login().identity(), lower)
        && (tls == null
            || (!holds(tls.certSubject(), lower)
                && !holds(tls.certIssuer(), lower)
                && !holds(tls.cnSubject(), lower)
                && !holds(tls.cnIssuer(), lower)));
  }

  private boolean isSymbol(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.ISO_8859_1);
    return symbols.find(bytes, 0, bytes.length) != Symbols.NONE;
  }

  private static boolean holds(String text, String word) {
    int last = text.length() - word.length();
    for (int i = 0; i <= last; i++) {
      if (text.regionMatches(true, i, word, 0, word.length())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a stand-in is part of a question to a map whose answers may depend on its form. */
  static boolean isShownTo(MapEntry map, Query query) {
    switch (map.className()) {
      case "macro", "null", "dequote" -> {
        return false;
      }
      default -> {
        if (MapLines.hasLines(map)) {
          return false;
        }
      }
    }
    if (query.key().toString().contains(BEGIN)) {
      return true;
    }
    for (int i = 1; i <= query.arguments(); i++) {
      if (query.argument(i).toString().contains(BEGIN)) {
        return true;
      }
    }
    return false;
  }

  /** The ruling with the originals in its reply. */
  static Ruling reveal(Ruling ruling, Guise guise) {
    if (guise.originals().isEmpty() || !ruling.reply().contains(BEGIN)) {
      return ruling;
    }
    return new Ruling(
        ruling.kind(),
        ruling.hook(),
        guise.reveal(ruling.reply()),
        ruling.rule(),
        guise.reveal(ruling.entry()),
        ruling.alternatives(),
        ruling.recipientsRefused());
  }
}
