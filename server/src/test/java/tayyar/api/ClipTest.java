package tayyar.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClipTest {
  /** A surrogate pair is never cut in two; a lone half counts as a character. */
  @ParameterizedTest
  @CsvSource({
    "abc,  3, abc, abc",
    "abcd, 3, abc, abc…",
    "ab😀,  3, ab,  ab…",
    "ab😀,  4, ab😀, ab😀",
    "a😀b,  3, a😀,  a😀…",
    "نيل,  2, ني,  ني…",
    "'',   1, '',  ''",
  })
  void cutsBehindALetter(String text, int charsMax, String beginning, String marked) {
    assertThat(Clip.to(charsMax, text)).isEqualTo(beginning);
    assertThat(Clip.marked(charsMax, text)).isEqualTo(marked);
  }

  @Test
  void anErrorRepeatsTheBeginningOfAnEndlessName() {
    var error = new ApiError.ModelNotFound("x".repeat(19_000_000));
    assertThat(error.facts().message()).hasSizeLessThan(300).contains("xxx…' does not exist");
  }
}
