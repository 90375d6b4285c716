package postern.cli;

import postern.map.Answer;
import postern.map.MailExchangers;
import postern.map.MapEntry;
import postern.map.Query;

/** {@code /map}, {@code /canon}, {@code /mx}: look-ups without rules. */
final class BtMaps {
  private static final int MAX_HOST_NAME = 255;

  private final BtContext bt;

  BtMaps(BtContext bt) {
    this.bt = bt;
  }

  void mx(String argument) {
    if (argument.isEmpty()) {
      bt.print("Usage: /mx address\n");
      return;
    }
    if (bt.debug.on(8, 2)) {
      bt.print("getmxrr(" + argument + ", droplocalhost=0, flags=2, port=-1)\n");
    }
    String domain = domain();
    String fallback = bt.configuration.options().string("FallbackMXhost");
    boolean usable = !bt.program.classes().contains('w', fallback);
    MailExchangers.Found found =
        bt.program.maps().exchangers().search(argument, domain, usable ? fallback : "");
    if (found.failure() != 0 && bt.debug.on(8, 1)) {
      bt.print("getmxrr: res_search(" + argument + ") failed, h_errno=" + found.failure() + "\n");
    }
    if (found.answered() && bt.debug.on(8, 2)) {
      bt.print("getmxrr(" + argument + "), hp=0x00000000, ad=0\n");
    }
    bt.print("getmxrr(" + argument + ") returns ");
    switch (found.kind()) {
      case NULL_MX -> bt.print("null MX (See RFC7505)\n");
      case UNKNOWN -> bt.print("-1 value(s):\n");
      case LIST -> {
        bt.print(found.hosts().size() + " value(s):\n");
        found.hosts().forEach(host -> bt.print("\t" + host + "\n"));
      }
    }
  }

  private String domain() {
    String domain = bt.macros.text('m');
    return domain == null ? "" : domain;
  }

  void canon(String host) {
    if (host.isEmpty()) {
      bt.print("Usage: /canon address\n");
      return;
    }
    if (host.length() > MAX_HOST_NAME) {
      bt.print("Name too long\n");
      return;
    }
    String found = bt.program.maps().canonicalHost(host, domain());
    bt.print("getcanonname(" + host + ") returns " + (found == null ? host : found) + "\n");
  }

  void map(String argument) {
    if (argument.isEmpty()) {
      bt.print("Usage: /map mapname key\n");
      return;
    }
    int end = 0;
    while (end < argument.length() && !BtContext.isBlank(argument.charAt(end))) {
      end++;
    }
    String name = argument.substring(0, end);
    if (end >= argument.length()) {
      bt.print("No key specified\n");
      return;
    }
    String key = argument.substring(end + 1);
    MapEntry map = bt.program.maps().find(name);
    if (map == null) {
      bt.print("Map named \"" + name + "\" not found\n");
      return;
    }
    if (!map.open(bt.trace.problems())) {
      bt.print("Map named \"" + name + "\" not open\n");
      return;
    }
    bt.print("map_lookup: " + name + " (" + key + ") ");
    Query query = new Query();
    Answer answer = new Answer();
    query.start(bt.macros, bt.names, bt.trace.problems()).key().append(key);
    map.lookup(query, answer);
    if (answer.isFound()) {
      bt.print("returns " + answer.value() + " (" + answer.status() + ")\n");
    } else {
      bt.print("no match (" + answer.status() + ")\n");
    }
  }
}
