package tayyar.fleet;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * One event loop: a queue with one server, first come, first served. Half of a cost is fixed, half
 * is exponential. Times are microseconds.
 */
final class EventLoop {
  private static final int SLOT_BITS = 20;

  private final Assumed assumed;
  private final Histogram delays;
  private final SplittableRandom random;
  private long[] heap = new long[1_024];
  private int size;
  private long[] base = new long[1_024];
  private int[] pace = new int[1_024];
  private int[] left = new int[1_024];
  private int[] free = new int[1_024];
  private int frees;
  private int slots;
  private double freeAt;
  private double busy;
  private long planned;
  private long delivered;
  private long lost;

  EventLoop(Assumed assumed, Histogram delays, long seed) {
    this.assumed = assumed;
    this.delays = delays;
    this.random = new SplittableRandom(seed);
  }

  /**
   * Takes a stream; times may not go back.
   *
   * @param asked whether its request comes now; else it is under way
   */
  void add(long now, boolean asked, long first, int paceMicros, int tokens) {
    advance(now);
    if (asked) {
      serve(now, assumed.requestMicros() / 2);
    }
    int slot = frees > 0 ? free[--frees] : grown();
    base[slot] = first;
    pace[slot] = paceMicros;
    left[slot] = tokens;
    planned += tokens;
    push((first << SLOT_BITS) | slot);
  }

  private int grown() {
    if (slots == base.length) {
      base = Arrays.copyOf(base, 2 * slots);
      pace = Arrays.copyOf(pace, 2 * slots);
      left = Arrays.copyOf(left, 2 * slots);
      free = Arrays.copyOf(free, 2 * slots);
    }
    return slots++;
  }

  /** Serves all that comes before a time. */
  void advance(long until) {
    while (size > 0 && heap[0] >> SLOT_BITS < until) {
      long at = heap[0] >> SLOT_BITS;
      int slot = (int) (heap[0] & ((1 << SLOT_BITS) - 1));
      if (left[slot] == 0) {
        serve(at, assumed.requestMicros() / 2);
        free[frees++] = slot;
        heap[0] = heap[--size];
        sink();
        continue;
      }
      delays.recordValue((long) (10 * serve(at, assumed.chunkMicros())));
      delivered++;
      left[slot]--;
      base[slot] += pace[slot];
      // A token comes up to half a pace late, and so never behind the next one.
      int late = left[slot] == 0 ? 0 : random.nextInt(pace[slot] / 2);
      heap[0] = ((base[slot] + late) << SLOT_BITS) | slot;
      sink();
    }
  }

  /** Serves what comes now; returns how long it took, with its wait. */
  private double serve(long now, double cost) {
    double its = cost * (0.5 - 0.5 * Math.log(1 - random.nextDouble()));
    freeAt = Math.max(freeAt, (double) now) + its;
    busy += its;
    return freeAt - (double) now;
  }

  /** Ends all streams. */
  void cut(long now) {
    advance(now);
    lost += waiting();
    size = 0;
    frees = 0;
    slots = 0;
  }

  private long waiting() {
    long tokens = 0;
    for (int i = 0; i < size; i++) {
      tokens += left[(int) (heap[i] & ((1 << SLOT_BITS) - 1))];
    }
    return tokens;
  }

  /** Tokens that came, were passed on, were lost with a cut, and are still to come. */
  Simulation.Tokens tokens() {
    return new Simulation.Tokens(planned, delivered, lost, waiting());
  }

  /** Microseconds of work until a time, none of them behind it. */
  double busy(long until) {
    return busy - Math.max(0, freeAt - (double) until);
  }

  private void push(long entry) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    int at = size++;
    for (int up = (at - 1) >> 1; at > 0 && heap[up] > entry; up = (at - 1) >> 1) {
      heap[at] = heap[up];
      at = up;
    }
    heap[at] = entry;
  }

  private void sink() {
    long entry = heap[0];
    int at = 0;
    for (int down = 1; down < size; down = 2 * at + 1) {
      down += down + 1 < size && heap[down + 1] < heap[down] ? 1 : 0;
      if (heap[down] >= entry) {
        break;
      }
      heap[at] = heap[down];
      at = down;
    }
    heap[at] = entry;
  }
}
