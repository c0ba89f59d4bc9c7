package tayyar.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SlicesTest {
  private static void count(Slices slices, long... times) {
    for (long time : times) {
      Counts at = slices.at(time);
      at.ended++;
      Times.record(at.times.ttft, time);
    }
  }

  private static List<Long> ended(Slices slices) {
    return slices.slices().stream().map(each -> each.ended).toList();
  }

  @Test
  void eachTimeHasItsSlice() {
    Slices slices = new Slices(1000, 10, 8, false);
    count(slices, 1000, 1009, 1010, 1035);

    assertThat(ended(slices)).containsExactly(2L, 1L, 0L, 1L);
  }

  @Test
  void twoBecomeOneWhenThereAreTooMany() {
    Slices slices = new Slices(0, 10, 4, false);
    count(slices, 1, 11, 12, 21, 31, 45);

    assertThat(slices.widthNanos()).isEqualTo(20);
    assertThat(ended(slices)).containsExactly(3L, 2L, 1L);
    count(slices, 500);
    assertThat(slices.widthNanos()).isEqualTo(160);
    assertThat(ended(slices)).containsExactly(6L, 0L, 0L, 1L);
    assertThat(slices.slices().getFirst().times.ttft.getTotalCount()).isEqualTo(6);
  }

  @Test
  void whatComesLateBelongsToTheLastOfAFixedNumber() {
    Slices slices = new Slices(0, 10, 2, true);
    count(slices, 5, 15, 99);

    assertThat(ended(slices)).containsExactly(1L, 2L);
  }

  @Test
  void aQuietEndHasItsSlicesToo() {
    Slices fixed = new Slices(1000, 10, 4, true);
    count(fixed, 1001);
    fixed.until(43);
    assertThat(ended(fixed)).containsExactly(1L, 0L, 0L, 0L);

    Slices growing = new Slices(1000, 10, 4, false);
    count(growing, 1001);
    growing.until(30);
    assertThat(ended(growing)).containsExactly(1L, 0L, 0L);
  }

  @Test
  void lanesOfDifferentWidthsAddUp() {
    Slices one = new Slices(0, 10, 4, false);
    Slices other = new Slices(0, 10, 4, false);
    count(one, 1, 15);
    count(other, 2, 75);
    one.add(other);

    assertThat(one.widthNanos()).isEqualTo(20);
    assertThat(ended(one)).containsExactly(3L, 0L, 0L, 1L);
  }
}
