package tayyar.upstream;

import io.netty.channel.EventLoop;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Outcome.Phase;
import tayyar.api.Part;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.api.ToolCall;
import tayyar.api.Tried;
import tayyar.api.Usage;
import tayyar.routing.Try;
import tayyar.routing.Verdict;

/**
 * One try of an answer: a place at a target, its source, and how long that may be silent. Passes on
 * what the source says; its end is {@link Failover}'s to judge. Lives on the stream's event loop.
 *
 * <pre>
 *   TRYING --first token--> ANSWERING --done, failed, cancel()--> OVER
 * </pre>
 */
final class Leg implements Sink {
  private enum State {
    TRYING,
    ANSWERING,
    OVER
  }

  /** Told once how it ended, unless it was cancelled. */
  interface Ends {
    /** It gave the whole answer. */
    void completed();

    /** It failed; the place is free. */
    void broke(ApiError error);
  }

  private final Try taken;
  private final Answered answered;
  private final Tries tries;
  private final Sink sink;
  private final Ends ends;
  private final LongSupplier clock;
  private final Patience patience;
  private State state = State.TRYING;
  private @Nullable Source source;

  /** Something was said since the last flush. */
  private boolean spoken;

  private boolean usageTold;

  /** Only the end is waited for. */
  private boolean ending;

  /** More followed what looked like an end. */
  private boolean goesOn;

  /**
   * A try that has not begun.
   *
   * @param answered all that was said of the answer, by this try and those before
   * @param sink where it goes on to
   * @param clock nanoseconds, as {@link System#nanoTime()}
   */
  Leg(
      Try taken,
      Answered answered,
      Tries tries,
      Sink sink,
      Ends ends,
      EventLoop loop,
      LongSupplier clock) {
    this.taken = taken;
    this.answered = answered;
    this.tries = tries;
    this.sink = sink;
    this.ends = ends;
    this.clock = clock;
    this.patience = new Patience(loop, clock, this::late);
  }

  /**
   * Waits for a token from now on.
   *
   * @return the clock's reading
   */
  long begin() {
    return patience.begin(taken.bounds(), taken.whole());
  }

  /** Asks the target. */
  void ask(Source asked, boolean paused) {
    source = asked;
    if (paused) {
      pause();
    }
    asked.start(this);
  }

  // What the source says.

  @Override
  public void again(String why) {
    tries.again(why);
  }

  @Override
  public void delta(int choice, Kind kind, byte[] json, int from, int to) {
    if (from < to && speaks()) {
      goesOn |= answered.choices().hasEnded(choice);
      answered.delta(choice, kind, json, from, to);
      sink.delta(choice, kind, json, from, to);
    }
  }

  @Override
  public void part(int choice, Part part) {
    if (speaks()) {
      goesOn |= part instanceof ToolCall && answered.choices().hasEnded(choice);
      answered.part(choice, part);
      sink.part(choice, part);
    }
  }

  @Override
  public void finish(int choice, FinishReason reason) {
    if (speaks()) {
      answered.choices().end(choice);
      sink.finish(choice, reason);
    }
  }

  /** The try is answering. */
  private boolean speaks() {
    if (state == State.TRYING) {
      state = State.ANSWERING;
      taken.began();
      long now = patience.spoke();
      if (!taken.whole()) {
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
    if (usageTold && !goesOn && answered.choices().complete()) {
      if (!ending) {
        ending = true;
        patience.ended();
      }
    } else if (spoken) {
      patience.spoke();
    }
    spoken = false;
    sink.flush();
  }

  @Override
  public void usage(Usage usage) {
    if (state != State.OVER) {
      usageTold = true;
      sink.usage(answered.usage(usage));
    }
  }

  @Override
  public void done() {
    if (state == State.OVER) {
      return;
    }
    if (answered.choices().complete()) {
      over(new Verdict.Good(), null, Tried.COMPLETED);
      ends.completed();
    } else {
      failed(new ApiError.UpstreamFailed("its answer ended without a finish_reason."));
    }
  }

  @Override
  public void failed(ApiError error) {
    if (state != State.OVER) {
      over(Fault.verdict(error), error, "");
      ends.broke(error);
    }
  }

  private void over(Verdict verdict, @Nullable ApiError why, String otherwise) {
    state = State.OVER;
    patience.stop();
    tries.ended(why, otherwise, clock.getAsLong());
    taken.ended(verdict);
  }

  /** It has been silent for too long; where all has come, it is no failure. */
  private void late() {
    Phase awaited = taken.whole() ? Phase.WHOLE : Phase.FIRST_TOKEN;
    Phase phase = state == State.TRYING ? awaited : Phase.BETWEEN_TOKENS;
    stopAsking();
    if (answered.choices().complete()) {
      done();
    } else {
      failed(new ApiError.UpstreamTimeout(phase));
    }
  }

  // What the reader says.

  void pause() {
    patience.pause();
    if (source != null) {
      source.pause();
    }
  }

  void resume() {
    patience.resume();
    if (source != null) {
      source.resume();
    }
  }

  /** Nobody wants the answer any more. Later calls do nothing. */
  void cancel() {
    if (state != State.OVER) {
      stopAsking();
      over(new Verdict.NoBlame(), null, Tried.CANCELLED);
    }
  }

  /** A bug of ours, met while the target was asked: nothing more comes of its source. */
  void bug() {
    stopAsking();
    failed(new ApiError.Internal());
  }

  private void stopAsking() {
    if (source != null) {
      source.cancel();
    }
  }
}
