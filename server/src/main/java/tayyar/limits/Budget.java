package tayyar.limits;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import tayyar.api.Room;

/**
 * The bytes that requests and answers may hold in memory, in all, and at most a quarter of them for
 * one key. What the sockets' buffers hold counts in. Where it is used up, nothing more is taken in:
 * requests are refused and sources pause, and nobody runs out of memory. Thread-safe, without a
 * lock.
 */
public final class Budget {
  private static final int SHARES = 4;

  private final long bytesMax;
  private final LongSupplier buffers;
  private final AtomicLong taken = new AtomicLong();
  private final Account nobody = new Account();

  /** What is held for one key. */
  static final class Account {
    private final AtomicLong taken = new AtomicLong();

    boolean isEmpty() {
      return taken.get() == 0;
    }
  }

  /**
   * A budget of which nothing is taken.
   *
   * @param bytesMax what may be held, at least 1
   * @param buffers bytes that buffers of sockets hold now
   */
  public Budget(long bytesMax, LongSupplier buffers) {
    this.bytesMax = bytesMax;
    this.buffers = buffers;
  }

  /** Bytes held now, those of sockets' buffers among them. */
  public long held() {
    return taken.get() + buffers.getAsLong();
  }

  /** What may be held, in bytes. */
  public long bytesMax() {
    return bytesMax;
  }

  /** Whether three quarters are in use: what can wait elsewhere should not be held here. */
  public boolean tight() {
    return held() > bytesMax / SHARES * (SHARES - 1);
  }

  /**
   * The share of those that no key stands for: connections whose request is not known yet, or that
   * do not read their answers. What is taken must be given back.
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
    if (its <= bytesMax / SHARES && all + buffers.getAsLong() <= bytesMax) {
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
