package postern.offline.lint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import postern.cf.Configuration;
import postern.map.MapEntry;
import postern.offline.MapLine;
import postern.offline.MapLines;
import postern.offline.Requirement;
import postern.source.SourceText;
import postern.source.Span;

/** Lines of access maps that do not do what they seem to say. */
final class AccessLints {
  private static final int STRONGEST = 256;
  private static final Set<String> REQUIREMENT_TAGS = Set.of("tls_clt", "tls_srv", "tls_rcpt");
  private static final Set<String> HOST_TAGS =
      Set.of(
          "tls_clt",
          "tls_srv",
          "try_tls",
          "srv_features",
          "clt_features",
          "tls_srv_features",
          "tls_clt_features",
          "connect");
  private static final Pattern NETWORK = Pattern.compile("[0-9.]+/[0-9.]+");

  private final Configuration configuration;
  private final MapLines lines;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, SourceText> files = new HashMap<>();

  AccessLints(Configuration configuration, MapLines lines) {
    this.configuration = configuration;
    this.lines = lines;
  }

  /** The map files that were looked at, by name. */
  Map<String, SourceText> files() {
    return files;
  }

  List<Finding> run() {
    for (MapEntry map : configuration.program().maps().all()) {
      if (map.name().equalsIgnoreCase("access") && MapLines.hasLines(map)) {
        try {
          SourceText text = SourceText.read(MapLines.file(map));
          files.put(text.name(), text);
          new OneFile(text, lines.lines(map)).run();
        } catch (IOException e) {
          // a missing file has its own finding
        }
      }
    }
    return findings;
  }

  /** One access file. */
  private final class OneFile {
    private final SourceText text;
    private final List<MapLine> entries;
    private final Map<String, MapLine> byKey = new HashMap<>();
    private final Set<String> words = Programs.words(configuration.program());
    private final boolean compressed =
        configuration.options().bool("UseCompressedIPv6Addresses", false);

    OneFile(SourceText text, List<MapLine> entries) {
      this.text = text;
      this.entries = entries;
      for (MapLine entry : entries) {
        byKey.putIfAbsent(entry.key().toLowerCase(Locale.ROOT), entry);
        Requirement requirement = Requirement.parse(entry.value());
        if (requirement != null) {
          for (Requirement.Extension extension : requirement.extensions()) {
            if (extension.kind().equals("CITAG")) {
              words.add(extension.name().toLowerCase(Locale.ROOT));
            }
          }
        }
      }
    }

    void run() {
      for (MapLine entry : entries) {
        if (entry.value().isEmpty()) {
          continue; // has a finding of its own
        }
        int colon = entry.key().indexOf(':');
        String tag = colon < 0 ? "" : entry.key().substring(0, colon).toLowerCase(Locale.ROOT);
        String rest = entry.key().substring(colon + 1);
        if (!tag.isEmpty() && !tag.equals("ipv6") && !words.contains(tag)) {
          key(
              LintCode.UNKNOWN_TAG,
              entry,
              "no rule looks for keys with the tag " + entry.key().substring(0, colon));
        } else if (HOST_TAGS.contains(tag)) {
          host(entry, rest);
        }
        value(entry, tag);
        shadow(entry, tag, rest);
      }
    }

    /** An entry that says what the one of its parent says already. */
    private void shadow(MapLine entry, String tag, String host) {
      if (!HOST_TAGS.contains(tag) || host.isEmpty()) {
        return;
      }
      for (String parent : parents(host.toLowerCase(Locale.ROOT))) {
        MapLine above = byKey.get(tag + ":" + parent);
        if (above != null && above.line() != entry.line()) {
          if (above.value().equalsIgnoreCase(entry.value())) {
            key(
                LintCode.SHADOWED_KEY,
                entry,
                "line %d, `%s`, says the same for this one already"
                    .formatted(above.line(), above.key()));
          }
          return; // the nearest one counts
        }
      }
    }

    /** The keys that are asked for after {@code host}, up to the bare tag. */
    private List<String> parents(String host) {
      List<String> parents = new ArrayList<>();
      boolean v6 = host.startsWith("ipv6:");
      boolean number = v6 || host.matches("[0-9.]+");
      String rest = host;
      while (true) {
        int at = v6 ? rest.lastIndexOf(':') : number ? rest.lastIndexOf('.') : rest.indexOf('.');
        if (at < 0 || (v6 && at == 4)) {
          break;
        }
        rest = number ? rest.substring(0, at) : rest.substring(at + 1);
        parents.add(rest);
      }
      parents.add("");
      return parents;
    }

    private void host(MapLine entry, String host) {
      String why = null;
      if (host.indexOf('*') >= 0) {
        why = "* stands for nothing here; a domain's name alone means all hosts below it";
      } else if (NETWORK.matcher(host).matches()) {
        why = "a network is written without its last parts: 192.0.2 and not 192.0.2.0/24";
      } else if (host.startsWith(".")) {
        why = "no look-up begins with a dot; the domain's name alone means all hosts below it";
      } else if (host.length() > 1 && host.endsWith(".")) {
        why = "no look-up ends with a dot";
      } else if (host.indexOf('@') >= 0) {
        why = "this tag is looked up with names and addresses of hosts, not with mail addresses";
      } else if (host.toLowerCase(Locale.ROOT).startsWith("ipv6:")
          && host.contains("::")
          && !compressed) {
        why = "IPv6 addresses are looked up in full: IPv6:2001:db8:0:0:0:0:0:1";
      } else if (host.matches("[0-9a-fA-F]+:[0-9a-fA-F:]+")) {
        why = "IPv6: belongs in front of an IPv6 address";
      }
      if (why != null) {
        key(LintCode.UNUSABLE_KEY, entry, "no look-up has this key: " + why);
      }
    }

