package tayyar.upstream;

import io.netty.channel.EventLoop;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Attempt;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.Room;
import tayyar.api.Sink;
import tayyar.api.Sought;
import tayyar.api.Source;
import tayyar.api.Trace;
import tayyar.api.Usage;
import tayyar.dialect.Continuing;
import tayyar.routing.Next;
import tayyar.routing.Route;
import tayyar.routing.Try;

/**
 * An answer that does not depend on one target. Where a try fails before its first token, the next
 * target is asked and the client does not notice; where it breaks off later, another target
 * continues the answer if it can. Each try is a {@link Leg}. Lives on the stream's event loop.
 *
 * <pre>
 *   SEEKING --a place--> ASKING --completed--> OVER
 *      ^                   |
 *      +-- it failed, or --+
 *      |   broke off and can be continued
 *      +--nobody left--> OVER
 * </pre>
 */
public final class Failover implements Source {
  private enum State {
    SEEKING,
    ASKING,
    OVER
  }

  private final Route route;
  private final Opener opener;
  private final InferenceRequest request;
  private final Trace trace;
  private final EventLoop loop;
  private final LongSupplier clock;
  private final Answered answered;
  private final Tries tries = new Tries();
  private final Leg.Ends ends = new Ends();
  private State state = State.SEEKING;
  private @Nullable Sink sink;
  private @Nullable Leg leg;
  private @Nullable Patience queued;
  private @Nullable ApiError last;
  private int attempts;
  private boolean paused;

  /** Makes the source of a try. */
  @FunctionalInterface
  public interface Opener {
    /**
     * Creates the source of a try's answer; it does nothing before it is started.
     *
     * @param trace the trace as the target gets it
     */
    Source open(Try taken, InferenceRequest request, Trace trace);
  }

  /**
   * Creates a source that has not begun.
   *
   * @param opener creates the source of a try
   * @param continuing makes the request by which another target continues
   * @param trace the request's place in its trace
   * @param room the memory for the text that another target would continue
   * @param loop owns the stream; the route's executor
   * @param clock nanoseconds, as {@link System#nanoTime()}
   */
  public Failover(
      Route route,
      Opener opener,
      Continuing continuing,
      InferenceRequest request,
      Trace trace,
      Room room,
      EventLoop loop,
      LongSupplier clock) {
    this.route = route;
    this.opener = opener;
    this.request = request;
    this.trace = trace;
    this.loop = loop;
    this.clock = clock;
    this.answered = new Answered(continuing, request, route.continues(), room);
  }

  @Override
  public void start(Sink to) {
    sink = to;
    seek();
  }

  private Sink sink() {
    if (sink == null) {
      throw new IllegalStateException("not started");
    }
    return sink;
  }

  private void seek() {
    state = State.SEEKING;
    leg = null;
    tries.seeking(clock.getAsLong());
    heard(route.next(this::heard));
  }

  private void heard(Next next) {
    if (state == State.OVER) {
      return;
    }
    switch (next) {
      case Next.Go(Try taken) -> ask(taken);
      case Next.Over(ApiError why) -> giveUp(last == null ? why : last);
      case Next.Waiting _ -> queue();
    }
  }

  private void queue() {
    queued = new Patience(loop, clock, this::queuedForTooLong);
    queued.begin(route.bounds(), false);
    if (paused) {
      queued.pause();
    }
  }

  private void queuedForTooLong() {
    route.cancel();
    giveUp(last == null ? new ApiError.QueueFull() : last);
  }

  private void stopQueueing() {
    if (queued != null) {
      queued.stop();
      queued = null;
    }
  }

  private void ask(Try taken) {
    stopQueueing();
    state = State.ASKING;
    attempts++;
    String model = route.fellBack() ? taken.modelId() : request.model();
    sink().attempt(new Attempt(attempts, model, taken.target().name(), taken.whole()));
    Trace here = trace.child();
    var asked = new Leg(taken, answered, tries, sink(), ends, loop, clock);
    leg = asked;
    tries.began(taken, here, asked.begin());
    try {
      asked.ask(opener.open(taken, answered.rest(), here), paused);
    } catch (RuntimeException e) {
      // A bug of ours, which would fail at the next target as well.
      asked.bug();
      throw e;
    }
  }

  private final class Ends implements Leg.Ends {
    @Override
    public void completed() {
      complete();
    }

    @Override
    public void broke(ApiError error) {
      judge(error);
    }
  }

  private void complete() {
    stop();
    tellUsage();
    sink().done();
  }

  private void tellUsage() {
    Usage untold = answered.untold();
    if (untold != null) {
      sink().usage(untold);
    }
  }

  private void judge(ApiError error) {
    boolean begun = answered.choices().anyBegun();
    boolean over = !Fault.of(error).elsewhere();
    boolean aside = over ? route.fellBack() || begun : error instanceof ApiError.UnsupportedByModel;
    last = aside && last != null ? last : begun ? inTheMiddle(error) : error;
    if (over) {
      giveUp(last);
    } else if (begun) {
      goOn(last);
    } else {
      seek();
    }
  }

  /** Returns the error for a client that already has a part of the answer. */
  private static ApiError inTheMiddle(ApiError error) {
    return switch (error) {
      case ApiError.UpstreamBusy _, ApiError.QueueFull _ ->
          new ApiError.UpstreamFailed("it broke its answer off, for it has too much to do.");
      default -> error;
    };
  }

  /** The try broke off in the middle. */
  private void goOn(ApiError why) {
    if (!answered.goesOn()) {
      giveUp(why);
    } else if (answered.isFull()) {
      sink().finish(0, FinishReason.LENGTH);
      complete();
    } else {
      sink().flush();
      route.stay();
      seek();
    }
  }

  private void giveUp(ApiError error) {
    stop();
    tellUsage();
    sink().failed(error);
  }

  private void stop() {
    if (state == State.SEEKING) {
      tries.sought(clock.getAsLong());
    }
    state = State.OVER;
    leg = null;
    stopQueueing();
  }

  // Calls of the reader. It may be slow even before a target was asked.

  @Override
  public void pause() {
    paused = true;
    if (leg != null) {
      leg.pause();
    }
    if (queued != null) {
      queued.pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (leg != null) {
      leg.resume();
    }
    if (queued != null) {
      queued.resume();
    }
  }

  @Override
  public void cancel() {
    Leg asked = leg;
    stop();
    route.cancel();
    if (asked != null) {
      asked.cancel();
    }
  }

  @Override
  public Sought sought(long startedNanos) {
    return tries.since(startedNanos);
  }
}
