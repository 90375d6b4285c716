package postern.map;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The maps of one configuration by name, and the reader of what stands behind the name in a {@code
 * K} line. Names and classes ignore case. Once the configuration is read only look-ups happen.
 */
public final class MapTable {
  private final Map<String, MapEntry> maps = new LinkedHashMap<>();
  private final Environment environment;

  /**
   * What maps need of the rest of the configuration.
   *
   * @param eager whether files are looked at before each look-up (address test mode) or when {@link
   *     MapTable#refresh} is called
   * @param hostsFile {@code HostsFile}
   * @param aliases file of the alias data base, empty if there is none
   * @param services the service names of {@code ServiceSwitchFile} for a kind of map
   */
  public record Environment(
      boolean eager,
      java.util.function.Supplier<Path> hostsFile,
      java.util.function.Supplier<String> aliases,
      java.util.function.Function<String, List<String>> services) {}

  public MapTable(Environment environment) {
    this.environment = environment;
    MapEntry host = new MapEntry("host");
    host.flags().append = ".";
    host.flags().noDefer = true;
    host.become(
        "host",
        new HostMap(
            host.flags(),
            new HostMap.HostNames() {
              @Override
              public @Nullable String canonical(String name, String domain) {
                return HostMap.files(environment.hostsFile().get()).canonical(name, domain);
              }

              @Override
              public @Nullable String reverse(String address) {
                return HostMap.files(environment.hostsFile().get()).reverse(address);
              }
            }));
    maps.put("host", host);
  }

  /** The map {@code name}, or null. */
  public @Nullable MapEntry find(String name) {
    return maps.get(name.toLowerCase(Locale.ROOT));
  }

  /** All maps in the order of their declaration. */
  public List<MapEntry> all() {
    return List.copyOf(maps.values());
  }

  /** Makes every map look at its file before its next answer. */
  public void refresh() {
    maps.values().forEach(MapEntry::refresh);
  }

  /** Canonical name of a host by the {@code host} map's sources, or null. */
  public @Nullable String canonicalHost(String name, String domain) {
    return HostFile.canonicalName(environment.hostsFile().get(), name, domain);
  }

  /**
   * Reads the text behind the {@code K} of a line, macros already expanded.
   *
   * @return whether a map was declared
   */
  public boolean declare(String line, Query.Problems problems) {
    int at = MapFlags.skipSpace(line, 0);
    int start = at;
    if (at >= line.length() || !isAlphanumeric(line.charAt(at))) {
      problems.report("readcf: config K line: no map name", "");
      return false;
    }
    while (at < line.length()
        && (isAlphanumeric(line.charAt(at)) || line.charAt(at) == '_' || line.charAt(at) == '.')) {
      at++;
    }
    String name = line.substring(start, at);
    // What directly follows the name is passed over, as any one separator would be.
    at = MapFlags.skipSpace(line, Math.min(line.length(), at + (at < line.length() ? 1 : 0)));
    start = at;
    if (at >= line.length() || !isAlphanumeric(line.charAt(at))) {
      problems.report("readcf: config K line, map " + name + ": no map class", "");
      return false;
    }
    while (at < line.length() && isAlphanumeric(line.charAt(at))) {
      at++;
    }
    String className = line.substring(start, at);
    at = MapFlags.skipSpace(line, Math.min(line.length(), at + (at < line.length() ? 1 : 0)));
    return declare(name, className, line.substring(at), problems);
  }

  private boolean declare(
      String name, String className, String arguments, Query.Problems problems) {
    String kind = className.toLowerCase(Locale.ROOT);
    if (!KNOWN.contains(kind)) {
      problems.report("readcf: map " + name + ": class " + className + " not available", "");
      return false;
    }
    MapEntry entry =
        maps.computeIfAbsent(name.toLowerCase(Locale.ROOT), lower -> new MapEntry(name));
    LookupMap map = build(kind, entry, arguments, problems);
    entry.become(kind, map);
    return map != null;
  }

  private static final List<String> KNOWN =
      List.of(
          "hash",
          "btree",
          "cdb",
          "text",
          "implicit",
          "null",
          "sequence",
          "switch",
          "macro",
          "arith",
          "dequote",
          "regex",
          "arpa",
          "user",
          "program",
          "host",
          "stab",
          "syslog");

  /** The map of class {@code kind}, or null after an error that makes it unusable. */
  private @Nullable LookupMap build(
      String kind, MapEntry entry, String arguments, Query.Problems problems) {
    MapFlags flags = entry.flags();
    String name = entry.name();
    return switch (kind) {
      case "macro" -> new MacroMap();
      case "arith" -> {
        firstFlag(arguments, problems, name);
        yield new ArithMap();
      }
      case "dequote" -> dequote(arguments, problems, name);
      case "arpa" -> {
        flags.parse(arguments, name, problems, false);
        yield new ArpaMap(flags.matchOnly, flags.append);
      }
      case "regex" -> RegexReader.read(entry, arguments, problems);
      case "sequence" -> sequence(name, arguments, problems);
      case "switch" -> switched(name, arguments);
      case "null", "stab", "host", "user", "syslog", "implicit" -> {
        flags.parse(arguments, name, problems, false);
        yield switch (kind) {
          case "host" -> new HostMap(flags, HostMap.files(environment.hostsFile().get()));
          case "user" -> new UserMap(name, flags, Path.of("/etc/passwd"));
          case "implicit" -> new DatabaseMap("hash", name, flags, environment.eager());
          default -> new NullMap();
        };
      }
      case "program" -> {
        boolean ok = flags.parse(arguments, name, named(problems, "program"), true);
        yield ok ? program(flags, arguments) : null;
      }
      default -> {
        boolean ok = flags.parse(arguments, name, named(problems, kind), true);
        yield !ok
            ? null
            : kind.equals("text")
                ? new TextMap(name, flags, environment.eager())
                : new DatabaseMap(kind, name, flags, environment.eager());
      }
    };
  }

