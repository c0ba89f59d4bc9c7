package tayyar.stream;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Attempt;
import tayyar.api.Bounds;
import tayyar.api.ChatRequest;
import tayyar.api.Choices;
import tayyar.api.Deadline;
import tayyar.api.Ended;
import tayyar.api.FinishReason;
import tayyar.api.Outcome;
import tayyar.api.Part;
import tayyar.api.Refused;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tayyar.api.Way;
import tayyar.api.Who;
import tayyar.dialect.Answer;
import tayyar.dialect.Reply;
import tayyar.wire.Deadlines;

/**
 * Relays one answer from its source to its client, and ends exactly once. Lives on one event loop.
 *
 * <pre>
 *   RUNNING --done, failed, deadline, end()--> ENDING --last byte taken--> ENDED
 *      |                                          |
 *      +--------------- clientGone() -------------+----------------------> ENDED
 * </pre>
 *
 * Back-pressure: while the socket takes nothing, text is merged; when too much of it waits, the
 * source pauses; when the socket takes bytes again, the text leaves and the source resumes.
 *
 * <p>Of the deadlines the relay keeps those that are the client's: the whole answer, the head, the
 * signs of life, and a client that takes nothing. A source that is slow to speak says so itself.
 */
public final class Relay implements Sink {
  private static final int CHOICES_MAX = 128;

  private enum State {
    RUNNING,
    ENDING,
    ENDED
  }

  private final Source source;
  private final Reply reply;
  private final ChatRequest request;
  private final Bounds bounds;
  private final Who who;
  private final EventLoop loop;
  private final LongSupplier clock;
  private final BiConsumer<Relay, Ended> ended;
  private final Answer answer;
  private final Meter meter;
  private final Deadlines deadlines;
  private final Choices choices = new Choices();
  private State state = State.RUNNING;
  private @Nullable FinishReason[] finishes = {null};
  private Attempt attempt = new Attempt(0, "", "", false);
  private boolean paused;
  private long sentNanos;
  private long stallBytes;
  private long stallNanos;

  /**
   * A relay that has not begun.
   *
   * @param reply the way to the client
   * @param answer the form that the answer takes on it
   * @param clock nanoseconds, as {@link System#nanoTime()}
   * @param ended told once, on the loop, when all is over
   */
  public Relay(
      Source source,
      Reply reply,
      Answer answer,
      ChatRequest request,
      Who who,
      Bounds bounds,
      EventLoop loop,
      LongSupplier clock,
      BiConsumer<Relay, Ended> ended) {
    this.source = source;
    this.reply = reply;
    this.request = request;
    this.who = who;
    this.loop = loop;
    this.bounds = bounds;
    this.clock = clock;
    this.ended = ended;
    this.answer = answer;
    this.meter = new Meter(who.startedAtMs(), who.startedNanos(), request);
    this.deadlines = new Deadlines(loop, clock, this::look);
    this.sentNanos = who.startedNanos();
    this.stallNanos = who.startedNanos();
  }

  /** Begins. Called once. */
  public void start() {
    deadlines.start(nextLook(clock.getAsLong()));
    try {
      source.start(this);
    } catch (RuntimeException e) {
      failed(new ApiError.Internal());
      throw e;
    }
  }

  /** The client's connection is closed. */
  public void clientGone() {
    if (state == State.RUNNING) {
      source.cancel();
    }
    conclude(new Outcome.ClientGone(), 499);
  }

  /** The socket's readiness to take bytes has changed. */
  public void writabilityChanged() {
    if (state != State.RUNNING || !reply.writable()) {
      return;
    }
    answer.writable();
    if (paused && !answer.full()) {
      paused = false;
      source.resume();
    }
  }

  /** Whose it is. */
  public Who who() {
    return who;
  }

  /** The event loop it lives on. */
  public EventLoop loop() {
    return loop;
  }

  @Override
  public void attempt(Attempt now) {
    attempt = now;
    meter.whole(now.whole());
    answer.model(now.model());
    reply.target(now.target());
  }

  @Override
  public void delta(int choice, Kind kind, byte[] json, int from, int to) {
    if (from < to && takes(choice)) {
      meter.delta(clock.getAsLong());
      try {
        answer.delta(choice, kind, json, from, to);
        relieve();
      } catch (Refused e) {
        failed(e.error());
      }
    }
  }

  /** A source may have a megabyte at once: what a slow client can't take stays where it is. */
  private void relieve() {
    if (answer.ripe()) {
      flush();
    }
  }

  @Override
  public void part(int choice, Part part) {
    if (state != State.RUNNING || !begins(choice, part)) {
      return;
    }
    try {
      answer.part(choice, part);
      relieve();
    } catch (Refused e) {
      failed(e.error());
    }
  }

  private boolean begins(int choice, Part part) {
    return switch (part) {
      case ToolCall _ -> {
        meter.delta(clock.getAsLong());
        yield takes(choice);
      }
      case Part.Vector _ -> {
        meter.delta(clock.getAsLong());
        choices.end(choice);
        yield true;
      }
      case Part.Member(Part.Member.Place place, _, _) ->
          place == Part.Member.Place.ANSWER || takes(choice);
      case Part.Logprobs _ -> takes(choice);
    };
  }

  private boolean takes(int choice) {
    if (state != State.RUNNING) {
      return false;
    }
    if (choice < 0 || choice >= CHOICES_MAX) {
      failed(new ApiError.UpstreamFailed("it sent text for a choice that does not exist."));
      return false;
    }
    choices.begin(choice);
    return true;
  }

