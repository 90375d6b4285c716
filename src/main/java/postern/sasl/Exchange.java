package postern.sasl;

import org.jspecify.annotations.Nullable;

/** One run of a mechanism; used by one client, one step at a time. */
public interface Exchange {
  /** Longest name or password that is looked at, in characters. */
  int LONGEST = 512;

  /**
   * Takes the client's response. May compute for some hundredths of a second.
   *
   * @param response null if the client has not said anything yet
   */
  Answer step(byte @Nullable [] response);
}