  /** Fills the class into "No file name for %s map". */
  private static Query.Problems named(Query.Problems problems, String kind) {
    return (message, cause) -> problems.report(message.replace("%s", kind), cause);
  }

  private static LookupMap program(MapFlags flags, String arguments) {
    int at = arguments.indexOf(flags.file);
    return new ProgramMap(flags, List.of(arguments.substring(at).strip().split("[ \t]+")));
  }

  /** The one flag that these classes honour. */
  private static String firstFlag(String arguments, Query.Problems problems, String name) {
    int i = MapFlags.skipSpace(arguments, 0);
    if (i >= arguments.length() || arguments.charAt(i) != '-') {
      return "";
    }
    return MapFlags.word(arguments, i + 1);
  }

  private static LookupMap dequote(String arguments, Query.Problems problems, String name) {
    String flag = firstFlag(arguments, problems, name);
    int substitute = 0;
    String append = "";
    if (!flag.isEmpty()) {
      switch (flag.charAt(0)) {
        case 'a' -> append = flag.substring(1);
        case 's', 'S' -> substitute = flag.length() > 1 ? flag.charAt(1) : 0;
        default -> {}
      }
    }
    return new DequoteMap(substitute, append);
  }

  private LookupMap sequence(String name, String arguments, Query.Problems problems) {
    List<MapEntry> members = new ArrayList<>();
    for (String word : arguments.strip().split("[ \t\n]+")) {
      if (word.isEmpty()) {
        continue;
      }
      MapEntry member = find(word);
      if (member == null) {
        problems.report("Sequence map " + name + ": unknown member map " + word, "");
      } else {
        members.add(member);
      }
    }
    return new SequenceMap(members);
  }

  private LookupMap switched(String name, String arguments) {
    List<MapEntry> members = new ArrayList<>();
    String service = MapFlags.word(arguments, MapFlags.skipSpace(arguments, 0));
    for (String kind : environment.services().apply(service)) {
      MapEntry member = find(name + "." + kind);
      if (member != null) {
        members.add(member);
      }
    }
    return new SequenceMap(members);
  }

  static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** Reads {@code regex} declarations. */
  private static final class RegexReader {
    private RegexReader() {}

    static LookupMap read(MapEntry entry, String arguments, Query.Problems problems) {
      MapFlags flags = entry.flags();
      boolean negate = false;
      boolean keepCase = false;
      boolean basic = false;
      boolean groups = false;
      String list = "";
      String delimiter = "\u009b";
      int i = 0;
      while (true) {
        i = MapFlags.skipSpace(arguments, i);
        if (i >= arguments.length() || arguments.charAt(i) != '-') {
          break;
        }
        i++;
        String word = MapFlags.word(arguments, i);
        char letter = word.isEmpty() ? 0 : word.charAt(0);
        String rest = word.isEmpty() ? "" : word.substring(1);
        switch (letter) {
          case 'n' -> negate = true;
          case 'f' -> keepCase = true;
          case 'b' -> basic = true;
          case 's' -> {
            groups = true;
            list = rest;
          }
          case 'd' -> delimiter = rest;
          case 'a' -> flags.append = rest;
          case 'm' -> flags.matchOnly = true;
          case 'q' -> flags.keepQuotes = true;
          case 'S' -> flags.spaceSubstitute = rest.isEmpty() ? 0 : rest.charAt(0);
          case 'D' -> flags.noDefer = true;
          default -> {}
        }
        i += word.length();
      }
      String text = arguments.substring(i);
      Pattern pattern = null;
      int[] wanted = {0};
      try {
        pattern = PosixPattern.compile(text, basic, keepCase);
        int count = pattern.groupCount();
        if (groups) {
          if (count > RegexMap.MAX_SUBSTRINGS) {
            problems.report("too many substrings, " + RegexMap.MAX_SUBSTRINGS + " max", "");
          }
          if (list.isEmpty()) {
            wanted = new int[count + 1];
            for (int k = 0; k <= count; k++) {
              wanted[k] = k;
            }
          } else {
            wanted = RegexMap.parseFields(list, count, problems);
          }
        }
      } catch (PatternSyntaxException e) {
        problems.report("pattern-compile-error: " + PosixPattern.words(e), "");
      }
      return new RegexMap(
          pattern, negate, flags.matchOnly, groups, wanted, delimiter, flags.append);
    }
  }
}
