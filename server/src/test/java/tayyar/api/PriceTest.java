package tayyar.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.testing.Cases;

class PriceTest {
  @Test
  void aRowIsRoundedUpOnce() {
    var price = new Price(1, "m", 1, 1, 1, 1, 0, 0);
    assertThat(price.of(new Usage(1, 0, 0, false))).isEqualTo(1);
    assertThat(price.of(new Usage(400_000, 600_000, 0, false))).isEqualTo(1);
    assertThat(price.of(new Usage(400_000, 600_001, 0, false))).isEqualTo(2);
    assertThat(price.of(Usage.NONE)).isZero();
  }

  @Test
  void cachedTokensAreOfThosePaidOnce() {
    var price = new Price(1, "m", 4_000_000, 1_000_000, 4_000_000, 0, 7, 0);
    assertThat(price.of(new Usage(10, 0, 3, false))).isEqualTo(7 * 4 + 3 + 7);
    assertThat(price.of(new Usage(10, 0, 30, false))).isEqualTo(10 + 7);
  }

  @Test
  void tokensWrittenIntoACacheHaveTheirPriceAndAreOfThoseReadOnce() {
    var price = new Price(1, "m", 4_000_000, 1_000_000, 5_000_000, 0, 0, 0);
    assertThat(price.of(new Usage(10, 0, 3, 2, false, Map.of()))).isEqualTo(5 * 4 + 3 + 2 * 5);
    assertThat(price.of(new Usage(10, 0, 3, 90, false, Map.of()))).isEqualTo(3 + 7 * 5);
    assertThat(price.of(new Usage(10, 0, 30, 90, false, Map.of()))).isEqualTo(10);
  }

  /** Beside decimal numbers of any length, at any size. */
  @Test
  void amountsAreExact() {
    Cases.times(
        20_000,
        random -> {
          var price =
              new Price(
                  1,
                  "m",
                  random.nextLong(Price.MAX + 1),
                  random.nextLong(Price.MAX + 1),
                  random.nextLong(Price.MAX + 1),
                  random.nextLong(1L << random.nextInt(1, 49)),
                  random.nextLong(Price.MAX + 1),
                  0);
          int prompt = random.nextInt(1 << random.nextInt(1, 27));
          int cached = random.nextInt(prompt + 1);
          int writes = random.nextInt(prompt - cached + 1);
          int written = random.nextInt(1 << random.nextInt(1, 27));
          BigDecimal expected =
              times(prompt - cached - writes, price.input())
                  .add(times(cached, price.cachedInput()))
                  .add(times(writes, price.cacheWrite()))
                  .add(times(written, price.output()))
                  .movePointLeft(6)
                  .setScale(0, RoundingMode.UP)
                  .add(BigDecimal.valueOf(price.request()));
          long shown = expected.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValueExact();
          assertThat(price.of(new Usage(prompt, written, cached, writes, false, Map.of())))
              .isEqualTo(shown);
        });
  }

  private static BigDecimal times(long a, long b) {
    return BigDecimal.valueOf(a).multiply(BigDecimal.valueOf(b));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0.0000",
    "12.5, 12500000000, 12.5000",
    " 3 , 3000000000, 3.0000",
    "-0.00005, -50000, -0.0001",
    "0.000000001, 1, 0.0000",
    "9000000000, 9000000000000000000, 9000000000.0000"
  })
  void moneyIsReadAndShown(String text, long nanos, String shown) {
    assertThat(Money.parse(text)).isEqualTo(nanos);
    assertThat(Money.shown(nanos)).isEqualTo(shown);
    assertThat(Money.parse(Money.exact(nanos))).isEqualTo(nanos);
  }

  @ParameterizedTest
  @CsvSource({"x", "''", "1e40", "0.0000000001", "10000000000", "1 000"})
  void whatIsNoAmountIsRefused(String text) {
    assertThatThrownBy(() -> Money.parse(text)).hasMessageContaining("is no amount");
  }
}
