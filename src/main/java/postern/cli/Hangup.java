package postern.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * SIGHUP, the custom of daemons for "read your configuration again". Java has {@code
 * sun.misc.Signal} for it (module jdk.unsupported), which every Java since 1.2 has kept; the
 * compiler warns of the name and has no switch to say that it is meant, so it is looked up.
 */
final class Hangup {
  private Hangup() {}

  /** Calls {@code what} at every SIGHUP; false if this Java cannot. */
  static boolean handle(Runnable what) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      MethodHandle run =
          lookup.findVirtual(Runnable.class, "run", MethodType.methodType(void.class)).bindTo(what);
      MethodHandle target = MethodHandles.dropArguments(run, 0, signal);
      Object hangup =
          lookup
              .findConstructor(signal, MethodType.methodType(void.class, String.class))
              .invoke("HUP");
      lookup
          .findStatic(signal, "handle", MethodType.methodType(handler, signal, handler))
          .invoke(hangup, MethodHandleProxies.asInterfaceInstance(handler, target));
      return true;
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      return false; // a system without SIGHUP, or the Java VM runs with -Xrs
    }
  }
}
