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
import tayyar.api.WorkerFault;

/**
 * An answer of a worker. While its model has to wait for memory, and while the worker restarts, the
 * request waits up to a deadline; while its model is loaded, as long as for a first token. Lives on
 * the stream's event loop.
 */
final class WorkerSource implements Source {
  private static final long DYING_MS = 50;

  private final Upstreams upstreams;
  private final Resident resident;
  private final InferenceRequest request;
  private final Passed passed;
  private final Duration connect;
  private final EventLoop loop;
  private @Nullable Worker worker;
  private @Nullable Sink sink;
  private @Nullable HttpSource source;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean paused;
  private boolean askedAgain;
  private boolean over;

  WorkerSource(
      Upstreams upstreams,
      Resident resident,
      InferenceRequest request,
      Passed passed,
      Duration connect,
      EventLoop loop) {
    this.upstreams = upstreams;
    this.resident = resident;
    this.request = request;
    this.passed = passed;
    this.connect = connect;
    this.loop = loop;
  }

  @Override
  public void start(Sink to) {
    sink = to;
    worker = resident.worker();
    if (worker == null) {
      startDeadline();
      resident.whenHoused(loop, this::housed);
    } else {
      await(worker);
    }
  }

  /** There is memory for the model. */
  private void housed() {
    forgetDeadline();
    if (!over) {
      worker = resident.worker();
      await(worker);
    }
  }

  private void await(@Nullable Worker its) {
    if (its == null) {
      tooLate();
    } else if (its.ready()) {
      ask();
    } else {
      if (its.info() != null) {
        startDeadline();
      }
      its.whenKnown(loop, () -> known(its));
    }
  }

  private void known(Worker its) {
    if (its.broken()) {
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
            resident.target(),
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
    Worker its = worker;
    if (its != null) {
      its.unreachable();
    }
    await(its);
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
      await(worker);
    }
  }

  private void tooLate() {
    forgetDeadline();
    if (!over && source == null && sink != null) {
      over = true;
      boolean waits = worker == null;
      sink.failed(
          new ApiError.OfWorker(waits ? new WorkerFault.NoMemory() : new WorkerFault.Restarting()));
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
