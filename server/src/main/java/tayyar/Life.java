package tayyar;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tayyar.engine.Engine;

/**
 * A worker's life, from before its model is loaded to its end. Tells the gateway on standard output
 * that it is alive, when it is ready and how busy it is. Safe for use by any thread.
 */
final class Life {
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  /** Looks between two signs of life: one a second. */
  private static final int SIGN_EACH = 4;

  /** An end in good order takes no longer; what hangs in native code never comes to it. */
  private static final Duration ENDING = Duration.ofSeconds(5);

  private final PrintStream out;
  private final boolean signs;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Engine engine;
  private String told = "";
  private int threads;

  /**
   * Begins.
   *
   * @param out where the gateway listens for lines
   * @param signs whether it listens for signs of life
   */
  Life(PrintStream out, boolean signs) {
    this.out = out;
    this.signs = signs;
    Thread.ofPlatform().daemon().name("life").start(this::run);
  }

  /** The model is loaded and the socket listens. */
  void up(Engine running) {
    out.println(WorkerLines.ready(running.model()));
    synchronized (this) {
      engine = running;
      if (threads > 0) {
        running.give(threads);
      }
    }
  }

  /** The gateway gives it so many threads, be its model loaded or not. */
  synchronized void give(int share) {
    threads = share;
    Engine running = engine;
    if (running != null) {
      running.give(share);
    }
  }

  /** Waits for the end. */
  void await() {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the worker: in order where that can be, or else the process. Returns never. */
  void end() {
    ended.countDown();
    try {
      if (engine != null) {
        Thread.sleep(ENDING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(0);
  }

  private void run() {
    try {
      for (int look = 0; ended.getCount() > 0; look++) {
        if (signs && look % SIGN_EACH == 0) {
          out.println(WorkerLines.alive());
        }
        look();
        Thread.sleep(LOOK_EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    Engine running = engine;
    if (running == null) {
      return;
    }
    running.look();
    String now = WorkerLines.stats(running.stats(), running.shelved());
    if (!now.equals(told)) {
      told = now;
      out.println(now);
    }
  }
}
