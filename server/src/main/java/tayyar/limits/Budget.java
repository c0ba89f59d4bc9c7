package tayyar.limits;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import tayyar.api.Room;

/**
 * The bytes that requests and answers may hold in memory, in all, and at most a share of them for
 * one key. The sockets' buffers count as well. Where the budget is used up, requests are refused
 * and sources pause before the heap is full. Thread-safe, without a lock.
 */
public final class Budget {
  private static final int SHARES = 4;

  private final long bytesMax;
  private final long bytesMaxOfOne;
  private final LongSupplier buffers;
  private final AtomicLong taken = new AtomicLong();
  private final Account nobody = new Account();

  /** The memory held for one key. */
  static final class Account {
    private final AtomicLong taken = new AtomicLong();

    boolean isEmpty() {
      return taken.get() == 0;
    }
  }

  /**
   * A budget with nothing held, of which one key may have a quarter.
   *
   * @param bytesMax bytes that may be held, at least 1
   * @param buffers bytes that buffers of sockets hold now
   */
  public Budget(long bytesMax, LongSupplier buffers) {
    this(bytesMax, bytesMax / SHARES, buffers);
  }

  private Budget(long bytesMax, long bytesMaxOfOne, LongSupplier buffers) {
    this.bytesMax = bytesMax;
    this.bytesMaxOfOne = bytesMaxOfOne;
    this.buffers = buffers;
  }

  /** The same where there are no keys: each request may have all that is left. */
  public static Budget withoutKeys(long bytesMax, LongSupplier buffers) {
    return new Budget(bytesMax, bytesMax, buffers);
  }

  /** Bytes held now, with those of the sockets' buffers. */
  public long held() {
    return taken.get() + buffers.getAsLong();
  }

  /** The bytes that may be held. */
  public long bytesMax() {
    return bytesMax;
  }

  /** Whether three quarters are in use: from then on, bytes that can wait elsewhere should. */
  public boolean tight() {
    return held() > bytesMax / SHARES * (SHARES - 1);
  }

  /**
   * The share of connections that have no key: those whose request is not known yet, or that do not
   * read their answers. Callers give back all that they take.
   */
  public Room nobody() {
    return new Room() {
      @Override
      public boolean take(long bytes) {
        return Budget.this.take(nobody, bytes);
      }

      @Override
      public void give(long bytes) {
        Budget.this.give(nobody, bytes);
      }
    };
  }

  boolean take(Account account, long bytes) {
    long its = account.taken.addAndGet(bytes);
    long all = taken.addAndGet(bytes);
    if (its <= bytesMaxOfOne && all + buffers.getAsLong() <= bytesMax) {
      return true;
    }
    give(account, bytes);
    return false;
  }

  void give(Account account, long bytes) {
    account.taken.addAndGet(-bytes);
    taken.addAndGet(-bytes);
  }
}
