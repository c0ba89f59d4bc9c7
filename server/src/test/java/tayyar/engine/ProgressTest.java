package tayyar.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProgressTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long SMALL = 100_000_000L;
  private static final long LARGE = 40_000_000_000L;

  private long now = 7 * SECOND;

  /** The thread's own time, and its part of a second. */
  private double cpu;

  private double share;

  private Progress of(long modelBytes) {
    return new Progress(modelBytes, () -> now);
  }

  private boolean hangs(Progress progress) {
    return progress.hangs(() -> (long) cpu);
  }

  /** Seconds from the beginning of a step until it counts as hung, with four looks in each. */
  private double patience(Progress progress) {
    long began = now;
    while (!hangs(progress)) {
      now += SECOND / 4;
      cpu += share * SECOND / 4;
    }
    return (double) (now - began) / SECOND;
  }

  @Test
  void aStepThatHangsIsNoticed() {
    Progress progress = of(SMALL);
    progress.begins(0.015 * SECOND);

    assertThat(patience(progress)).isBetween(3.5, 4.5);
  }

  @Test
  void theFirstPromptToo() {
    Progress progress = of(SMALL);
    progress.beginsUnknown(200);

    assertThat(patience(progress)).isBetween(6.0, 7.0);
  }

  @Test
  void aLargeModelHasMoreTime() {
    Progress progress = of(LARGE);
    progress.begins(0.2 * SECOND);
    assertThat(patience(progress)).isBetween(45.0, 50.0);
    progress.beginsUnknown(200);
    assertThat(patience(progress)).isGreaterThan(1_000);
  }

  @Test
  void slowStepsHaveMoreTime() {
    Progress progress = of(SMALL);
    progress.begins(3 * SECOND);

    assertThat(patience(progress)).isBetween(33.0, 37.0);
  }

  @Test
  void aStepThatComputesForEverIsNoticedToo() {
    share = 1;
    Progress progress = of(SMALL);
    progress.begins(0.015 * SECOND);

    assertThat(patience(progress)).isBetween(6.5, 8.0);
  }

  @Test
  void whereOthersTakeTheProcessorAStepHasMoreTime() {
    share = 0.1;
    Progress progress = of(SMALL);
    progress.begins(0.015 * SECOND);

    assertThat(patience(progress)).isBetween(30.0, 40.0);
  }

  @Test
  void whatIsOverHangsNever() {
    Progress progress = of(SMALL);
    assertThat(hangs(progress)).isFalse();
    progress.begins(0);
    progress.ends();
    now += 100 * SECOND;

    for (int i = 0; i < 9; i++) {
      assertThat(hangs(progress)).isFalse();
    }
  }

  /** All processes stood still for a while, as in a container that is paused. */
  @Test
  void aStepThatEndsAfterOneLateLookHangsNot() {
    Progress progress = of(SMALL);
    for (int i = 0; i < 9; i++) {
      progress.begins(0);
      now += 100 * SECOND;
      assertThat(hangs(progress)).isFalse();
      progress.ends();
    }
  }
}
