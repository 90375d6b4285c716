package postern.map;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postern.map.dns.NameService;

/**
 * The maps of one configuration by name. Names and classes ignore case. Once the configuration is
 * read only look-ups happen.
 */
public final class MapTable {
  private static final Path SYSTEM_HOSTS = Path.of("/etc/hosts");

  private final Map<String, MapEntry> maps = new LinkedHashMap<>();
  private final Environment environment;
  private final MapClasses classes;
  private final HostNames hostNames;
  private final HostMap.Memory hostMemory;
  private boolean hostAsked;

  /**
   * What maps need of the rest of the configuration.
   *
   * @param eager whether files are looked at before each look-up (address test mode) or when {@link
   *     MapTable#refresh} is called
   * @param safety which files may be read
   * @param hostsFile {@code HostsFile}
   * @param services the service names of {@code ServiceSwitchFile} for a kind of map
   * @param blankSubstitute {@code BlankSub} at this moment
   * @param textFallback {@code MapTextFallback}
   * @param names name servers
   * @param patience how long to wait for them
   */
  public record Environment(
      boolean eager,
      FileSafety safety,
      Supplier<Path> hostsFile,
      Function<String, List<String>> services,
      IntSupplier blankSubstitute,
      BooleanSupplier textFallback,
      NameService names,
      Supplier<NameService.Patience> patience) {}

  public MapTable(Environment environment) {
    this.environment = environment;
    hostNames =
        new HostNames(
            () -> environment.services().apply("hosts"),
            new HostFile(environment.hostsFile(), environment.eager()),
            new HostFile(() -> SYSTEM_HOSTS, environment.eager()),
            environment.names(),
            environment.patience());
    hostMemory = new HostMap.Memory(environment.eager() ? HostMap.MOST_REMEMBERED : 0);
    classes = new MapClasses(this, environment);
  }

  /**
   * Declares the maps that exist without a {@code K} line, unless there is one; called when the
   * configuration has been read.
   *
   * @param level level of the {@code V} line
   */
  public void declareBuiltIn(int level) {
    builtIn("host", "host", level >= 2 ? "-a. -D" : "");
    if (environment.services().apply("aliases").contains("files")) {
      builtIn("aliases.files", "null", "");
    }
    builtIn("aliases", "switch", "aliases");
    if (environment.services().apply("passwd").contains("files")) {
      builtIn("users.files", "user", "");
    }
    builtIn("users", "switch", "passwd");
  }

  private void builtIn(String name, String kind, String arguments) {
    if (find(name) == null) {
      declare(name, kind, arguments, Query.Problems.SILENT);
    }
  }

  /** The map {@code name}, or null. */
  public @Nullable MapEntry find(String name) {
    return maps.get(name.toLowerCase(Locale.ROOT));
  }

  /** All maps in the order of their declaration. */
  public List<MapEntry> all() {
    return List.copyOf(maps.values());
  }

  /** Makes every map look whether its file has changed, and read it if so. May block. */
  public void refresh() {
    maps.values().forEach(MapEntry::refresh);
  }

  /** What is wrong with the texts that maps are read from. May block. */
  public List<FileFault> check() {
    List<FileFault> faults = new ArrayList<>();
    maps.values().forEach(entry -> faults.addAll(entry.check()));
    return faults;
  }

  /**
   * What was wrong with texts that changed since the last call. A map whose new text has an error
   * goes on with the old one.
   */
  public List<FileFault> takeFaults() {
    List<FileFault> faults = new ArrayList<>();
    maps.values().forEach(entry -> faults.addAll(entry.takeFaults()));
    return faults;
  }

  /** Canonical name of a host by the {@code host} map's sources, or null. May block. */
  public @Nullable String canonicalHost(String name, String domain) {
    return hostNames.canonical(name, domain).name();
  }

  /** The search for hosts that take mail for a domain. */
  public MailExchangers exchangers() {
    return new MailExchangers(
        hostNames,
        () -> environment.services().apply("hosts").contains("dns"),
        environment.names(),
        environment.patience());
  }

  /** A rule may ask the {@code host} map. */
  public void hostIsAsked() {
    hostAsked = true;
  }

  /** Whether asking the {@code host} map may mean to wait for name servers. */
  boolean hostMayBlock() {
    return hostAsked && environment.services().apply("hosts").contains("dns");
  }

  HostNames hostNames() {
    return hostNames;
  }

  HostMap.Memory hostMemory() {
    return hostMemory;
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
    while (at < line.length() && isNameCharacter(line.charAt(at))) {
      at++;
    }
    String name = line.substring(start, at);
    // What directly follows the name is passed over, as any one separator would be.
    at = MapFlags.skipSpace(line, Math.min(line.length(), at + 1));
    start = at;
    if (at >= line.length() || !isAlphanumeric(line.charAt(at))) {
      problems.report("readcf: config K line, map " + name + ": no map class", "");
      return false;
    }
    while (at < line.length() && isAlphanumeric(line.charAt(at))) {
      at++;
    }
    String className = line.substring(start, at);
    at = MapFlags.skipSpace(line, Math.min(line.length(), at + 1));
    return declare(name, className, line.substring(at), problems);
  }

  private boolean declare(
      String name, String className, String arguments, Query.Problems problems) {
    String kind = className.toLowerCase(Locale.ROOT);
    if (!MapClasses.isKnown(kind)) {
      problems.report("readcf: map " + name + ": class " + className + " not available", "");
      return false;
    }
    MapEntry entry =
        maps.computeIfAbsent(name.toLowerCase(Locale.ROOT), lower -> new MapEntry(name));
    entry.shownName(name);
    LookupMap map = classes.build(kind, entry, arguments, problems);
    entry.become(kind, map);
    return map != null;
  }

  /**
   * Makes a map that no look-up can name, for one use.
   *
   * @return null after a fault
   */
  public @Nullable MapEntry scratch(
      String name, String className, String arguments, Query.Problems problems) {
    String kind = className.toLowerCase(Locale.ROOT);
    if (!MapClasses.isKnown(kind)) {
      return null;
    }
    MapEntry entry = new MapEntry(name);
    LookupMap map = classes.build(kind, entry, arguments, problems);
    entry.become(kind, map);
    return map == null ? null : entry;
  }

  /**
   * Reads what {@code AliasFile} says of one file, as a map of class {@code kind} would.
   *
   * @return whether it can be a map
   */
  public boolean readsAliases(String name, String kind, String arguments, Query.Problems problems) {
    return MapClasses.readsAliases(
        name, kind, arguments, environment.blankSubstitute().getAsInt(), problems);
  }

  /** Whether there is such a class. */
  public static boolean isClass(String className) {
    return MapClasses.isKnown(className.toLowerCase(Locale.ROOT));
  }

  /** What can be used in place of a class that does not exist here; empty for any other name. */
  public static String alternatives(String className) {
    return MapClasses.alternatives(className.toLowerCase(Locale.ROOT));
  }

  static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  static boolean isNameCharacter(int c) {
    return isAlphanumeric(c) || c == '_' || c == '.';
  }
}
