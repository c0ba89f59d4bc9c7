package tayyar.stream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import tayyar.api.ApiError;
import tayyar.api.Attempt;
import tayyar.api.Bill;
import tayyar.api.Bounds;
import tayyar.api.Charge;
import tayyar.api.Choices;
import tayyar.api.Cost;
import tayyar.api.Ended;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.OpenRow;
import tayyar.api.Outcome;
import tayyar.api.Part;
import tayyar.api.Refused;
import tayyar.api.Sink;
import tayyar.api.Sought;
import tayyar.api.Source;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tayyar.api.Who;
import tayyar.dialect.Answer;
import tayyar.dialect.Reply;
import tayyar.dialect.Talker;

/**
 * Relays one answer to its client, and ends exactly once. Lives on one event loop.
 *
 * <pre>
 *   RUNNING --end(outcome)--> ENDING --the socket took the last byte, or never will--> ENDED
 * </pre>
 *
 * Back-pressure: while the socket takes nothing, text is merged; above the bound the source pauses;
 * once the socket takes bytes again, the text leaves and the source resumes.
 */
public final class Relay implements Sink, Talker {
  private static final int CHOICES_MAX = 128;

  /** The recorded status of a request whose client left before the last byte. */
  private static final int LEFT = 499;

  private enum State {
    RUNNING,
    ENDING,
    ENDED
  }

  private final Source source;
  private final Reply reply;
  private final InferenceRequest request;
  private final Who who;
  private final Bill bill;
  private final OpenRow row;
  private final EventLoop loop;
  private final LongSupplier clock;
  private final BiConsumer<Relay, Ended> ended;
  private final Answer answer;
  private final Meter meter;
  private final ClientWatch watch;
  private final Choices choices = new Choices();
  private State state = State.RUNNING;
  private final Finishes finishes = new Finishes();
  private Attempt attempt = new Attempt(0, "", "", false);
  private boolean paused;

  /**
   * Creates a relay that has not begun.
   *
   * @param reply the way to the client
   * @param answer the form that the answer takes on it
   * @param bill settled when it ends
   * @param row told of all that the client is about to get
   * @param clock nanoseconds, as {@link System#nanoTime()}
   * @param ended called once, on the loop, after the end
   */
  public Relay(
      Source source,
      Reply reply,
      Answer answer,
      InferenceRequest request,
      Who who,
      Bill bill,
      OpenRow row,
      Bounds bounds,
      EventLoop loop,
      LongSupplier clock,
      BiConsumer<Relay, Ended> ended) {
    this.source = source;
    this.reply = reply;
    this.request = request;
    this.who = who;
    this.bill = bill;
    this.row = row;
    this.loop = loop;
    this.clock = clock;
    this.ended = ended;
    this.answer = answer;
    this.meter = new Meter(who.startedAtMs(), who.startedNanos(), request);
    this.watch =
        new ClientWatch(reply, answer, request, who.startedNanos(), bounds, this::end, loop, clock);
  }

  /** Begins. Called once. */
  public void start() {
    watch.start();
    try {
      source.start(this);
    } catch (RuntimeException e) {
      failed(new ApiError.Internal());
      throw e;
    }
  }

  @Override
  public void clientGone() {
    end(new Outcome.ClientGone());
  }

  @Override
  public void writabilityChanged() {
    if (state != State.RUNNING || !reply.writable()) {
      return;
    }
    guard(answer::writable);
    if (paused && !answer.full()) {
      paused = false;
      source.resume();
    }
  }

  /** Returns the request and the key that it belongs to. */
  public Who who() {
    return who;
  }

  /** Returns the event loop that owns it. */
  public EventLoop loop() {
    return loop;
  }

  @Override
  public void attempt(Attempt now) {
    attempt = now;
    row.attempt(now, meter.streamedPrompt(), bill.priceId(now.model()));
    meter.whole(now.whole());
    answer.model(now.model());
    reply.target(now.target());
  }

  @Override
  public void delta(int choice, Kind kind, byte[] json, int from, int to) {
    if (from < to && takes(choice) && pays()) {
      meter.delta(clock.getAsLong());
      try {
        answer.delta(choice, kind, json, from, to);
        relieve();
      } catch (Refused e) {
        failed(e.error());
      }
    }
  }

  /** Some answers can't be told in the client's language. */
  private void guard(Runnable telling) {
    try {
      telling.run();
    } catch (Refused e) {
      failed(e.error());
    }
  }

  /** Of a document the whole is paid at its end. */
  private boolean pays() {
    Outcome stopped = attempt.whole() ? null : bill.spend(attempt.model());
    if (stopped == null) {
      return true;
    }
    finishes.endAtLength(choices, CHOICES_MAX);
    end(stopped);
    return false;
  }

