package tayyar.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
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

  /** However far the next start is, a stop is seen within this time. */
  private static final long LOOK_NANOS = 100_000_000;

  private final Plan plan;
  private final EventLoop loop;
  private final int number;
  private final Work work;
  private final List<Wire> wires;
  private final List<Tally> tallies;
  private final List<Deque<Line>> idle;

  /** In the order in which they were begun; one that is over is here until the next sweep. */
  private final Deque<Attempt> begun = new ArrayDeque<>();

  private final AbstractHistogram late = Times.histogram(true);
  private final Pulse pulse = new Pulse();
  private @Nullable Turn current;
  private volatile @Nullable Throwable fault;

  /** Users, the timetable and requests under way: while there is one, the lane is not idle. */
  private int busy;

  /** Requests that are begun and not over. */
  private int underWay;

  private long events;
  private long sentAgain;

  /**
   * @param number counts the lanes from 0
   * @param wires how to reach each endpoint
   */
  Lane(Plan plan, EventLoop loop, int number, Work work, List<Wire> wires) {
    this.plan = plan;
    this.loop = loop;
    this.number = number;
    this.work = work;
    this.wires = wires;
    this.tallies = wires.stream().map(_ -> new Tally()).toList();
    this.idle = wires.stream().map(_ -> (Deque<Line>) new ArrayDeque<Line>()).toList();
  }

  EventLoop loop() {
    return loop;
  }

  // --- a turn

  /** Begins a turn. */
  void start(Turn turn) {
    current = turn;
    if (turn.isMeasured()) {
      tallies.get(turn.endpoint()).turn(slices(turn));
    }
    busy = 1;
    switch (plan.arrivals()) {
      case Arrivals.Closed closed -> users(turn, closed.users());
      case Arrivals.Open open -> timetable(turn, open);
    }
    sweep(turn);
    leave(turn);
  }

  private Slices slices(Turn turn) {
    int most = Math.max(1, Bench.SLICES / plan.rounds());
    boolean timed = plan.turnNanos() > 0;
    long width = timed ? Math.max(1, plan.turnNanos() / most) : 100_000_000;
    return new Slices(turn.startNanos(), width, timed ? most : Math.max(8, most), timed);
  }

  private void users(Turn turn, int users) {
    long ramp = plan.ramp().toNanos();
    for (int i = number; i < users; i += plan.threads()) {
      busy++;
      long at = turn.startNanos() + ramp * i / users;
      later(() -> user(turn), at - System.nanoTime());
    }
  }

  private void user(Turn turn) {
    long now = System.nanoTime();
    if (turn.take(now)) {
      busy++;
      begin(turn, now);
    }
    leave(turn);
  }

  private void timetable(Turn turn, Arrivals.Open open) {
    var random = new SplittableRandom(plan.seed() + turn.round() * 1000L);
    var times = new Timetable(open, random.split());
    for (int i = 0; i < number; i++) {
      times.next();
    }
    busy++;
    arrival(turn, times, turn.startNanos() + times.next());
  }

  /** Waits for an intended start, then sends all that are due. */
  private void arrival(Turn turn, Timetable times, long at) {
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

  /** The timetable is one for all lanes; each takes every so-manieth start. */
  private long skip(Timetable times) {
    for (int i = 1; i < plan.threads(); i++) {
      times.next();
    }
    return times.next();
  }

  private void leave(Turn turn) {
    busy--;
    if (busy == 0) {
      current = null;
      turn.laneIsIdle();
    }
  }

  /**
   * Ends what is under way; what was measured counts as failed unless the whole run was stopped.
   */
  void cut(Turn turn) {
    for (Attempt attempt : List.copyOf(begun)) {
      if (turn.isStopped()) {
        attempt.drop();
      } else {
        attempt.fail("unfinished");
      }
    }
  }

  /** Does something on the lane's loop; for any thread. */
  void soon(Runnable step) {
    later(step, 0);
  }

  private void later(Runnable step, long nanos) {
    loop.schedule(() -> guarded(step), nanos, TimeUnit.NANOSECONDS);
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      fault(e);
    }
  }

  /** A mistake of the generator's own: the measurement is worth nothing. */
  void fault(Throwable cause) {
    fault = cause;
  }

  /** Such a mistake, or null; for any thread. */
  @Nullable Throwable fault() {
    return fault;
  }

  // --- a request

  private void begin(Turn turn, long intended) {
    Ask ask = plan.prompts().ask(work.next(turn));
    boolean numbered = plan.prompts().isNumbered();
    Attempt attempt = new Attempt(this, turn, ask, intended, plan.stream(), numbered);
    begun.add(attempt);
    underWay++;
    if (underWay > Plan.UNDER_WAY_MAX / plan.threads()) {
      attempt.fail("not_sent");
    } else {
      send(attempt);
    }
  }

  private void send(Attempt attempt) {
    int endpoint = attempt.turn().endpoint();
    Line line = idle.get(endpoint).pollFirst();
    while (line != null && !line.isOpen()) {
      line = idle.get(endpoint).pollFirst();
    }
    if (line != null) {
      line.use(attempt, wires.get(endpoint).request(attempt.ask(), buffer()));
    } else {
      connect(attempt, endpoint);
    }
  }

  private void connect(Attempt attempt, int endpoint) {
    wires
        .get(endpoint)
        .connect(loop, channel -> new Line(channel, this, endpoint))
        .addListener(done -> guarded(() -> connected(attempt, (ChannelFuture) done)));
  }

  private void connected(Attempt attempt, ChannelFuture done) {
    Channel channel = done.channel();
    if (!done.isSuccess()) {
      attempt.fail(Wire.failure(done.cause()));
    } else if (attempt.isEnded()) {
      channel.close();
    } else {
      int endpoint = attempt.turn().endpoint();
      Line line = channel.pipeline().get(Line.class);
      line.use(attempt, wires.get(endpoint).request(attempt.ask(), buffer()));
    }
  }

  /** A kept connection had ended before its request came: once more, on another one. */
  void again(Attempt attempt) {
    sentAgain++;
    connect(attempt, attempt.turn().endpoint());
  }

  /** The connection has done its work. */
  void free(Line line, int endpoint, boolean keepAlive) {
    if (keepAlive && plan.keepAlive() && line.isOpen()) {
      idle.get(endpoint).addFirst(line);
    } else {
      line.close();
    }
  }

  void completed(Turn turn, Attempt attempt) {
    pulse.completed++;
    next(turn, attempt, false);
  }

  void failed(Turn turn, Attempt attempt) {
    pulse.failed++;
    boolean atOnce = System.nanoTime() - attempt.intendedNanos() < AT_ONCE_NANOS;
    next(turn, attempt, atOnce);
  }

  void dropped() {
    underWay--;
    Turn turn = current;
    if (turn != null) {
      leave(turn);
    }
  }

  private void next(Turn turn, Attempt attempt, boolean pause) {
    underWay--;
    if (begun.peekFirst() == attempt) {
      begun.pollFirst();
    }
    if (plan.arrivals() instanceof Arrivals.Open) {
      leave(turn);
    } else if (pause) {
      later(() -> user(turn), PAUSE_NANOS);
    } else {
      later(() -> user(turn), 0);
    }
  }

  /** Ends what takes too long. */
  private void sweep(Turn turn) {
    if (current != turn) {
      return;
    }
    long oldest = System.nanoTime() - plan.timeout().toNanos();
    begun.removeIf(Attempt::isEnded);
    while (!begun.isEmpty() && begun.getFirst().intendedNanos() < oldest) {
      begun.pollFirst().fail("timeout");
    }
    later(() -> sweep(turn), SWEEP_NANOS);
  }

  // --- what attempts need

  ByteBuf buffer() {
    return ByteBufAllocator.DEFAULT.ioBuffer();
  }

  Counts cell(Turn turn, Ask ask, String target) {
    return tally(turn).cell(ask.model(), Sizes.of(ask.promptTokens()), target);
  }

  Counts slice(Turn turn, long now) {
    return tally(turn).now().at(now);
  }

  void sample(Turn turn, Tally.Seen seen) {
    tally(turn).sample(seen);
  }

  void flaw(Turn turn, String kind) {
    if (turn.isMeasured()) {
      tally(turn).flaw(kind);
    }
  }

  void sawEvent(Turn turn) {
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

  private Tally tally(Turn turn) {
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

  /** What happens now. */
  Pulse pulse() {
    return pulse.now(
        underWay, current == null || !current.isMeasured() ? null : tally(current).now().newest());
  }
}
