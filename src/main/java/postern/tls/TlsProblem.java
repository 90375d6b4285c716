package postern.tls;

/**
 * Something about the TLS set-up that an administrator should know, in sendmail's words where it
 * has words for it.
 *
 * @param fatal whether it keeps this role from doing TLS
 * @param message one line for the log: {@code STARTTLS=server: file F unsafe: World readable file}
 */
public record TlsProblem(boolean fatal, String message) {
  @Override
  public String toString() {
    return message;
  }
}
