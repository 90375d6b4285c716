package postern.smtp.client;

import java.util.ArrayList;
import java.util.List;

/**
 * One element of a route's host: {@code domain} (MX records), {@code [host]} (its address only) or
 * {@code [192.0.2.1]}, {@code [IPv6:2001:db8::1]}.
 *
 * @param name as written; brackets stay a part of ${server_name}
 */
record NextHop(String name) {

  /** Splits a host list {@code a:b:c}; colons within brackets do not separate. */
  static List<NextHop> parse(String hosts) {
    List<NextHop> hops = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= hosts.length(); i++) {
      char c = i < hosts.length() ? hosts.charAt(i) : ':';
      if (c == '[') {
        depth++;
      } else if (c == ']') {
        depth--;
      } else if (c == ':' && (depth <= 0 || i == hosts.length())) {
        String name = withoutDot(hosts.substring(start, i).strip());
        if (!name.isEmpty()) {
          hops.add(new NextHop(name));
        }
        start = i + 1;
      }
    }
    return List.copyOf(hops);
  }

  static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  boolean bracketed() {
    return name.length() > 2 && name.startsWith("[") && name.endsWith("]");
  }

  /** The host or address within the brackets, without an {@code IPv6:} tag. */
  String inner() {
    String inner = bracketed() ? name.substring(1, name.length() - 1) : name;
    return inner.regionMatches(true, 0, "IPv6:", 0, 5) ? inner.substring(5) : inner;
  }
}
