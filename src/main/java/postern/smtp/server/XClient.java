package postern.smtp.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import postern.policy.PeerFacts;
import postern.smtp.Echo;
import postern.smtp.Parsed;
import postern.smtp.Xtext;

/**
 * XCLIENT, Postfix' command that makes a session pretend to come from somewhere else: for tests of
 * a policy, from clients that the configuration names.
 */
final class XClient {
  /** What may be pretended. */
  static final String ATTRIBUTES = "NAME ADDR PORT";

  private XClient() {}

  /** {@code peer} with what {@code argument} says of it. */
  static Parsed<PeerFacts> apply(String argument, PeerFacts peer) {
    String name = peer.name();
    PeerFacts.Resolve resolve = peer.resolve();
    String address = peer.address();
    boolean named = false;
    int port = peer.port();
    for (String word : argument.strip().split("\\s+", -1)) {
      int equals = word.indexOf('=');
      String coded = word.substring(equals + 1);
      if (equals <= 0 || !Xtext.isValid(coded)) {
        return bad(word);
      }
      String value = Xtext.decode(coded);
      switch (word.substring(0, equals).toUpperCase(Locale.ROOT)) {
        case "NAME" -> {
          boolean none = value.equals("[UNAVAILABLE]") || value.equals("[TEMPUNAVAIL]");
          if (!none && !value.matches("[A-Za-z0-9._-]{1,255}")) {
            return bad(word);
          }
          named = !none;
          name = value;
          resolve =
              none
                  ? value.equals("[UNAVAILABLE]") ? PeerFacts.Resolve.FAIL : PeerFacts.Resolve.TEMP
                  : PeerFacts.Resolve.OK;
        }
        case "ADDR" -> {
          String given = address(value);
          if (given.isEmpty()) {
            return bad(word);
          }
          address = given;
        }
        case "PORT" -> {
          if (!value.matches("[0-9]{1,5}")) {
            return bad(word);
          }
          port = Integer.parseInt(value);
        }
        default -> {
          return bad(word);
        }
      }
    }
    if (!named) {
      name = "[" + address + "]";
      resolve = resolve == PeerFacts.Resolve.TEMP ? resolve : PeerFacts.Resolve.FAIL;
    }
    return new Parsed.Good<>(
        new PeerFacts(
            address,
            port,
            name,
            name,
            resolve,
            peer.daemonName(),
            peer.daemonFlags(),
            peer.daemonAddress(),
            peer.daemonPort(),
            peer.connections(),
            peer.rate(),
            peer.totalRate()));
  }

  /** The address in the form of {@code ${client_addr}}; empty if it is none. */
  private static String address(String text) {
    String bare = text.regionMatches(true, 0, "IPV6:", 0, 5) ? text.substring(5) : text;
    if (!bare.matches("[0-9]{1,3}([.][0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
      return "";
    }
    try {
      return PeerDesk.text(InetAddress.getByName(bare)); // a literal: nobody is asked
    } catch (UnknownHostException e) {
      return "";
    }
  }

  private static Parsed<PeerFacts> bad(String word) {
    return Parsed.bad(501, "5.5.4", "Bad XCLIENT attribute: " + Echo.shorten(word));
  }
}
