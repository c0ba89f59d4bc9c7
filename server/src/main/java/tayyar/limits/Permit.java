package tayyar.limits;

import java.util.concurrent.atomic.AtomicInteger;
import tayyar.api.Room;

/**
 * A place among the requests under way and the memory the request holds, both given back by {@link
 * #close()}. Any thread may use it; only the first close counts, and nothing is taken after it.
 */
public final class Permit implements Room, AutoCloseable {
  private final AtomicInteger held;
  private final Budget budget;
  private final Budget.Account account;
  private long taken;
  private boolean closed;

  Permit(AtomicInteger held, Budget budget, Budget.Account account) {
    this.held = held;
    this.budget = budget;
    this.account = account;
  }

  @Override
  public synchronized boolean take(long bytes) {
    if (closed || !budget.take(account, bytes)) {
      return false;
    }
    taken += bytes;
    return true;
  }

  @Override
  public synchronized void give(long bytes) {
    if (!closed) {
      taken -= bytes;
      budget.give(account, bytes);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      budget.give(account, taken);
      held.decrementAndGet();
    }
  }
}
