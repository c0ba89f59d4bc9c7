package tayyar.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One endpoint's turn to be asked, by all lanes at once. Safe for use by any thread.
 *
 * <pre>
 *   asking --(its time is over, or its requests are out)--> finishing --(each lane is idle)--> over
 * </pre>
 */
final class EndpointTurn {
  private final int endpoint;
  private final boolean measured;
  private final int round;
  private final long startNanos;
  private final long endNanos;
  private final AtomicLong left;
  private final CountDownLatch lanes;
  private volatile boolean stopped;

  /**
   * @param endpoint index into the plan's
   * @param measured false for the warm-up
   * @param endNanos the time from which no more is sent, or {@link Long#MAX_VALUE}
   * @param requests the most requests
   */
  EndpointTurn(
      int endpoint,
      boolean measured,
      int round,
      long startNanos,
      long endNanos,
      long requests,
      int lanes) {
    this.endpoint = endpoint;
    this.measured = measured;
    this.round = round;
    this.startNanos = startNanos;
    this.endNanos = endNanos;
    this.left = new AtomicLong(requests);
    this.lanes = new CountDownLatch(lanes);
  }

  /** Takes one more request; returns whether it may be sent. */
  boolean take(long now) {
    return !stopped && now < endNanos && left.getAndDecrement() > 0;
  }

  /** Whether tokens that arrive now count as the turn's throughput. */
  boolean isWithin(long now) {
    return measured && now < endNanos;
  }

  /** No more requests. */
  void stop() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped;
  }

  void laneIsIdle() {
    lanes.countDown();
  }

  CountDownLatch lanes() {
    return lanes;
  }

  int endpoint() {
    return endpoint;
  }

  boolean isMeasured() {
    return measured;
  }

  int round() {
    return round;
  }

  long startNanos() {
    return startNanos;
  }

  long endNanos() {
    return endNanos;
  }
}
