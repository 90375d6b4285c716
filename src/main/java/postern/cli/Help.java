package postern.cli;

/** What {@code --help} says. */
final class Help {
  private Help() {}

  static final String TEXT =
      """
      Postern: who must speak TLS with whom, decided by rule sets in sendmail's language.

        postern serve [-C FILE] [-O Option=value] [-M{macro}value] [-qTIME]
                                   run the SMTP gateway in the foreground; without -C the stock
                                   policy, a demo certificate and data in var/
        postern -bt [-C FILE] [-O Option=value] [-d21.12] [-v]
                                   address test mode: type rule sets and addresses
        postern check [-C FILE]    read a configuration and report everything that is wrong
        postern explain [-C FILE] --FACT VALUE...
                                   one decision in words: why, and what would turn it
        postern explain --listing [RULESET...] [-C FILE]
                                   the compiled code of rule sets
        postern test [FILE...]     run policy tests
        postern makemap [-u] TYPE NAME
                                   sendmail's makemap: write a cdb file, dump hash, btree or cdb
        postern status [--json] [--port N | -C FILE]
                                   how a running gateway is doing (needs option MetricsPort)
        postern passwd [--delete] FILE USER | --list FILE
                                   set a user's password for AUTH (asked, or read from a pipe)
        postern --version | --help

      -C FILE is a .cf file or a .mc file; without it rulesets/postern.cf is read.
      -O sets an option by its long name, -oX by its letter; both win over the file.

      Exit codes: 0 done (SIGTERM: running transactions finished), 64 command line wrong,
      69 not available (no Java, build failed), 70 the rules failed, 71 operating system error
      (port or queue in use), 72 configuration file missing, 75 try again later, 78 configuration
      or map file wrong: every mistake is shown as FILE:LINE:COLUMN: error: ..., with the line.
      """;
}
