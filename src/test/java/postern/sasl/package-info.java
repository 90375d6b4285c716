/** Tests of the SASL mechanisms and the password file. */
@NullMarked
package postern.sasl;

import org.jspecify.annotations.NullMarked;
