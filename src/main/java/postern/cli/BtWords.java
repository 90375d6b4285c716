package postern.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** What can follow text that was typed in address test mode: commands and names. */
final class BtWords {
  private static final Map<String, String> VERBS =
      new java.util.TreeMap<>(
          Map.of(
              "/canon", "HOST: its canonical name",
              "/expand", "TEXT: with its macros replaced",
              "/map", "MAP KEY: one look-up",
              "/mx", "HOST: its mail exchangers",
              "/parse", "ADDRESS: mailer, host and user",
              "/quit", "ends",
              "/try", "MAILER ADDRESS: as the mailer would see it",
              "/tryflags", "[HE][SR]: which kind of address /try and /parse take"));
  private static final Map<String, String> OTHERS =
      new java.util.TreeMap<>(
          Map.of(
              ".D", "MACRO VALUE: defines a macro",
              ".C", "CLASS WORDS: adds to a class",
              ".plus", "on, warn or off: what sendmail has not",
              "=S", "RULESET: its rules",
              "=M", "all mailers",
              "$", "MACRO: its value",
              "$=", "CLASS: its members",
              "-d", "FLAGS: what is traced"));
  private static final Map<String, String> FLAGS =
      new java.util.TreeMap<>(
          Map.of(
              "0", "nothing",
              "21.2", "macros in rules",
              "21.4", "each rewriting",
              "21.12", "each rule that is tried",
              "21.15", "and its line and parameters",
              "21.35", "each step of the matcher",
              "22.12", "tokens of what is typed",
              "35.9", "macros that are set",
              "60.1", "look-ups in maps"));

  /**
   * A word that may stand there.
   *
   * @param text all of it, the part that is typed already included
   * @param about what it is, may be empty
   * @param isWhole whether a blank comes next
   */
  record Word(String text, String about, boolean isWhole) {}

  /** Names that the configuration has at this moment. */
  interface Names {
    /** Rule sets, without braces or signs. */
    List<String> ruleSets();

    /** Macros as they are typed behind {@code $}: {@code x} or {@code {name}}. */
    List<String> macros();

    /** Classes likewise. */
    List<String> classes();

    List<String> maps();

    List<String> mailers();
  }

  private final Names names;
  private final Supplier<Boolean> plus;

  /**
   * Words of a configuration.
   *
   * @param plus whether commands that sendmail has not are there
   */
  BtWords(Names names, Supplier<Boolean> plus) {
    this.names = names;
    this.plus = plus;
  }

  /** Where the word begins that ends {@code typed}. */
  static int start(String typed) {
    int first = 0;
    while (first < typed.length() && typed.charAt(first) == ' ') {
      first++;
    }
    String line = typed.substring(first);
    int blank = Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t'));
    if (blank >= 0) {
      return first + blank + 1;
    }
    boolean command = !line.isEmpty() && ".=-$/".indexOf(line.charAt(0)) >= 0;
    return first + (command ? 0 : line.lastIndexOf(',') + 1);
  }

  /** The words that may end {@code typed}, sorted. */
  List<Word> after(String typed) {
    int from = start(typed);
    String word = typed.substring(from);
    String before = typed.substring(0, from).strip();
    List<Word> words = new ArrayList<>();
    if (before.isEmpty()) {
      first(word, words);
    } else if (before.endsWith(",") && before.chars().noneMatch(BtWords::isBlank)) {
      ruleSets("", words);
    } else {
      argument(before.toLowerCase(Locale.ROOT), words);
    }
    words.removeIf(w -> !w.text().startsWith(word));
    return List.copyOf(words);
  }

  private static boolean isBlank(int c) {
    return c == ' ' || c == '\t';
  }

  private void first(String word, List<Word> words) {
    if (word.startsWith(".D")) {
      names.macros().forEach(name -> words.add(new Word(".D" + name, "", false)));
    } else if (word.startsWith(".C")) {
      names.classes().forEach(name -> words.add(new Word(".C" + name, "", false)));
    } else if (word.startsWith("=S")) {
      names.ruleSets().forEach(name -> words.add(new Word("=S" + name, "", false)));
    } else if (word.startsWith("$=")) {
      names.classes().forEach(name -> words.add(new Word("$=" + name, "", false)));
    } else if (word.startsWith("$")) {
      names.macros().forEach(name -> words.add(new Word("$" + name, "", false)));
    } else if (word.startsWith("-d")) {
      FLAGS.forEach((flag, about) -> words.add(new Word("-d" + flag, about, false)));
    } else {
      OTHERS.forEach((text, about) -> words.add(new Word(text, about, text.equals(".plus"))));
      if (plus.get()) {
        words.add(new Word(".facts", "FILE: sets the macros of TLS", true));
      }
      VERBS.forEach((text, about) -> words.add(new Word(text, about, !text.equals("/quit"))));
      ruleSets("", words);
    }
  }

  private void ruleSets(String sign, List<Word> words) {
    names.ruleSets().forEach(name -> words.add(new Word(sign + name, "", true)));
  }

  private void argument(String before, List<Word> words) {
    switch (before) {
      case "/map" -> names.maps().forEach(name -> words.add(new Word(name, "", true)));
      case "/try" -> names.mailers().forEach(name -> words.add(new Word(name, "", true)));
      case "/tryflags" -> {
        for (String flags : List.of("er", "es", "hr", "hs")) {
          words.add(new Word(flags, "", false));
        }
      }
      case ".plus" -> {
        words.add(new Word("off", "as sendmail reads it", false));
        words.add(new Word("on", "a typed $| is the delimiter", false));
        words.add(new Word("warn", "tells of a $| that is none", false));
      }
      default -> {
        // an address, a key, a value: anybody's guess
      }
    }
  }
}
