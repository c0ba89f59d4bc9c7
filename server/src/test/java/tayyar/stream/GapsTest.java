package tayyar.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class GapsTest {

  @Test
  void noGapIsMinusOne() {
    assertThat(new Gaps().percentile(0.5)).isEqualTo(-1);
  }

  @Test
  void percentilesAreWithinAnEighth() {
    var gaps = new Gaps();
    for (int i = 1; i <= 10_000; i++) {
      gaps.record(i * 10L);
    }
    assertThat(gaps.percentile(0.5)).isCloseTo(50_000, Percentage.withPercentage(12.5));
    assertThat(gaps.percentile(0.99)).isCloseTo(99_000, Percentage.withPercentage(12.5));
  }

  @Test
  void smallAndHugeGapsHaveABucket() {
    var gaps = new Gaps();
    gaps.record(0);
    assertThat(gaps.percentile(1)).isCloseTo(0L, within(1L));
    gaps.record(Long.MAX_VALUE / 2);
    assertThat(gaps.percentile(1)).isGreaterThan(1_000_000_000L);
  }
}
