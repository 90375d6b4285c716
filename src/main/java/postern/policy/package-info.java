/**
 * The hook points by name: typed facts in, macros set, {@link postern.policy.Verdict} out. Who sets
 * which macro is decided here and nowhere else. Knows nothing of Netty.
 */
@NullMarked
package postern.policy;

import org.jspecify.annotations.NullMarked;
