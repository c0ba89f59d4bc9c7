package tayyar.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ThinkingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      nullValues = "-",
      value = {
        "gemini-2.5-flash|low|{'thinkingBudget':1024,'includeThoughts':true}",
        "gemini-2.5-pro|high|{'thinkingBudget':24576,'includeThoughts':true}",
        "gemini-2.5-flash|none|{'thinkingBudget':0}",
        "gemini-3-flash|none|{'thinkingLevel':'minimal'}",
        "gemini-3-flash|minimal|{'thinkingLevel':'minimal','includeThoughts':true}",
        "gemini-3.1-pro-preview|minimal|{'thinkingLevel':'low','includeThoughts':true}",
        "gemini-3-flash|medium|{'thinkingLevel':'medium','includeThoughts':true}",
        "a-tuned-one|xhigh|{'thinkingLevel':'high','includeThoughts':true}",
        "gemini-3-flash|unheard|{}",
        "gemini-3-flash||{}"
      })
  void anEffortIsToldAsTheModelKnowsIt(String model, String effort, String told) {
    assertThat(Thinking.of(effort == null ? "" : effort, model).toString())
        .isEqualTo(told.replace('\'', '"'));
  }
}
