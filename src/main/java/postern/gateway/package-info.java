/**
 * The composition root of a running daemon: options become listeners, relay and queue; reload,
 * signals, metrics.
 */
@NullMarked
package postern.gateway;

import org.jspecify.annotations.NullMarked;
