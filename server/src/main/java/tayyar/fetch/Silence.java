package tayyar.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends a body from which nothing comes any more: a reader that waits for it gets an error. */
final class Silence implements AutoCloseable {
  private final InputStream body;
  private final Duration most;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile long heardNanos = System.nanoTime();
  private volatile boolean tooLong;

  private Silence(InputStream body, Duration most) {
    this.body = body;
    this.most = most;
  }

  static Silence of(InputStream body, Duration most) {
    var silence = new Silence(body, most);
    Thread.startVirtualThread(silence::watch);
    return silence;
  }

  /** Something came. */
  void broken() {
    heardNanos = System.nanoTime();
  }

  /** Whether it is this that ended the body. */
  boolean tooLong() {
    return tooLong;
  }

  private void watch() {
    try {
      for (long left = left(); left > 0; left = left()) {
        if (done.await(left, TimeUnit.NANOSECONDS)) {
          return;
        }
      }
      tooLong = true;
      body.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long left() {
    return most.toNanos() - (System.nanoTime() - heardNanos);
  }

  @Override
  public void close() {
    done.countDown();
  }
}
