package tayyar.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Gathers what many threads say and hands it in groups to a thread of its own. {@link #offer} never
 * blocks, so event loops may call it. The thread is a platform thread: it wakes up ten times a
 * second, and a virtual one wakes two others for that; and it may be stuck in a write, which holds
 * no carrier of virtual threads then. Thread-safe.
 *
 * @param <T> what is said
 */
public final class Batcher<T> {
  /** What is done with a group, on the batcher's thread alone. */
  public interface Work<T> {
    /** Deals with the next ones, in the order in which they came. The list is used again. */
    void group(List<T> group);

    /** Nothing comes any more. */
    default void end() {}
  }

  /**
   * How things gather.
   *
   * @param waitingMax how many may wait, those of the group at work among them, at least 1
   * @param enough how many are enough for a group, at least 1: what waits has to live through the
   *     garbage collections of its time
   * @param groupMax how many a group may have, at least {@code enough}
   * @param gather how long they gather where they are fewer
   * @param idle the longest time without a group: an empty one is handed then; {@link #NEVER} is
   *     none
   */
  public record Pace(int waitingMax, int enough, int groupMax, Duration gather, Duration idle) {
    /** No group without something in it but for the last. */
    public static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);
  }

  private final Pace pace;
  private final Work<T> work;
  private final LinkedBlockingQueue<T> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Does nothing before {@link #start}, so that the work may be of an object that is still made.
   *
   * @param name the thread's
   */
  public Batcher(String name, Pace pace, Work<T> work) {
    this.pace = pace;
    this.work = work;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /** Begins. Called once, before anything is offered. */
  public void start() {
    thread.start();
  }

  /** Takes it, unless too many wait or the thread has ended: false then. */
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

  /** How many wait, those of the group at work among them. */
  public int waiting() {
    return waiting.get();
  }

  /** Whether the end has been asked for; the work need not be patient any more. */
  public boolean closed() {
    return closed;
  }

  /**
   * Deals with what waits and ends: interrupts the work, so that it waits for nothing. An interrupt
   * of the caller is kept for later.
   *
   * @param most how long that may take
   * @return what came when the thread was through
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

  /** While things come one behind another, none but the last of a group wakes this thread up. */
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
      // close() wants an end: what has gathered is dealt with at once.
    }
  }
}
