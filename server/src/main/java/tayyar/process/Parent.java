package tayyar.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * The process that started this one and holds the other end of a pipe. The kernel closes the pipe
 * however the parent ends, so a process that watches the pipe is never left behind.
 */
public final class Parent {
  private Parent() {}

  /**
   * Begins to watch, on a separate thread.
   *
   * @param pipe ends when the parent ends; read to its end
   * @param gone called once, then
   */
  public static void watch(InputStream pipe, Runnable gone) {
    Thread.ofPlatform().daemon().name("parent").start(() -> await(pipe, gone));
  }

  /**
   * The same with a parent that writes lines.
   *
   * @param said told each line, on that thread
   */
  public static void hear(InputStream pipe, Consumer<String> said, Runnable gone) {
    Thread.ofPlatform().daemon().name("parent").start(() -> await(pipe, said, gone));
  }

  private static void await(InputStream pipe, Consumer<String> said, Runnable gone) {
    try {
      var lines = new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.accept(line);
      }
    } catch (IOException e) {
      // No pipe, no parent.
    }
    gone.run();
  }

  private static void await(InputStream pipe, Runnable gone) {
    try {
      while (pipe.read() >= 0) {
        // The bytes themselves mean nothing.
      }
    } catch (IOException e) {
      // No pipe, no parent.
    }
    gone.run();
  }
}
