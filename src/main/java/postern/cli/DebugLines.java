package postern.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.cf.Mailer;
import postern.cf.TypedText;
import postern.policy.ErrorText;
import postern.policy.Resolver;
import postern.policy.Resolver.Step;
import postern.rule.Machine;
import postern.text.Expander;
import postern.text.MacroNames;
import postern.text.Macros;
import postern.text.TokenText;

/**
 * What sendmail's debug flags show of addresses (12, 20, 24, 33, 48) and of macros and classes (35,
 * 37) while address test mode runs.
 */
final class DebugLines implements Expander.Watcher, TypedText.Listener {
  // Flags of an address that was never asked for a receipt, and of one that was looked at.
  private static final String FRESH = "180<QPINGONFAILURE,QPINGONDELAY>";
  private static final String LOOKED_AT = "100180<QPINGONFAILURE,QPINGONDELAY,QSECURE>";
  private static final int SENDER = 1;
  private static final int HEADER = 2;

  private final Consumer<CharSequence> out;
  private final MacroNames names;
  private final DebugFlags debug;
  private final StringBuilder line = new StringBuilder();
  private int purpose;

  DebugLines(Consumer<CharSequence> out, MacroNames names, DebugFlags debug) {
    this.out = out;
    this.names = names;
    this.debug = debug;
  }

  /** What the addresses are for from now on. */
  void purpose(boolean sender, boolean header) {
    purpose = (sender ? SENDER : 0) + (header ? HEADER : 0);
  }

  private DebugLines put(Object text) {
    line.append(text);
    return this;
  }

  private DebugLines show(@Nullable String text) {
    if (text == null) {
      TokenText.printNull(debug.style(), line);
    } else {
      TokenText.print(text, names, debug.style(), line);
    }
    return this;
  }

  private void end() {
    line.append('\n');
    flush();
  }

  private void flush() {
    out.accept(line);
    line.setLength(0);
  }

  // ---- addresses

  void step(Step step) {
    if (step instanceof Step.Cracking s && debug.on(33, 1)) {
      put("crackaddr(").put(s.address()).put(")").end();
    } else if (step instanceof Step.Cracked s && debug.on(33, 1)) {
      put("crackaddr=>`").show(s.surroundings()).put("'").end();
    } else if (step instanceof Step.Parsing s && debug.on(20, 1)) {
      put("\n--parseaddr(").put(s.address()).put(")").end();
    } else if (step instanceof Step.Refused s && debug.on(20, 1)) {
      put("parseaddr-->").put(reason(s.reason())).end();
    } else if (step instanceof Step.Triple s && debug.on(24, 5)) {
      triple(s.machine());
    } else if (step instanceof Step.Built s && debug.on(24, 6)) {
      put("buildaddr => ");
      address(null, s.mailer(), s.host(), s.user(), FRESH, "OK", null);
    } else if (step instanceof Step.Placed s && debug.on(24, 4)) {
      put("allocaddr(flags=").put(purpose).put(", paddr=").put(s.address()).put(", ad=1)").end();
    } else if (step instanceof Step.Asking s && debug.on(48, 2)) {
      put("rscap(").put(s.ruleSet()).put(", ").put(s.argument()).put(", (NULL))").end();
    } else if (step instanceof Step.Waiting && debug.on(20, 1)) {
      put("parseaddr: queueing message").end();
    } else if (step instanceof Step.Done s && debug.on(20, 1)) {
      done(s);
    } else if (step instanceof Step.Rewriting s && debug.on(12, 1)) {
      put("remotename(").put(s.address()).put(")").end();
    } else if (step instanceof Step.Inserted s && debug.on(35, 9)) {
      put("macset(g as ").show(s.address()).put(")").end();
    } else if (step instanceof Step.InForm s && debug.on(12, 1)) {
      put("remotename => `").show(s.address()).put("', stat=").put(s.status()).end();
    }
  }

  private static String reason(Resolver.Reason reason) {
    return switch (reason) {
      case NOTHING -> "NULL";
      case BAD_ADDRESS -> "bad address";
      case BAD_USER -> "bad q_user";
    };
  }

  private void triple(Machine machine) {
    put("buildaddr, flags=").put(purpose).put(", tv=");
    for (int i = 0; i < machine.count(); i++) {
      put(" ").show(machine.symbols().text(machine.token(i)));
    }
    end();
  }

