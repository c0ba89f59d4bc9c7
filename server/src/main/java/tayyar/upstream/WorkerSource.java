package tayyar.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Deadline;
import tayyar.api.InferenceRequest;
import tayyar.api.Sink;
import tayyar.api.Source;

/**
 * An answer of the worker. While the worker restarts, the request waits up to a deadline. Lives on
 * the stream's event loop.
 */
final class WorkerSource implements Source {
  private static final long DYING_MS = 50;

  private final Upstreams upstreams;
  private final Worker worker;
  private final InferenceRequest request;
  private final Passed passed;
  private final Duration connect;
  private final EventLoop loop;
  private @Nullable Sink sink;
  private @Nullable HttpSource source;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean paused;
  private boolean askedAgain;
  private boolean over;

  WorkerSource(
      Upstreams upstreams,
      Worker worker,
      InferenceRequest request,
      Passed passed,
      Duration connect,
      EventLoop loop) {
    this.upstreams = upstreams;
    this.worker = worker;
    this.request = request;
    this.passed = passed;
    this.connect = connect;
    this.loop = loop;
  }

  @Override
  public void start(Sink to) {
    sink = to;
    if (worker.ready()) {
      ask();
    } else {
      await();
    }
  }

  private void await() {
    startDeadline();
    worker.whenKnown(loop, this::known);
  }

  private void known() {
    if (worker.broken()) {
      tooLate();
    } else {
      ask();
    }
  }

  private void startDeadline() {
    if (deadline == null) {
      long most = upstreams.bounds().nanos(Deadline.WORKER_WAIT);
      deadline = loop.schedule(this::tooLate, most, TimeUnit.NANOSECONDS);
    }
  }

  private void ask() {
    if (over || sink == null) {
      return;
    }
    source =
        new HttpSource(
            upstreams,
            worker.target(),
            request,
            passed,
            connect,
            loop,
            this::unreached,
            this::lost);
    if (paused) {
      source.pause();
    }
    source.start(sink);
  }

  /** The worker has died, but its end was not noticed yet: notes it, and waits for the restart. */
  private boolean unreached() {
    if (over) {
      return true;
    }
    source = null;
    worker.unreachable();
    await();
    return true;
  }

  /**
   * Asks again, once, where the connection broke before the answer began: a dying process still
   * accepts connections for a moment. Only once, because the request itself may kill the worker.
   */
  private boolean lost() {
    if (over || askedAgain) {
      return over;
    }
    askedAgain = true;
    source = null;
    startDeadline();
    loop.schedule(this::askAgain, DYING_MS, TimeUnit.MILLISECONDS);
    return true;
  }

  private void askAgain() {
    if (!over) {
      await();
    }
  }

  private void tooLate() {
    forgetDeadline();
    if (!over && source == null && sink != null) {
      over = true;
      sink.failed(new ApiError.WorkerRestarting());
    }
  }

  @Override
  public void pause() {
    paused = true;
    if (source != null) {
      source.pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (source != null) {
      source.resume();
    }
  }

  @Override
  public void cancel() {
    over = true;
    forgetDeadline();
    if (source != null) {
      source.cancel();
    }
  }

  private void forgetDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
