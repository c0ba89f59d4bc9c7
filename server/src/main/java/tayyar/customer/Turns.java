package tayyar.customer;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.AccountFault;
import tayyar.api.AdminFault;
import tayyar.api.ApiError;
import tayyar.api.LimitFault;
import tayyar.api.Refused;
import tayyar.api.RuleException;

/**
 * Lets customers read the store one after the other, so that none of them slows requests to models
 * down. Its threads are its own: SQLite works in native code, which would pin the carriers of
 * virtual threads. They are there only while something is read. Thread-safe.
 */
final class Turns implements AutoCloseable {
  /** Readings of one key at once, those that wait included. */
  static final int OF_KEY = 4;

  /** Readings that wait, of all keys. */
  static final int WAITING = 32;

  private static final int THREADS = 2;
  private static final long IDLE_SECONDS = 10;
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  private final Map<String, Integer> running = new ConcurrentHashMap<>();
  private final Duration most;
  private final ThreadPoolExecutor threads;

  /**
   * Turns in which a statement that takes longer than a time fails.
   *
   * @param most that time
   */
  Turns(Duration most) {
    this.most = most;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("customers-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Reads when it is the key's turn. Blocks.
   *
   * @throws Refused if the key or all of them read too much at once, the store fails, or the
   *     reading itself refuses
   */
  <T> T take(String keyId, Callable<T> reading) {
    enter(keyId);
    try {
      return get(threads.submit(() -> timed(reading)));
    } catch (RejectedExecutionException e) {
      throw new Refused(new ApiError.QueueFull());
    } finally {
      running.computeIfPresent(keyId, (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }
  }

  /** Readings that run or wait. */
  int under() {
    return running.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void enter(String keyId) {
    running.compute(
        keyId,
        (_, count) -> {
          int now = count == null ? 0 : count;
          if (now == OF_KEY) {
            throw new Refused(new ApiError.OfLimit(new LimitFault.LooksAtOnce(OF_KEY)));
          }
          return now + 1;
        });
  }

  private <T> T timed(Callable<T> reading) throws Exception {
    long began = System.nanoTime();
    try {
      return reading.call();
    } catch (RuleException e) {
      if (e.getCause() instanceof SQLException && System.nanoTime() - began >= most.toNanos()) {
        throw new Refused(new ApiError.OfAccount(new AccountFault.TooMuchToSum()));
      }
      LOG.atWarn().setCause(e).log("the store cannot be read for a customer");
      throw new Refused(new ApiError.OfAdmin(new AdminFault.StoreUnavailable()));
    }
  }

  private static <T> T get(Future<T> reading) {
    try {
      return reading.get();
    } catch (ExecutionException e) {
      throw thrown(Objects.requireNonNull(e.getCause()));
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a customer's thread", e);
    }
  }

  private static RuntimeException thrown(Throwable cause) {
    return switch (cause) {
      case Error error -> throw error;
      case RuntimeException its -> its;
      default -> new IllegalStateException(cause);
    };
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
