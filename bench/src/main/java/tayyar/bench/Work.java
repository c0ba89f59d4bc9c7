package tayyar.bench;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Numbers the requests of each endpoint, so that all endpoints get the same requests. The warm-up
 * has numbers of its own. Safe for use by any thread.
 */
final class Work {
  private static final long WARM_UP = 1L << 40;

  private final AtomicLongArray measured;
  private final AtomicLongArray warm;

  Work(int endpoints) {
    measured = new AtomicLongArray(endpoints);
    warm = new AtomicLongArray(endpoints);
  }

  long next(EndpointTurn turn) {
    return turn.isMeasured()
        ? measured.getAndIncrement(turn.endpoint())
        : WARM_UP + warm.getAndIncrement(turn.endpoint());
  }
}
