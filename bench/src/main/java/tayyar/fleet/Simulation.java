package tayyar.fleet;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * Streams over replicas behind a balancer that gives each request to the replica with the fewest.
 * All streams are followed one by one; of each replica the chunks of one event loop are, for loops
 * are alike. Streams end in steps of 10 ms. Deterministic; for one thread.
 */
public final class Simulation {
  private static final int TICK_MICROS = 10_000;
  private static final int TICKS_A_SECOND = 100;
  private static final int BURST_SECONDS = 5;
  private static final int DRAIN_SECONDS = 30;

  /** Tokens of the followed loops. */
  public record Tokens(long came, long passedOn, long lost, long toCome) {
    Tokens and(Tokens more) {
      return new Tokens(
          came + more.came, passedOn + more.passedOn, lost + more.lost, toCome + more.toCome);
    }
  }

  /** Percentiles of a delay. */
  public record Delay(double p50, double p99, double p999) {}

  /**
   * What came of a run.
   *
   * @param began streams, with those that were open at the beginning
   * @param ended those that came to their end
   * @param broken those that a killed or drained replica cut; each is asked for again
   * @param open those that are still open
   * @param requestsASecond on average
   * @param coresMean CPU of a replica, by the loops that were followed
   * @param coresMost the same of the busiest second of any replica
   * @param openMost most streams of a replica
   * @param commitsASecond transactions of the ledger: a replica writes its rows each 100 ms
   * @param tokens of the followed loops: came, passed on, lost, still to come
   * @param delayMicros what a chunk waits and takes, at p50, p99 and p99.9
   */
  public record Result(
      long began,
      long ended,
      long broken,
      long open,
      double requestsASecond,
      double coresMean,
      double coresMost,
      int openMost,
      double commitsASecond,
      Tokens tokens,
      Delay delayMicros) {}

  private final Assumed assumed;
  private final SplittableRandom random;
  private final Histogram delays = new Histogram(600_000_000, 3);
  private final EventLoop[] followed;
  private final int[] open;
  private final int[] turn;
  private final boolean[] taking;
  private final double[] busyBefore;
  private final boolean[] rows;
  private final int ticks;
  private final int[] bucket;
  private final int[] again;
  private int[] next;
  private int[] replica;
  private int used;
  private int firstFree = -1;
  private long began;
  private long ended;
  private long broken;
  private long requests;
  private long commits;
  private int openMost;
  private double coresMost;

  private Simulation(Assumed assumed) {
    this.assumed = assumed;
    random = new SplittableRandom(assumed.seed());
    ticks = assumed.seconds() * TICKS_A_SECOND;
    bucket = new int[ticks + 1];
    Arrays.fill(bucket, -1);
    again = new int[ticks + 1];
    open = new int[assumed.replicas()];
    turn = new int[assumed.replicas()];
    taking = new boolean[assumed.replicas()];
    Arrays.fill(taking, true);
    rows = new boolean[assumed.replicas()];
    busyBefore = new double[assumed.replicas()];
    followed = new EventLoop[assumed.replicas()];
    for (int i = 0; i < followed.length; i++) {
      followed[i] = new EventLoop(assumed, delays, assumed.seed() * 1_000_003 + i);
    }
    next = new int[assumed.open() + 1_024];
    replica = new int[next.length];
  }

  /** Runs. */
  public static Result run(Assumed assumed) {
    return new Simulation(assumed).run();
  }

  private Result run() {
    double life = standing();
    double gap = life / assumed.open();
    for (int tick = 0; tick < ticks; tick++) {
      end(tick);
      happens(tick);
      for (int i = again[tick]; i > 0; i--) {
        ask((long) tick * TICK_MICROS);
      }
      boolean burst = assumed.burstAt() >= 0 && inside(tick, assumed.burstAt(), BURST_SECONDS);
      double until = (tick + 1.0) * TICK_MICROS;
      double at = (double) tick * TICK_MICROS + next(burst ? gap / 2 : gap);
      for (; at < until; at += next(burst ? gap / 2 : gap)) {
        ask((long) at);
      }
      account(tick);
    }
    return result();
  }

  /** The time to the next request. */
  private double next(double gap) {
    return -gap * Math.log(1 - random.nextDouble());
  }

  private static boolean inside(int tick, int second, int seconds) {
    return tick >= second * TICKS_A_SECOND && tick < (second + seconds) * TICKS_A_SECOND;
  }

