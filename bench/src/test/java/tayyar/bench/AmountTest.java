package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AmountTest {
  private static final int DRAWS = 20_000;

  private static int[] draws(String text) {
    SplittableRandom random = new SplittableRandom(7);
    Amount amount = Amount.of(text);
    int[] draws = new int[DRAWS];
    Arrays.setAll(draws, _ -> amount.draw(random));
    Arrays.sort(draws);
    return draws;
  }

  private static double mean(int[] draws) {
    return Arrays.stream(draws).average().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "128",
        "uniform:10-200",
        "normal:200,50",
        "normal:200.5,50,300",
        "lognormal:200,0.8",
        "lognormal:200,0.8,4000",
        "exponential:200",
        "exponential:200,900"
      })
  void isWrittenAsItIsRead(String text) {
    assertThat(Amount.of(text)).hasToString(text);
    assertThat(Amount.of(text.replace(",", " , ").replace(":", ": "))).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-1",
        "1000001",
        "many",
        "uniform:10",
        "uniform:20-10",
        "uniform:0-10",
        "uniform:1-2-3",
        "normal:200",
        "normal:200,50,60,70",
        "normal:NaN,1",
        "lognormal:200,-1",
        "lognormal:0,1",
        "exponential:",
        "zipf:1"
      })
  void refusesWhatItCannotRead(String text) {
    assertThatThrownBy(() -> Amount.of(text)).isInstanceOf(PlanException.class);
  }

  @Test
  void fixedIsAlwaysTheSame() {
    assertThat(draws("77")).containsOnly(77);
  }

  @Test
  void uniformHasBothEnds() {
    int[] draws = draws("uniform:10-19");

    assertThat(draws[0]).isEqualTo(10);
    assertThat(draws[DRAWS - 1]).isEqualTo(19);
    assertThat(mean(draws)).isCloseTo(14.5, within(0.1));
  }

  @Test
  void normalHasItsMeanAndDeviation() {
    int[] draws = draws("normal:200,50");

    assertThat(mean(draws)).isCloseTo(200, within(2.0));
    assertThat(draws[DRAWS * 84 / 100]).isCloseTo(250, within(3));
    assertThat(draws("normal:2,50")[0]).isEqualTo(1);
  }

  @Test
  void lognormalHasItsMedianAndALongTail() {
    int[] draws = draws("lognormal:200,0.8");

    assertThat(draws[DRAWS / 2]).isCloseTo(200, within(6));
    assertThat(draws[DRAWS * 84 / 100]).isCloseTo(445, within(20));
    assertThat(mean(draws)).isGreaterThan(250);
    assertThat(draws("lognormal:200,0.8,300")[DRAWS - 1]).isEqualTo(300);
  }

  @Test
  void exponentialHasItsMean() {
    assertThat(mean(draws("exponential:100"))).isCloseTo(100, within(3.0));
  }
}
