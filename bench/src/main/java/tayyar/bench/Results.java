package tayyar.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import tayyar.bench.Tally.Cell;

/** Makes an endpoint's figures from the counts of all lanes. */
final class Results {
  private static final int SAMPLES_MAX = 4000;
  private static final int BLOCKS_MAX = 32;

  /**
   * The least number of turns with which each turn is a block; with fewer, slices of time are
   * blocks.
   */
  private static final int TURNS_MIN = 6;

  private final LoadPlan plan;
  private final Tally tally;
  private final List<TurnSpan> spans;
  private final double seconds;

  /**
   * The time of a turn.
   *
   * @param began milliseconds since 1970
   * @param ended the time of the last answer, likewise
   * @param seconds the time during which it sent requests
   */
  record TurnSpan(long began, long ended, double seconds) {}

  /**
   * @param spans the times of the turns
   */
  Results(LoadPlan plan, Tally tally, List<TurnSpan> spans) {
    this.plan = plan;
    this.tally = tally;
    this.spans = spans;
    this.seconds = Math.max(1e-9, spans.stream().mapToDouble(TurnSpan::seconds).sum());
    for (int turn = 0; turn < tally.turns().size(); turn++) {
      tally.turns().get(turn).until(Math.round(spans.get(turn).seconds() * 1e9));
    }
  }

  Run.Side of(MeasuredEndpoint endpoint) {
    Counts all = new Counts(Times.large());
    tally.cells().values().forEach(all::add);
    return new Run.Side(
        endpoint.name(),
        endpoint.url(),
        seconds,
        figures(all),
        by(cell -> plan.prompts().models().get(cell.model())),
        sizes(),
        by(Cell::target),
        all.failures,
        tally.flaws(),
        stints(),
        series(all.tokensPerDelta()),
        blocks(all.tokensPerDelta()),
        samples());
  }

  private Run.Figures figures(Counts counts) {
    return new Run.Figures(
        counts.ended,
        counts.completed,
        counts.failed,
        counts.good,
        counts.completedWithin / seconds,
        counts.deltasWithin * counts.tokensPerDelta() / seconds,
        counts.goodWithin / seconds,
        counts.promptTokens,
        counts.completionTokens,
        Latencies.of(counts.times.ttft),
        Latencies.of(counts.times.itl),
        Latencies.of(counts.times.tpot),
        Latencies.of(counts.times.e2e),
        Latencies.of(counts.times.delay),
        counts.failures);
  }

  private List<Run.Stint> stints() {
    List<Run.Stint> stints = new ArrayList<>();
    for (int turn = 0; turn < tally.turns().size(); turn++) {
      Counts sum = new Counts(Times.large());
      tally.turns().get(turn).slices().forEach(sum::add);
      TurnSpan span = spans.get(turn);
      stints.add(
          new Run.Stint(
              span.began(),
              span.ended(),
              span.seconds(),
              sum.ended,
              sum.failed,
              sum.completionTokens,
              Latencies.of(sum.times.ttft),
              Latencies.of(sum.times.delay),
              Latencies.of(sum.times.e2e)));
    }
    return stints;
  }

  private Map<String, Run.Figures> by(Function<Cell, String> name) {
    Map<String, Counts> sums = new TreeMap<>();
    tally
        .cells()
        .forEach(
            (cell, counts) ->
                sums.computeIfAbsent(name.apply(cell), _ -> new Counts(Times.large())).add(counts));
    Map<String, Run.Figures> figures = new LinkedHashMap<>();
    sums.forEach((each, counts) -> figures.put(each, figures(counts)));
    return figures;
  }

  private Map<String, Run.Figures> sizes() {
    Map<String, Run.Figures> byOrder = by(cell -> Integer.toString(cell.size()));
    Map<String, Run.Figures> named = new LinkedHashMap<>();
    byOrder.forEach((size, figures) -> named.put(Sizes.name(Integer.parseInt(size)), figures));
    return named;
  }

  private List<Run.Point> series(double tokensPerDelta) {
    List<Run.Point> points = new ArrayList<>();
    double before = 0;
    for (int turn = 0; turn < tally.turns().size(); turn++) {
      Slices slices = tally.turns().get(turn);
      double width = slices.widthNanos() / 1e9;
      double length = spans.get(turn).seconds();
      for (int i = 0; i < slices.slices().size() && i * width < length; i++) {
        Counts slice = slices.slices().get(i);
        double wide = Math.min(width, length - i * width);
        points.add(point(before + i * width, wide, slice, tokensPerDelta));
      }
      before += length;
    }
    return points;
  }

  private static Run.Point point(double at, double wide, Counts slice, double tokensPerDelta) {
    return new Run.Point(
        at,
        wide,
        slice.deltasWithin * tokensPerDelta,
        slice.completedWithin,
        slice.failed,
        Latencies.at(slice.times.ttft, 50),
        Latencies.at(slice.times.ttft, 99),
        Latencies.at(slice.times.itl, 50),
        Latencies.at(slice.times.itl, 99));
  }

  private List<Run.Block> blocks(double tokensPerDelta) {
    List<Run.Block> blocks = new ArrayList<>();
    boolean byTurn = tally.turns().size() >= TURNS_MIN;
    for (int turn = 0; turn < tally.turns().size(); turn++) {
      List<Counts> slices = tally.turns().get(turn).slices();
      double width = tally.turns().get(turn).widthNanos() / 1e9;
      double length = spans.get(turn).seconds();
      int most = Math.max(1, BLOCKS_MAX / tally.turns().size());
      int together = byTurn ? slices.size() : (slices.size() + most - 1) / most;
      for (int from = 0; from < slices.size() && from * width < length; from += together) {
        int to = Math.min(slices.size(), from + together);
        double wide = Math.min(to * width, length) - from * width;
        blocks.add(block(slices.subList(from, to), wide, tokensPerDelta));
      }
    }
    return blocks;
  }

  private static Run.Block block(List<Counts> slices, double wide, double tokensPerDelta) {
    Counts sum = new Counts(Times.large());
    slices.forEach(sum::add);
    return new Run.Block(
        wide,
        sum.deltasWithin * tokensPerDelta,
        sum.completedWithin,
        sum.goodWithin,
        sum.failedWithin,
        Latencies.text(sum.times.ttft),
        Latencies.text(sum.times.itl),
        Latencies.text(sum.times.tpot),
        Latencies.text(sum.times.e2e));
  }

  private List<Run.Sample> samples() {
    List<Tally.Observation> seen = tally.samples();
    List<Run.Sample> samples = new ArrayList<>();
    int step = Math.max(1, (seen.size() + SAMPLES_MAX - 1) / SAMPLES_MAX);
    for (int i = 0; i < seen.size(); i += step) {
      Tally.Observation each = seen.get(i);
      String model = plan.prompts().models().get(each.model());
      double ttft = each.ttft() < 0 ? -1 : Latencies.millis(each.ttft());
      double e2e = Latencies.millis(each.e2e());
      samples.add(
          new Run.Sample(
              Math.round(each.at() * 1000) / 1e3,
              model,
              each.prompt(),
              each.output(),
              ttft,
              e2e,
              each.good()));
    }
    return samples;
  }
}
