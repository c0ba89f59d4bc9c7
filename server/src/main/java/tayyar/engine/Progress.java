package tayyar.engine;

import java.util.function.LongSupplier;

/**
 * Whether the engine's thread gets on with its step. It tells of it here, and another thread looks:
 * what hangs in native code tells nobody.
 *
 * <p>Patience grows with the model, which may have to be read from a disk first, and with what a
 * step should take. Safe for use by any thread, but that one thread tells and one looks.
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

  /** Looks at which the same step is late; a process that was stopped for a while goes on. */
  private static final int LATE_LOOKS = 3;

  private final double modelBytes;
  private final LongSupplier nanoTime;
  private long step;
  private volatile State state = new State(0, 0);
  private long lateStep;
  private int lateLooks;

  /** The step under way, 0 for none, and when it should be over at the latest. */
  private record State(long step, long untilNanos) {}

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
    state = new State(++step, nanoTime.getAsLong() + LEAST_NANOS + (long) nanos);
  }

  /** The step is over. */
  void ends() {
    state = new State(0, 0);
  }

  /** Whether the thread hangs: the same step is late again and again. Asked some times a second. */
  boolean hangs() {
    State now = state;
    boolean late = now.step() != 0 && nanoTime.getAsLong() - now.untilNanos() > 0;
    lateLooks = !late ? 0 : now.step() == lateStep ? lateLooks + 1 : 1;
    lateStep = now.step();
    return lateLooks >= LATE_LOOKS;
  }
}
