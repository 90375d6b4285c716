package postern.smtp.server;

import org.jspecify.annotations.Nullable;
import postern.policy.Policy;

/**
 * What a reload replaces as a whole. A session keeps the one it began with.
 *
 * @param authenticator null: AUTH is not offered
 */
public record ServerConfiguration(
    ServerSettings settings, Policy policy, TlsPort tls, @Nullable Authenticator authenticator) {}
