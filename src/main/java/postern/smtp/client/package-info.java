/**
 * The client side of SMTP: one outgoing session, STARTTLS included. Sees rule sets through {@code
 * policy} only.
 */
@NullMarked
package postern.smtp.client;

import org.jspecify.annotations.NullMarked;
