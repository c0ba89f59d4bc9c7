package tayyar.limits;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A place among the requests under way, given back by {@link #close()}. Any thread may close it;
 * only the first time counts.
 */
public final class Permit implements AutoCloseable {
  private final AtomicInteger held;
  private final AtomicBoolean closed = new AtomicBoolean();

  Permit(AtomicInteger held) {
    this.held = held;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      held.decrementAndGet();
    }
  }
}
