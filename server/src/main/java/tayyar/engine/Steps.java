package tayyar.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of an engine's thread, one after the other until it is closed: how long each may take,
 * with how many threads it computes, and whether it gets on. {@link #run} and {@link #decode}
 * belong to that thread; the others are safe for use by any.
 */
final class Steps {
  private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

  /** To break a step off that has taken less is no loss. */
  private static final long LOSS_NANOS = 50_000_000;

  /** So long without work means that there is time to spare. */
  private static final long QUIET_NANOS = 50_000_000;

  /** What {@link #decode} returns where a step was broken off. */
  static final int BROKEN_OFF = 2;

  private final Llama llama;
  private final MethodHandle breakOff;
  private final MemorySegment context;
  private final Cores cores;
  private final Progress progress;
  private final Pace pace = new Pace();
  private volatile @Nullable Thread thread;
  private volatile boolean closed;

  /** Whether its share of the cores has changed since the last step began. */
  private volatile boolean given;

  private int threads;
  private long tookNanos;

  Steps(Llama llama, MemorySegment context, EngineConfig config) {
    this.llama = llama;
    breakOff = llama.procedure("llama_set_abort_callback", ADDRESS, ADDRESS, ADDRESS);
    this.context = context;
    cores = new Cores(config.threads());
    threads = config.threads();
    progress = new Progress(config.model().toFile().length(), System::nanoTime);
  }

  /** Computes with so many threads from the next step on. */
  void give(int share) {
    if (cores.give(share)) {
      given = true;
    }
  }

  /** Whether the thread hangs; looked for by one thread, now and then. */
  boolean hangs(LongSupplier cpuNanos) {
    return progress.hangs(cpuNanos);
  }

  /** Something changed: the next step looks. */
  void wake() {
    LockSupport.unpark(thread);
  }

  /** Stops after the step under way. */
  void close() {
    closed = true;
    wake();
  }

  /** What steps take; belongs to the thread. */
  Pace pace() {
    return pace;
  }

  /**
   * Steps until it is closed.
   *
   * @param step returns false if there was nothing to do
   * @param spare does a piece of what can wait, when there was nothing else for a while; returns
   *     false if there was none
   * @param end frees what belongs to the thread
   */
  void run(BooleanSupplier step, BooleanSupplier spare, Runnable end) {
    thread = Thread.currentThread();
    boolean more = false;
    long worked = 0;
    try {
      while (!closed) {
        if (did(step)) {
          more = true;
          worked = System.nanoTime();
        } else if (!more) {
          LockSupport.park(this);
        } else {
          long rest = worked + QUIET_NANOS - System.nanoTime();
          if (rest > 0) {
            LockSupport.parkNanos(this, rest);
          } else {
            more = did(spare);
          }
        }
      }
    } catch (RuntimeException | Error e) {
      LOG.atError().setCause(e).log("a bug in the engine");
      throw e;
    } finally {
      end.run();
    }
  }

  private boolean did(BooleanSupplier something) {
    progress.begins(0);
    boolean did = something.getAsBoolean();
    progress.ends();
    return did;
  }

  /**
   * Makes a question that can break steps off: whether something more urgent is there.
   *
   * @param urgent asked on the engine's thread, often
   * @return lives as long as it is referred to
   */
  MemorySegment question(BooleanSupplier urgent) {
    return Foreign.question(() -> closed || given || urgent.getAsBoolean(), Arena.ofAuto());
  }

  /** Computes a batch that may take long, unless the question breaks it off. */
  int decode(StepBatch batch, MemorySegment question) {
    Foreign.call(breakOff, context, question, MemorySegment.NULL);
    int result = decode(batch, 0);
    Foreign.call(breakOff, context, MemorySegment.NULL, MemorySegment.NULL);
    return result;
  }

  /** Whether the last step took so long that to have broken it off was a loss. */
  boolean wasLong() {
    return tookNanos > LOSS_NANOS;
  }

  /**
   * Computes a batch.
   *
   * @param decoding its tokens that go on with an answer; the others are of prompts
   * @return as {@link Llama#decode} does
   */
  int decode(StepBatch batch, int decoding) {
    given = false;
    int now = cores.next();
    if (now != threads) {
      threads = now;
      llama.threads(context, now);
    }
    int prompt = batch.size() - decoding;
    pace.expect(progress, prompt);
    long cpu = Foreign.processCpuNanos();
    long began = System.nanoTime();
    int result = llama.decode(context, batch.struct());
    tookNanos = System.nanoTime() - began;
    if (result != BROKEN_OFF) {
      cores.took(tookNanos, Foreign.processCpuNanos() - cpu);
      pace.took(tookNanos, prompt, decoding);
    }
    return result;
  }
}