  private void done(Step.Done step) {
    put("parseaddr-->");
    Resolver.Resolved resolved = step.resolved();
    ErrorText error = resolved.error();
    boolean waits = step.waits() || error != null;
    String status = step.waits() ? "4.4.3" : error != null ? error.enhanced() : null;
    address(
        step.address(),
        resolved.mailer(),
        resolved.host(),
        resolved.user(),
        LOOKED_AT,
        waits ? "QUEUEUP" : "OK",
        status);
  }

  /** All that sendmail keeps with an address; most of it is empty before there is a message. */
  private void address(
      @Nullable String printed,
      @Nullable Mailer mailer,
      @Nullable String host,
      String user,
      String flags,
      String state,
      @Nullable String status) {
    put("0x00000000=").put(text(printed)).put(":\n\tmailer ");
    put(mailer == null ? 0 : mailer.number()).put(" (");
    put(mailer == null ? "*error*" : mailer.name()).put("), host `").put(text(host));
    put("'\n\tuser `").put(user).put("', ruser `<null>'\n\tstate=").put(state);
    put(", next=0x0, alias 0x0, uid 0, gid 0\n\tflags=").put(flags);
    put("\n\towner=(none), home=\"(none)\", fullname=\"(none)\"");
    put("\n\torcpt=\"(none)\", statmta=(none), status=").put(status == null ? "(none)" : status);
    put("\n\tfinalrcpt=\"(none)\"\n\trstatus=\"(none)\"\n\tstatdate=(none)").end();
  }

  private static String text(@Nullable String text) {
    return text == null ? "<null>" : text;
  }

  // ---- macros and classes

  /** Somebody typed text that begins with a name; {@code read} tells what came of it. */
  MacroNames.Parsed name(String text, int from, MacroNames.Reader reader) {
    if (!debug.on(35, 14)) {
      return reader.read(text, from);
    }
    put("macid(").show(text.substring(Math.min(from, text.length()))).put(") => ").flush();
    MacroNames.Parsed parsed = reader.read(text, from);
    if (parsed.id() == MacroNames.BAD) {
      put("NULL");
    } else if (text.charAt(from) == '{') {
      put("0x").put(Integer.toHexString(parsed.id()));
    } else {
      show(text.substring(from, from + 1));
    }
    end();
    return parsed;
  }

  /** A macro map is about to read the name in {@code key}. */
  void key(String key) {
    if (key.charAt(0) != '{' || key.matches("[{][a-zA-Z0-9_]{1,25}[}].*")) {
      name(key, 0, (text, from) -> names.parse(text, from, message -> {}));
    }
  }

  /** Whether changes of macros are shown. */
  boolean hearsMacros() {
    return debug.on(35, 9);
  }

  /** A macro is about to change. */
  void defining(Macros macros, int id, @Nullable String value) {
    if (hearsMacros()) {
      put(macros.isOwn(id) ? "re" : "").put("define(").put(names.longName(id)).put(" as ");
      show(value).put(")").end();
    }
  }

  @Override
  public void expanding(int depth, String text) {
    if (debug.on(35, 24)) {
      put("expand(").show(text).put(")").end();
    }
  }

  @Override
  public void expanded(int depth, String text) {
    if (debug.on(35, 28)) {
      put("expand(").put(depth).put(") ==> ").show(text).end();
    }
  }

  @Override
  public void done(String text) {
    if (debug.on(35, 24)) {
      put("expand ==> ").show(text).end();
    }
  }

  /** Typed text is about to be translated. */
  void translating(String text) {
    if (debug.on(37, 53)) {
      put("translate_dollars(").show(text).put(")").end();
    }
  }

  /** What it became. */
  void translated(String text) {
    if (debug.on(37, 53)) {
      put("  translate_dollars => ").show(text).end();
    }
  }

  @Override
  public void word(int id, String word) {
    if (debug.on(37, 8)) {
      put("setclass(").put(names.longName(id)).put(", ").put(word).put(")").end();
    }
  }

  @Override
  public void members(int id, int other) {
    name(String.valueOf((char) other), 0, (text, from) -> new MacroNames.Parsed(other, 1));
    if (debug.on(37, 8)) {
      put("setclass(").put(names.longName(id)).put(", $=").put(names.longName(other)).put(")");
      end();
    }
  }
}
