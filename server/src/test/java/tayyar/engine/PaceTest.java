package tayyar.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long TOKEN_NANOS = 1_000_000;

  private final Pace pace = new Pace();

  @Test
  void oneLongPromptStallsAnswersLittle() {
    learn();
    assertThat(pace.promptTokens(1, 1)).isEqualTo(50);
    assertThat(pace.promptTokens(7, 1)).isEqualTo(50);
    assertThat(pace.promptTokens(4, 4)).isEqualTo(50);
    assertThat(pace.promptTokens(0, 1)).isEqualTo(200);
  }

  /** Eight prompts at once: whoever is read first must not make the seven others wait longer. */
  @Test
  void manyPromptsWeighMoreThanFewAnswers() {
    learn();
    assertThat(pace.promptTokens(1, 7)).isEqualTo(200);
    assertThat(pace.promptTokens(2, 6)).isEqualTo(150);
    assertThat(pace.promptTokens(3, 5)).isEqualTo(50);
  }

  private void learn() {
    for (int i = 0; i < 40; i++) {
      pace.took(100 * TOKEN_NANOS, 100, 0);
    }
  }
}
