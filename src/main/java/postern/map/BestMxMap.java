package postern.map;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.xbill.DNS.Type;
import postern.map.dns.NameService;
import postern.map.dns.NameService.Outcome;
import postern.map.dns.NameService.Patience;

/**
 * Class {@code bestmx}: the name of the best mail exchanger of the key, with a final dot; all of
 * them, the best first, with {@code -z}. A host without any is its own.
 */
final class BestMxMap implements LookupMap {
  private final MapFlags flags;
  private final NameService names;
  private final MailExchangers exchangers;
  private final Supplier<Patience> patience;

  BestMxMap(
      MapFlags flags, NameService names, MailExchangers exchangers, Supplier<Patience> patience) {
    this.flags = flags;
    this.names = names;
    this.exchangers = exchangers;
    this.patience = patience;
  }

  @Override
  public boolean mayBlock() {
    return true;
  }

  @Override
  public void lookup(Query query, Answer answer) {
    String host = query.key().toString();
    if (exchangers.isUnasked(host)) {
      String domain = query.macros().text('m');
      List<String> found = exchangers.search(host, domain == null ? "" : domain, "").hosts();
      if (found.isEmpty()) {
        answer.missing(Answer.OK);
      } else {
        answer(found.get(0), query, answer);
      }
      return;
    }
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    Patience limit = flags.patience(patience.get(), 0);
    NameService.Reply reply = names.ask(name, Type.MX, limit);
    List<String> hosts = new ArrayList<>();
    if (reply.outcome() == Outcome.FOUND) {
      hosts.addAll(MailExchangers.sorted(reply.records()));
      hosts.removeIf(target -> target.equals("."));
    } else if (reply.outcome() == Outcome.NO_DATA) {
      Outcome itself = itself(name, limit);
      if (itself != Outcome.FOUND) {
        answer.missing(itself == Outcome.UNKNOWN ? Answer.TEMPORARY_FAILURE : Answer.OK);
        return;
      }
      hosts.add(name + ".");
    } else {
      answer.missing(
          reply.outcome() == Outcome.NO_NAME ? Answer.NOT_FOUND : Answer.TEMPORARY_FAILURE);
      return;
    }
    if (hosts.isEmpty()) {
      answer.missing(Answer.UNAVAILABLE); // a null MX, RFC 7505
      return;
    }
    String value =
        flags.columnDelimiter == 0
            ? hosts.get(0)
            : String.join(String.valueOf((char) flags.columnDelimiter), hosts);
    answer(value, query, answer);
  }

  private void answer(String value, Query query, Answer answer) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    flags.format(bytes, 0, bytes.length, query, answer);
  }

  private Outcome itself(String name, Patience limit) {
    Outcome four = names.ask(name, Type.A, limit).outcome();
    return four == Outcome.FOUND ? four : names.ask(name, Type.AAAA, limit).outcome();
  }
}
