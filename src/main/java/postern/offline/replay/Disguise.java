package postern.offline.replay;

import java.util.ArrayList;
import java.util.List;
import postern.map.MapEntry;
import postern.map.Query;
import postern.offline.Decider;
import postern.offline.MapLines;
import postern.offline.SessionRecord;

/**
 * Puts stand-ins in place of words in addresses that the policy cannot tell from any other unknown
 * word: those that it has never heard of and that stand nowhere else in the session. Sessions that
 * differ in such words only are alike and need one evaluation. An evaluation that shows a stand-in
 * to a map without lines (a pattern, a program, arithmetic) does not count: {@link #isShownTo}.
 */
final class Disguise {
  private final Hiding hiding;

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
      for (int i = originals.size() - 1; i >= 0 && shown.contains(Hiding.BEGIN); i--) {
        shown = shown.replace(standIn(i), originals.get(i));
      }
      return shown;
    }
  }

  Disguise(Decider decider, PolicyWords words) {
    hiding = new Hiding(decider, words);
  }

  private static String standIn(int index) {
    return Hiding.BEGIN + index + "x";
  }

  /** The session with stand-ins for words of its sender and its first recipient. */
  Guise of(SessionRecord record) {
    SessionRecord.Message message = record.message();
    String recipient = message.recipients().isEmpty() ? "" : message.recipients().get(0);
    hiding.begin(record);
    hiding.look(message.sender());
    hiding.look(recipient);
    hiding.add(message.sender());
    int middle = hiding.length();
    hiding.add(recipient);
    if (!hiding.isHidingAny()) {
      return new Guise(record, List.of());
    }
    List<String> originals = new ArrayList<>(4);
    hiding.originals(originals);
    return new Guise(
        record.withMessage(
            new SessionRecord.Message(
                message.id(),
                hiding.text(0, middle),
                recipient.isEmpty() ? List.of() : List.of(hiding.text(middle, hiding.length())),
                message.parameters(),
                message.size())),
        originals);
  }

  /**
   * Sender and recipients as far as the policy can tell them from others, in one text: sessions
   * with equal texts that are alike in all other facts are answered alike. {@link #hidden} has what
   * is not in it.
   */
  String outline(SessionRecord record) {
    SessionRecord.Message message = record.message();
    List<String> recipients = message.recipients();
    hiding.begin(record);
    hiding.look(message.sender());
    for (int i = 0; i < recipients.size(); i++) {
      hiding.look(recipients.get(i));
    }
    hiding.add(message.sender());
    for (int i = 0; i < recipients.size(); i++) {
      hiding.append('\n');
      hiding.add(recipients.get(i));
    }
    return hiding.text(0, hiding.length());
  }

  /** The words that the last {@link #outline} does not show. */
  List<String> hidden() {
    List<String> words = new ArrayList<>();
    hiding.originals(words);
    return words;
  }

  /** Whether a stand-in is part of a question to a map whose answers may depend on its form. */
  static boolean isShownTo(MapEntry map, Query query) {
    switch (map.className()) {
      case "macro", "null", "dequote" -> {
        return false;
      }
      case "regex" -> {
        if (matchesNoWords(map.flags().rest())) {
          return false;
        }
      }
      default -> {
        if (MapLines.hasLines(map)) {
          return false;
        }
      }
    }
    if (query.key().toString().contains(Hiding.BEGIN)) {
      return true;
    }
    for (int i = 1; i <= query.arguments(); i++) {
      if (query.argument(i).toString().contains(Hiding.BEGIN)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether an expression like {@code [@%!]} only ever matches what stands between words: its
   * answer is then the same for any words. One that has letters, digits or signs that stand for
   * other characters may match words, too.
   */
  static boolean matchesNoWords(String pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (PolicyWords.isPart(c) || c > '~' || "^$.\\".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** The ruling with the originals in its reply. */
  static Ruling reveal(Ruling ruling, Guise guise) {
    if (guise.originals().isEmpty() || !ruling.reply().contains(Hiding.BEGIN)) {
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
