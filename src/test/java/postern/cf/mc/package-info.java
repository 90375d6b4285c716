/** Tests of the {@code .mc} reader. */
@NullMarked
package postern.cf.mc;

import org.jspecify.annotations.NullMarked;
