package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Sink;
import tayyar.api.Usage;

final class AnswersTest {
  private final Listener heard = new Listener();
  private final Answers answers = new Answers(Runnable::run, heard, 2);

  private void say(int choice, String text) {
    byte[] json = text.getBytes(UTF_8);
    answers.tell(sink -> sink.delta(choice, Sink.Kind.CONTENT, json, 0, json.length));
  }

  @Test
  void theLastOneEndsThemAll() {
    say(1, "a");
    answers.finish(1, FinishReason.LENGTH, new Usage(0, 3, 0, false));
    assertThat(heard.over.getCount()).isEqualTo(1);
    say(0, "b");
    answers.finish(0, FinishReason.STOP, new Usage(7, 4, 5, false));
    assertThat(heard.over.getCount()).isZero();
    assertThat(heard.usage).isEqualTo(new Usage(7, 7, 5, false));
    assertThat(heard.text(0)).isEqualTo("b");
    assertThat(heard.text(1)).isEqualTo("a");
    assertThat(answers.unwanted()).isFalse();
  }

  @Test
  void whereOneFailsNoneGoesOn() {
    say(0, "a");
    answers.fail(new ApiError.Internal());
    assertThat(answers.unwanted()).isTrue();
    say(1, "b");
    answers.finish(1, FinishReason.STOP, Usage.NONE);
    answers.fail(new ApiError.QueueFull());
    assertThat(heard.error).isEqualTo(new ApiError.Internal());
    assertThat(heard.text(1)).isEmpty();
    assertThat(heard.reasons()).isEmpty();
  }

  @Test
  void behindACancellationNothingIsHeard() {
    answers.cancel();
    say(0, "a");
    answers.fail(new ApiError.Internal());
    assertThat(heard.text(0)).isEmpty();
    assertThat(heard.error).isNull();
  }
}