  /** Opens the streams that are under way at the beginning; returns the mean life of a stream. */
  private double standing() {
    int pool = 100_000;
    double[] prefill = new double[pool];
    int[] tokens = new int[pool];
    int[] pace = new int[pool];
    double[] sum = new double[pool + 1];
    for (int i = 0; i < pool; i++) {
      prefill[i] = Assumed.PREFILL.draw(random);
      tokens[i] = (int) Math.round(Assumed.TOKENS.draw(random));
      pace[i] = (int) Assumed.PACE.draw(random);
      sum[i + 1] = sum[i] + prefill[i] + (double) tokens[i] * pace[i];
    }
    // A stream is met the likelier the longer it lives, and anywhere in its life.
    for (int n = 0; n < assumed.open(); n++) {
      double met = random.nextDouble() * sum[pool];
      int found = Arrays.binarySearch(sum, met);
      int i = found < 0 ? -found - 2 : Math.min(found, pool - 1);
      double age = met - sum[i];
      int gone =
          age < prefill[i] ? 0 : Math.min(tokens[i], 1 + (int) ((age - prefill[i]) / pace[i]));
      long first = (long) (prefill[i] + (double) gone * pace[i] - age);
      begin(0, false, Math.max(0, first), pace[i], tokens[i] - gone);
    }
    return sum[pool] / pool;
  }

  private void ask(long now) {
    requests++;
    long first = now + (long) Assumed.PREFILL.draw(random);
    int pace = (int) Assumed.PACE.draw(random);
    begin(now, true, first, pace, (int) Math.round(Assumed.TOKENS.draw(random)));
  }

  private void begin(long now, boolean asked, long first, int pace, int tokens) {
    int to = fewest();
    int id = firstFree;
    if (id >= 0) {
      firstFree = next[id];
    } else {
      id = used++;
      if (id == next.length) {
        next = Arrays.copyOf(next, id + id / 4);
        replica = Arrays.copyOf(replica, next.length);
      }
    }
    began++;
    replica[id] = to;
    open[to]++;
    openMost = Math.max(openMost, open[to]);
    long tick = (first + (long) pace * tokens) / TICK_MICROS + 1;
    if (tick < ticks) {
      next[id] = bucket[(int) tick];
      bucket[(int) tick] = id;
    }
    if (turn[to]++ % assumed.loops() == 0) {
      followed[to].add(now, asked, first, pace, tokens);
    }
  }

  private int fewest() {
    int best = -1;
    for (int i = 0; i < open.length; i++) {
      if (taking[i] && (best < 0 || open[i] < open[best])) {
        best = i;
      }
    }
    return best;
  }

  private void end(int tick) {
    for (int id = bucket[tick]; id >= 0; ) {
      int after = next[id];
      if (replica[id] >= 0) {
        open[replica[id]]--;
        rows[replica[id]] = true;
        ended++;
      }
      replica[id] = -1;
      next[id] = firstFree;
      firstFree = id;
      id = after;
    }
  }

  private void happens(int tick) {
    int tenth = Math.max(1, assumed.replicas() / 10);
    if (tick == assumed.killedAt() * TICKS_A_SECOND) {
      taking[0] = false;
      cut(0, tick);
    }
    for (int i = 0; assumed.restartAt() >= 0 && i < tenth; i++) {
      if (tick == assumed.restartAt() * TICKS_A_SECOND) {
        taking[i] = false;
      }
      if (tick == (assumed.restartAt() + DRAIN_SECONDS) * TICKS_A_SECOND) {
        cut(i, tick);
        taking[i] = true;
      }
    }
  }

  /** Ends a replica's streams; within a second each is asked for again. */
  private void cut(int which, int tick) {
    for (int id = 0; id < used; id++) {
      if (replica[id] == which) {
        replica[id] = -1;
        broken++;
        again[Math.min(ticks, tick + 1 + random.nextInt(TICKS_A_SECOND))]++;
      }
    }
    open[which] = 0;
    followed[which].cut((long) tick * TICK_MICROS);
  }

  private void account(int tick) {
    if (tick % 10 == 9) {
      for (int i = 0; i < rows.length; i++) {
        commits += rows[i] ? 1 : 0;
        rows[i] = false;
      }
    }
    if (tick % TICKS_A_SECOND == TICKS_A_SECOND - 1) {
      long now = (tick + 1L) * TICK_MICROS;
      for (int i = 0; i < followed.length; i++) {
        followed[i].advance(now);
        double busy = followed[i].busy(now);
        coresMost = Math.max(coresMost, (busy - busyBefore[i]) / 1e6 * assumed.loops());
        busyBefore[i] = busy;
      }
    }
  }

  private Result result() {
    var tokens = new Tokens(0, 0, 0, 0);
    double busy = 0;
    for (int i = 0; i < followed.length; i++) {
      busy += busyBefore[i];
      tokens = tokens.and(followed[i].tokens());
    }
    double cores = busy / 1e6 / assumed.seconds() / followed.length * assumed.loops();
    var at =
        new Delay(
            delays.getValueAtPercentile(50) / 10.0,
            delays.getValueAtPercentile(99) / 10.0,
            delays.getValueAtPercentile(99.9) / 10.0);
    return new Result(
        began,
        ended,
        broken,
        Arrays.stream(open).asLongStream().sum(),
        (double) requests / assumed.seconds(),
        cores,
        coresMost,
        openMost,
        (double) commits / assumed.seconds(),
        tokens,
        at);
  }
}
