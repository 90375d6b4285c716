package postern.smtp.server;

/** Whether the machine is too busy for more. Asked on event loops: must not block. */
public interface Busy {
  /** It never is. */
  Busy NEVER = new Busy() {};

  /** {@code RefuseLA}: new connections get 421. */
  default boolean refuses(Listener listener) {
    return false;
  }

  /** {@code DelayLA}: each command waits a second. */
  default boolean delays(Listener listener) {
    return false;
  }
}
