package postern.offline.replay;

import java.time.ZoneId;
import postern.offline.log.LogCounts;

/**
 * All that reports are made of.
 *
 * @param policy what the policy is called
 * @param baseline what it is compared with: another policy's name, or {@code the log}
 * @param tally the findings
 * @param counts what became of the lines
 * @param seconds how long it took
 * @param stopped whether it ended before the logs did
 * @param zone in which times are shown
 */
public record Summary(
    String policy,
    String baseline,
    Tally tally,
    LogCounts counts,
    double seconds,
    boolean stopped,
    ZoneId zone) {}
