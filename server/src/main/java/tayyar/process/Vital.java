package tayyar.process;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process where it could only go on half dead: when memory is out, and when a thread has
 * died that must live. Such a thread is each platform thread (an event loop, the ledger's, the
 * engine's, the JDK's own), whatever it died of; a virtual one has a single request or question to
 * do and dies alone, but for a lack of memory.
 *
 * <p>The JVM's own option {@code -XX:+ExitOnOutOfMemoryError} sees the heap alone, and ends the
 * process with status 3. Memory outside of the heap is counted in Java: by Netty, whose error this
 * class finds where it is caught, and by the JDK. Safe for use by any thread.
 */
public final class Vital {
  /** The process's exit status: something that must live has died, start it again. */
  public static final int STATUS = 70;

  /** A main thread that ends by an error has failed to start something, and would fail again. */
  private static final int FAILED = 1;

  /** Whoever reads the log may be stuck. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private static final int CAUSES_MAX = 16;
  private static final Logger LOG = LoggerFactory.getLogger(Vital.class);

  private Vital() {}

  /** Watches over all threads of this process from now on. Called once, by the main thread. */
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
   * Ends the process if this is a lack of memory, or comes of one; to be asked where one catches.
   */
  public static void check(Throwable caught) {
    if (isMemory(caught)) {
      died(Thread.currentThread(), caught);
    }
  }

  /** Ends the process because of a thread; the handler of a virtual one that must live. */
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

  /** No hook runs and nothing is drained: what they would use may be what is broken. */
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
