/**
 * TLS contexts from settings, certificate facts, the {@code ${verify}} verdict, CRLs, the demo CA.
 * Knows nothing of SMTP.
 */
@NullMarked
package postern.tls;

import org.jspecify.annotations.NullMarked;
