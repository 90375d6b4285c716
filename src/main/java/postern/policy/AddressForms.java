package postern.policy;

/**
 * How a mailer shows addresses to the outside: rule sets 3, 1 or 2, its own {@code S=} or {@code
 * R=}, and 4 (operations guide, "The semantics of rewriting rule sets"). This is where masquerading
 * happens.
 */
public interface AddressForms {
  /** Leaves every address as it is. */
  AddressForms UNCHANGED =
      new AddressForms() {
        @Override
        public String sender(String address) {
          return address;
        }

        @Override
        public String header(String address, boolean sender) {
          return address;
        }
      };

  /**
   * The envelope sender that the next hop sees. The null sender stays null; a rule set that fails
   * for now leaves the address as it is.
   *
   * @param address {@code user@host}, without angle brackets
   */
  String sender(String address);

  /**
   * An address of a header field.
   *
   * @param address {@code user@host}, without phrase and comments
   * @param sender whether the field names senders ({@code From:}) or recipients ({@code To:})
   */
  String header(String address, boolean sender);
}
