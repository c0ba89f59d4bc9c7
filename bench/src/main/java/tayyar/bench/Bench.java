package tayyar.bench;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AbstractHistogram;
import org.jspecify.annotations.Nullable;

/**
 * One measurement from beginning to end. It warms each endpoint up, then gives them their turns: in
 * order, then in reverse, so that any drift affects all alike. Run by one thread, once; {@link
 * #stop()} is for all.
 */
public final class Bench {
  /** The number of slices of time for all turns together. */
  static final int SLICES = 64;

  private static final long LOOK_MILLIS = 250;
  private static final long NEVER = Long.MAX_VALUE;

  private final LoadPlan plan;
  private final BenchProgress progress;
  private final IoBackend backend = IoBackend.best();
  private final List<List<Results.TurnSpan>> spans;
  private final long beganNanos = System.nanoTime();
  private final double workInAll;
  private double workDone;
  private volatile boolean stopped;
  private volatile @Nullable EndpointTurn turn;

  /**
   * A measurement to be made.
   *
   * @param progress told the state now and then
   */
  public Bench(LoadPlan plan, BenchProgress progress) {
    this.plan = plan;
    this.progress = progress;
    this.spans =
        plan.endpoints().stream().<List<Results.TurnSpan>>map(_ -> new ArrayList<>()).toList();
    double measured = plan.requests() > 0 ? plan.requests() : seconds(plan.duration().toNanos());
    double warm = plan.requests() > 0 ? 0 : seconds(plan.warmUp().toNanos());
    this.workInAll = plan.endpoints().size() * (measured + warm);
  }

  /** Ends it early; {@link #run()} returns the results so far. */
  public void stop() {
    stopped = true;
    EndpointTurn now = turn;
    if (now != null) {
      now.stop();
    }
  }

