package postern.map;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The classes of maps, and what each makes of the text behind its name in a {@code K} line. */
final class MapClasses {
  private static final Set<String> KNOWN =
      Set.of(
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
          "syslog",
          "dns",
          "bestmx",
          "socket");

  /** Classes that need no file name. */
  private static final Set<String> OTHER_ARGUMENTS = Set.of("sequence", "ldap");

  private static final Set<String> FILELESS = Set.of("null", "user", "host", "bestmx");

  private final MapTable table;
  private final MapTable.Environment environment;

  MapClasses(MapTable table, MapTable.Environment environment) {
    this.table = table;
    this.environment = environment;
  }

  /** What can be used in place of a class that some sendmail has and we do not, or empty. */
  static String alternatives(String kind) {
    return switch (kind) {
      case "nis", "nisplus", "nis+", "ldap", "userdb", "hesiod", "ph", "netinfo", "nsd" ->
          "it needs a directory service; use a socket or program map that asks it, or a hash,"
              + " btree, cdb or text map with its content";
      case "dbm" -> "use hash, btree or cdb; makemap writes cdb";
      default -> "";
    };
  }

  static boolean isKnown(String kind) {
    return KNOWN.contains(kind);
  }

  /** The map of class {@code kind}, or null after an error that makes it unusable. */
  @Nullable LookupMap build(
      String kind, MapEntry entry, String arguments, Query.Problems problems) {
    MapFlags flags = entry.flags();
    String name = entry.shownName();
    return switch (kind) {
      case "macro" -> {
        firstFlag(arguments, flags);
        yield new MacroMap();
      }
      case "arith" -> {
        firstFlag(arguments, flags);
        yield new ArithMap();
      }
      case "dequote" -> {
        firstFlag(arguments, flags);
        yield new DequoteMap(flags);
      }
      case "arpa" -> {
        firstFlag(arguments, flags);
        yield new ArpaMap(flags);
      }
      case "regex" -> RegexMap.declare(arguments, flags, problems);
      case "sequence" -> sequence(name, arguments, problems);
      case "syslog" -> SyslogMap.declare(arguments, flags, problems);
      case "dns" ->
          DnsMap.declare(
              arguments, name, flags, environment.names(), environment.patience(), problems);
      case "host" -> {
        HostMap.readFlags(arguments, flags);
        yield new HostMap(flags, table.hostNames(), table.hostMemory(), table::hostMayBlock);
      }
      default -> generic(kind, name, flags, arguments, problems);
    };
  }

  private @Nullable LookupMap generic(
      String kind, String name, MapFlags flags, String arguments, Query.Problems problems) {
    flags.parse(arguments, name, environment.blankSubstitute().getAsInt(), problems);
    if (flags.file.isEmpty() && !FILELESS.contains(kind)) {
      problems.report("No file name for " + kind + " map " + name, "");
      return null;
    }
    return switch (kind) {
      case "null" -> new NullMap();
      case "bestmx" ->
          new BestMxMap(flags, environment.names(), table.exchangers(), environment.patience());
      case "socket" -> new SocketMap(name, flags, environment.eager());
      case "stab" -> new StabMap(flags);
      case "user" -> new UserMap(name, flags, Path.of("/etc/passwd"));
      case "switch" -> new SwitchMap(name, flags.file, environment.services(), table::find);
      case "program" -> {
        List<String> command = new ArrayList<>(List.of(flags.file));
        for (String word : flags.rest.split("[ \t]+", -1)) {
          if (!word.isEmpty()) {
            command.add(word);
          }
        }
        yield new ProgramMap(flags, command);
      }
      case "text" -> new TextMap(name, flags, environment.eager(), environment.safety());
      default ->
          new DatabaseMap(
              kind,
              name,
              flags,
              environment.eager(),
              environment.safety(),
              environment.textFallback());
    };
  }

  /** See {@link MapTable#readsAliases}. */
  static boolean readsAliases(
      String name, String kind, String arguments, int blank, Query.Problems problems) {
    if (OTHER_ARGUMENTS.contains(kind)) {
      return true;
    }
    MapFlags flags = new MapFlags();
    flags.parse(arguments, name, blank, problems);
    if (flags.file.isEmpty() && !FILELESS.contains(kind)) {
      problems.report("No file name for " + kind + " map " + name, "");
      return false;
    }
    return true;
  }

  /** The one flag that dequote and its kin honour; their keys keep their quotes. */
  private static void firstFlag(String arguments, MapFlags flags) {
    flags.keepQuotes = true;
    MapFlags.Words words = new MapFlags.Words(arguments);
    if (words.flag()) {
      switch (words.next()) {
        case 'a' -> flags.append = words.word();
        case 'D' -> flags.noDefer = true;
        case 's', 'S' -> flags.spaceSubstitute = Math.max(0, words.next());
        default -> {}
      }
    }
  }

  private LookupMap sequence(String name, String arguments, Query.Problems problems) {
    List<MapEntry> members = new ArrayList<>();
    int at = 0;
    while (at < arguments.length()) {
      at = MapFlags.skipSpace(arguments, at);
      int end = at;
      while (end < arguments.length() && MapTable.isNameCharacter(arguments.charAt(end))) {
        end++;
      }
      String member = arguments.substring(at, end);
      at = Math.min(arguments.length(), end + 1);
      while (at < arguments.length() && !MapTable.isAlphanumeric(arguments.charAt(at))) {
        at++;
      }
      if (end == at && member.isEmpty()) {
        break;
      }
      if (!member.isEmpty()) {
        member(name, member, members, problems);
      }
    }
    return new SequenceMap(members);
  }

  private void member(String name, String member, List<MapEntry> members, Query.Problems problems) {
    MapEntry found = table.find(member);
    if (found == null) {
      problems.report("Sequence map " + name + ": unknown member map " + member, "");
    } else if (members.size() >= SequenceMap.MAX_MEMBERS) {
      problems.report(
          "Sequence map " + name + ": too many member maps (" + SequenceMap.MAX_MEMBERS + " max)",
          "");
    } else {
      members.add(found);
    }
  }
}
