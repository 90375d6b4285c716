package postern.cf;

import java.util.List;

/**
 * An {@code M} line.
 *
 * @param number order of declaration
 * @param name lower case does not matter when it is looked up
 * @param path {@code P=}: a program, {@code [IPC]}, {@code [FILE]} ...
 * @param flags {@code F=}, sorted, each once
 * @param senderEnvelope number of the rule set in {@code S=} before the slash
 * @param senderHeader behind it
 * @param recipientEnvelope {@code R=}
 * @param recipientHeader behind the slash
 * @param argv words of {@code A=}, macros not expanded
 * @param eol {@code E=}
 * @param lineLimit {@code L=}, 0 for none
 * @param maxMessageSize {@code M=}, 0 for none
 * @param maxRecipients {@code r=}
 * @param user {@code U=} as {@code uid:gid}
 * @param types {@code T=}: MTA, address and diagnostic type; empty where not given
 * @param charset {@code C=}
 */
public record Mailer(
    int number,
    String name,
    String path,
    String flags,
    int senderEnvelope,
    int senderHeader,
    int recipientEnvelope,
    int recipientHeader,
    List<String> argv,
    String eol,
    int lineLimit,
    long maxMessageSize,
    int maxRecipients,
    String user,
    List<String> types,
    String charset) {
  public Mailer {
    argv = List.copyOf(argv);
    types = List.copyOf(types);
  }

  /** The same mailer with other flags. */
  Mailer withFlags(String newFlags) {
    return new Mailer(
        number,
        name,
        path,
        newFlags,
        senderEnvelope,
        senderHeader,
        recipientEnvelope,
        recipientHeader,
        argv,
        eol,
        lineLimit,
        maxMessageSize,
        maxRecipients,
        user,
        types,
        charset);
  }

  /** Whether {@code F=} has {@code flag}. */
  public boolean has(char flag) {
    return flags.indexOf(flag) >= 0;
  }
}
