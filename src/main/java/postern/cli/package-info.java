/** Commands: arguments, exit codes, the terminal. */
@NullMarked
package postern.cli;

import org.jspecify.annotations.NullMarked;
