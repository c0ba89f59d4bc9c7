package tayyar.process;

import java.lang.reflect.Proxy;

/** Signals of the operating system, whose handler in the JDK is sun.misc.Signal. */
public final class Signals {
  private Signals() {}

  /**
   * Calls back at each signal of a name, on a thread of its own, in place of what the JVM would do.
   * One that was ignored when the process started stays ignored, as {@code nohup} wants it.
   *
   * @param name without its SIG
   */
  public static void on(String name, Runnable then) {
    try {
      // By reflection: javac warns of the class by name, always, and nothing turns that off.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object calls =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (_, _, _) -> {
                then.run();
                return null;
              });
      Object named = signal.getConstructor(String.class).newInstance(name);
      var _ = signal.getMethod("handle", signal, handler).invoke(null, named, calls);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this Java has no signals", e);
    }
  }
}
