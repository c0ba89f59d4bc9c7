package tayyar.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.HdrHistogram.AbstractHistogram;

/**
 * Two endpoints, or two runs, side by side: each figure of the second as a ratio to the first, with
 * a confidence interval by bootstrap over parts of the run. Immutable.
 *
 * @param first the endpoint or run that counts as 1
 * @param paired whether the parts were taken in turns, so that a disturbance of one affected the
 *     other
 * @param failed how many requests of each failed, in words; empty where none did
 */
public record RunComparison(
    String first, String second, boolean paired, String failed, List<Ratio> ratios) {

  /** The finding of a ratio. */
  public enum Finding {
    /** The interval lies on the good side of 1. */
    BETTER,
    /** The interval lies on the bad side of 1. */
    WORSE,
    /** The interval holds 1 and nothing far from it. */
    ALIKE,
    /** The interval holds 1 and much else; longer runs or more rounds would tell. */
    UNSURE,
    /** There were too few parts for an interval. */
    UNKNOWN
  }

  /**
   * One figure.
   *
   * @param time whether it is in milliseconds, and less is better
   * @param known whether there is an interval
   * @param low its lower end, 95 % in all; 0 also where a rate may have fallen to nothing
   */
  public record Ratio(
      String name,
      boolean time,
      double a,
      double b,
      double ratio,
      boolean known,
      double low,
      double high) {
    private static final double NEAR = 1.05;

    /** The finding. */
    public Finding word() {
      if (!known) {
        return Finding.UNKNOWN;
      }
      if (low <= 1 && high >= 1) {
        return low >= 1 / NEAR && high <= NEAR ? Finding.ALIKE : Finding.UNSURE;
      }
      return (high < 1) == time ? Finding.BETTER : Finding.WORSE;
    }
  }

  private static final double[] SHARES = {50, 90, 99};

  /** Compares two endpoints. */
  public static RunComparison of(Run.Side a, Run.Side b, boolean paired, long seed) {
    boolean inTurns = paired && a.blocks().size() == b.blocks().size();
    var bootstrap = new Bootstrap(a.blocks().size(), b.blocks().size(), inTurns, seed);
    List<Ratio> ratios = new ArrayList<>();
    times(ratios, bootstrap, a, b, "time to first token", Run.Block::ttft);
    times(ratios, bootstrap, a, b, "between tokens", Run.Block::itl);
    times(ratios, bootstrap, a, b, "per output token", Run.Block::tpot);
    times(ratios, bootstrap, a, b, "end to end", Run.Block::e2e);
    rate(ratios, bootstrap, a, b, "tokens/s", Run.Block::tokens);
    rate(ratios, bootstrap, a, b, "requests/s", block -> (double) block.requests());
    rate(ratios, bootstrap, a, b, "goodput", block -> (double) block.good());
    return new RunComparison(a.name(), b.name(), inTurns, failed(a.all(), b.all()), ratios);
  }

  private static String failed(Run.Figures a, Run.Figures b) {
    return a.failed() + b.failed() == 0
        ? ""
        : "failed: "
            + (a.failed() + " of " + a.requests() + ", " + b.failed() + " of " + b.requests());
  }

  private static void times(
      List<Ratio> ratios,
      Bootstrap bootstrap,
      Run.Side a,
      Run.Side b,
      String name,
      Function<Run.Block, String> text) {
    List<AbstractHistogram> ofA = histograms(a, text);
    List<AbstractHistogram> ofB = histograms(b, text);
    var partsA = new PartHistograms(ofA);
    var partsB = new PartHistograms(ofB);
    if (partsA.isEmpty() || partsB.isEmpty()) {
      return;
    }
    for (double share : SHARES) {
      Bootstrap.Statistic first = weights -> partsA.percentile(weights, share);
      Bootstrap.Statistic second = weights -> partsB.percentile(weights, share);
      ratios.add(bootstrap.ratio(name + " p" + (int) share, true, first, second));
    }
  }

  private static List<AbstractHistogram> histograms(
      Run.Side side, Function<Run.Block, String> text) {
    return side.blocks().stream()
        .map(block -> (AbstractHistogram) Latencies.read(text.apply(block)))
        .toList();
  }

  private static void rate(
      List<Ratio> ratios,
      Bootstrap bootstrap,
      Run.Side a,
      Run.Side b,
      String name,
      Function<Run.Block, Double> count) {
    Bootstrap.Statistic first = weights -> perSecond(a.blocks(), weights, count);
    Bootstrap.Statistic second = weights -> perSecond(b.blocks(), weights, count);
    Ratio ratio = bootstrap.ratio(name, false, first, second);
    if (ratio.a() > 0 || ratio.b() > 0) {
      ratios.add(ratio);
    }
  }

  private static double perSecond(
      List<Run.Block> blocks, int[] weights, Function<Run.Block, Double> count) {
    double sum = 0;
    double seconds = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * count.apply(blocks.get(i));
      seconds += weights[i] * blocks.get(i).seconds();
    }
    return seconds == 0 ? 0 : sum / seconds;
  }

  /** The lines for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(second + " beside " + first);
    TextTable rows = new TextTable().row("", first, second, "ratio", "95 % interval", "");
    for (Ratio each : ratios) {
      rows.row(
          each.name(),
          each.time() ? Numerals.time(each.a()) : Numerals.number(each.a()),
          each.time() ? Numerals.time(each.b()) : Numerals.number(each.b()),
          Numerals.ratio(each.ratio()),
          interval(each),
          each.word() == Finding.UNKNOWN ? "" : each.word().name().toLowerCase(Locale.ROOT));
    }
    lines.addAll(rows.lines());
    if (!failed.isEmpty()) {
      lines.add("  " + failed);
    }
    return lines;
  }

  static String interval(Ratio ratio) {
    return ratio.word() == Finding.UNKNOWN
        ? "no interval"
        : Numerals.ratio(ratio.low()) + " to " + Numerals.ratio(ratio.high());
  }
}
