package postern.cli;

/** What {@code --help} says. */
final class Help {
  private Help() {}

  static final String TEXT =
      """
      Postern: who must speak TLS with whom, decided by rule sets in sendmail's language.

        postern serve [-C FILE] [-O Option=value] [-M{macro}value] [-qTIME] [--json-log FILE]
                                   run the SMTP gateway in the foreground; without -C the stock
                                   policy, a demo certificate and data in var/
        postern -bt [-C FILE] [-O Option=value] [-d21.12] [-v] [--plus | --plus=warn]
                                   address test mode: type rule sets and addresses, ? for help;
                                   with --plus a typed $| is the delimiter
        postern check [-C FILE | FILE] [--notes] [--strict] [--format text|json|sarif]
                                   everything that is wrong with a configuration and its access
                                   map, and what may not be meant; --explain CODE says more
        postern explain [-C FILE] --FACT VALUE... | RECORD.json [--trace] [--html FILE]
                                   one decision in words: why, and what would turn it
        postern explain --listing [RULESET...] [-C FILE]
                                   the compiled code of rule sets
        postern test [FILE...] [--coverage] [--html FILE] [--mutate] [--junit FILE] [--watch]
                                   run policy tests
        postern diff OLD NEW       what a new policy answers differently, with an example each
        postern bench [-C FILE] [RECORD.json...] [--compare FILE] [--fail-if-slower P%]
                                   how fast a policy answers, and what takes the time
        postern replay [--access FILE] [--against FILE] LOG...
                                   what a policy would have done to the mail in a log
        postern suggest LOG...     access lines that would fit what peers did
        postern queue [list | summary | show ID | flush | hold ID | release ID | remove ID]
                                   what waits in the queue and why; postern queue --help
        postern makemap [-u] TYPE NAME
                                   sendmail's makemap: write a cdb file, dump hash, btree or cdb
        postern status [--json] [--port N | -C FILE]
                                   how a running gateway is doing (needs option MetricsPort)
        postern passwd [--delete] FILE USER | --list FILE
                                   set a user's password for AUTH (asked, or read from a pipe)
        postern --version | --help

      Each of check, explain, test, diff and bench tells all its switches with --help.
      -C FILE is a .cf file or a .mc file; without it rulesets/postern.cf is read.
      -O sets an option by its long name, -oX by its letter; both win over the file.

      Exit codes: 0 done (SIGTERM: running transactions finished), 64 command line wrong,
      69 not available (no Java, build failed), 70 the rules failed, 71 operating system error
      (port or queue in use), 72 configuration file missing, 75 try again later, 78 configuration
      or map file wrong: every mistake is shown as FILE:LINE:COLUMN: error: ..., with the line.
      """;

  /** What {@code ?} says in address test mode, to people. */
  static final String ADDRESS_TEST =
      """
      RULESET[,RULESET...] ADDRESS  run rule sets on an address, one after the other
      .DxVALUE  .D{name}VALUE       define a macro
      .CxWORDS  .C{name}WORDS       add words to a class
      $x  ${name}                   value of a macro
      $=x  $={name}                 members of a class
      =SRULESET  =M                 rules of a rule set; all mailers
      -dFLAGS                       trace: 21.12 rules tried, 21.15 with their lines, 60.1 look-ups
      /parse ADDRESS                mailer, host and user of an address
      /try MAILER ADDRESS           an address as a mailer would see it
      /tryflags [HE][SR]            header or envelope, sender or recipient, for the two above
      /map MAP KEY                  look a key up
      /canon HOST  /mx HOST         canonical name; mail exchangers
      /expand TEXT                  TEXT with its macros replaced
      /quit                         leave
      .plus on|warn|off             a typed $| is the delimiter of two arguments; or a warning where
                                    one only looks like it; or all as sendmail has it
      .facts FILE [NAME=VALUE...]   with .plus: macros of a TLS session, from a certificate (PEM)
      .facts FILE [NUMBER]          or from a session record (docs/session-record.md)
      """;
}
