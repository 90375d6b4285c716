package postern.map;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.AFSDBRecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;
import postern.map.dns.NameService;
import postern.map.dns.NameService.Patience;
import postern.text.Bytes;

/**
 * Class {@code dns}: the records of type {@code -R} that the key has, the first one, or all of them
 * with {@code -z}. {@code -B} is put behind the key, {@code -d} and {@code -r} say how long and how
 * often to ask.
 */
final class DnsMap implements LookupMap {
  private static final Map<String, Integer> TYPES =
      Map.of(
          "A", Type.A,
          "AAAA", Type.AAAA,
          "NS", Type.NS,
          "CNAME", Type.CNAME,
          "PTR", Type.PTR,
          "MX", Type.MX,
          "TXT", Type.TXT,
          "AFSDB", Type.AFSDB,
          "SRV", Type.SRV,
          "TLSA", Type.TLSA);

  private static final HexFormat COLONS = HexFormat.ofDelimiter(":").withUpperCase();
  private static final int MOST_CHARACTERS = 4096;

  private final MapFlags flags;
  private final NameService names;
  private final Supplier<Patience> patience;
  private int type;
  private String base = "";
  private int tries;

  private DnsMap(MapFlags flags, NameService names, Supplier<Patience> patience) {
    this.flags = flags;
    this.names = names;
    this.patience = patience;
  }

  /** Reads the flags. A map whose type is wrong or missing finds nothing. */
  static DnsMap declare(
      String arguments,
      String name,
      MapFlags flags,
      NameService names,
      Supplier<Patience> patience,
      Query.Problems problems) {
    DnsMap map = new DnsMap(flags, names, patience);
    MapFlags.Words words = new MapFlags.Words(arguments);
    while (words.flag()) {
      map.flag(words.next(), words, name, problems);
      words.skipWord();
    }
    if (map.type == 0) {
      problems.report("dns map " + name + ": missing -R type", "");
    }
    return map;
  }

  private void flag(int letter, MapFlags.Words words, String name, Query.Problems problems) {
    switch (letter) {
      case 'R' -> {
        String wanted = words.spacedWord();
        Integer known = TYPES.get(wanted.toUpperCase(Locale.ROOT));
        if (known == null) {
          problems.report("dns map " + name + ": wrong type " + wanted, "");
        } else {
          type = known;
        }
      }
      case 'B' -> base = words.spacedWord();
      case 'd' -> flags.timeout = words.spacedWord();
      case 'r' -> tries = (int) Numbers.atol(words.spacedWord());
      case 'Z' -> words.spacedWord(); // read and without effect, as in sendmail
      case 'a' -> flags.append = words.word();
      case 'T' -> flags.tempFailSuffix = words.word();
      case 'z' -> flags.columnDelimiter(words);
      case 'S' -> flags.spaceSubstitute = Math.max(0, words.next());
      case 'm' -> flags.matchOnly = true;
      case 'q' -> flags.keepQuotes = true;
      case 'o' -> flags.optional = true;
      case 't' -> flags.tempFailIgnored = true;
      case 'f' -> flags.keepCase = true;
      case 'D' -> flags.noDefer = true;
      default -> {} // sendmail says nothing about others
    }
  }

  @Override
  public boolean mayBlock() {
    return true;
  }

  @Override
  public void lookup(Query query, Answer answer) {
    if (type == 0) {
      answer.missing(Answer.NOT_FOUND);
      return;
    }
    String key = query.key().toString();
    NameService.Reply reply =
        names.ask(
            base.isEmpty() ? key : key + "." + base, type, flags.patience(patience.get(), tries));
    switch (reply.outcome()) {
      case FOUND -> found(reply, query, answer);
      case NO_NAME, NO_DATA -> answer.missing(Answer.NOT_FOUND);
      case UNKNOWN -> answer.missing(Answer.TEMPORARY_FAILURE);
    }
  }

  private void found(NameService.Reply reply, Query query, Answer answer) {
    Bytes value = query.rawValue();
    value.clear();
    boolean first = true;
    for (Record record : reply.records()) {
      if (record.getType() != type) {
        continue;
      }
      if (!first) {
        value.append(flags.columnDelimiter);
      }
      value.append(text(record));
      first = false;
      if (flags.columnDelimiter == 0 || value.length() > MOST_CHARACTERS) {
        break;
      }
    }
    if (first) {
      answer.missing(Answer.NOT_FOUND);
    } else {
      flags.format(value.array(), 0, value.length(), query, answer);
    }
  }

  /** A record's data, what cannot be printed as {@code X}. */
  private static String text(Record record) {
    StringBuilder out = new StringBuilder(raw(record));
    for (int i = 0; i < out.length(); i++) {
      if (out.charAt(i) < ' ' || out.charAt(i) > '~') {
        out.setCharAt(i, 'X');
      }
    }
    return out.toString();
  }

  private static String raw(Record record) {
    if (record instanceof ARecord a) {
      return a.getAddress().getHostAddress();
    } else if (record instanceof AAAARecord a) {
      return "IPv6:" + Addresses.format6(a.getAddress().getAddress());
    } else if (record instanceof MXRecord mx) {
      return name(mx.getTarget());
    } else if (record instanceof SRVRecord srv) {
      return name(srv.getTarget());
    } else if (record instanceof AFSDBRecord afs) {
      return name(afs.getHost());
    } else if (record instanceof TXTRecord txt) {
      return new String(txt.getStringsAsByteArrays().get(0), StandardCharsets.ISO_8859_1);
    } else if (record instanceof TLSARecord tlsa) {
      return "%02X %02X %02X "
              .formatted(tlsa.getCertificateUsage(), tlsa.getSelector(), tlsa.getMatchingType())
          + COLONS.formatHex(tlsa.getCertificateAssociationData());
    } else if (record instanceof NSRecord ns) {
      return name(ns.getTarget());
    } else if (record instanceof CNAMERecord alias) {
      return name(alias.getTarget());
    } else if (record instanceof PTRRecord pointer) {
      return name(pointer.getTarget());
    }
    throw new IllegalStateException("a record of type " + Type.string(record.getType()));
  }

  private static String name(Name name) {
    String text = name.toString(true);
    return text.equals(".") ? "" : text;
  }
}
