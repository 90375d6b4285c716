package postern.cf.mc;

import java.util.List;

/**
 * A word of the language with its arguments: {@code FEATURE(`access_db', `hash /etc/mail/access')}.
 *
 * @param word {@code FEATURE}, {@code MAILER}, {@code RELAY_DOMAIN}, …
 * @param arguments expanded and without their quotes; at least one, maybe empty
 * @param place the word
 */
public record McCall(String word, List<String> arguments, McPlace place) {
  public McCall {
    arguments = List.copyOf(arguments);
  }

  /** Argument {@code index} without blanks around it, or empty if there are not so many. */
  public String argument(int index) {
    return index < arguments.size() ? arguments.get(index).strip() : "";
  }
}
