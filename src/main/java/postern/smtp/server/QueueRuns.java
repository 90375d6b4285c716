package postern.smtp.server;

/** Who carries out ETRN (RFC 1985). */
@FunctionalInterface
public interface QueueRuns {
  /**
   * Starts deliveries for {@code node}: a domain, {@code @domain} for its subdomains too, or {@code
   * #queue}. Must not block.
   *
   * @return false if that cannot be done
   */
  boolean start(String node);
}
