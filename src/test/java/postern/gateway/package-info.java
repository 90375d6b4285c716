/** The gateway as its users meet it: a process that is started, talked to, and killed. */
@NullMarked
package postern.gateway;

import org.jspecify.annotations.NullMarked;
