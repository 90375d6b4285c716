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

      Each command tells all its switches with --help.
      -C FILE is a .cf file or a .mc file; without it rulesets/postern.cf is read.
      -O sets an option by its long name, -oX by its letter; both win over the file.

      Exit codes: 0 done (SIGTERM: running transactions finished), 64 command line wrong,
      69 not available (no Java, build failed), 70 the rules failed, 71 operating system error
      (port or queue in use), 72 configuration file missing, 75 try again later, 78 configuration
      or map file wrong: every mistake is shown as FILE:LINE:COLUMN: error: ..., with the line.
      """;

  /** What {@code serve --help} says. */
  static final String SERVE =
      """
      postern serve: the SMTP gateway, in the foreground until SIGTERM or Ctrl-C

        postern serve [-C FILE] [-O Option=value]... [-M{macro}value]... [-qTIME]

        -C FILE           a .cf or .mc file; without it the stock policy, on 127.0.0.1:2525, with
                          demonstration certificates and data in var/
        -O Option=value   one option on top of the file: DaemonPortOptions=Port=25,Addr=192.0.2.1
                          ServerCertFile=... CACertFile=... QueueDirectory=... (docs/configuration.md)
        -oXvalue          the same by the option's letter
        -M{macro}value    defines a macro before the file is read; -M{AccessFile}FILE names the
                          access map of the stock policy
        -qTIME            how often the queue is looked through: -q30m
        --json-log FILE   appends a session record a message (docs/session-record.md)
        --check-only      starts, says where it listens, and ends

      sendmail's -bd and -bD do the same. SIGHUP reads the files again, SIGTERM lets transactions
      finish. Exit codes: 71 port or queue in use, 72 no such file, 78 the configuration is wrong.
      """;

  /** What {@code status --help} says. */
  static final String STATUS =
      """
      postern status: how a running gateway is doing

        postern status [--json] [--port N | -C FILE] [-O Option=value]

        --json      for programs
        --port N    the port of option MetricsPort, if it is not to be read from the configuration

      The gateway must have been started with option MetricsPort, say -O MetricsPort=2580.
      Exit codes: 69 nobody answers, 78 no MetricsPort is set.
      """;

  /** What {@code passwd --help} says. */
  static final String PASSWD =
      """
      postern passwd: the users who may log in (AUTH)

        postern passwd FILE USER            sets a password: asked twice, or read from a pipe
        postern passwd --delete FILE USER   removes a user
        postern passwd --list FILE          names all users

      FILE is what option AuthPasswordFile names; it is made if it is not there, for its owner alone.
      What is kept cannot be turned back into the password.
      """;

  /** What {@code makemap --help} says. */
  static final String MAKEMAP =
      """
      postern makemap: data base files for maps, with sendmail's arguments

        postern makemap cdb NAME < TEXT     writes NAME.cdb: key, blanks, value on each line
        postern makemap -u TYPE NAME        prints a hash, btree or cdb file as text

        -f        keeps the case of keys       -N        ends keys and values with a zero byte
        -d        keeps equal keys             -r        lets the last of equal keys win
        -e        lets values be empty         -o        adds to what the file holds
        -t CHAR   separates key and value      -D CHAR   begins comments (#)
        -i cdb    writes cdb where another type is named
        -v        tells of each line           -l, -x    lists types, suffixes
        -s, -c N  sendmail's, without effect    -C FILE   a configuration that must be there

      hash and btree files are written by sendmail's makemap and read by Postern as they are.
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
