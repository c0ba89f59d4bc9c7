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
 * One try of an answer: a place at a target, its source, and the deadlines of that source's
 * silence. It passes the source's answer on; {@link Failover} judges its end. Lives on the stream's
 * event loop.
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

  /** Receives the try's end, once, unless it was cancelled. */
  interface Ends {
    /** The try gave the whole answer. */
    void completed();

    /** The try failed; its place is free. */
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

  /** Something was given since the last flush. */
  private boolean spoken;

  private boolean usageTold;

  /** Told before the first token: it counts once the try is answering. */
  private @Nullable Usage early;

  /** The answer is complete but for its end. */
  private boolean ending;

  /** More followed an apparent end. */
  private boolean goesOn;

  /**
   * Creates a try that has not begun.
   *
   * @param answered the state of the answer over all its tries
   * @param sink receives the answer
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

  // Calls of the source.

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

  /** Notes that the try is answering; returns whether its calls still count. */
  private boolean speaks() {
    if (state == State.TRYING) {
      state = State.ANSWERING;
      taken.began();
      long now = patience.spoke();
      if (!taken.whole()) {
        tries.spoke(now);
      }
      if (early != null) {
        usageTold = true;
        sink.usage(answered.usage(early));
      }
    }
    spoken = state == State.ANSWERING;
    return spoken;
  }

  /** Flushes. A flush without content is a sign of life, not a token, and resets no deadline. */
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

  /** Waits for the next token anew. The first one has a deadline of its own, which stays. */
  @Override
  public void alive() {
    if (state == State.ANSWERING && !ending) {
      patience.spoke();
    }
  }

  @Override
  public void usage(Usage usage) {
    if (state == State.TRYING) {
      early = usage;
    } else if (state == State.ANSWERING) {
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

  /** The target was silent for too long. This is no failure where the answer is complete. */
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

  // Calls of the reader.

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

  /** Cancels the try. Later calls do nothing. */
  void cancel() {
    if (state != State.OVER) {
      stopAsking();
      over(new Verdict.NoBlame(), null, Tried.CANCELLED);
    }
  }

  /** Ends the try because of a bug of ours; its source gives nothing more. */
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
