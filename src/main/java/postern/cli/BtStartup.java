package postern.cli;

import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;
import postern.source.Diagnostic;
import postern.text.MacroNames;
import postern.text.Prescan;

/** Shows what happens while the configuration is read, in sendmail's form. */
final class BtStartup implements Compiler.Watcher {
  final DebugFlags debug;
  final ByteOutput out;
  final ExitStatus exit = new ExitStatus();
  private BtTrace trace;
  private boolean usable = true;
  private boolean deliveryModeKept;

  BtStartup(DebugFlags debug, OutputStream output) {
    this.debug = debug;
    out = new ByteOutput(output);
    trace = new BtTrace(out::print, new MacroNames(), debug, exit);
  }

  /** The command line had a fault that does not keep test mode from running. */
  void misused() {
    exit.replace(ExitStatus.USAGE);
  }

  /** Whether the delivery mode is what the command line says. */
  void keepDeliveryMode(boolean kept) {
    deliveryModeKept = kept;
  }

  /** Prints a line. */
  void say(String line) {
    out.print(line + "\n");
  }

  @Override
  public void begins(MacroNames names) {
    trace = new BtTrace(out::print, names, debug, exit);
  }

  @Override
  public boolean watches() {
    return trace.watches();
  }

  @Override
  public void scanning(String text) {
    trace.scanning(text);
  }

  @Override
  public void token(String text) {
    trace.token(text);
  }

  @Override
  public void scanned(@Nullable Prescan tokens) {
    trace.scanned(tokens);
  }

  @Override
  public void found(Diagnostic diagnostic) {
    Diagnostic.Code code = diagnostic.code();
    String place =
        diagnostic.recordLine() > 0 || code == Diagnostic.Code.UNREADABLE_FILE
            ? diagnostic.file() + ": line " + diagnostic.recordLine() + ": "
            : "";
    if (code != Diagnostic.Code.UNTOLD_VERSION) {
      out.print(place + diagnostic.fullMessage() + "\n");
    }
    switch (code) {
      case FATAL_OPTION -> {
        exit.replace(ExitStatus.USAGE);
        usable = false;
      }
      case UNREADABLE_FILE -> {
        exit.replace(ExitStatus.OS_FILE);
        usable = false;
      }
      case BAD_MAILBOX_DATABASE -> exit.replace(ExitStatus.UNAVAILABLE);
      case BAD_TIME, BAD_TEXT -> {}
      default -> {
        if (diagnostic.isError()) {
          exit.fault(diagnostic.cause() != null);
        }
      }
    }
  }

  /** Whether the configuration can be used at all. */
  boolean isUsable() {
    return usable;
  }

  /** Whether the delivery mode was given with the command. */
  boolean isDeliveryModeKept() {
    return deliveryModeKept;
  }
}