  /**
   * Measures.
   *
   * @throws PlanException where an endpoint's host is unknown, or the authorities are unreadable
   */
  public Run run() throws InterruptedException {
    List<EndpointLink> links =
        plan.endpoints().stream()
            .map(each -> new EndpointLink(each, backend, plan.connections()))
            .toList();
    Instant began = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    EventLoopGroup loops = backend.loops(plan.threads());
    List<Lane> lanes = lanes(loops, links);
    Cpu cpu = new Cpu(threads(lanes));
    try {
      turns(lanes, cpu);
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
    return result(began.toString(), lanes, cpu);
  }

  private List<Lane> lanes(EventLoopGroup loops, List<EndpointLink> links) {
    Work work = new Work(links.size());
    List<Lane> lanes = new ArrayList<>();
    for (EventExecutor loop : loops) {
      lanes.add(new Lane(plan, (EventLoop) loop, lanes.size(), work, links));
    }
    return lanes;
  }

  private static long[] threads(List<Lane> lanes) throws InterruptedException {
    long[] ids = new long[lanes.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = lanes.get(i).loop().submit(() -> Thread.currentThread().threadId()).sync().getNow();
    }
    return ids;
  }

  private void turns(List<Lane> lanes, Cpu cpu) throws InterruptedException {
    int endpoints = plan.endpoints().size();
    for (int i = 0; i < endpoints && plan.warmUp().isPositive(); i++) {
      turn(lanes, i, -1);
    }
    for (int round = 0; round < plan.rounds(); round++) {
      for (int i = 0; i < endpoints; i++) {
        cpu.start();
        turn(lanes, round % 2 == 0 ? i : endpoints - 1 - i, round);
        cpu.stop();
      }
    }
  }

  /** One endpoint's turn; a round below 0 is the warm-up. */
  private void turn(List<Lane> lanes, int endpoint, int round) throws InterruptedException {
    if (stopped) {
      return;
    }
    boolean measured = round >= 0;
    long length = measured ? plan.turnNanos() : plan.warmUp().toNanos();
    long requests = measured && length == 0 ? plan.turnRequests(round) : NEVER;
    long began = System.currentTimeMillis();
    long start = System.nanoTime();
    long end = length == 0 ? NEVER : start + length;
    EndpointTurn now =
        new EndpointTurn(
            endpoint, measured, Math.max(0, round), start, end, requests, lanes.size());
    turn = now;
    lanes.forEach(lane -> lane.soon(() -> lane.start(now)));
    await(lanes, now, length, requests);
    boolean whole = length > 0 && !now.isStopped();
    double over = seconds(whole ? length : Math.min(System.nanoTime(), end) - start);
    workDone += plan.requests() == 0 ? seconds(length) : measured ? requests : 0;
    if (measured) {
      spans.get(endpoint).add(new Results.TurnSpan(began, System.currentTimeMillis(), over));
    }
  }

  private void await(List<Lane> lanes, EndpointTurn now, long length, long requests)
      throws InterruptedException {
    long cut = length == 0 ? NEVER : now.startNanos() + length + plan.grace().toNanos();
    long before = sum(lanes).over();
    while (!now.lanes().await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      if (stopped) {
        now.stop();
      }
      lanes.forEach(Bench::faultless);
      if (now.isStopped() || System.nanoTime() > cut) {
        lanes.forEach(lane -> lane.soon(() -> lane.cut(now)));
      }
      Pulse pulse = sum(lanes);
      double share =
          requests == NEVER
              ? Math.min(length, System.nanoTime() - now.startNanos()) / 1e9
              : pulse.over() - before;
      tell(pulse, now, plan.requests() > 0 && !now.isMeasured() ? 0 : share);
    }
  }

  private static void faultless(Lane lane) {
    if (lane.fault() != null) {
      throw new IllegalStateException("the generator has failed", lane.fault());
    }
  }

  private void tell(Pulse pulse, EndpointTurn now, double share) {
    String phase = now.isMeasured() ? "measuring" : "warming up";
    if (plan.endpoints().size() > 1) {
      phase += " " + plan.endpoints().get(now.endpoint()).name();
    }
    if (now.isMeasured() && plan.rounds() > 1) {
      phase += ", round " + (now.round() + 1) + " of " + plan.rounds();
    }
    Times times = pulse.recent.times;
    progress.at(
        new BenchProgress.Now(
            phase,
            Math.clamp((workDone + share) / workInAll, 0, 1),
            seconds(System.nanoTime() - beganNanos),
            pulse.underWay,
            pulse.completed,
            pulse.failed,
            pulse.events,
            List.of(
                Latencies.at(times.ttft, 50),
                Latencies.at(times.ttft, 99),
                Latencies.at(times.itl, 50),
                Latencies.at(times.itl, 99))));
  }

  private static Pulse sum(List<Lane> lanes) throws InterruptedException {
    Pulse sum = new Pulse();
    for (Lane lane : lanes) {
      try {
        sum.add(lane.loop().submit(lane::pulse).get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("a lane can't tell how it does", e.getCause());
      }
    }
    return sum;
  }

  private Run result(String began, List<Lane> lanes, Cpu cpu) {
    List<Run.Side> sides = new ArrayList<>();
    for (int i = 0; i < plan.endpoints().size(); i++) {
      Tally tally = lanes.getFirst().tallies().get(i);
      for (Lane other : lanes.subList(1, lanes.size())) {
        tally.add(other.tallies().get(i));
      }
      sides.add(new Results(plan, tally, spans.get(i)).of(plan.endpoints().get(i)));
    }
    AbstractHistogram late = Times.histogram(true);
    lanes.forEach(lane -> late.add(lane.late()));
    long events = lanes.stream().mapToLong(Lane::events).sum();
    long sentAgain = lanes.stream().mapToLong(Lane::sentAgain).sum();
    var generator =
        new Run.Generator(
            cpu.microsEach(events), cpu.busiest(), events, sentAgain, Latencies.of(late));
    return new Run(Run.FORMAT, began, setup(), generator, sides);
  }

  private Run.Setup setup() {
    Prompts.Shape shape = plan.prompts().shape();
    int lines = plan.prompts().lines();
    String prompts =
        lines > 0
            ? lines + " prompts of a file (" + plan.prompts().fingerprint() + ")"
            : shape.size() + " tokens";
    Amount answer = shape.answer();
    return new Run.Setup(
        plan.arrivals().toString(),
        shape.shared() == 0 ? prompts : prompts + ", " + shape.shared() + " of them shared",
        answer == null ? "as the model likes" : answer + " tokens",
        shape.models(),
        plan.stream(),
        shape.usage(),
        shape.script(),
        shape.extra(),
        plan.endpoints().stream()
            .flatMap(MeasuredEndpoint::headerNames)
            .distinct()
            .sorted()
            .toList(),
        plan.objective().toString(),
        seconds(plan.warmUp().toNanos()),
        seconds(plan.duration().toNanos()),
        plan.requests(),
        plan.rounds(),
        plan.connections().protocol(),
        plan.connections().keepAlive(),
        shape.numbered(),
        plan.threads(),
        backend.name(),
        plan.seed());
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
