package tayyar.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Gathers items from many threads and hands them in groups to a thread of its own. {@link #offer}
 * never blocks, so event loops may call it. It is a platform thread: it wakes up ten times a
 * second, for which a virtual thread would wake two others, and a write that is stuck then holds no
 * carrier of virtual threads. Thread-safe.
 *
 * @param <T> the items
 */
public final class Batcher<T> {
  /** The work on a group; called on the batcher's thread alone. */
  public interface Work<T> {
    /** Processes the next items, in their order. The list is reused. */
    void group(List<T> group);

    /** Called at the end; no group follows. */
    default void end() {}
  }

  /**
   * The bounds and delays of the gathering.
   *
   * @param waitingMax the most items that may wait, those of the group at work included; at least 1
   * @param enough the items that are enough for a group, at least 1; waiting items are copied by
   *     garbage collections
   * @param groupMax the most items of a group, at least {@code enough}
   * @param gather the longest time that fewer items gather
   * @param idle the longest time without a group, after which an empty one is handed over; {@link
   *     #NEVER} for none
   */
  public record Pace(int waitingMax, int enough, int groupMax, Duration gather, Duration idle) {
    /** No empty group, except at the end. */
    public static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);
  }

  private final Pace pace;
  private final Work<T> work;
  private final LinkedBlockingQueue<T> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Creates a batcher that does nothing before {@link #start}, so that {@code work} may belong to
   * an object under construction.
   *
   * @param name the thread's name
   */
  public Batcher(String name, Pace pace, Work<T> work) {
    this.pace = pace;
    this.work = work;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /** Starts the thread. Called once, before the first {@link #offer}. */
  public void start() {
    thread.start();
  }

  /** Takes an item; false where too many wait or the thread has ended. */
  public boolean offer(T one) {
    int now = waiting.incrementAndGet();
    if (now > pace.waitingMax()) {
      waiting.decrementAndGet();
      return false;
    }
    queue.add(one);
    if (now == pace.enough()) {
      LockSupport.unpark(thread);
    }
    if (closed && !thread.isAlive() && queue.remove(one)) {
      waiting.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Returns the number of waiting items, those of the group at work included. */
  public int waiting() {
    return waiting.get();
  }

  /** Whether {@link #close} was called; the work should no longer wait for anything. */
  public boolean closed() {
    return closed;
  }

  /**
   * Processes the waiting items and ends. Interrupts the work, so that it waits for nothing. An
   * interrupt of the caller is kept for later.
   *
   * @param most the longest wait
   * @return the items that came after the thread's last group
   */
  public List<T> close(Duration most) {
    closed = true;
    thread.interrupt();
    long until = System.nanoTime() + most.toNanos();
    boolean interrupted = false;
    while (thread.isAlive() && until - System.nanoTime() > 0) {
      try {
        thread.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    List<T> late = new ArrayList<>();
    if (!thread.isAlive()) {
      queue.drainTo(late);
      waiting.addAndGet(-late.size());
    }
    return late;
  }

  private void run() {
    List<T> group = new ArrayList<>();
    boolean quiet = true;
    while (!closed || !queue.isEmpty()) {
      if (!closed) {
        gather(group, quiet);
      }
      queue.drainTo(group, pace.groupMax() - group.size());
      quiet = group.isEmpty();
      work.group(group);
      waiting.addAndGet(-group.size());
      group.clear();
    }
    work.end();
  }

  /**
   * Gathers a group. In a steady flow only the item that completes a group wakes this thread up.
   */
  private void gather(List<T> group, boolean quiet) {
    try {
      if (quiet) {
        T first = queue.poll(pace.idle().toNanos(), TimeUnit.NANOSECONDS);
        if (first == null) {
          return;
        }
        group.add(first);
      }
      long until = System.nanoTime() + pace.gather().toNanos();
      long left = pace.gather().toNanos();
      while (left > 0 && waiting.get() < pace.enough() && !closed) {
        LockSupport.parkNanos(this, left);
        if (Thread.interrupted()) {
          return;
        }
        left = until - System.nanoTime();
      }
    } catch (InterruptedException e) {
      // close() was called: the gathered items are processed at once.
    }
  }
}
