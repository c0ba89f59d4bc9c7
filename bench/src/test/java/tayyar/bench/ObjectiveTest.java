package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectiveTest {
  @Test
  void readsItsTerms() {
    Objective objective = Objective.of(" ttft=200ms, itl=0.5ms,tpot=700us,e2e=2s");

    assertThat(objective).isEqualTo(new Objective(200_000, 500, 700, 2_000_000));
    assertThat(objective).hasToString("ttft=200ms,itl=500us,tpot=700us,e2e=2000ms");
    assertThat(Objective.of(objective.toString())).isEqualTo(objective);
    assertThat(Objective.NONE.isSet()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "ttft", "ttft=200", "ttft=fast", "first=200ms", "ttft=1..2ms", "itl=-1ms"})
  void refusesWhatItCannotRead(String text) {
    assertThatThrownBy(() -> Objective.of(text)).isInstanceOf(PlanException.class);
  }

  @Test
  void eachBoundIsKeptByItself() {
    Objective objective = new Objective(100, 10, 20, 1000);

    assertThat(objective.keeps(100, 0, 50, 20, 1000)).isTrue();
    assertThat(objective.keeps(101, 0, 50, 20, 1000)).isFalse();
    assertThat(objective.keeps(100, 0, 50, 20.1, 1000)).isFalse();
    assertThat(objective.keeps(100, 0, 50, 20, 1001)).isFalse();
  }

  @Test
  void anAnswerWithoutATokenHasNoFirstOne() {
    assertThat(new Objective(100, 0, 0, 0).keeps(-1, 0, 0, -1, 1)).isFalse();
    assertThat(new Objective(0, 0, 0, 10).keeps(-1, 0, 0, -1, 1)).isTrue();
  }

  @Test
  void oneGapInAHundredMayBeLonger() {
    Objective objective = new Objective(0, 10, 0, 0);

    assertThat(objective.keeps(1, 1, 100, 1, 1)).isTrue();
    assertThat(objective.keeps(1, 1, 99, 1, 1)).isFalse();
    assertThat(objective.keeps(1, 0, 0, -1, 1)).isTrue();
  }
}
