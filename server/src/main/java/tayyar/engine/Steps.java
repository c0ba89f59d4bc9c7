package tayyar.engine;

import java.lang.foreign.MemorySegment;
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

  private final Llama llama;
  private final MemorySegment context;
  private final Cores cores;
  private final Progress progress;
  private final Pace pace = new Pace();
  private volatile @Nullable Thread thread;
  private volatile boolean closed;
  private int threads;

  Steps(Llama llama, MemorySegment context, EngineConfig config) {
    this.llama = llama;
    this.context = context;
    cores = new Cores(config.threads());
    threads = config.threads();
    progress = new Progress(config.model().toFile().length(), System::nanoTime);
  }

  /** Computes with so many threads from the next step on. */
  void give(int share) {
    cores.give(share);
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
   * @param end frees what belongs to the thread
   */
  void run(BooleanSupplier step, Runnable end) {
    thread = Thread.currentThread();
    try {
      while (!closed) {
        progress.begins(0);
        boolean worked = step.getAsBoolean();
        progress.ends();
        if (!worked) {
          LockSupport.park(this);
        }
      }
    } catch (RuntimeException | Error e) {
      LOG.atError().setCause(e).log("a bug in the engine");
      throw e;
    } finally {
      end.run();
    }
  }

  /**
   * Computes a batch.
   *
   * @param decoding its tokens that go on with an answer; the others are of prompts
   * @return as {@link Llama#decode} does
   */
  int decode(StepBatch batch, int decoding) {
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
    long took = System.nanoTime() - began;
    cores.took(took, Foreign.processCpuNanos() - cpu);
    pace.took(took, prompt, decoding);
    return result;
  }
}
