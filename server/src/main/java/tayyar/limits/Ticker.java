package tayyar.limits;

import tayyar.api.Threads;

/** A thread that does one thing some twenty times a second. */
public final class Ticker implements AutoCloseable {
  private static final long TICK_MILLIS = 50;

  private final Runnable each;
  private final Thread thread;
  private volatile boolean closed;

  /** Begins at once. */
  public Ticker(Runnable each) {
    this.each = each;
    this.thread = Thread.ofPlatform().daemon().name("limits").start(this::run);
  }

  private void run() {
    while (!closed) {
      each.run();
      try {
        Thread.sleep(TICK_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Ends it, and waits until it has ended. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    Threads.awaitEnd(thread);
  }
}
