package tayyar.net;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.process.Vital;

/**
 * An event loop whose death ends the process, and whose end closes all of its channels. Netty's own
 * loop only logs the cause of its death, and treats a task's lack of memory as an error of that
 * task alone.
 */
final class Loop extends SingleThreadIoEventLoop {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  private final Guarded guarded = new Guarded();

  Loop(IoEventLoopGroup group, Executor executor, IoHandlerFactory handlers) {
    super(group, executor, handlers);
  }

  @Override
  protected void run() {
    try {
      super.run();
      closeAll();
    } catch (Throwable e) {
      Vital.died(Thread.currentThread(), e);
    }
  }

  /**
   * Closes what is still open. Netty 4.2.18 looks twice in each turn whether it has to end, and
   * leaves all channels open, with their buffers, where it is told so in between.
   */
  private void closeAll() {
    if (isShuttingDown()) {
      ioHandler().prepareToDestroy();
      runAllTasks();
    }
  }

  /** Wraps the next task. A task is run before the next one is polled, so one guard serves all. */
  @Override
  protected @Nullable Runnable pollTask() {
    Runnable next = super.pollTask();
    return next == null ? null : guarded.with(next);
  }

  /** The task that runs, watched. */
  private static final class Guarded implements Runnable {
    private @Nullable Runnable task;

    Guarded with(Runnable next) {
      task = next;
      return this;
    }

    @Override
    public void run() {
      Runnable now = task;
      task = null;
      if (now == null) {
        return;
      }
      try {
        now.run();
      } catch (Throwable e) {
        Vital.check(e);
        throw e;
      }
      if (now instanceof Future<?> timer && timer.isDone() && !timer.isCancelled()) {
        look(timer.cause());
      }
    }

    /**
     * Looks at an exception of a timer, which Netty keeps for a waiting caller that does not exist.
     */
    private static void look(@Nullable Throwable thrown) {
      if (thrown != null) {
        Vital.check(thrown);
        LOG.atError().setCause(thrown).log("a bug in a timer");
      }
    }
  }
}
