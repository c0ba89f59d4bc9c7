package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class LatenciesTest {
  private static AbstractHistogram millis(int from, int to) {
    AbstractHistogram histogram = Times.histogram(true);
    for (int i = from; i <= to; i++) {
      Times.record(histogram, i * 1_000_000L);
    }
    return histogram;
  }

  @Test
  void percentilesAreOfTheValues() {
    Run.Latency times = Latencies.of(millis(1, 1000));

    assertThat(times.count()).isEqualTo(1000);
    assertThat(times.mean()).isCloseTo(500.5, within(0.5));
    assertThat(times.p50()).isCloseTo(500, within(0.5));
    assertThat(times.p99()).isCloseTo(990, within(1.0));
    assertThat(times.max()).isCloseTo(1000, within(1.0));
    assertThat(times.curve()).hasSize(Latencies.CURVE.length).isSorted();
  }

  @Test
  void nothingHasNoFigures() {
    assertThat(Latencies.of(Times.histogram(false))).isEqualTo(Latencies.NONE);
    assertThat(Latencies.text(Times.histogram(true))).isEmpty();
    assertThat(Latencies.read("").getTotalCount()).isZero();
  }

  @Test
  void areTheSameWrittenAndReadAgain() {
    AbstractHistogram histogram = millis(3, 77);
    Histogram read = Latencies.read(Latencies.text(histogram));

    assertThat(Latencies.of(read)).isEqualTo(Latencies.of(histogram));
  }

  @Test
  void whatIsNoHistogramIsRefused() {
    assertThatThrownBy(() -> Latencies.read("AAAAAAAAAAAA")).isInstanceOf(PlanException.class);
    assertThatThrownBy(() -> Latencies.read("?")).isInstanceOf(PlanException.class);
  }

  @Test
  void aMixtureOfNothingHasNoPercentile() {
    PartHistograms parts = new PartHistograms(List.of(millis(1, 50), Times.histogram(false)));

    assertThat(parts.percentile(new int[] {0, 2}, 50)).isNaN();
  }

  @Test
  void aMixtureOfPartsHasThePercentilesOfItsSum() {
    SplittableRandom random = new SplittableRandom(2);
    List<AbstractHistogram> parts =
        List.of(millis(1, 50), millis(20, 400), Times.histogram(false), millis(7, 8));
    PartHistograms mixed = new PartHistograms(parts);
    for (int round = 0; round < 30; round++) {
      int[] weights = random.ints(4, 0, 3).toArray();
      weights[0]++;
      AbstractHistogram sum = Times.histogram(true);
      for (int part = 0; part < 4; part++) {
        for (int i = 0; i < weights[part]; i++) {
          sum.add(parts.get(part));
        }
      }
      for (double share : new double[] {1, 50, 90, 99, 100}) {
        assertThat(mixed.percentile(weights, share))
            .isCloseTo(sum.getValueAtPercentile(share) / 1e6, Percentage.withPercentage(0.1));
      }
    }
  }
}
