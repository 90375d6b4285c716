/** What a configuration that compiles may still have wrong: rules, names, access lines. */
@NullMarked
package postern.offline.lint;

import org.jspecify.annotations.NullMarked;
