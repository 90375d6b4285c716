package postern.map;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Type;
import postern.map.dns.NameService;
import postern.map.dns.NameService.Outcome;
import postern.map.dns.NameService.Patience;

/** Names and addresses of hosts, from the sources that the service switch names, in its order. */
final class HostNames {
  private final Supplier<List<String>> services;
  private final HostFile hostsFile;

  // Addresses are looked up here and not in the file of the option: sendmail leaves them to the C
  // library.
  private final HostFile systemFile;

  private final NameService names;
  private final Supplier<Patience> patience;

  /**
   * What the sources say.
   *
   * @param name what was found, or null
   * @param unknown nothing was found, but a source could not tell
   */
  record Found(@Nullable String name, boolean unknown) {
    static final Found NOTHING = new Found(null, false);
  }

  HostNames(
      Supplier<List<String>> services,
      HostFile hostsFile,
      HostFile systemFile,
      NameService names,
      Supplier<Patience> patience) {
    this.services = services;
    this.hostsFile = hostsFile;
    this.systemFile = systemFile;
    this.names = names;
    this.patience = patience;
  }

  private interface Source {
    Found ask();
  }

  private Found search(Source files, Source dns) {
    boolean unknown = false;
    for (String service : services.get()) {
      Found found =
          switch (service) {
            case "files" -> files.ask();
            case "dns" -> dns.ask();
            default -> Found.NOTHING;
          };
      if (found.name() != null) {
        return found;
      }
      unknown |= found.unknown();
    }
    return new Found(null, unknown);
  }

  /** The canonical name; {@code domain} is put behind a name without a dot. */
  Found canonical(String name, String domain) {
    return search(
        () -> new Found(hostsFile.canonicalName(name, domain), false),
        () -> canonicalByDns(name, domain));
  }

  /** The name of an address, without brackets. */
  Found reverse(String address) {
    return search(() -> new Found(systemFile.nameOf(address), false), () -> reverseByDns(address));
  }

  /** A name is one if it has an address or a mail exchanger; an alias gives way to its target. */
  private Found canonicalByDns(String name, String domain) {
    String full = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (full.isEmpty()) {
      return Found.NOTHING;
    }
    if (full.indexOf('.') < 0) {
      if (domain.isEmpty()) {
        return Found.NOTHING;
      }
      full = full + "." + domain;
    }
    boolean unknown = false;
    for (int type : new int[] {Type.A, Type.AAAA, Type.MX}) {
      NameService.Reply reply = names.ask(full, type, patience.get());
      if (reply.outcome() == Outcome.FOUND) {
        return new Found(owner(reply.records().get(0), full), false);
      }
      if (reply.outcome() == Outcome.NO_NAME) {
        return Found.NOTHING;
      }
      unknown |= reply.outcome() == Outcome.UNKNOWN;
    }
    return new Found(null, unknown);
  }

  private static String owner(Record record, String asked) {
    String owner = record.getName().toString(true);
    return owner.equalsIgnoreCase(asked) ? asked : owner;
  }

  private Found reverseByDns(String address) {
    byte[] four = Addresses.parse4(address);
    byte[] bytes = four != null ? four : Addresses.parse6(address);
    if (bytes == null) {
      return Found.NOTHING;
    }
    Name name = ReverseMap.fromAddress(bytes);
    NameService.Reply reply = names.ask(name.toString(true), Type.PTR, patience.get());
    for (Record record : reply.records()) {
      if (record instanceof PTRRecord pointer) {
        return new Found(pointer.getTarget().toString(true), false);
      }
    }
    return new Found(null, reply.outcome() == Outcome.UNKNOWN);
  }
}
