package postern.map;

import org.jspecify.annotations.Nullable;

/** Reads the left sides of alias files as mail would: an alias is for a local name. */
public interface AliasNames {
  /** Without rule sets: what stands before the colon, taken for local. */
  AliasNames PLAIN =
      (line, place, problems) -> {
        String name = line.substring(0, line.indexOf(':')).strip();
        return name.isEmpty() ? null : new Name(name, name, true);
      };

  /**
   * A left side.
   *
   * @param text as it stands in the file
   * @param user the name that is looked up
   * @param local whether its mailer lets its names be aliases
   */
  record Name(String text, String user, boolean local) {}

  /**
   * Reads the left side of {@code line}, which has a colon.
   *
   * @param place file and line for the front of messages
   * @return null if there is no name
   */
  @Nullable Name read(String line, String place, Query.Problems problems);
}
