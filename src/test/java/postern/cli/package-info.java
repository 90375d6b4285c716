/** What people type, and what they are told. */
@NullMarked
package postern.cli;

import org.jspecify.annotations.NullMarked;
