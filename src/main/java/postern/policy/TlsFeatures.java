package postern.policy;

import java.util.Map;

/**
 * What {@code tls_srv_features} or {@code tls_clt_features} asked for one session.
 *
 * @param valid false when the list cannot be used: server 454, client {@code ${verify}} CONFIG
 * @param options {@code Key} (lower case: {@code options}, {@code cipherlist}, {@code
 *     ciphersuites}, {@code certfile}, {@code keyfile}, {@code flags}, {@code servername}, {@code
 *     sts}) to value; empty: nothing changes
 * @param problem why the list is unusable, for the log; empty when it is valid
 */
public record TlsFeatures(boolean valid, Map<String, String> options, String problem) {
  /** Nothing asked for. */
  public static final TlsFeatures NONE = new TlsFeatures(true, Map.of(), "");

  public TlsFeatures {
    options = Map.copyOf(options);
  }
}
