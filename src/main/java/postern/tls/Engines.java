package postern.tls;

/** Which engine does which role; each is started once, when the first context needs it. */
final class Engines {
  private Engines() {}

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
