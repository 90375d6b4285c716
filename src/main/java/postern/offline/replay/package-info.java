/**
 * Recorded sessions put to a policy: verdicts, what changes against another policy or against what
 * happened, and reports of that.
 */
@NullMarked
package postern.offline.replay;

import org.jspecify.annotations.NullMarked;