  /**
   * Flushes in the middle of a read, so that a source with a megabyte at once is paused early; the
   * rest stays in the source.
   */
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
    guard(() -> answer.part(choice, part));
    relieve();
  }

  private boolean begins(int choice, Part part) {
    return switch (part) {
      case ToolCall _ -> {
        boolean taken = takes(choice) && pays();
        if (taken) {
          meter.delta(clock.getAsLong());
        }
        yield taken;
      }
      case Part.Vector _ -> {
        meter.delta(clock.getAsLong());
        choices.end(choice);
        yield true;
      }
      case Part.Member(Part.Member.Place place, _, _) ->
          switch (place) {
            case ANSWER -> true;
            case CHOICE -> takes(choice);
            case MESSAGE -> takes(choice) && (!meter.member() || pays());
          };
      case Part.Logprobs _ -> takes(choice);
      case Part.Native its -> takes(choice) && (!its.isText() || !meter.member() || pays());
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

  /**
   * Keeps the reason for the end of the answer: some targets repeat it in each chunk, and some send
   * text behind it.
   */
  @Override
  public void finish(int choice, FinishReason reason) {
    if (takes(choice)) {
      choices.end(choice);
      finishes.put(choice, reason);
    }
  }

  @Override
  public void usage(Usage usage) {
    meter.usage(usage);
    answer.usage(usage);
  }

  @Override
  public void flush() {
    if (state != State.RUNNING) {
      return;
    }
    meter.readComplete();
    if (request.stream()) {
      row.delivered(meter.written(), (meter.lastNanos() - who.startedNanos()) / 1000);
    }
    answer.flush();
    watch.sent(meter.lastNanos());
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

  /**
   * Ends the answer; the only way out. Later calls do nothing, with one exception: where the client
   * has left or takes nothing, the last bytes are not waited for.
   */
  public void end(Outcome outcome) {
    boolean deaf = outcome.isDeaf();
    if (state == State.ENDED || (state == State.ENDING && !deaf)) {
      return;
    }
    state = State.ENDING;
    watch.ending();
    source.cancel();
    switch (outcome) {
      case Outcome.Completed _, Outcome.OutOfBalance _ -> complete(outcome);
      case Outcome.Failed(ApiError error) -> fail(error, outcome);
      case Outcome.TimedOut(Outcome.Phase phase) when !deaf ->
          fail(new ApiError.UpstreamTimeout(phase), outcome);
      case Outcome.Draining _ -> fail(new ApiError.Draining(), outcome);
      case Outcome.ClientGone _ -> conclude(outcome, LEFT);
      case Outcome.TimedOut _ -> {
        conclude(outcome, answer.headOut() ? 200 : LEFT);
        reply.abort();
      }
    }
  }

  private void complete(Outcome outcome) {
    Usage usage = meter.usage();
    row.used(usage, (clock.getAsLong() - who.startedNanos()) / 1000);
    try {
      finishes.tellTo(answer);
      tellCost(usage);
      last(answer.complete(usage), outcome, 200);
    } catch (Refused e) {
      fail(e.error(), new Outcome.Failed(e.error()));
    }
  }

  private void tellCost(Usage usage) {
    Cost cost = request.includeCost() ? bill.cost(attempt.model(), usage) : null;
    if (cost != null) {
      answer.cost(usage, cost);
    }
  }

  private void fail(ApiError error, Outcome outcome) {
    int status = request.stream() && answer.headOut() ? 200 : reply.status(error);
    tellCost(meter.usage());
    last(answer.fail(error), outcome, status);
  }

  private void last(Future<Void> sent, Outcome outcome, int status) {
    sent.addListener(
        result -> {
          boolean taken = result.isSuccess();
          conclude(taken ? outcome : new Outcome.ClientGone(), taken ? status : LEFT);
        });
  }

  private void conclude(Outcome outcome, int status) {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    watch.stop();
    answer.discard();
    ended.accept(this, record(outcome, status, bill.settle(attempt.model(), meter.usage())));
  }

  /** Returns the record as it would be if the answer ended so, with the status the client saw. */
  public Ended record(Outcome outcome, int status) {
    return record(outcome, status, Charge.NONE);
  }

  private Ended record(Outcome outcome, int status, Charge charge) {
    return new Ended(
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
        course(),
        charge);
  }

  private Ended.Course course() {
    Sought sought = source.sought(who.startedNanos());
    return who.course(request, finishes.first(), reply.sentBytes(), sought);
  }
}
