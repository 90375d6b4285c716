/**
 * Files as text: spans, quoted lines and {@link postern.source.Diagnostic}s. Knows nothing of what
 * the text means.
 */
@NullMarked
package postern.source;

import org.jspecify.annotations.NullMarked;
