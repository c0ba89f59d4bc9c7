package tayyar.process;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process where it could only go on half dead: when memory runs out, and when a vital
 * thread dies. Every platform thread is vital (an event loop, the ledger's, the engine's, the JDK's
 * own), whatever it dies of. A virtual thread serves a single request and dies alone, unless it
 * dies of a lack of memory.
 *
 * <p>The JVM's own option {@code -XX:+ExitOnOutOfMemoryError} sees only the heap, and ends the
 * process with status 3. Memory outside of the heap is counted in Java: by Netty, whose error this
 * class recognises where it is caught, and by the JDK. Safe for use by any thread.
 */
public final class Vital {
  /** The process's exit status when a vital part has died; start the process again. */
  public static final int STATUS = 70;

  /**
   * The exit status when the main thread ends by an error: the start failed, and would fail again.
   */
  private static final int FAILED = 1;

  /** Bounds the last log line: the reader of the log may be stuck. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private static final int CAUSES_MAX = 16;
  private static final Logger LOG = LoggerFactory.getLogger(Vital.class);

  private Vital() {}

  /** Begins to watch all threads of this process. Called once, by the main thread. */
  public static void watch() {
    Thread main = Thread.currentThread();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, why) -> {
          if (thread.equals(main) && !isMemory(why)) {
            end(thread, why, FAILED);
          } else if (!thread.isVirtual() || isMemory(why)) {
            died(thread, why);
          } else {
            LOG.atError().setCause(why).addKeyValue("thread", thread.getName()).log("a bug");
          }
        });
  }

  /**
   * Ends the process if the error is a lack of memory, or has one as its cause. Code that catches
   * errors calls it.
   */
  public static void check(Throwable caught) {
    if (isMemory(caught)) {
      died(Thread.currentThread(), caught);
    }
  }

  /** Ends the process because a thread died; also the handler of vital virtual threads. */
  public static void died(Thread thread, Throwable why) {
    end(thread, why, STATUS);
  }

  private static boolean isMemory(Throwable thrown) {
    Throwable next = thrown;
    for (int i = 0; next != null && i < CAUSES_MAX; i++) {
      if (next instanceof OutOfMemoryError) {
        return true;
      }
      next = next.getCause();
    }
    return false;
  }

  /** Runs no hook and drains nothing: they might need the broken part. */
  private static void end(Thread thread, Throwable why, int status) {
    try {
      Thread.ofPlatform().daemon().start(() -> tell(thread, why, status)).join(LAST_WORDS);
    } catch (Throwable e) {
      // There is no memory left to say why.
    } finally {
      Runtime.getRuntime().halt(status);
    }
  }

  private static void tell(Thread thread, Throwable why, int status) {
    LOG.atError()
        .addKeyValue("thread", thread.getName())
        .addKeyValue("status", status)
        .setCause(why)
        .log("the process ends: it could only go on half dead");
  }
}
