/**
 * Mail logs as sessions: sendmail's and Postfix's lines joined by queue id, process and peer. Works
 * on bytes, in memory that does not grow with the log; says what it could not use.
 */
@NullMarked
package postern.offline.log;

import org.jspecify.annotations.NullMarked;
