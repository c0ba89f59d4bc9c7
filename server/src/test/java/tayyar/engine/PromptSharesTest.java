package tayyar.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
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

  private static int[] any(int many) {
    int[] most = new int[many];
    Arrays.fill(most, Integer.MAX_VALUE);
    return most;
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
    int[] its = numbers(left);
    assertThat(PromptShares.of(its, any(its.length), tokens)).isEqualTo(numbers(shares));
  }

  /** A prompt is no shorter because it gets no more than so much in a step. */
  @ParameterizedTest
  @CsvSource({
    "4000 40, 32 900, 32, 16 16",
    "4000 40, 32 900, 60, 30 30",
    "4000 40, 32 900, 100, 32 40",
    "40 4000, 900 32, 32, 32 0",
    "40 4000, 900 32, 60, 40 20",
    "4000, 32, 500, 32",
    "4000 5000 40, 32 32 900, 32, 16 0 16"
  })
  void aBoundOfAStepMakesNoPromptShorter(String left, String most, int tokens, String shares) {
    assertThat(PromptShares.of(numbers(left), numbers(most), tokens)).isEqualTo(numbers(shares));
  }

  @Test
  void nothingIsWastedAndNobodyWaitsForEver() {
    var chance = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      int[] left = chance.ints(1 + chance.nextInt(8), 1, 300).toArray();
      int tokens = 2 + chance.nextInt(400);
      int[] most = chance.ints(left.length, 1, 300).toArray();
      int[] may = IntStream.range(0, left.length).map(k -> Math.min(left[k], most[k])).toArray();
      int[] shares = PromptShares.of(left, most, tokens);
      assertThat(Arrays.stream(shares).sum()).isEqualTo(Math.min(tokens, Arrays.stream(may).sum()));
      assertThat(shares[0]).isPositive();
      for (int each = 0; each < left.length; each++) {
        assertThat(shares[each]).isBetween(0, may[each]);
      }
    }
  }
}
