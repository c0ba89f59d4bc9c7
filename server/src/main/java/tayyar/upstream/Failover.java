package tayyar.upstream;

import io.netty.channel.EventLoop;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Attempt;
import tayyar.api.ChatRequest;
import tayyar.api.Choices;
import tayyar.api.FinishReason;
import tayyar.api.Outcome.Phase;
import tayyar.api.Part;
import tayyar.api.Room;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.api.ToolCall;
import tayyar.api.Trace;
import tayyar.api.Tried;
import tayyar.api.Usage;
import tayyar.api.Way;
import tayyar.dialect.TargetDialect;
import tayyar.routing.Next;
import tayyar.routing.Route;
import tayyar.routing.Try;
import tayyar.routing.Verdict;

/**
 * An answer that does not depend on one target: where a try fails before its first token, the next
 * one is made and nobody notices; where it breaks off later, the answer goes on at another target
 * if it can. Lives on the stream's event loop.
 *
 * <pre>
 *   SEEKING --a place--> TRYING --first token--> ANSWERING --done--> OVER
 *      ^                   |                         |
 *      +---- it failed ----+---- it broke off and ---+
 *      |                         can be continued
 *      +--nobody left--> OVER
 * </pre>
 *
 * Each try has its own time to the first token, see {@link Patience}.
 */
public final class Failover implements Source, Sink {
  private enum State {
    SEEKING,
    TRYING,
    ANSWERING,
    OVER
  }

  private final Route route;
  private final Opener opener;
  private final ChatRequest request;
  private final Trace trace;
  private final LongSupplier clock;
  private final Patience patience;
  private final Unfinished unfinished;
  private final Tries tries = new Tries();
  private final Choices choices = new Choices();
  private State state = State.SEEKING;
  private @Nullable Sink sink;
  private @Nullable Try current;
  private @Nullable Source source;
  private @Nullable ApiError last;
  private int attempts;

  // Of the try under way, since its last flush and in all.
  private boolean spoken;
  private boolean told;
  private boolean goesOn;

  /** Makes the source of a try. */
  @FunctionalInterface
  public interface Opener {
    /**
     * An answer of a try's target; nothing happens before it is started.
     *
     * @param trace what the target is told of the trace
     */
    Source open(Try taken, ChatRequest request, Trace trace);
  }

  /**
   * A source that has not begun.
   *
   * @param opener makes the source of a try
   * @param dialect the targets', in which another one is asked to go on
   * @param trace the request's place in its trace
   * @param room keeps what another target would have to go on with
   * @param loop owns the stream; the route's executor
   * @param clock nanoseconds, as {@link System#nanoTime()}
   */
  public Failover(
      Route route,
      Opener opener,
      TargetDialect dialect,
      ChatRequest request,
      Trace trace,
      Room room,
      EventLoop loop,
      LongSupplier clock) {
    this.route = route;
    this.opener = opener;
    this.request = request;
    this.trace = trace;
    this.clock = clock;
    this.patience = new Patience(loop, clock, this::late);
    this.unfinished = new Unfinished(dialect, request, route.continues(), room);
  }

  @Override
  public void start(Sink to) {
    sink = to;
    seek();
  }

