package postern.rulesets;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;

/** Who can be asked. Every test of this package is put to each of them. */
enum Interpreter {
  /** The real program; it decides what the language means. */
  SENDMAIL {
    @Override
    Optional<String> missing() {
      return SendmailOracle.missing();
    }

    @Override
    Oracle oracle(Setup setup) {
      // A text map needs no makemap; tests write their access files with tabs.
      return new SendmailOracle(
          setup.macros().containsKey("AccessFile")
              ? setup.with("AccessMap", "text -T<TMPF> -z\\t -k0 -v1")
              : setup);
    }
  },

  /** Address test mode of the program under test. */
  POSTERN {
    @Override
    Optional<String> missing() {
      return Optional.empty();
    }

    @Override
    Oracle oracle(Setup setup) {
      return new PosternOracle(setup);
    }
  };

  /** Why it cannot be asked on this machine, if so. */
  abstract Optional<String> missing();

  abstract Oracle oracle(Setup setup);

  /** An oracle, or the test is skipped and says why. */
  final Oracle start(Setup setup) {
    Optional<String> missing = missing();
    assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    return oracle(setup);
  }
}
