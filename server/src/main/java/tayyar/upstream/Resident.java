package tayyar.upstream;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.Target;
import tools.jackson.databind.JsonNode;

/**
 * A model of our own, that is in memory or not. While it is, it has a worker.
 *
 * <pre>
 *   ABSENT --asked for--> WAITING --there is room--> LOADING --it is ready--> READY
 *      ^                                                |                       |
 *      |                                                +--it can't be--> FAILED|
 *      +--its process has ended-- UNLOADING &lt;--idle, or another needs the room--+
 * </pre>
 *
 * {@link Residents} changes the state, under its lock. All public methods are safe for use by any
 * thread.
 */
public final class Resident {
  /** Whether it is in memory. */
  public enum State {
    /** It is not. */
    ABSENT,
    /** It is not, and others hold the memory that it needs. */
    WAITING,
    /** Its worker starts. */
    LOADING,
    /** It is, though its worker may be restarting. */
    READY,
    /** Its worker ends. */
    UNLOADING,
    /** Its worker could not load it. */
    FAILED
  }

  /**
   * What an operator says of it.
   *
   * @param bytes of memory that it takes, at least 0
   * @param atStart whether it is loaded before anybody asks for it
   * @param idle how long it stays unused; zero is for ever
   */
  public record Terms(long bytes, boolean atStart, Duration idle) {
    /** Loaded at the start, and for ever. */
    public static final Terms USUAL = new Terms(0, true, Duration.ZERO);
  }

  private final String model;
  private final Supplier<Worker> workers;
  private final Target target;
  private final Waiters waiting = new Waiters();
  private @Nullable Worker next;
  private volatile @Nullable Worker worker;
  private volatile @Nullable JsonNode info;

  // The table's.
  Terms terms = Terms.USUAL;
  State state = State.ABSENT;
  int users;
  long usedNanos;
  long failedNanos;
  long restartsBefore;
  boolean leaving;

  /** Whether a running server took it in, whose readiness does not wait for it. */
  boolean added;

  /**
   * One that is not in memory.
   *
   * @param model its name
   * @param workers makes its worker, one for each time that it is loaded, all at one target
   */
  public Resident(String model, Supplier<Worker> workers) {
    this.model = model;
    this.workers = workers;
    Worker first = workers.get();
    this.next = first;
    this.target = first.target();
  }

  /** The model's name. */
  public String model() {
    return model;
  }

  /** The target at which its workers listen. */
  public Target target() {
    return target;
  }

  /** Returns what its worker last said of itself when it became ready; null before. */
  public @Nullable JsonNode info() {
    Worker now = worker;
    JsonNode its = now == null ? null : now.info();
    if (its != null) {
      info = its;
    }
    return info;
  }

  /** Its worker, or null where it has none. One that could not load it stays until the next try. */
  @Nullable Worker worker() {
    return worker;
  }

  /** Calls back once, when it has a worker; at once if it already has. */
  void whenHoused(Executor executor, Runnable then) {
    synchronized (waiting) {
      if (worker == null) {
        waiting.add(executor, then);
        return;
      }
    }
    executor.execute(then);
  }

  /** Gives it a new worker, and tells those that wait; the worker is not started yet. */
  Worker house() {
    Worker its = next == null ? workers.get() : next;
    next = null;
    List<Waiters.Waiter> due;
    synchronized (waiting) {
      worker = its;
      due = waiting.take();
    }
    due.forEach(Waiters.Waiter::call);
    return its;
  }

  /** Takes its worker away, and returns it; null where it has none. */
  @Nullable Worker unhouse() {
    Worker its = worker;
    var _ = info();
    synchronized (waiting) {
      worker = null;
    }
    if (its != null) {
      restartsBefore += its.restarts();
    }
    return its;
  }

  long restarts() {
    Worker now = worker;
    return restartsBefore + (now == null ? 0 : now.restarts());
  }

  /** Ends its worker, where it has one: for a server that could not start. */
  public void close() {
    Worker its = worker;
    if (its != null) {
      its.close();
    }
  }

  /** Whether requests would be answered now, or wait for no longer than a load. */
  boolean isUp() {
    Worker now = worker;
    return switch (state) {
      case ABSENT, WAITING, LOADING, UNLOADING -> !terms.atStart() || added || info() != null;
      case READY -> now != null && now.ready();
      case FAILED -> !terms.atStart();
    };
  }
}
