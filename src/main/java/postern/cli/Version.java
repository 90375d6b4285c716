package postern.cli;

import org.jspecify.annotations.Nullable;

/** What {@code --version} says. */
final class Version {
  private Version() {}

  static final String TEXT = text();

  private static String text() {
    @Nullable String built = Version.class.getPackage().getImplementationVersion();
    return built == null ? "(not packaged)" : built;
  }
}
