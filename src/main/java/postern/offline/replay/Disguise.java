package postern.offline.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import postern.map.MapEntry;
import postern.map.Query;
import postern.offline.Decider;
import postern.offline.MapLines;
import postern.offline.SessionRecord;
import postern.policy.TlsFacts;

/**
 * Puts stand-ins in place of words in addresses that the policy cannot tell from any other unknown
 * word: {@linkplain Addresses strange} ones that stand nowhere else in the session. Sessions that
 * differ in such words only are alike and need one evaluation. An evaluation that shows a stand-in
 * to a map without lines (a pattern, a program, arithmetic) does not count: {@link #isShownTo}.
 */
final class Disguise {
  private static final String BEGIN = "zqx";
  private static final int LOWER_KEPT = 1 << 13;

  private final Addresses addresses;
  private final StringBuilder text = new StringBuilder();

  /** Other texts of the session at hand, in lower case. */
  private final List<String> others = new ArrayList<>(8);

  private final String[] lowerOf = new String[LOWER_KEPT];
  private final String[] lower = new String[LOWER_KEPT];

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
    addresses = new Addresses(decider);
  }

  private static String standIn(int index) {
    return BEGIN + index + "x";
  }

  /** The session with stand-ins for words of its sender and its first recipient. */
  Guise of(SessionRecord record) {
    SessionRecord.Message message = record.message();
    String recipient = message.recipients().isEmpty() ? "" : message.recipients().get(0);
    if (!begin(record) || hasStandIns(message.sender()) || hasStandIns(recipient)) {
      return new Guise(record, List.of());
    }
    List<String> originals = new ArrayList<>(4);
    text.setLength(0);
    append(addresses.of(message.sender()), originals);
    int middle = text.length();
    append(addresses.of(recipient), originals);
    if (originals.isEmpty()) {
      return new Guise(record, List.of());
    }
    return new Guise(
        record.withMessage(
            new SessionRecord.Message(
                message.id(),
                text.substring(0, middle),
                recipient.isEmpty() ? List.of() : List.of(text.substring(middle)),
                message.parameters(),
                message.size())),
        originals);
  }

  /**
   * Sender and recipients as far as the policy can tell them from others, in one text: sessions
   * with equal texts that are alike in all other facts are answered alike.
   *
   * @param originals takes the words that are not in the text
   */
  String outline(SessionRecord record, List<String> originals) {
    SessionRecord.Message message = record.message();
    boolean hiding = begin(record) && !hasStandIns(message.sender());
    for (int i = 0; i < message.recipients().size() && hiding; i++) {
      hiding = !hasStandIns(message.recipients().get(i));
    }
    text.setLength(0);
    put(message.sender(), hiding, originals);
    for (int i = 0; i < message.recipients().size(); i++) {
      text.append('\n');
      put(message.recipients().get(i), hiding, originals);
    }
    return text.toString();
  }

  private void put(String address, boolean hiding, List<String> originals) {
    if (hiding) {
      append(addresses.of(address), originals);
    } else {
      text.append(address);
    }
  }

  private static boolean hasStandIns(String address) {
    return address.contains(BEGIN);
  }

  /** Collects the texts that words must not be part of; false if one of them has stand-ins. */
  private boolean begin(SessionRecord record) {
    others.clear();
    boolean clean = other(record.peer().name());
    if (!record.peer().ptr().equals(record.peer().name())) {
      clean &= other(record.peer().ptr());
    }
    if (!record.helo().equals(record.peer().name())) {
      clean &= other(record.helo());
    }
    clean &= other(record.login().identity());
    TlsFacts tls = record.tls();
    if (tls != null) {
      clean &= other(tls.certSubject());
      clean &= other(tls.certIssuer());
      clean &= other(tls.cnSubject());
      clean &= other(tls.cnIssuer());
    }
    return clean;
  }

  private boolean other(String value) {
    if (value.isEmpty()) {
      return true;
    }
    String small = lower(value);
    others.add(small);
    return !small.contains(BEGIN);
  }

  private String lower(String value) {
    int slot = value.hashCode() & LOWER_KEPT - 1;
    if (value.equals(lowerOf[slot])) {
      return lower[slot];
    }
    lowerOf[slot] = value;
    lower[slot] = value.toLowerCase(Locale.ROOT);
    return lower[slot];
  }

  private void append(Addresses.Address address, List<String> originals) {
    String[] strange = address.strange();
    int from = 0;
    for (int i = 0; i < strange.length; i++) {
      String word = strange[i];
      int known = originals.indexOf(word);
      if (known < 0 && canHide(address.lower()[i], originals)) {
        known = originals.size();
        originals.add(word);
      }
      if (known >= 0) {
        int begin = address.begins()[i];
        text.append(address.text(), from, begin).append(BEGIN).append(known).append('x');
        from = begin + word.length();
      }
    }
    text.append(address.text(), from, address.text().length());
  }

  private boolean canHide(String word, List<String> originals) {
    for (int i = 0; i < others.size(); i++) {
      if (others.get(i).contains(word)) {
        return false;
      }
    }
    for (int i = 0; i < originals.size(); i++) {
      if (originals.get(i).equalsIgnoreCase(word)) {
        return false; // the same word to most rules, in other letters
      }
    }
    return true;
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
