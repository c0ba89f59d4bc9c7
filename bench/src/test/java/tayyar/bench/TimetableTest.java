package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class TimetableTest {
  private static long[] starts(boolean poisson, double rate, int count, long seed) {
    var table = new Timetable(new Arrivals.OpenLoop(rate, poisson), new SplittableRandom(seed));
    return LongStream.generate(table::next).limit(count).toArray();
  }

  @Test
  void constantArrivalsAreEvenlySpacedFromZero() {
    assertThat(starts(false, 4, 4, 1)).containsExactly(0, 250_000_000, 500_000_000, 750_000_000);
  }

  @Test
  void constantArrivalsDoNotDriftOverAMillion() {
    assertThat(starts(false, 3, 1_000_001, 1)[1_000_000] / 1e9)
        .isCloseTo(1_000_000 / 3.0, within(1e-3));
  }

  @Test
  void poissonArrivalsKeepTheRateAndNeverGoBack() {
    long[] starts = starts(true, 1000, 20_000, 3);

    assertThat(starts).isSorted();
    assertThat(starts[19_999] / 1e9).isCloseTo(20, within(0.5));
  }

  @Test
  void poissonGapsSpreadAsMuchAsTheirMean() {
    long[] starts = starts(true, 1000, 20_000, 5);
    double squares = 0;
    for (int i = 1; i < starts.length; i++) {
      squares += Math.pow((starts[i] - starts[i - 1]) / 1e6 - 1, 2);
    }

    assertThat(Math.sqrt(squares / starts.length)).isCloseTo(1, within(0.05));
  }

  @Test
  void theSeedDecidesThem() {
    assertThat(starts(true, 50, 100, 9)).isEqualTo(starts(true, 50, 100, 9));
    assertThat(starts(true, 50, 100, 9)).isNotEqualTo(starts(true, 50, 100, 10));
  }
}
