package tayyar.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AbstractHistogram;
import org.jspecify.annotations.Nullable;

/** One event loop's share of the load. Everything in it happens on that loop. */
final class Lane {
  private static final long SWEEP_NANOS = 100_000_000;

  /** A user whose request failed at once waits this long, so that a dead server is not hammered. */
  private static final long PAUSE_NANOS = 100_000_000;

  private static final long AT_ONCE_NANOS = 20_000_000;

  /** The longest time until a stop is noticed, however far the next start is. */
  private static final long LOOK_NANOS = 100_000_000;

  private final LoadPlan plan;
  private final EventLoop loop;
  private final int number;
  private final Work work;
  private final List<Connections> connections;
  private final List<Tally> tallies;

  /** Requests in the order of their start; a request that is over stays until the next sweep. */
  private final Deque<MeasuredRequest> begun = new ArrayDeque<>();

  private final AbstractHistogram late = Times.histogram(true);
  private final Pulse pulse = new Pulse();
  private @Nullable EndpointTurn current;
  private volatile @Nullable Throwable fault;

  /** The number of users, timetables and requests under way; the lane is idle at 0. */
  private int busy;

  /** The number of requests under way. */
  private int underWay;

  private long events;
  private long sentAgain;

  /**
   * @param number counts the lanes from 0
   * @param links the way to each endpoint
   */
  Lane(LoadPlan plan, EventLoop loop, int number, Work work, List<EndpointLink> links) {
    this.plan = plan;
    this.loop = loop;
    this.number = number;
    this.work = work;
    this.tallies = links.stream().map(_ -> new Tally()).toList();
    this.connections = links.stream().map(this::connections).toList();
  }

  private Connections connections(EndpointLink link) {
    ConnectionUse use = plan.connections();
    return use.http2()
        ? new Http2Connections(this, link, use)
        : new Http1Connections(this, link, use.keepAlive());
  }

  EventLoop loop() {
    return loop;
  }

  // --- a turn

  /** Begins a turn. */
  void start(EndpointTurn turn) {
    current = turn;
    if (turn.isMeasured()) {
      tallies.get(turn.endpoint()).turn(slices(turn));
    }
    busy = 1;
    switch (plan.arrivals()) {
      case Arrivals.ClosedLoop closed -> users(turn, closed.users());
      case Arrivals.OpenLoop open -> timetable(turn, open);
    }
    sweep(turn);
    leave(turn);
  }

  private Slices slices(EndpointTurn turn) {
    int most = Math.max(1, Bench.SLICES / plan.rounds());
    boolean timed = plan.turnNanos() > 0;
    long width = timed ? Math.max(1, plan.turnNanos() / most) : 100_000_000;
    return new Slices(turn.startNanos(), width, timed ? most : Math.max(8, most), timed);
  }

  private void users(EndpointTurn turn, int users) {
    long ramp = plan.ramp().toNanos();
    for (int i = number; i < users; i += plan.threads()) {
      busy++;
      long at = turn.startNanos() + ramp * i / users;
      later(() -> user(turn), at - System.nanoTime());
    }
  }

  private void user(EndpointTurn turn) {
    long now = System.nanoTime();
    if (turn.take(now)) {
      busy++;
      begin(turn, now);
    }
    leave(turn);
  }

  private void timetable(EndpointTurn turn, Arrivals.OpenLoop open) {
    var random = new SplittableRandom(plan.seed() + turn.round() * 1000L);
    var times = new Timetable(open, random.split());
    for (int i = 0; i < number; i++) {
      times.next();
    }
    busy++;
    arrival(turn, times, turn.startNanos() + times.next());
  }

  /** Waits for an intended start, then sends all that are due. */
  private void arrival(EndpointTurn turn, Timetable times, long at) {
    long next = at;
    long now = System.nanoTime();
    while (next <= now && next < turn.endNanos() && turn.take(next)) {
      if (turn.isMeasured()) {
        Times.record(late, now - next);
      }
      busy++;
      begin(turn, next);
      next = turn.startNanos() + skip(times);
      now = System.nanoTime();
    }
    if (next <= now || next >= turn.endNanos() || turn.isStopped()) {
      leave(turn);
      return;
    }
    long then = next;
    long wait = Math.min(next - now, LOOK_NANOS);
    later(() -> arrival(turn, times, then), wait);
  }

  /**
   * Skips the starts of other lanes: all lanes share one timetable, and of n lanes each takes every
   * n-th start.
   */
  private long skip(Timetable times) {
    for (int i = 1; i < plan.threads(); i++) {
      times.next();
    }
    return times.next();
  }

  private void leave(EndpointTurn turn) {
    busy--;
    if (busy == 0) {
      current = null;
      turn.laneIsIdle();
    }
  }

