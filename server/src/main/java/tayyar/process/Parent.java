package tayyar.process;

import java.io.IOException;
import java.io.InputStream;

/**
 * Whoever started this process and holds the other end of a pipe. The kernel closes it however the
 * parent ends, so a process that watches it is never left behind.
 */
public final class Parent {
  private Parent() {}

  /**
   * Watches from now on, on a thread of its own.
   *
   * @param pipe read to its end, which is the parent's
   * @param gone called once, then
   */
  public static void watch(InputStream pipe, Runnable gone) {
    Thread.ofPlatform().daemon().name("parent").start(() -> await(pipe, gone));
  }

  private static void await(InputStream pipe, Runnable gone) {
    try {
      while (pipe.read() >= 0) {
        // What it says is of no matter.
      }
    } catch (IOException e) {
      // No pipe, no parent.
    }
    gone.run();
  }
}
