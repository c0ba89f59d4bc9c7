package tayyar.engine;

import java.util.function.LongSupplier;

/**
 * Whether the engine's thread gets on with its step. It tells of it here, and another thread looks:
 * what hangs in native code tells nobody.
 *
 * <p>Patience grows with the model, which may have to be read from a disk first, and with what a
 * step should take. A late step whose thread computes has the same time once more, of the processor
 * this time: other processes may leave it little. Safe for use by any thread, but that one thread
 * tells and one looks.
 */
final class Progress {
  static final long LEAST_NANOS = 3_000_000_000L;

  /** A step may take so many times what those before let expect. */
  private static final double TIMES = 10;

  /** For each byte of the model: one that was in memory may have been put out of it. */
  private static final double NANOS_A_BYTE = 1;

  /** The same before the first step is over: it may come from a slow disk, all of it. */
  private static final double NANOS_A_BYTE_FIRST = 10;

  /** For each byte and each token of a prompt, as long as nobody knows what one takes. */
  private static final double NANOS_A_BYTE_AND_TOKEN = 0.1;

  /**
   * Looks at which the same step is late and has not moved; a process that was stopped for a while
   * goes on.
   */
  private static final int LATE_LOOKS = 3;

  /** A thread that computed less than this between two looks has not moved. */
  private static final long MOVED_NANOS = 500_000;

  private final double modelBytes;
  private final LongSupplier nanoTime;
  private long step;
  private volatile State state = State.NONE;
  private State late = State.NONE;
  private int lateLooks;
  private long firstCpu;
  private long lastCpu;

  /** The step under way, 0 for none, how long it may take, and when it should be over so. */
  private record State(long step, long nanos, long untilNanos) {
    static final State NONE = new State(0, 0, 0);
  }

  Progress(long modelBytes, LongSupplier nanoTime) {
    this.modelBytes = modelBytes;
    this.nanoTime = nanoTime;
  }

  /** A step begins whose length is expected by those before it, in nanoseconds. */
  void begins(double expected) {
    waits(TIMES * expected + modelBytes * NANOS_A_BYTE);
  }

  /** A step begins with so many tokens of a prompt, of which none was ever read before. */
  void beginsUnknown(int tokens) {
    waits(modelBytes * (NANOS_A_BYTE_FIRST + tokens * NANOS_A_BYTE_AND_TOKEN));
  }

  private void waits(double nanos) {
    long most = LEAST_NANOS + (long) nanos;
    state = new State(++step, most, nanoTime.getAsLong() + most);
  }

  /** The step is over. */
  void ends() {
    state = State.NONE;
  }

  /**
   * Whether the thread hangs: the same step is late, and does not move or has computed too long.
   * Asked some times a second.
   *
   * @param cpuNanos tells how long the thread has computed in all; a constant where nobody knows
   */
  boolean hangs(LongSupplier cpuNanos) {
    State now = state;
    if (now.step() == 0 || nanoTime.getAsLong() - now.untilNanos() <= 0) {
      late = State.NONE;
      return false;
    }
    long cpu = cpuNanos.getAsLong();
    if (late.step() != now.step()) {
      late = now;
      lateLooks = 0;
      firstCpu = cpu;
    } else if (cpu - lastCpu >= MOVED_NANOS) {
      lateLooks = 0;
    }
    lastCpu = cpu;
    return ++lateLooks >= LATE_LOOKS || cpu - firstCpu > now.nanos();
  }
}
