package postern.cf;

import java.util.Locale;
import postern.source.Diagnostic.Code;
import postern.text.MacroNames;
import postern.text.Meta;

/** What follows from the whole file: names and classes that it left open, and what is amiss. */
final class BehindFile {
  private static final int MAX_LEVEL = 10;

  private final Compiler in;

  BehindFile(Compiler in) {
    this.in = in;
  }

  /** Completes the configuration; {@code level} is that of its V line. */
  void finish(int level) {
    in.maps.declareBuiltIn(level);
    if (in.macros.get('_') == null) {
      in.macros.set('_', "root@localhost");
    }
    if (in.options.string("SuperSafe").toLowerCase(Locale.ROOT).startsWith("i")
        && !in.options.string("DeliveryMode").startsWith("i")) {
      in.notice(
          Code.OPTION_IGNORED,
          "WARNING: SuperSafe=interactive should only be used with\n"
              + "         DeliveryMode=interactive");
    }
    String m = in.expand((char) Meta.EXPAND + "m");
    if (!m.isEmpty()) {
      in.classes.add('m', m);
    }
    String probe = in.options.string("DontProbeInterfaces", "false");
    boolean loopback = !probe.equalsIgnoreCase("loopback");
    if (!loopback || !Options.isTrue(probe)) {
      Host.interfaces(loopback).forEach(this::ours);
    }
    if (level > MAX_LEVEL) {
      in.error(
          holdsErrors() ? Code.UNTOLD_VERSION : Code.BAD_VERSION,
          "Warning: .cf version level ("
              + level
              + ") exceeds sendmail version "
              + in.macros.text('v')
              + " functionality ("
              + MAX_LEVEL
              + ")");
    }
    String mailboxes = in.options.string("MailboxDatabase", "pw");
    if (!mailboxes.equals("pw")) {
      in.notice(
          Code.BAD_MAILBOX_DATABASE,
          "Can't initialize mailbox database \"" + mailboxes + "\": Service unavailable");
    }
    hostStatus();
    if (level < MAX_LEVEL) {
      in.warning(
          Code.OLD_VERSION,
          "Warning: .cf file is out of date: sendmail "
              + in.macros.text('v')
              + " supports version "
              + MAX_LEVEL
              + ", .cf file is version "
              + level);
    }
    name();
    if (!in.mailers().knows("local")) {
      in.error(Code.BAD_MAILER, "No local mailer defined");
    }
    in.mailers().finish(level);
    builtInClasses();
    in.rules().finish();
    in.program.blankSubstitute(in.blankSubstitute());
  }

  /** Whether sendmail keeps faults to itself that are found after the file was read. */
  private boolean holdsErrors() {
    String mode = in.options.string("ErrorMode");
    return !mode.isEmpty() && "mqwe".indexOf(mode.charAt(0)) >= 0;
  }

  /** A name that is new to class w goes there in brackets, too (conf.c, add_hostnames). */
  private void ours(String one) {
    if (!one.startsWith("[") && !in.classes.contains('w', one)) {
      in.classes.add('w', "[" + one + "]");
    }
    in.classes.add('w', one);
  }

  private void hostStatus() {
    boolean kept = !in.options.string("HostStatusDirectory").isEmpty();
    if (kept && in.options.number("ConnectionCacheSize", 1) <= 0) {
      kept = false;
      in.notice(
          Code.OPTION_IGNORED,
          "Warning: HostStatusDirectory disabled with ConnectionCacheSize = 0");
    }
    if (!kept && in.options.bool("SingleThreadDelivery", false)) {
      in.notice(
          Code.OPTION_IGNORED, "Warning: HostStatusDirectory required for SingleThreadDelivery");
    }
  }

  /** The name of this host is a member of its class, whatever the file made of it. */
  private void name() {
    String j = in.expand((char) Meta.EXPAND + "j");
    String name = j.isEmpty() ? "localhost" : j;
    if (name.indexOf('.') < 0) {
      in.warning(
          Code.UNQUALIFIED_HOST,
          "WARNING: local host name (" + name + ") is not qualified; see cf/README: WHO AM I?");
    }
    in.classes.add('w', name);
  }

  private void builtInClasses() {
    in.classes.add('n', "multipart/signed");
    in.classes.add('s', "rfc822");
    addAll("e", "7bit 8bit binary");
    addAll("checkMIMEFieldHeaders", "content-disposition content-type");
    addAll("checkMIMETextHeaders", "content-description");
    addAll(
        "checkMIMEHeaders",
        "content-disposition content-id content-transfer-encoding content-type mime-version");
    addAll("persistentMacros", "r s _ {if_addr} {daemon_flags}");
    in.names.id("quarantine"); // not used here, but sendmail's next name has the next number
  }

  private void addAll(String name, String words) {
    int id = in.names.id(name);
    if (id != MacroNames.BAD) {
      for (String word : words.split(" ", -1)) {
        in.classes.add(id, word);
      }
    }
  }
}
