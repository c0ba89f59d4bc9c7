package tayyar.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CoresTest {
  private final Cores cores = new Cores(4);

  @Test
  void allWhileNobodyElseNeedsOne() {
    for (int step = 0; step < 1_000; step++) {
      assertThat(cores.next()).isEqualTo(4);
      step(0.95);
    }
  }

  @Test
  void oneSlowStepIsNoReason() {
    settle();
    step(0.6);

    assertThat(cores.next()).isEqualTo(4);
  }

  @Test
  void oneFewerAfterFewStepsWithASharedCore() {
    settle();

    assertThat(stepsUntil(3, 0.5)).isBetween(1, 3);
  }

  @Test
  void allAreTriedAgainMoreRarelyEachTime() {
    settle();
    int before = 0;
    for (int trial = 0; trial < 5; trial++) {
      stepsUntil(3, 0.5);
      int pause = stepsUntil(4, 0.9);
      assertThat(pause).isGreaterThan(before);
      before = pause;
    }
    for (int trial = 0; trial < 10; trial++) {
      stepsUntil(3, 0.5);
      assertThat(stepsUntil(4, 0.9)).isLessThanOrEqualTo(2_048);
    }
  }

  @Test
  void whatDisturbedHasGone() {
    for (int trial = 0; trial < 5; trial++) {
      stepsUntil(3, 0.5);
      stepsUntil(4, 0.9);
    }
    settle();
    stepsUntil(3, 0.5);

    assertThat(stepsUntil(4, 0.9)).isEqualTo(32);
  }

  @Test
  void aSingleOneIsAlwaysAll() {
    var single = new Cores(1);
    for (int step = 0; step < 100; step++) {
      single.took(1_000, 10);
      assertThat(single.next()).isEqualTo(1);
    }
  }

  private void settle() {
    for (int step = 0; step < 100; step++) {
      step(0.95);
    }
  }

  private int stepsUntil(int threads, double share) {
    int steps = 0;
    while (cores.next() != threads) {
      step(share);
      steps++;
      assertThat(steps).isLessThan(10_000);
    }
    return steps;
  }

  private void step(double share) {
    long wall = 10_000_000;
    cores.took(wall, (long) (share * wall * cores.next()));
  }

  @Test
  void noMoreThanItsShareWhileOthersCompute() {
    cores.give(2);
    for (int step = 0; step < 1_000; step++) {
      assertThat(cores.next()).isEqualTo(2);
      cores.took(1_000, 1_900);
    }
    cores.give(1);
    assertThat(cores.next()).isEqualTo(1);
    cores.took(1_000, 100);
    assertThat(cores.next()).as("one is the least").isEqualTo(1);
    cores.give(9);
    assertThat(cores.next()).as("all is the most").isEqualTo(4);
  }
}
