/**
 * Rules compiled to a {@link postern.rule.Program} (immutable, shared) and run by a {@link
 * postern.rule.Machine} (one thread, reusable), watched by a {@link postern.rule.Trace}. Knows
 * nothing of files, grammar or SMTP.
 */
@NullMarked
package postern.rule;

import org.jspecify.annotations.NullMarked;
