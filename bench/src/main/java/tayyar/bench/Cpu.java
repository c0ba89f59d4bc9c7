package tayyar.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;

/** The CPU time of this process, in all and on its event loops. One thread. */
final class Cpu {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final long[] loops;
  private final long[] loopNanos;
  private long processNanos;
  private long wallNanos;
  private long[] loopsAtStart = {};
  private long processAtStart;
  private long wallAtStart;

  /**
   * @param loops ids of the event loops' threads
   */
  Cpu(long[] loops) {
    this.loops = loops.clone();
    this.loopNanos = new long[loops.length];
  }

  void start() {
    loopsAtStart = ofLoops();
    processAtStart = ofProcess();
    wallAtStart = System.nanoTime();
  }

  void stop() {
    long[] now = ofLoops();
    for (int i = 0; i < loops.length; i++) {
      loopNanos[i] += now[i] - loopsAtStart[i];
    }
    processNanos += ofProcess() - processAtStart;
    wallNanos += System.nanoTime() - wallAtStart;
  }

  private long[] ofLoops() {
    return Arrays.stream(loops)
        .map(id -> THREADS.isThreadCpuTimeSupported() ? THREADS.getThreadCpuTime(id) : 0)
        .toArray();
  }

  private static long ofProcess() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }

  /** Microseconds of the whole process for each of a number of things; 0 for none. */
  double microsEach(long things) {
    return things == 0 ? 0 : Math.round(processNanos / 10.0 / things) / 100.0;
  }

  /** The share of the time that the busiest loop worked. */
  double busiest() {
    long most = Arrays.stream(loopNanos).max().orElse(0);
    return wallNanos == 0 ? 0 : Math.round(1000.0 * most / wallNanos) / 1000.0;
  }
}
