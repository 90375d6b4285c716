/**
 * The policy without a network: recorded sessions in, decisions with their reasons out. The same
 * compiled policy and the same machine as in the gateway; only the trace differs.
 */
@NullMarked
package postern.offline;

import org.jspecify.annotations.NullMarked;
