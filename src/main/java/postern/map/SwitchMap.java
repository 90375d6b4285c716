package postern.map;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Class {@code switch}: a sequence of maps {@code name.service}, the services taken from the
 * service switch file when the map is opened.
 */
final class SwitchMap extends SequenceMap {
  private final String name;
  private final String kind;
  private final Function<String, List<String>> services;
  private final MapFinder finder;

  /** Finds maps by name. */
  interface MapFinder {
    @Nullable MapEntry find(String name);
  }

  SwitchMap(String name, String kind, Function<String, List<String>> services, MapFinder finder) {
    super(List.of());
    this.name = name;
    this.kind = kind;
    this.services = services;
    this.finder = finder;
  }

  @Override
  public void open(Query.Problems problems) throws MapUnavailableException {
    List<MapEntry> members = new ArrayList<>();
    List<String> found = services.apply(kind);
    if (found.isEmpty()) {
      throw new MapUnavailableException("", "", true);
    }
    for (String service : found) {
      String wanted = name + "." + service;
      MapEntry member = finder.find(wanted);
      if (member == null) {
        problems.report("Switch map " + name + ": unknown member map " + wanted, "");
      } else {
        members.add(member);
      }
    }
    members(members);
  }
}
