package postern.tls;

/**
 * Which engine does which role; each is started once, when the first context needs it.
 *
 * <p>Some switches of the engines exist only as system properties that are read once. Those that
 * must differ from the defaults are set here, unless the administrator has set them.
 */
final class Engines {
  static {
    property("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    property("jdk.tls.client.enableSessionTicketExtension", "false");
  }

  private Engines() {}

  static void property(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  private static final class Boring {
    static final ContextFactory FACTORY = new BoringSslFactory();
  }

  private static final class Accelerated {
    static final ContextFactory FACTORY = new JdkFactory(true);
  }

  private static final class Plain {
    static final ContextFactory FACTORY = new JdkFactory(false);
  }

  /**
   * The engine for a role.
   *
   * @param onlyJdk whether something was asked for that BoringSSL cannot do
   */
  static ContextFactory choose(TlsEngine engine, TlsRole role, boolean onlyJdk) {
    return switch (engine) {
      case JDK -> Plain.FACTORY;
      case BORINGSSL -> BoringSslFactory.available() ? Boring.FACTORY : Plain.FACTORY;
      case AUTO ->
          role == TlsRole.SERVER && !onlyJdk && BoringSslFactory.available()
              ? Boring.FACTORY
              : Accelerated.FACTORY;
    };
  }
}
