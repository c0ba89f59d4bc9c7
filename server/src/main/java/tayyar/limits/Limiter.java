package tayyar.limits;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import tayyar.api.ApiError;
import tayyar.api.Key;

/**
 * Admits or refuses requests: by the key's requests in a sliding window of 60 seconds, exact to a
 * second, and by all requests under way. An admitted request draws its memory on the budget.
 * Thread-safe; {@link #admit} holds a lock of the key for a moment only, so event loops may call
 * it. Keeps some 400 bytes for each key used in the last two minutes.
 */
public final class Limiter {
  private static final long SECOND_NANOS = 1_000_000_000;

  private final LongSupplier nanoClock;
  private final long origin;
  private final int streamsMax;
  private final Budget budget;
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicLong nextSweep = new AtomicLong(Window.SECONDS);
  private final ConcurrentHashMap<String, Window> windows = new ConcurrentHashMap<>();

  /**
   * A limiter that has seen no request.
   *
   * @param nanoClock as {@link System#nanoTime()}
   * @param streamsMax requests under way at once, at least 1
   * @param budget bounds the memory of all requests
   */
  public Limiter(LongSupplier nanoClock, int streamsMax, Budget budget) {
    this.nanoClock = nanoClock;
    this.origin = nanoClock.getAsLong();
    this.streamsMax = streamsMax;
    this.budget = budget;
  }

  /**
   * Admits and counts a request, or refuses it and counts nothing. Where both limits are reached,
   * the refusal names the key's own.
   */
  public Admission admit(Key key) {
    long nanos = nanoClock.getAsLong() - origin;
    long second = nanos / SECOND_NANOS;
    sweep(second);
    while (true) {
      Window window = windows.computeIfAbsent(key.id(), id -> new Window(second));
      synchronized (window) {
        if (!window.dropped()) {
          window.advance(second);
          return admit(key, window);
        }
      }
    }
  }

  private Admission admit(Key key, Window window) {
    int limit = key.requestsPerMinute();
    int remaining = limit - window.total();
    if (remaining <= 0) {
      ApiError error = new ApiError.RateLimitExceeded(limit, window.secondsUntilBelow(limit));
      return new Admission.Refused(error, limit, 0);
    }
    if (!hold()) {
      return new Admission.Refused(new ApiError.QueueFull(), limit, remaining);
    }
    window.count();
    return new Admission.Granted(new Permit(held, budget, window.memory()), limit, remaining - 1);
  }

  private boolean hold() {
    int now = held.get();
    while (now < streamsMax) {
      if (held.compareAndSet(now, now + 1)) {
        return true;
      }
      now = held.get();
    }
    return false;
  }

  /** Open permits, that is requests under way. */
  public int open() {
    return held.get();
  }

  /** Keys that are remembered. */
  int remembered() {
    return windows.size();
  }

  /** Forgets the keys that were not used for a whole window; one caller a minute does it. */
  private void sweep(long second) {
    long due = nextSweep.get();
    if (second < due || !nextSweep.compareAndSet(due, second + Window.SECONDS)) {
      return;
    }
    windows
        .values()
        .removeIf(
            window -> {
              synchronized (window) {
                return window.dropIfIdle(second);
              }
            });
  }
}
