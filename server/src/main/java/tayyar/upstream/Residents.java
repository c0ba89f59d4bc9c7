package tayyar.upstream;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.Target;
import tayyar.upstream.Resident.State;

/**
 * The models of our own, and the memory and cores that they share. A model is loaded at the start
 * or when it is first asked for. It is unloaded when nobody has asked for it for a time, or when
 * another needs its memory, the least recently used first; never while it answers. Each has a
 * process of its own, so that nothing of this touches another's streams.
 *
 * <p>One lock guards all states; it is taken at the beginning and the end of a request, and never
 * held while something blocks. One thread unloads what is idle and shares out the cores. Safe for
 * use by any thread.
 */
public final class Residents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Residents.class);

  /** A model that could not be loaded is tried again at a request, but not at each. */
  private static final Duration AGAIN = Duration.ofSeconds(10);

  private final long bytesMax;
  private final int threads;
  private final Set<Resident> all = new LinkedHashSet<>();
  private final Set<Resident> wanting = new LinkedHashSet<>();
  private volatile Map<Target, Resident> byTarget = Map.of();
  private long restartsBefore;
  private boolean started;
  private boolean closed;

  /**
   * One of them now.
   *
   * @param up whether requests are answered, or wait for no longer than a load
   * @param bytes of memory that it holds; 0 where it is not there
   * @param slots answers that it can make at once
   * @param slotsBusy of them, those at work
   * @param queued requests that wait for one
   */
  public record Now(
      String model,
      Target target,
      State state,
      boolean up,
      long bytes,
      long slots,
      long slotsBusy,
      long queued) {}

  /**
   * None yet.
   *
   * @param bytesMax memory for all models together
   * @param threads that compute, of all models together; at least 1
   */
  public Residents(long bytesMax, int threads) {
    this.bytesMax = bytesMax;
    this.threads = threads;
    Thread.ofPlatform().daemon().name("models").start(this::keep);
  }

  /**
   * These are served from now on. New ones are loaded where their terms say so. Those that are gone
   * are unloaded once nobody uses them.
   */
  public synchronized void serve(Map<Resident, Resident.Terms> now) {
    now.forEach(
        (resident, terms) -> {
          resident.terms = terms;
          if (all.add(resident)) {
            resident.added = started;
            want(resident, terms.atStart());
          }
        });
    for (Resident resident : List.copyOf(all)) {
      resident.leaving = !now.containsKey(resident);
      if (resident.leaving) {
        release(resident);
      }
    }
    started = true;
    settle();
    notifyAll();
  }

  /** The one at a target, or null where that is none of ours. */
  public @Nullable Resident at(Target target) {
    return byTarget.get(target);
  }

  /** A request will use it, until {@link #leave}; it is loaded if need be. */
  public synchronized void enter(Resident resident) {
    resident.usedNanos = System.nanoTime();
    boolean first = resident.users++ == 0;
    boolean tried =
        resident.state == State.FAILED
            && resident.usedNanos - resident.failedNanos >= AGAIN.toNanos();
    if (resident.state == State.ABSENT || tried) {
      resident.unhouse();
      want(resident, true);
      settle();
    }
    if (first && all.size() > 1) {
      notifyAll();
    }
  }

  /** A request has used it. */
  public synchronized void leave(Resident resident) {
    resident.usedNanos = System.nanoTime();
    if (--resident.users == 0) {
      release(resident);
      settle();
      if (all.size() > 1 || !resident.terms.idle().isZero()) {
        notifyAll();
      }
    }
  }

  private void want(Resident resident, boolean wants) {
    resident.state = wants ? State.WAITING : State.ABSENT;
    if (wants) {
      wanting.add(resident);
    }
  }

  /** Nobody may be using it any more. */
  private void release(Resident resident) {
    if (resident.users > 0) {
      return;
    }
    if (resident.state == State.WAITING
        && (resident.leaving || resident.info() != null || !resident.terms.atStart())) {
      wanting.remove(resident);
      resident.state = State.ABSENT;
    }
    if (resident.leaving) {
      switch (resident.state) {
        case LOADING, READY -> unload(resident, "it is not served any more");
        case ABSENT, FAILED -> forget(resident);
        case WAITING, UNLOADING -> {}
      }
    }
  }

  private void forget(Resident resident) {
    resident.unhouse();
    resident.state = State.ABSENT;
    restartsBefore += resident.restartsBefore;
    resident.restartsBefore = 0;
    all.remove(resident);
  }

  /**
   * Gives room to those that want it, the first first; one whose room is on its way is not passed.
   */
  private void settle() {
    index();
    for (Resident next : List.copyOf(wanting)) {
      long lacks = next.terms.bytes() - (bytesMax - held());
      if (lacks <= 0) {
        load(next);
      } else if (lacks <= bytes(State.UNLOADING) || evict(lacks - bytes(State.UNLOADING))) {
        return;
      }
    }
  }

  private void index() {
    Map<Target, Resident> now = new HashMap<>();
    all.forEach(resident -> now.put(resident.target(), resident));
    byTarget = Map.copyOf(now);
  }

  private long held() {
    return bytes(State.LOADING) + bytes(State.READY) + bytes(State.UNLOADING);
  }

  private long bytes(State state) {
    return all.stream().filter(r -> r.state == state).mapToLong(r -> r.terms.bytes()).sum();
  }

  /** Unloads those that are unused the longest, unless even all of them would not be enough. */
  private boolean evict(long bytes) {
    List<Resident> unused =
        all.stream()
            .filter(r -> r.state == State.READY && r.users == 0)
            .sorted(Comparator.comparingLong(r -> r.usedNanos))
            .toList();
    long left = bytes;
    if (unused.stream().mapToLong(r -> r.terms.bytes()).sum() < left) {
      return false;
    }
    for (Resident resident : unused) {
      if (left > 0) {
        left -= resident.terms.bytes();
        unload(resident, "another needs its memory");
      }
    }
    return true;
  }

  private void load(Resident resident) {
    wanting.remove(resident);
    LOG.atInfo()
        .addKeyValue("model", resident.model())
        .addKeyValue("needs_bytes", resident.terms.bytes())
        .addKeyValue("free_bytes", bytesMax - held())
        .log("a model is loaded");
    resident.state = State.LOADING;
    Worker worker = resident.house();
    worker.whenKnown(Thread::startVirtualThread, () -> known(resident, worker));
    worker.start();
  }

  private synchronized void known(Resident resident, Worker worker) {
    if (resident.worker() != worker || resident.state != State.LOADING) {
      return;
    }
    resident.usedNanos = System.nanoTime();
    if (!worker.fatal().isEmpty()) {
      resident.state = State.FAILED;
      resident.failedNanos = resident.usedNanos;
      LOG.atError()
          .addKeyValue("model", resident.model())
          .addKeyValue("why", worker.fatal())
          .log("a model can't be loaded");
    } else {
      resident.state = State.READY;
    }
    release(resident);
    settle();
    notifyAll();
  }

  private void unload(Resident resident, String why) {
    LOG.atInfo()
        .addKeyValue("model", resident.model())
        .addKeyValue("why", why)
        .log("a model is unloaded");
    resident.state = State.UNLOADING;
    Worker worker = resident.unhouse();
    Thread.ofVirtual()
        .start(
            () -> {
              if (worker != null) {
                worker.close();
              }
              unloaded(resident);
            });
  }

  private synchronized void unloaded(Resident resident) {
    if (closed) {
      return;
    }
    want(resident, resident.users > 0);
    release(resident);
    settle();
    notifyAll();
  }

  /** The thread's work, to the end. */
  private void keep() {
    try {
      while (true) {
        List<Runnable> shares;
        synchronized (this) {
          if (closed) {
            return;
          }
          long rest = unloadIdle();
          shares = CoreShares.due(all, threads);
          if (shares.isEmpty()) {
            TimeUnit.NANOSECONDS.timedWait(this, rest);
          }
        }
        shares.forEach(Runnable::run);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the nanoseconds until the next one may be due. */
  private long unloadIdle() {
    long now = System.nanoTime();
    long rest = TimeUnit.HOURS.toNanos(1);
    for (Resident resident : all) {
      long most = resident.terms.idle().toNanos();
      if (resident.state == State.READY && resident.users == 0 && most > 0) {
        long left = resident.usedNanos + most - now;
        if (left <= 0) {
          unload(resident, "nobody has asked for it");
        } else {
          rest = Math.min(rest, left);
        }
      }
    }
    return rest;
  }

  /** Whether all that should be there are. */
  public synchronized boolean areUp() {
    return all.stream().filter(resident -> !resident.leaving).allMatch(Resident::isUp);
  }

  /**
   * Waits for those that are loaded at the start.
   *
   * @return empty when all are ready, otherwise a sentence saying why not
   */
  public String awaitUp(Duration most) throws InterruptedException {
    List<Resident> early;
    synchronized (this) {
      early = all.stream().filter(resident -> resident.terms.atStart()).toList();
    }
    for (Resident resident : early) {
      Worker worker = resident.worker();
      String why = worker == null ? "" : worker.awaitReady(most);
      if (!why.isEmpty()) {
        return why;
      }
    }
    return "";
  }

  /** All of them as they are, in the order in which they came. */
  public synchronized List<Now> now() {
    return all.stream().map(Residents::now).toList();
  }

  private static Now now(Resident its) {
    Worker worker = its.worker();
    boolean there =
        switch (its.state) {
          case LOADING, READY, UNLOADING -> true;
          case ABSENT, WAITING, FAILED -> false;
        };
    return new Now(
        its.model(),
        its.target(),
        its.state,
        its.isUp(),
        there ? its.terms.bytes() : 0,
        worker == null ? 0 : worker.stat("slots"),
        worker == null ? 0 : worker.stat("slots_busy"),
        worker == null ? 0 : worker.stat("queued"));
  }

  private Stream<Worker> workers() {
    return all.stream().map(Resident::worker).filter(Objects::nonNull);
  }

  /** The sum of a number of all workers' last stats lines; see {@link Worker#stat}. */
  public synchronized long stat(String name) {
    return workers().mapToLong(worker -> worker.stat(name)).sum();
  }

  /** How often workers have ended by themselves. */
  public synchronized long restarts() {
    return restartsBefore + all.stream().mapToLong(Resident::restarts).sum();
  }

  /** Process ids of the workers that are up. */
  public synchronized List<Long> pids() {
    return workers().map(Worker::pid).filter(pid -> pid > 0).toList();
  }

  /** Ends all workers, side by side, and waits for that. */
  @Override
  public void close() {
    List<Worker> running;
    synchronized (this) {
      closed = true;
      wanting.clear();
      running = workers().toList();
      notifyAll();
    }
    try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
      running.forEach(worker -> each.execute(worker::close));
    }
  }
}
