/** How fast a policy answers, and which of its rules and maps take the time. */
@NullMarked
package postern.offline.bench;

import org.jspecify.annotations.NullMarked;
