/**
 * The server side of SMTP: a dialogue table that decides and a Netty pipeline that does. Sees rule
 * sets through {@code policy} only.
 *
 * <p>Outside in: {@link postern.smtp.server.SmtpServer} listens; each connection has one {@code
 * SessionHandler} (behind {@code tls} once upgraded), which turns Netty's events into calls of a
 * {@code SmtpSession}. The session reads lines and content off its {@code Wire} while it waits for
 * nothing, lets the {@code Dialogue} decide what a command line means, and carries the {@code Step}
 * out in one of its phases: {@code Opening}, {@code EnvelopePhase}, {@code ContentPhase}, {@code
 * AuthPhase}. Content goes through {@code ContentDecoder} (line ends, dots) and {@code
 * MessageReceiver} (header, limits) to the store.
 *
 * <p>What the room needs from outside are ports that the gateway fills in: {@link
 * postern.smtp.server.MessageIntake}, {@link postern.smtp.server.TlsPort}, {@link
 * postern.smtp.server.PeerNames}, {@link postern.smtp.server.ServerLog}, {@link
 * postern.smtp.server.QueueRuns}, {@link postern.smtp.server.Authenticator}.
 *
 * <p>One thread a session: its event loop. Rule sets that may block run on a worker, and the
 * session looks at no input until they have answered.
 */
@NullMarked
package postern.smtp.server;

import org.jspecify.annotations.NullMarked;
