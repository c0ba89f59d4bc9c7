package tayyar.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.HdrHistogram.AbstractHistogram;

/** Results made up for tests. */
final class MadeUp {
  private MadeUp() {}

  /**
   * An endpoint whose times are about a number of milliseconds.
   *
   * @param drift what the whole machine's mood multiplies each part by, part after part
   */
  static Run.Side side(String name, double millis, long seed, double... drift) {
    SplittableRandom random = new SplittableRandom(seed);
    AbstractHistogram all = Times.histogram(true);
    List<Run.Block> blocks = new ArrayList<>();
    List<Run.Point> series = new ArrayList<>();
    List<Run.Sample> samples = new ArrayList<>();
    for (int part = 0; part < drift.length; part++) {
      AbstractHistogram own = Times.histogram(true);
      for (int i = 0; i < 200; i++) {
        double wait = millis * drift[part] * (0.8 + 0.4 * random.nextDouble());
        Times.record(own, Math.round(wait * 1e6));
        samples.add(new Run.Sample(part, "m", 10 + i * 20, 20, wait, wait * 20, i % 9 > 0));
      }
      all.add(own);
      String text = Latencies.text(own);
      double tokens = 1000 / (millis * drift[part]);
      blocks.add(new Run.Block(1, tokens, 200, 150, 0, text, text, text, text));
      series.add(new Run.Point(part, 1, tokens, 200, part % 3, millis, millis * 2, 1, 2));
    }
    Run.Latency times = Latencies.of(all);
    long count = times.count();
    Run.Figures figures =
        new Run.Figures(
            count,
            count - 5,
            5,
            count - 9,
            200,
            900,
            150,
            10,
            20,
            times,
            times,
            times,
            times,
            Latencies.NONE,
            Map.of("http_503 no_target", 5L));
    return new Run.Side(
        name,
        "http://127.0.0.1:1/v1",
        drift.length,
        figures,
        Map.of("m", figures),
        Map.of("1-32", figures, "33-128", figures),
        Map.of("gpu <1>", figures),
        Map.of("http_503 no_target", 5L),
        Map.of("no_done", 2L),
        List.of(),
        series,
        blocks,
        samples);
  }

  static Run run(Run.Side... sides) {
    var setup =
        new Run.Setup(
            "8 users",
            "128 tokens",
            "64 tokens",
            List.of("m"),
            true,
            true,
            "pace=20ms",
            "",
            List.of("x-tenant"),
            "ttft=20ms",
            1,
            10,
            0,
            sides.length,
            "HTTP/1.1",
            true,
            false,
            1,
            "EPOLL",
            1);
    var generator = new Run.Generator(1.5, 0.2, 1000, 0, Latencies.NONE);
    return new Run(Run.FORMAT, "2026-01-01T00:00:00Z", setup, generator, List.of(sides));
  }

  static double[] calm(int parts) {
    double[] drift = new double[parts];
    Arrays.fill(drift, 1);
    return drift;
  }
}
