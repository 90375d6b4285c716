/**
 * The rule sets of {@code rulesets/} under test: what they answer in address test mode, asked of
 * every interpreter there is.
 */
@NullMarked
package postern.rulesets;

import org.jspecify.annotations.NullMarked;
