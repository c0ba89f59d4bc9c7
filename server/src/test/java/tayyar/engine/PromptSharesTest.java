package tayyar.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How prompts share a step. */
final class PromptSharesTest {
  private static int[] numbers(String words) {
    return words.isBlank()
        ? new int[0]
        : Arrays.stream(words.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 60, ''",
    "140, 60, 60",
    "140, 200, 140",
    "140 140 140, 60, 60 0 0",
    "80 140 140, 100, 80 20 0",
    "140 80 140, 100, 50 50 0",
    "4000 10 20, 100, 70 10 20",
    "4000 140 90, 100, 50 0 50",
    "4000 30 140, 101, 50 30 21",
    "5 9, 0, 0 0",
    "9 5, 1, 0 1"
  })
  void theShortestGoesFirstAndTheOldestGetsOn(String left, int tokens, String shares) {
    assertThat(PromptShares.of(numbers(left), tokens)).isEqualTo(numbers(shares));
  }

  @Test
  void nothingIsWastedAndNobodyWaitsForEver() {
    var chance = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      int[] left = chance.ints(1 + chance.nextInt(8), 1, 300).toArray();
      int tokens = 2 + chance.nextInt(400);
      int[] shares = PromptShares.of(left, tokens);
      assertThat(Arrays.stream(shares).sum())
          .isEqualTo(Math.min(tokens, Arrays.stream(left).sum()));
      assertThat(shares[0]).isPositive();
      for (int each = 0; each < left.length; each++) {
        assertThat(shares[each]).isBetween(0, left[each]);
      }
    }
  }
}
