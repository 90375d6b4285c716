package postern.smtp;

/**
 * Where a recipient's mail goes next: a mailer's triple.
 *
 * @param mailer name of the mailer, lower case
 * @param host next hop: a domain (MX look-up), {@code [host]} or {@code [address]}; may be empty
 * @param user the address as the next hop is to see it
 */
public record Route(String mailer, String host, String user) {}
