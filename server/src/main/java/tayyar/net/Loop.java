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
 * An event loop whose death ends the process. Netty's own only logs what it dies of, and takes the
 * lack of memory that a task meets for the task's own affair.
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
    } catch (Throwable e) {
      Vital.died(Thread.currentThread(), e);
    }
  }

  /** Each task is run before the next one is asked for, so that all have the same guard. */
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

    /** What a timer throws is kept for those who wait for it, and nobody does. */
    private static void look(@Nullable Throwable thrown) {
      if (thrown != null) {
        Vital.check(thrown);
        LOG.atError().setCause(thrown).log("a bug in a timer");
      }
    }
  }
}
