package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NumeralsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 us",
    "0.0004, 0 us",
    "0.25, 250 us",
    "0.9996, 1.00 ms",
    "1.234, 1.23 ms",
    "9.996, 10.0 ms",
    "45.67, 45.7 ms",
    "99.96, 100 ms",
    "999.6, 1.00 s",
    "1234, 1.23 s",
    "12345, 12.3 s"
  })
  void timesHaveThreeDigits(double millis, String text) {
    assertThat(Numerals.time(millis)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.2, 200 µs", "1, 1 ms", "20, 20 ms", "100, 100 ms", "1500, 1.5 s"})
  void marksOfAnAxisAreShort(double millis, String text) {
    assertThat(Numerals.tick(millis)).isEqualTo(text);
  }

  @Test
  void numbersHaveTheDigitsThatSaySomething() {
    assertThat(Numerals.number(0)).isEqualTo("0");
    assertThat(Numerals.number(1.234)).isEqualTo("1.23");
    assertThat(Numerals.number(45.67)).isEqualTo("45.7");
    assertThat(Numerals.number(1_244_092)).isEqualTo("1\u202f244\u202f092");
    assertThat(Numerals.amount(100)).isEqualTo("100");
    assertThat(Numerals.amount(20_000)).isEqualTo("20k");
    assertThat(Numerals.amount(2_500_000)).isEqualTo("2.5M");
    assertThat(Numerals.share(0.123)).isEqualTo("12.3 %");
    assertThat(Numerals.share(0.0001)).isEqualTo("0.01 %");
    assertThat(Numerals.share(1)).isEqualTo("100 %");
  }
}
