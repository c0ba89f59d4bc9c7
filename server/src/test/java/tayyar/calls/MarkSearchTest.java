package tayyar.calls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkSearchTest {
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();

  private boolean take(MarkSearch search, String all) {
    boolean found = false;
    for (byte b : all.getBytes(UTF_8)) {
      assertThat(found).as("nothing follows the mark").isFalse();
      found = search.take(b, text);
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    "<call>, '', true",
    "a <<call>, a <, true",
    "<cal<call>, <cal, true",
    "سؤال؟ <call>, سؤال؟, true",
    "a  b <cal, a  b, false",
    "<ca ll>, <ca ll>, false",
  })
  void theTextEndsBeforeTheMarkAndItsBlanks(String all, String before, boolean found) {
    assertThat(take(new MarkSearch("<call>", " \n", 64), all)).isEqualTo(found);
    assertThat(text.toString(UTF_8)).isEqualTo(before);
  }

  @Test
  void whatIsHeldIsToldAtTheEnd() {
    var search = new MarkSearch("<call>", " ", 64);
    assertThat(take(search, "a <cal")).isFalse();
    search.end(text);
    assertThat(text.toString(UTF_8)).isEqualTo("a <cal");
  }

  @Test
  void anAnswerOfBlanksIsNotHeldBack() {
    take(new MarkSearch("<call>", "\n", 64), "\n".repeat(1_000));
    assertThat(text.size()).isEqualTo(1_000 - 64);
  }

  @Test
  void oneBreakAloneIsNoPartOfTheText() {
    assertThat(take(new MarkSearch("</p>", "\n", 1), "a\n\n</p>")).isTrue();
    assertThat(text.toString(UTF_8)).isEqualTo("a\n");
  }
}
