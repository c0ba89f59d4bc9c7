package tayyar.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tayyar.testing.Cases;

class ChoicesTest {
  @Test
  void noneIsNotComplete() {
    var choices = new Choices();
    assertThat(choices.complete()).isFalse();
    assertThat(choices.anyBegun()).isFalse();
    assertThat(choices.anyEnded()).isFalse();
  }

  /** Behaves as two sets of numbers, for choices inside the long's bits and beyond them. */
  @Test
  void behavesAsTwoSets() {
    Cases.times(
        500,
        random -> {
          var choices = new Choices();
          Set<Integer> begun = new HashSet<>();
          Set<Integer> ended = new HashSet<>();
          int most = Cases.one(random, 1, 3, 64, 66, 2_048);
          for (int i = random.nextInt(1, 12); i > 0; i--) {
            int choice = random.nextInt(Math.max(0, most - 4), most);
            begun.add(choice);
            if (random.nextBoolean()) {
              choices.begin(choice);
            } else {
              choices.end(choice);
              ended.add(choice);
            }
            assertThat(choices.hasBegun(choice)).isTrue();
          }
          for (int choice = Math.max(0, most - 4); choice < most; choice++) {
            assertThat(choices.hasBegun(choice)).isEqualTo(begun.contains(choice));
            assertThat(choices.hasEnded(choice)).isEqualTo(ended.contains(choice));
          }
          assertThat(choices.anyBegun()).isTrue();
          assertThat(choices.anyEnded()).isEqualTo(!ended.isEmpty());
          assertThat(choices.complete()).isEqualTo(begun.equals(ended));
        });
  }
}
