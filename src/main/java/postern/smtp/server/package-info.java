/**
 * The server side of SMTP: a dialogue table that decides and a Netty pipeline that does. Sees rule
 * sets through {@code policy} only.
 */
@NullMarked
package postern.smtp.server;

import org.jspecify.annotations.NullMarked;
