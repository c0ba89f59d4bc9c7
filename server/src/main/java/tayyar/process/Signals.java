package tayyar.process;

import sun.misc.Signal;

/** Signals of the operating system, as far as the JVM leaves them to a program. */
public final class Signals {
  private Signals() {}

  /**
   * Calls back at each signal of a name, on a separate thread, in place of the JVM's reaction. A
   * signal that was ignored when the process started stays ignored, as {@code nohup} wants it, and
   * {@code -Xrs} leaves all signals to the operating system.
   *
   * @param name without its SIG
   */
  public static void on(String name, Runnable then) {
    try {
      Signal.handle(new Signal(name), _ -> then.run());
    } catch (IllegalArgumentException e) {
      // Java was told to leave signals alone.
    }
  }
}
