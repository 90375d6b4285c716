/** The durable spool, its schedule, retries and bounces. Knows nothing of Netty or rules. */
@NullMarked
package postern.queue;

import org.jspecify.annotations.NullMarked;