    private void value(MapLine entry, String tag) {
      String value = entry.value();
      String upper = value.toUpperCase(Locale.ROOT);
      if (REQUIREMENT_TAGS.contains(tag)) {
        requirement(entry, value);
        return;
      }
      switch (tag) {
        case "try_tls" -> {
          if (!Set.of("NO", "YES", "OK").contains(upper)) {
            value(
                LintCode.UNKNOWN_VALUE,
                entry,
                "only NO keeps STARTTLS from being tried; this value changes nothing");
          }
        }
        case "certissuer" -> {
          if (!Set.of("RELAY", "SUBJECT").contains(upper)) {
            value(LintCode.UNKNOWN_VALUE, entry, "only RELAY and SUBJECT mean something here");
          }
        }
        case "certsubject" -> {
          if (!upper.equals("RELAY")) {
            value(LintCode.UNKNOWN_VALUE, entry, "only RELAY means something here");
          }
        }
        case "srv_features", "clt_features" -> {
          if (!upper.startsWith("TEMP") && !value.matches("([A-Za-z][0-9]?)( +[A-Za-z][0-9]?)*")) {
            value(LintCode.UNKNOWN_VALUE, entry, "features are single letters with blanks between");
          }
        }
        case "tls_srv_features", "tls_clt_features" -> {
          if (!value.matches("\"?\\s*(\\w+\\s*=[^;]*;?\\s*)*\"?")) {
            value(
                LintCode.UNKNOWN_VALUE,
                entry,
                "this is no list Key=value;Key=value, so there is no TLS with this peer");
          }
        }
        default -> {}
      }
    }

    private void requirement(MapLine entry, String value) {
      Requirement requirement = Requirement.parse(value);
      String upper = value.toUpperCase(Locale.ROOT);
      if (requirement == null) {
        if (!upper.equals("OK") && !upper.equals("SKIP")) {
          value(
              LintCode.NO_REQUIREMENT,
              entry,
              "this is no requirement, so nothing is required" + hint(upper));
        }
        return;
      }
      if (!requirement.bits().isEmpty()) {
        bits(entry, requirement);
      }
      for (Requirement.Extension extension : requirement.extensions()) {
        if (!extension.isKnown()) {
          value(
              LintCode.UNKNOWN_EXTENSION,
              entry,
              "+%s requires nothing; extensions are CN, CN:name, CS:subject, CI:issuer, CITag:tag"
                  .formatted(extension.kind()));
        } else if (extension.kind().equals("CN")
            && extension.name().toLowerCase(Locale.ROOT).startsWith("badcertificate")) {
          value(
              LintCode.PLACEHOLDER_NAME,
              entry,
              "every certificate without a usable name matches " + extension.name());
        }
      }
    }

    private void bits(MapLine entry, Requirement requirement) {
      if (!requirement.bits().matches("[0-9]+")) {
        value(
            LintCode.BITS_NOT_A_NUMBER,
            entry,
            "%s is no number of bits, so no strength is required%s"
                .formatted(
                    requirement.bits(), requirement.verify() ? "" : ": this line does nothing"));
      } else if (requirement.leastBits() > STRONGEST) {
        value(
            LintCode.IMPOSSIBLE_BITS,
            entry,
            "no cipher has more than %d bits, so this refuses everybody".formatted(STRONGEST));
      } else if (requirement.leastBits() == 0) {
        value(LintCode.NO_REQUIREMENT, entry, "0 bits are no strength, so none is required");
      } else if (requirement.leastBits() > 128) {
        value(
            LintCode.SUITE_ORDER,
            entry,
            "with TLS 1.3 a peer that prefers AES-128 gets 128 bits and is refused");
      }
    }

    private static String hint(String upper) {
      if (upper.matches("ENCR:?")) {
        return ": ENCR wants bits, as in ENCR:128";
      }
      if (upper.matches("VERIFY:")) {
        return ": behind the colon the bits are missing";
      }
      if (upper.endsWith("+")) {
        return ": behind the + something is missing";
      }
      if (upper.matches("(PERM|TEMP)\\s*\\+\\s*(PERM|TEMP).*")) {
        return ": one of PERM+ and TEMP+";
      }
      if (upper.matches("(CN|CS|CI|CITAG)(:.*)?")) {
        return ": an extension needs VERIFY+ or ENCR:bits+ in front";
      }
      if (Set.of("REJECT", "RELAY", "NO", "DISCARD").contains(upper)) {
        return "; it has no meaning for TLS";
      }
      return "; the form is [PERM+|TEMP+](VERIFY[:bits]|ENCR:bits)[+ext[++ext...]]";
    }

    private void key(LintCode code, MapLine entry, String message) {
      String line = text.line(entry.line());
      int at = Math.max(0, line.indexOf(entry.key()));
      findings.add(
          Finding.of(
              code, text.name(), new Span(entry.line(), at + 1, entry.key().length()), message));
    }

    private void value(LintCode code, MapLine entry, String message) {
      String line = text.line(entry.line());
      int at = line.indexOf(entry.value(), line.indexOf(entry.key()) + entry.key().length());
      findings.add(
          Finding.of(
              code,
              text.name(),
              new Span(entry.line(), Math.max(0, at) + 1, entry.value().length()),
              message));
    }
  }
}
