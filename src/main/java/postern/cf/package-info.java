/**
 * From configuration text to {@code Program} and {@code Options}: ANTLR trees, the typed model,
 * diagnostics, the compiler, the {@code .mc} reader. Knows nothing of SMTP.
 */
@NullMarked
package postern.cf;

import org.jspecify.annotations.NullMarked;