  private void seek() {
    state = State.SEEKING;
    source = null;
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
      case Next.Waiting _ -> patience.begin(route.bounds(), false);
    }
  }

  private void ask(Try taken) {
    state = State.TRYING;
    current = taken;
    spoken = false;
    told = false;
    goesOn = false;
    attempts++;
    String model = route.fellBack() ? taken.modelId() : request.model();
    sink().attempt(new Attempt(attempts, model, taken.target().name(), taken.whole()));
    Trace here = trace.child();
    tries.began(taken, here, patience.begin(taken.bounds(), taken.whole()));
    try {
      begin(opener.open(taken, unfinished.rest(), here));
    } catch (RuntimeException e) {
      // A bug of ours: the next target would suffer it as well.
      if (source != null) {
        source.cancel();
      }
      failed(new ApiError.Internal());
      throw e;
    }
  }

  private void begin(Source asked) {
    source = asked;
    if (patience.paused()) {
      asked.pause();
    }
    asked.start(this);
  }

  private Sink sink() {
    if (sink == null) {
      throw new IllegalStateException("not started");
    }
    return sink;
  }

  // What the try says.

  @Override
  public void again(String why) {
    tries.again(why);
  }

  @Override
  public void delta(int choice, Kind kind, byte[] json, int from, int to) {
    if (from == to || !speaks()) {
      return;
    }
    goesOn |= choices.hasEnded(choice);
    choices.begin(choice);
    unfinished.delta(choice, kind, json, from, to);
    sink().delta(choice, kind, json, from, to);
  }

  @Override
  public void part(int choice, Part part) {
    if (!speaks()) {
      return;
    }
    switch (part) {
      case ToolCall _ -> {
        choices.begin(choice);
        unfinished.unspoken();
      }
      case Part.Member(Part.Member.Place place, _, _) -> {
        if (place != Part.Member.Place.ANSWER) {
          choices.begin(choice);
          unfinished.unspoken();
        }
      }
      case Part.Vector _ -> choices.end(choice);
      case Part.Logprobs _ -> choices.begin(choice);
    }
    sink().part(choice, part);
  }

  @Override
  public void finish(int choice, FinishReason reason) {
    if (speaks()) {
      choices.end(choice);
      sink().finish(choice, reason);
    }
  }

  /** The try is answering. */
  private boolean speaks() {
    if (state == State.TRYING && current != null) {
      state = State.ANSWERING;
      current.began();
      long now = patience.spoke();
      if (!current.whole()) {
        tries.spoke(now);
      }
    }
    spoken = state == State.ANSWERING;
    return spoken;
  }

  /** Signs of life are no tokens: only what speaks is waited for. */
  @Override
  public void flush() {
    if (state != State.ANSWERING) {
      return;
    }
    if (spoken) {
      spoken = false;
      if (told && !goesOn && choices.complete()) {
        patience.ended();
      } else {
        patience.spoke();
      }
    }
    sink().flush();
  }

  @Override
  public void usage(Usage usage) {
    if (state != State.OVER) {
      told = true;
      spoken = true;
      sink().usage(unfinished.usage(usage));
    }
  }

  @Override
  public void done() {
    if (state == State.OVER) {
      return;
    }
    if (!choices.complete()) {
      failed(new ApiError.UpstreamFailed("its answer ended without a finish_reason."));
      return;
    }
    end(new Verdict.Good(), null, Tried.COMPLETED);
    complete();
  }

  private void complete() {
    stop();
    tellUsage();
    sink().done();
  }

  private void tellUsage() {
    Usage untold = unfinished.untold();
    if (untold != null) {
      sink().usage(untold);
    }
  }

  @Override
  public void failed(ApiError error) {
    if (state == State.OVER) {
      return;
    }
    end(Fault.verdict(error), error, "");
    boolean begun = choices.anyBegun();
    boolean over = !Fault.of(error).elsewhere();
    boolean aside = route.fellBack() || begun;
    last = over && aside && last != null ? last : begun ? inTheMiddle(error) : error;
    if (over) {
      giveUp(last);
    } else if (begun) {
      goOn();
    } else {
      seek();
    }
  }

  /** To a client that has the beginning of an answer, the reason why there is no more of it. */
  private static ApiError inTheMiddle(ApiError error) {
    return switch (error) {
      case ApiError.UpstreamBusy _, ApiError.QueueFull _ ->
          new ApiError.UpstreamFailed("it broke its answer off, for it has too much to do.");
      default -> error;
    };
  }

  /** The try broke off in the middle. */
  private void goOn() {
    ApiError why = last == null ? new ApiError.Internal() : last;
    if (choices.anyEnded() || !unfinished.brokeOff()) {
      giveUp(why);
    } else if (unfinished.isFull()) {
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

  private void end(Verdict verdict, @Nullable ApiError why, String otherwise) {
    if (current != null) {
      tries.ended(why, otherwise, clock.getAsLong());
      current.ended(verdict);
      current = null;
    }
  }

  private void stop() {
    if (state == State.SEEKING) {
      tries.sought(clock.getAsLong());
    }
    state = State.OVER;
    source = null;
    patience.stop();
  }

  // What the reader says.

  @Override
  public void pause() {
    patience.pause();
    if (source != null) {
      source.pause();
    }
  }

  @Override
  public void resume() {
    patience.resume();
    if (source != null) {
      source.resume();
    }
  }

  @Override
  public void cancel() {
    Source asked = source;
    stop();
    route.cancel();
    if (asked != null) {
      asked.cancel();
    }
    end(new Verdict.NoBlame(), null, Tried.CANCELLED);
  }

  @Override
  public Way way(long startedNanos) {
    return tries.since(startedNanos);
  }

  private void late() {
    if (state == State.SEEKING) {
      route.cancel();
      giveUp(last == null ? new ApiError.QueueFull() : last);
      return;
    }
    Phase phase = state == State.TRYING ? awaited() : Phase.BETWEEN_TOKENS;
    if (source != null) {
      source.cancel();
    }
    if (choices.complete()) {
      done();
    } else {
      failed(new ApiError.UpstreamTimeout(phase));
    }
  }

  private Phase awaited() {
    return current != null && current.whole() ? Phase.WHOLE : Phase.FIRST_TOKEN;
  }
}
