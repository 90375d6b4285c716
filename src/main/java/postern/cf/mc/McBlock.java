package postern.cf.mc;

import java.util.List;

/**
 * Text in the language of {@code .cf} files, and where it belongs.
 *
 * @param kind where it belongs
 * @param lines its lines, expanded; blank ones are left out
 * @param place the word that opened it, or the first line of text that none opened
 */
public record McBlock(Kind kind, List<Line> lines, McPlace place) {
  public McBlock {
    lines = List.copyOf(lines);
  }

  /**
   * A line of {@code .cf} text.
   *
   * @param text without its line end
   * @param file the file it comes from
   * @param line its line there
   */
  public record Line(String text, String file, int line) {}

  /** The words that open a block. */
  public enum Kind {
    /** Macros, classes, maps; also text that stands outside of every block. */
    LOCAL_CONFIG,
    /** Rules for rule set 0, before the stock ones for local names. */
    LOCAL_RULE_0,
    LOCAL_RULE_1,
    LOCAL_RULE_2,
    LOCAL_RULE_3,
    /** Rules for rule set 0, before mail leaves for the smart host. */
    LOCAL_NET_CONFIG,
    /** Whole rule sets with their S lines. */
    LOCAL_RULESETS,
    LOCAL_TRY_TLS,
    LOCAL_TLS_CLIENT,
    LOCAL_TLS_SERVER,
    LOCAL_TLS_RCPT,
    LOCAL_SRV_FEATURES,
    LOCAL_CLT_FEATURES,
    LOCAL_DNSBL,
    /** M lines and the rule sets they name. */
    MAILER_DEFINITIONS;

    /** The rule set that the block's rules make up, or empty if it has S lines of its own. */
    public String ruleSet() {
      return switch (this) {
        case LOCAL_TRY_TLS,
            LOCAL_TLS_CLIENT,
            LOCAL_TLS_SERVER,
            LOCAL_TLS_RCPT,
            LOCAL_SRV_FEATURES,
            LOCAL_CLT_FEATURES ->
            "Local" + name().substring("LOCAL".length()).toLowerCase(java.util.Locale.ROOT);
        case LOCAL_CONFIG,
            LOCAL_RULE_0,
            LOCAL_RULE_1,
            LOCAL_RULE_2,
            LOCAL_RULE_3,
            LOCAL_NET_CONFIG,
            LOCAL_RULESETS,
            LOCAL_DNSBL,
            MAILER_DEFINITIONS ->
            "";
      };
    }
  }
}
