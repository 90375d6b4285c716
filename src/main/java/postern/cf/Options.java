package postern.cf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The options of a configuration: name to value, lists for those that collect. Immutable view for
 * everybody but the reader of the configuration; names are sendmail's, case does not matter, {@code
 * Timeout.starttls} and kin are names of their own.
 */
public final class Options {
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, List<String>> lists = new LinkedHashMap<>();

  Options() {}

  /** Options from name and value, for tests and tools. */
  public static Options of(Map<String, String> values) {
    Options options = new Options();
    values.forEach(options::put);
    return options;
  }

  void put(String name, String value) {
    values.put(key(name), value);
  }

  void add(String name, String value) {
    lists.computeIfAbsent(key(name), k -> new ArrayList<>()).add(value);
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Whether the configuration sets the option. */
  public boolean isSet(String name) {
    return values.containsKey(key(name)) || lists.containsKey(key(name));
  }

  /** The value, empty if it is not set. */
  public String string(String name) {
    return values.getOrDefault(key(name), "");
  }

  /** The value, {@code otherwise} if it is not set. */
  public String string(String name, String otherwise) {
    return values.getOrDefault(key(name), otherwise);
  }

  /** Every value of an option that may stand several times ({@code DaemonPortOptions}). */
  public List<String> list(String name) {
    return List.copyOf(lists.getOrDefault(key(name), List.of()));
  }

  /** The words of all lines of a collecting option ({@code PrivacyOptions}), lower case. */
  public List<String> words(String name) {
    List<String> words = new ArrayList<>();
    for (String value : lists.getOrDefault(key(name), List.of())) {
      for (String word : value.split("[ \t,]+")) {
        if (!word.isEmpty()) {
          words.add(word.toLowerCase(Locale.ROOT));
        }
      }
    }
    return words;
  }

  /** Empty or {@code t T y Y} is true. */
  public boolean bool(String name, boolean otherwise) {
    String value = values.get(key(name));
    if (value == null) {
      return otherwise;
    }
    return isTrue(value);
  }

  static boolean isTrue(String value) {
    return value.isEmpty() || "tTyY".indexOf(value.charAt(0)) >= 0;
  }

  /** C's {@code atoi}. */
  public int number(String name, int otherwise) {
    String value = values.get(key(name));
    return value == null
        ? otherwise
        : (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, atol(value)));
  }

  /** C's {@code atol}. */
  public long size(String name, long otherwise) {
    String value = values.get(key(name));
    return value == null ? otherwise : atol(value);
  }

  /** A time; a number alone takes the option's default unit. */
  public Duration time(String name, Duration otherwise) {
    String value = values.get(key(name));
    if (value == null) {
      return otherwise;
    }
    Option.Kind kind;
    if (key(name).startsWith("timeout.")) {
      kind = OptionTable.TIMEOUTS.getOrDefault(key(name).substring(8), Option.Kind.MINUTES);
    } else {
      Option option = OptionTable.byName(name);
      kind = option == null ? Option.Kind.SECONDS : option.kind();
    }
    return Duration.ofSeconds(seconds(value, kind, problem -> {}));
  }

  /**
   * Reads {@code 1h30m}.
   *
   * @param problem told of a unit that does not exist
   */
  static long seconds(String text, Option.Kind defaultUnit, Consumer<String> problem) {
    if (text.equalsIgnoreCase("now")) {
      return 0;
    }
    String value = text.startsWith("-") ? text.substring(1) : text;
    char fallback =
        switch (defaultUnit) {
          case WEEKS -> 'w';
          case DAYS -> 'd';
          case HOURS -> 'h';
          case MINUTES -> 'm';
          default -> 's';
        };
    long sum = 0;
    int i = 0;
    while (i < value.length()) {
      long n = 0;
      while (i < value.length() && value.charAt(i) >= '0' && value.charAt(i) <= '9') {
        n = Math.min(Integer.MAX_VALUE, n * 10 + value.charAt(i++) - '0');
      }
      char unit = i < value.length() ? value.charAt(i) : fallback;
      i++;
      switch (unit) {
        case 'w' -> sum += n * 604_800;
        case 'd' -> sum += n * 86_400;
        case 'h' -> sum += n * 3_600;
        case 'm' -> sum += n * 60;
        case 's' -> sum += n;
        default -> {
          problem.accept("Invalid time unit `" + value.charAt(i - 1) + "'");
          sum += unit(fallback) * n;
        }
      }
    }
    return text.startsWith("-") ? -sum : sum;
  }

  private static long unit(char letter) {
    return switch (letter) {
      case 'w' -> 604_800;
      case 'd' -> 86_400;
      case 'h' -> 3_600;
      case 'm' -> 60;
      default -> 1;
    };
  }

  static long atol(String text) {
    int i = 0;
    while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
      i++;
    }
    boolean negative = i < text.length() && text.charAt(i) == '-';
    if (i < text.length() && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
      i++;
    }
    long n = 0;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      n = Math.min(Long.MAX_VALUE / 16, n * 10 + text.charAt(i++) - '0');
    }
    return negative ? -n : n;
  }

  /** All names that are set, for listings. */
  public List<String> names() {
    List<String> names = new ArrayList<>(values.keySet());
    names.addAll(lists.keySet());
    return names;
  }
}
