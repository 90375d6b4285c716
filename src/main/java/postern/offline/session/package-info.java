/**
 * Sessions as they were: the facts of each, and what was answered then. Written by a gateway as
 * JSON, one session a line, and read back.
 */
@NullMarked
package postern.offline.session;

import org.jspecify.annotations.NullMarked;