  /** Some targets say so in each chunk, and some go on behind it: it is told at the end. */
  @Override
  public void finish(int choice, FinishReason reason) {
    if (takes(choice)) {
      choices.end(choice);
      if (choice >= finishes.length) {
        finishes = Arrays.copyOf(finishes, choice + 1);
      }
      finishes[choice] = reason;
    }
  }

  @Override
  public void usage(Usage usage) {
    meter.usage(usage);
  }

  @Override
  public void flush() {
    if (state != State.RUNNING) {
      return;
    }
    answer.flush();
    sentNanos = meter.lastNanos();
    if (!paused && answer.full()) {
      paused = true;
      source.pause();
    }
  }

  @Override
  public void done() {
    if (choices.complete()) {
      end(new Outcome.Completed());
    } else {
      failed(new ApiError.UpstreamFailed("its answer ended without a finish_reason."));
    }
  }

  @Override
  public void failed(ApiError error) {
    end(
        error instanceof ApiError.UpstreamTimeout late
            ? new Outcome.TimedOut(late.phase())
            : new Outcome.Failed(error));
  }

  /** Ends it; the one way out for everything but a client that left. Later calls do nothing. */
  public void end(Outcome outcome) {
    if (state != State.RUNNING) {
      return;
    }
    state = State.ENDING;
    source.cancel();
    switch (outcome) {
      case Outcome.Completed completed -> {
        tellFinishes();
        last(answer.complete(meter.usage()), outcome, 200);
      }
      case Outcome.Failed failed -> fail(failed.error(), outcome);
      case Outcome.TimedOut late -> fail(new ApiError.UpstreamTimeout(late.phase()), late);
      case Outcome.Draining draining -> fail(new ApiError.Draining(), outcome);
      case Outcome.ClientGone gone -> conclude(gone, 499);
    }
  }

  /** A client that reads nothing is told nothing: its connection is closed. */
  private void dropStalled() {
    source.cancel();
    conclude(new Outcome.TimedOut(Outcome.Phase.CLIENT_READ), answer.headOut() ? 200 : 499);
    reply.abort();
  }

  private void fail(ApiError error, Outcome outcome) {
    int status = request.stream() && answer.headOut() ? 200 : error.status();
    last(answer.fail(error), outcome, status);
  }

  private void last(ChannelFuture taken, Outcome outcome, int status) {
    taken.addListener(
        result -> {
          if (result.isSuccess()) {
            conclude(outcome, status);
          } else {
            conclude(new Outcome.ClientGone(), 499);
          }
        });
  }

  private void conclude(Outcome outcome, int status) {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    deadlines.stop();
    answer.discard();
    ended.accept(
        this,
        new Ended(
            who.requestId(),
            who.keyId(),
            who.keyHint(),
            request.model(),
            attempt.target(),
            attempt.number(),
            request.stream(),
            outcome,
            status,
            meter.usage(),
            meter.timing(clock.getAsLong()),
            course()));
  }

  private Ended.Course course() {
    Way way = source.way(who.startedNanos());
    return new Ended.Course(
        request.endpoint(),
        finish(),
        request.body().length,
        reply.sentBytes(),
        way.queuedMicros(),
        way.tries(),
        who.trace());
  }

  private void tellFinishes() {
    for (int i = 0; i < finishes.length; i++) {
      FinishReason reason = finishes[i];
      if (reason != null) {
        answer.finish(i, reason);
      }
    }
  }

  /** The first choice's. */
  private String finish() {
    FinishReason first = finishes[0];
    return first == null ? "" : first.wire();
  }

  /** What {@link Deadlines} calls: acts on the deadlines that have passed. */
  private long look(long now) {
    if (stalled(now)) {
      dropStalled();
    } else if (state == State.RUNNING && now - who.startedNanos() >= bounds.nanos(Deadline.TOTAL)) {
      end(new Outcome.TimedOut(Outcome.Phase.TOTAL));
    } else if (state == State.RUNNING) {
      signOfLife(now);
    }
    return state == State.ENDED ? 0 : nextLook(now);
  }

  private void signOfLife(long now) {
    if (now - who.startedNanos() >= bounds.nanos(Deadline.HEAD_HOLD)) {
      answer.release();
    }
    if (keepsAlive() && now - sentNanos >= bounds.nanos(Deadline.KEEP_ALIVE)) {
      answer.keepAlive();
      sentNanos = now;
    }
  }

  private boolean keepsAlive() {
    return request.stream() && answer.headOut() && !bounds.of(Deadline.KEEP_ALIVE).isZero();
  }

  private boolean stalled(long now) {
    long waiting = reply.waitingBytes();
    if (waiting == 0 || waiting != stallBytes) {
      stallBytes = waiting;
      stallNanos = now;
    }
    return now - stallNanos >= bounds.nanos(Deadline.CLIENT_STALL);
  }

  private long nextLook(long now) {
    long in = bounds.nanos(Deadline.CLIENT_STALL) / 2;
    if (state == State.RUNNING) {
      in = Math.min(in, who.startedNanos() + bounds.nanos(Deadline.TOTAL) - now);
      if (request.stream() && !answer.headOut()) {
        in = Math.min(in, who.startedNanos() + bounds.nanos(Deadline.HEAD_HOLD) - now);
      }
      if (keepsAlive()) {
        in = Math.min(in, sentNanos + bounds.nanos(Deadline.KEEP_ALIVE) - now);
      }
    }
    return Math.max(in, 1_000_000);
  }
}
