/**
 * The friendly form of a configuration: {@code .mc} files, m4's quotes and words without m4. {@link
 * postern.cf.mc.McReader} reads one, {@link postern.cf.mc.McOptions} knows the option behind every
 * {@code confNAME}, {@link postern.cf.mc.McAssembler} joins it with the stock rule sets into one
 * {@code .cf} text. Knows nothing of compiled rules.
 */
@NullMarked
package postern.cf.mc;

import org.jspecify.annotations.NullMarked;
