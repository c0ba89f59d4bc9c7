package tayyar.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final Pace pace = new Pace(Duration.ofMillis(100), 1_000);

  private long after(int count) {
    pace.came(count);
    return pace.next().toMillis();
  }

  @Test
  void fewGatherForTheWholeTime() {
    assertThat(pace.next()).isEqualTo(Duration.ofMillis(100));
    assertThat(after(0)).isEqualTo(100);
    assertThat(after(1)).isEqualTo(100);
    assertThat(after(1_000)).isEqualTo(100);
  }

  @Test
  void manyGatherForAsLongAsAGroupTakes() {
    assertThat(after(4_000)).isEqualTo(25);
    assertThat(after(1_000)).isEqualTo(25);
    assertThat(after(500)).isEqualTo(50);
  }

  @Test
  void aFloodGathersForAMillisecondAndIsForgottenAtOnce() {
    assertThat(after(Integer.MAX_VALUE)).isEqualTo(1);
    assertThat(after(Integer.MAX_VALUE)).isEqualTo(1);
    assertThat(after(3)).isEqualTo(100);
  }
}
