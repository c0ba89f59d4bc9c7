package tayyar.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class StreamCheckTest {
  private static final String FINISH = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";

  private record Judged(String failure, List<String> flaws, int tokens) {}

  private static String said(String text) {
    return "{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}"
        .formatted(text);
  }

  private static String usage(int tokens) {
    return "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":%d}}"
        .formatted(tokens);
  }

  private static Judged judge(boolean numbered, String... events) {
    EventReader reader = new EventReader();
    StreamCheck verdict = new StreamCheck(true, numbered, true, _ -> {});
    int deltas = 0;
    for (String event : events) {
      byte[] bytes = event.getBytes(UTF_8);
      int holds = reader.read(bytes, 0, bytes.length);
      deltas += holds & EventReader.CONTENT;
      verdict.event(holds, reader, 5);
    }
    return new Judged(
        verdict.failure(reader),
        verdict.flaws(deltas, reader.json()),
        verdict.tokens(deltas, reader.json()));
  }

  private static void good(Judged judged) {
    assertThat(judged.failure()).isEmpty();
    assertThat(judged.flaws()).isEmpty();
  }

  @Test
  void aWholeStreamIsGood() {
    good(judge(false, said("a"), said("b"), FINISH, usage(2), "[DONE]"));
    good(judge(true, said("0 "), said("1 2 "), FINISH, usage(3), "[DONE]"));
  }

  @Test
  void tokensAreThoseOfTheUsage() {
    assertThat(judge(false, said("ab"), FINISH, usage(4), "[DONE]").tokens()).isEqualTo(4);
    assertThat(judge(false, said("a"), said("b"), FINISH, "[DONE]").tokens()).isEqualTo(2);
  }

  @Test
  void aStreamThatIsNotWholeFails() {
    assertThat(judge(false, said("a"), "[DONE]").failure()).isEqualTo("no_finish");
    assertThat(judge(false, said("a"), "{", FINISH, "[DONE]").failure()).isEqualTo("malformed");
    assertThat(judge(false, said("a"), "{\"error\":{\"code\":\"x_y\"}}", "[DONE]").failure())
        .isEqualTo("error_event x_y");
  }

  @Test
  void lostDoubledAndStrangeTokensFail() {
    assertThat(judge(true, said("0 "), said("2 "), FINISH, usage(3), "[DONE]").failure())
        .isEqualTo("tokens_lost");
    assertThat(judge(true, said("0 "), said("0 "), FINISH, usage(1), "[DONE]").failure())
        .isEqualTo("tokens_doubled");
    assertThat(judge(true, said("0 "), said("x "), FINISH, usage(1), "[DONE]").failure())
        .isEqualTo("tokens_strange");
  }

  @Test
  void flawsAreNamed() {
    assertThat(judge(false, said("a"), FINISH, usage(1)).flaws()).containsExactly("no_done");
    assertThat(judge(false, said("a"), FINISH, "[DONE]").flaws()).containsExactly("no_usage");
    assertThat(judge(false, FINISH, said("a"), usage(1), "[DONE]").flaws())
        .containsExactly("content_behind_finish");
    assertThat(judge(false, said("a"), FINISH, usage(1), "[DONE]", usage(1)).flaws())
        .containsExactly("event_behind_done");
    assertThat(
            judge(false, said("a"), said("a").replace("\"c\"", "\"d\""), FINISH, usage(2), "[DONE]")
                .flaws())
        .containsExactly("id_changed");
  }

  @Test
  void usageMustBeWhatWasSeen() {
    assertThat(judge(false, said("a"), said("b"), FINISH, usage(1), "[DONE]").flaws())
        .containsExactly("usage_differs");
    assertThat(judge(true, said("0 1 "), FINISH, usage(3), "[DONE]").flaws())
        .containsExactly("usage_differs");
    good(judge(false, said("ab"), FINISH, usage(3), "[DONE]"));
    String guessed = usage(1).replace("}}", ",\"estimated\":true}}");
    good(judge(false, said("a"), said("b"), FINISH, guessed, "[DONE]"));
  }
}
