package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tayyar.bench.RunComparison.Finding;
import tayyar.bench.RunComparison.Ratio;

final class RunComparisonTest {
  private static Ratio first(Run.Side a, Run.Side b, boolean paired) {
    return RunComparison.of(a, b, paired, 1).ratios().getFirst();
  }

  private static Ratio named(RunComparison comparison, String name) {
    return comparison.ratios().stream()
        .filter(r -> r.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theSameIsAlike() {
    Run.Side a = MadeUp.side("a", 10, 1, MadeUp.calm(12));
    Run.Side b = MadeUp.side("b", 10, 2, MadeUp.calm(12));

    assertThat(RunComparison.of(a, b, true, 1).ratios())
        .hasSize(15)
        .allSatisfy(
            ratio -> {
              assertThat(ratio.ratio()).isCloseTo(1, within(0.05));
              assertThat(ratio.word()).isEqualTo(Finding.ALIKE);
            });
  }

  @Test
  void twiceTheTimeIsWorseAndHalfTheRateToo() {
    RunComparison twice =
        RunComparison.of(
            MadeUp.side("a", 10, 1, MadeUp.calm(12)),
            MadeUp.side("b", 20, 2, MadeUp.calm(12)),
            false,
            1);

    Ratio time = named(twice, "time to first token p50");
    assertThat(time.ratio()).isCloseTo(2, within(0.05));
    assertThat(time.low()).isGreaterThan(1.8).isLessThanOrEqualTo(2);
    assertThat(time.high()).isLessThan(2.2).isGreaterThanOrEqualTo(2);
    assertThat(time.word()).isEqualTo(Finding.WORSE);
    assertThat(named(twice, "tokens/s").ratio()).isCloseTo(0.5, within(0.01));
    assertThat(named(twice, "tokens/s").word()).isEqualTo(Finding.WORSE);
  }

  @Test
  void halfTheTimeIsBetter() {
    Run.Side a = MadeUp.side("a", 10, 1, MadeUp.calm(12));
    Run.Side b = MadeUp.side("b", 5, 2, MadeUp.calm(12));

    assertThat(first(a, b, true).word()).isEqualTo(Finding.BETTER);
  }

  @Test
  void partsTakenInTurnsTellMoreWhereTheMachineHasMoods() {
    double[] moods = {1, 1.4, 0.8, 1.9, 1.1, 1.3, 0.7, 1.6, 2.2, 1, 0.9, 1.5};
    Run.Side a = MadeUp.side("a", 10, 1, moods);
    Run.Side b = MadeUp.side("b", 11, 2, moods);
    Ratio paired = first(a, b, true);
    Ratio apart = first(a, b, false);

    assertThat(paired.high() - paired.low()).isLessThan((apart.high() - apart.low()) / 2);
    assertThat(paired.word()).isEqualTo(Finding.WORSE);
    assertThat(apart.word()).isEqualTo(Finding.UNSURE);
  }

  @Test
  void aRateOfWhichNothingIsLeftIsWorse() {
    Run.Side a = MadeUp.side("a", 10, 1, MadeUp.calm(12));
    RunComparison dead = RunComparison.of(a, dead(a, 12), true, 1);
    Ratio goodput = named(dead, "goodput");

    assertThat(goodput.low()).isZero();
    assertThat(goodput.high()).isZero();
    assertThat(goodput.word()).isEqualTo(Finding.WORSE);
    assertThat(dead.lines()).anyMatch(line -> line.matches(".*goodput.* 0.000 to 0.000 +worse"));

    Ratio nearly = named(RunComparison.of(a, dead(a, 11), true, 1), "goodput");
    assertThat(nearly.low()).isZero();
    assertThat(nearly.high()).isBetween(0.1, 0.5);
    assertThat(nearly.word()).isEqualTo(Finding.WORSE);
    assertThat(named(RunComparison.of(dead(a, 11), a, true, 1), "goodput").word())
        .isEqualTo(Finding.UNKNOWN);
  }

  /** The same with so many parts in which nothing was good and nobody had an answer. */
  private static Run.Side dead(Run.Side side, int parts) {
    List<Run.Block> blocks = new ArrayList<>(side.blocks());
    for (int i = 0; i < parts; i++) {
      blocks.set(i, new Run.Block(1, 0, 0, 0, 200, "", "", "", ""));
    }
    return new Run.Side(
        "b",
        side.url(),
        side.seconds(),
        side.all(),
        side.models(),
        side.sizes(),
        side.targets(),
        side.failures(),
        side.flaws(),
        side.turns(),
        side.series(),
        blocks,
        side.samples());
  }

  @Test
  void timesOfNothingAreNotBetter() {
    Run.Side a = MadeUp.side("a", 10, 1, MadeUp.calm(12));

    assertThat(first(a, dead(a, 11), true).word()).isEqualTo(Finding.UNKNOWN);
  }

  @Test
  void fewPartsHaveNoInterval() {
    Run.Side a = MadeUp.side("a", 10, 1, MadeUp.calm(4));

    assertThat(first(a, a, true).word()).isEqualTo(Finding.UNKNOWN);
    assertThat(first(a, a, true).ratio()).isEqualTo(1);
    assertThat(RunComparison.of(a, a, true, 1).lines().get(2)).endsWith("no interval");
  }

  @Test
  void theSameSeedGivesTheSameIntervals() {
    Run.Side a = MadeUp.side("a", 10, 1, 1, 2, 1, 2, 1, 2);
    Run.Side b = MadeUp.side("b", 10, 2, 2, 1, 2, 1, 2, 1);

    assertThat(RunComparison.of(a, b, false, 9)).isEqualTo(RunComparison.of(a, b, false, 9));
    assertThat(RunComparison.of(a, b, false, 9)).isNotEqualTo(RunComparison.of(a, b, false, 10));
  }
}