  /**
   * Ends the requests under way; measured ones count as failed unless the whole run was stopped.
   */
  void cut(EndpointTurn turn) {
    for (MeasuredRequest measured : List.copyOf(begun)) {
      if (turn.isStopped()) {
        measured.drop();
      } else {
        measured.fail("unfinished");
      }
    }
  }

  /** Runs a step on the lane's loop; for any thread. */
  void soon(Runnable step) {
    later(step, 0);
  }

  private void later(Runnable step, long nanos) {
    loop.schedule(() -> guarded(step), nanos, TimeUnit.NANOSECONDS);
  }

  /** Runs a step; what it throws is a bug of the generator. */
  void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      fault(e);
    }
  }

  /** A bug of the generator: the measurement is worth nothing. */
  void fault(Throwable cause) {
    fault = cause;
  }

  /** That bug, or null; for any thread. */
  @Nullable Throwable fault() {
    return fault;
  }

  // --- a request

  private void begin(EndpointTurn turn, long intended) {
    DrawnRequest drawn = plan.prompts().drawn(work.next(turn));
    boolean numbered = plan.prompts().isNumbered();
    MeasuredRequest measured =
        new MeasuredRequest(this, turn, drawn, intended, plan.stream(), numbered);
    begun.add(measured);
    underWay++;
    if (underWay > LoadPlan.UNDER_WAY_MAX / plan.threads()) {
      measured.fail("not_sent");
    } else {
      connections.get(turn.endpoint()).send(measured);
    }
  }

  /**
   * Sends a request once more, on another connection: its own had ended, or refused it, before the
   * request was looked at.
   */
  void again(MeasuredRequest measured) {
    sentAgain++;
    connections.get(measured.turn().endpoint()).sendOnNew(measured);
  }

  void completed(EndpointTurn turn, MeasuredRequest measured) {
    pulse.completed++;
    next(turn, measured, false);
  }

  void failed(EndpointTurn turn, MeasuredRequest measured) {
    pulse.failed++;
    boolean atOnce = System.nanoTime() - measured.intendedNanos() < AT_ONCE_NANOS;
    next(turn, measured, atOnce);
  }

  void dropped() {
    underWay--;
    EndpointTurn turn = current;
    if (turn != null) {
      leave(turn);
    }
  }

  private void next(EndpointTurn turn, MeasuredRequest measured, boolean pause) {
    underWay--;
    if (begun.peekFirst() == measured) {
      begun.pollFirst();
    }
    if (plan.arrivals() instanceof Arrivals.OpenLoop) {
      leave(turn);
    } else if (pause) {
      later(() -> user(turn), PAUSE_NANOS);
    } else {
      later(() -> user(turn), 0);
    }
  }

  /** Ends requests that take too long. */
  private void sweep(EndpointTurn turn) {
    if (current != turn) {
      return;
    }
    long oldest = System.nanoTime() - plan.timeout().toNanos();
    begun.removeIf(MeasuredRequest::isEnded);
    while (!begun.isEmpty() && begun.getFirst().intendedNanos() < oldest) {
      begun.pollFirst().fail("timeout");
    }
    later(() -> sweep(turn), SWEEP_NANOS);
  }

  // --- what attempts need

  ByteBuf buffer() {
    return ByteBufAllocator.DEFAULT.ioBuffer();
  }

  Counts cell(EndpointTurn turn, DrawnRequest drawn, String target) {
    return tally(turn).cell(drawn.model(), Sizes.of(drawn.promptTokens()), target);
  }

  Counts slice(EndpointTurn turn, long now) {
    return tally(turn).now().at(now);
  }

  void sample(EndpointTurn turn, Tally.Observation seen) {
    tally(turn).sample(seen);
  }

  void flaw(EndpointTurn turn, String kind) {
    if (turn.isMeasured()) {
      tally(turn).flaw(kind);
    }
  }

  void sawEvent(EndpointTurn turn) {
    pulse.events++;
    events += turn.isMeasured() ? 1 : 0;
  }

  String targetHeader() {
    return plan.targetHeader();
  }

  Objective objective() {
    return plan.objective();
  }

  boolean isOver(long gapNanos) {
    return gapNanos > plan.objective().itlMicros() * 1000;
  }

  private Tally tally(EndpointTurn turn) {
    return tallies.get(turn.endpoint());
  }

  // --- what is seen from outside, on this loop or when it has ended

  List<Tally> tallies() {
    return tallies;
  }

  AbstractHistogram late() {
    return late;
  }

  long events() {
    return events;
  }

  long sentAgain() {
    return sentAgain;
  }

  /** The lane's present state. */
  Pulse pulse() {
    return pulse.now(
        underWay, current == null || !current.isMeasured() ? null : tally(current).now().newest());
  }
}
