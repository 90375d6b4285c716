/**
 * Who a client is: SASL mechanisms, server side (RFC 4422), and the file of passwords they ask.
 * Knows no SMTP; a name is proven or not, and what follows from that is for rule sets to say.
 */
@NullMarked
package postern.sasl;

import org.jspecify.annotations.NullMarked;
