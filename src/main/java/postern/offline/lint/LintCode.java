package postern.offline.lint;

/** What a lint found. docs/diagnostics.md has a section on each. */
public enum LintCode {
  UNREACHABLE_RULE(Level.WARNING),
  NEVER_MATCHES(Level.WARNING),
  SPACES_FOR_TABS(Level.WARNING),
  STATIC_MACRO(Level.WARNING),
  LOOKALIKE_SEPARATOR(Level.WARNING),
  UNBALANCED_CONDITIONAL(Level.WARNING),
  UNDEFINED_MACRO(Level.WARNING),
  UNUSED_MACRO(Level.NOTE),
  UNUSED_CLASS(Level.NOTE),
  UNUSED_OPTION(Level.NOTE),
  UNKEPT_OPTION(Level.WARNING),
  UNDEFINED_RULE_SET(Level.WARNING),
  UNUSED_RULE_SET(Level.NOTE),
  UNKNOWN_MAP(Level.WARNING),
  UNUSED_MAP(Level.NOTE),
  EMPTY_CLASS(Level.NOTE),
  NO_REQUIREMENT(Level.WARNING),
  UNKNOWN_EXTENSION(Level.WARNING),
  BITS_NOT_A_NUMBER(Level.WARNING),
  IMPOSSIBLE_BITS(Level.WARNING),
  SUITE_ORDER(Level.NOTE),
  PLACEHOLDER_NAME(Level.WARNING),
  UNKNOWN_VALUE(Level.WARNING),
  UNKNOWN_TAG(Level.WARNING),
  UNUSABLE_KEY(Level.WARNING),
  SHADOWED_KEY(Level.NOTE);

  /** How much it matters. */
  public enum Level {
    ERROR,
    WARNING,
    /** May well be meant; shown when asked for. */
    NOTE
  }

  private final Level level;

  LintCode(Level level) {
    this.level = level;
  }

  public Level level() {
    return level;
  }
}
