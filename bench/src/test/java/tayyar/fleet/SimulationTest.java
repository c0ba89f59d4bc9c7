package tayyar.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tayyar.fleet.Simulation.Result;

/** What holds whatever happens to a fleet. */
class SimulationTest {
  private static final int OPEN = 10_000;
  private static final Assumed QUIET = Assumed.quiet(OPEN, 6, 2, 50);

  @Test
  void eachStreamEndsOnceAndNoTokenIsLostUnseen() {
    for (Assumed assumed : List.of(QUIET, QUIET.killed(5), QUIET.burst(5), QUIET.restart(5))) {
      Result result = Simulation.run(assumed);
      assertThat(result.began()).isEqualTo(result.ended() + result.broken() + result.open());
      Simulation.Tokens tokens = result.tokens();
      assertThat(tokens.came()).isEqualTo(tokens.passedOn() + tokens.lost() + tokens.toCome());
      assertThat(tokens.passedOn()).isPositive();
      assertThat(result.coresMost()).isBetween(result.coresMean(), 2.0);
    }
  }

  @Test
  void onlyWhatIsCutIsLost() {
    assertThat(Simulation.run(QUIET).broken()).isZero();
    assertThat(Simulation.run(QUIET).tokens().lost()).isZero();
    Result killed = Simulation.run(QUIET.killed(5));
    assertThat(killed.broken()).isBetween((long) OPEN / 8, (long) OPEN / 5);
    assertThat(killed.tokens().lost()).isPositive();
  }

  /** Little's law: what is open stays as many as it was. */
  @Test
  void aQuietFleetStaysAsItIs() {
    assertThat(Simulation.run(QUIET).open()).isBetween(OPEN * 94L / 100, OPEN * 106L / 100);
  }

  /** Its loops work all the time, and what they cannot do waits. */
  @Test
  void aFleetThatIsTooSmallQueues() {
    Result small = Simulation.run(Assumed.quiet(OPEN, 1, 2, 10));
    Result large = Simulation.run(Assumed.quiet(OPEN, 4, 2, 10));
    assertThat(small.coresMean()).isBetween(1.9, 2.0);
    assertThat(small.delayMicros().p99()).isGreaterThan(1_000_000);
    assertThat(large.delayMicros().p99()).isLessThan(2_000);
  }

  @Test
  void aRunCanBeRepeated() {
    Result one = Simulation.run(QUIET.killed(5));
    assertThat(Simulation.run(QUIET.killed(5))).usingRecursiveComparison().isEqualTo(one);
  }
}
