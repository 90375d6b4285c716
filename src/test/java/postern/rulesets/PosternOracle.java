package postern.rulesets;

import java.util.List;
import postern.cli.TestMode;

/** Postern's own address test mode, within this Java VM. */
final class PosternOracle implements Oracle {
  private final Setup setup;

  PosternOracle(Setup setup) {
    this.setup = setup;
  }

  @Override
  public List<String> run(List<String> commands) {
    return Marks.answers(
        setup.cf(),
        commands,
        input ->
            TestMode.run(setup.cf(), InstalledSendmail.options(), setup.macros(), input).output());
  }
}
