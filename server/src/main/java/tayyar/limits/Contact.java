package tayyar.limits;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether shared counters answer, which is logged at each change, and what they were asked. Away
 * until they have answered. Thread-safe.
 */
public final class Contact {
  /** A trial has to be answered within this time, as requests have to. */
  private static final long TRIAL_NANOS = Sharing.WAIT_NANOS;

  private static final Logger LOG = LoggerFactory.getLogger(Contact.class);

  private final Object counters;
  private final LongAdder calls = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final AtomicLong underWay = new AtomicLong();
  private volatile boolean away = true;
  private volatile boolean told;
  private volatile boolean closed;
  private volatile boolean quiet;
  private volatile String why = "";

  /**
   * None yet.
   *
   * @param counters where they are, without secrets; for the log
   */
  public Contact(Object counters) {
    this.counters = counters;
  }

  /** Has nothing logged: whoever looks for once tells what was found. */
  public void quiet() {
    quiet = true;
  }

  /** Whether asking is of no use at the moment. */
  public boolean isAway() {
    return away || closed;
  }

  /** Why they were away last; empty where they never were. */
  public String why() {
    return why;
  }

  /**
   * They do not answer.
   *
   * @param reason without secrets
   */
  public void gone(String reason) {
    away = true;
    why = reason;
    if (!told && !closed && !quiet) {
      told = true;
      LOG.atWarn()
          .addKeyValue("counters", counters)
          .addKeyValue("why", reason)
          .log("shared limits are away");
    }
  }

  /** Whether a trial that began then is under way for too long. */
  public static boolean isLate(long beganNanos) {
    return System.nanoTime() - beganNanos >= TRIAL_NANOS;
  }

  /** A trial that began then was answered: they are back, if that was in time. */
  public void tried(long beganNanos) {
    if (isLate(beganNanos)) {
      gone("they answer too late");
    } else if (away && !closed) {
      away = false;
      told = false;
      if (!quiet) {
        LOG.atInfo().addKeyValue("counters", counters).log("shared limits are counted");
      }
    }
  }

  /** They are asked something. */
  public void asked() {
    calls.increment();
    underWay.incrementAndGet();
  }

  /** What was asked then has its answer, or null if it has none. */
  public void answered(long askedNanos, @Nullable Answer answer) {
    underWay.decrementAndGet();
    nanos.add(System.nanoTime() - askedNanos);
    if (answer != null) {
      refusals.add(answer.outcomes().stream().filter(Answer.Denied.class::isInstance).count());
    }
  }

  /** Waits a moment for calls under way; from now on they are away, and nothing is logged. */
  public void close() {
    long until = System.nanoTime() + TRIAL_NANOS;
    while (!away && underWay.get() > 0 && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(1_000_000);
    }
    closed = true;
  }

  /** Calls so far. */
  public long calls() {
    return calls.sum();
  }

  /** Requests that the counters refused. */
  public long refusals() {
    return refusals.sum();
  }

  /** Milliseconds that all calls have taken. */
  public long millis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos.sum());
  }
}
