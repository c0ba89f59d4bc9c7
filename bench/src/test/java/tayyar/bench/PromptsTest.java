package tayyar.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PromptsTest {
  private static Prompts.Shape shape(String size, int shared, String script) {
    return new Prompts.Shape(
        List.of("m"), Amount.of(size), shared, null, script, "", true, true, false);
  }

  private static Prompts prompts(Prompts.Shape shape, String... lines) {
    return new Prompts(
        shape, lines.length == 0 ? List.of() : PromptFile.parse(List.of(lines), "f"), 5);
  }

  private static JsonNode body(Prompts prompts, long number) {
    ByteBuf out = Unpooled.buffer();
    prompts.drawn(number).write(out);
    return JsonMapper.shared().readTree(out.toString(UTF_8));
  }

  private static String text(JsonNode body) {
    return body.path("messages").path(0).path("content").asString();
  }

  private static List<String> words(Prompts prompts, long number) {
    return List.of(text(body(prompts, number)).strip().split(" ", -1));
  }

  @Test
  void asksWhatTheShapeSays() {
    var shape =
        new Prompts.Shape(
            List.of("m\"1"),
            Amount.of("3"),
            0,
            Amount.of("64"),
            "",
            "\"temperature\":0",
            true,
            true,
            false);
    JsonNode body = body(prompts(shape), 0);

    assertThat(body.path("model").asString()).isEqualTo("m\"1");
    assertThat(body.path("stream").asBoolean()).isTrue();
    assertThat(body.path("stream_options").path("include_usage").asBoolean()).isTrue();
    assertThat(body.path("max_tokens").asInt()).isEqualTo(64);
    assertThat(body.path("temperature").asInt(9)).isZero();
    assertThat(body.path("messages").path(0).path("role").asString()).isEqualTo("user");
  }

  @Test
  void aWholeAnswerIsNotAskedToBeStreamed() {
    var shape =
        new Prompts.Shape(List.of("m"), Amount.of("3"), 0, null, "", "", false, true, false);

    assertThat(body(prompts(shape), 0).has("stream")).isFalse();
    assertThat(body(prompts(shape), 0).has("stream_options")).isFalse();
    assertThat(body(prompts(shape), 0).has("max_tokens")).isFalse();
  }

  @Test
  void promptsHaveTheirSize() {
    for (int size : new int[] {1, 7, 8, 9, 500, 300_000}) {
      assertThat(words(prompts(shape(Integer.toString(size), 0, "")), 3)).hasSize(size);
    }
    assertThat(words(prompts(shape("20", 50, "")), 3)).hasSize(20);
  }

  @Test
  void theSameNumberAsksTheSameAndAnotherSomethingElse() {
    Prompts prompts = prompts(shape("uniform:50-90", 0, ""));
    Prompts again = prompts(shape("uniform:50-90", 0, ""));

    assertThat(body(prompts, 7)).isEqualTo(body(again, 7));
    assertThat(IntStream.range(0, 100).mapToObj(n -> words(prompts, n).subList(0, 8)).distinct())
        .hasSize(100);
  }

  @Test
  void aSharedBeginningIsShared() {
    Prompts prompts = prompts(shape("40", 30, ""));

    assertThat(words(prompts, 1).subList(0, 30)).isEqualTo(words(prompts, 2).subList(0, 30));
    assertThat(words(prompts, 1).subList(30, 40)).isNotEqualTo(words(prompts, 2).subList(30, 40));
  }

  @Test
  void severalModelsAreAskedByChance() {
    var shape =
        new Prompts.Shape(List.of("a", "b"), Amount.of("1"), 0, null, "", "", true, true, false);
    Prompts prompts = prompts(shape);
    long a = IntStream.range(0, 1000).filter(n -> prompts.drawn(n).modelName().equals("a")).count();

    assertThat(a).isBetween(430L, 570L);
  }

  @Test
  void aScriptStandsBehindThePrompt() {
    var shape =
        new Prompts.Shape(
            List.of("m"), Amount.of("2"), 0, Amount.of("9"), "pace=2ms", "", true, true, false);

    assertThat(text(body(prompts(shape), 0))).endsWith(" [[pace=2ms tokens=9]]");
    assertThat(text(body(prompts(shape("2", 0, "pace=2ms")), 0))).endsWith(" [[pace=2ms]]");
  }

  @Test
  void aFileIsAskedLineByLineAndAgain() {
    Prompts prompts =
        prompts(
            shape("1", 0, ""),
            "say \"hi\"\t",
            "",
            "{\"prompt\":\"\u0646\u0648\u0631\\n\",\"max_tokens\":5}",
            "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"}]}");

    assertThat(text(body(prompts, 0))).isEqualTo("say \"hi\"");
    assertThat(text(body(prompts, 1))).isEqualTo("\u0646\u0648\u0631\n");
    assertThat(body(prompts, 1).path("max_tokens").asInt()).isEqualTo(5);
    assertThat(body(prompts, 2).path("messages").path(0).path("role").asString())
        .isEqualTo("system");
    assertThat(body(prompts, 3)).isEqualTo(body(prompts, 0));
  }

  @Test
  void aFileThatCannotBeReadNamesTheLine() {
    assertThatThrownBy(() -> PromptFile.parse(List.of("x", "{\"a\":"), "f.jsonl"))
        .isInstanceOf(PlanException.class)
        .hasMessageStartingWith("f.jsonl:2 is not JSON");
    assertThatThrownBy(() -> PromptFile.parse(List.of("{}"), "f"))
        .hasMessage("f:1 has neither 'prompt' nor 'messages'.");
    assertThatThrownBy(() -> PromptFile.parse(List.of(" "), "f"))
        .hasMessage("There is no prompt in 'f'.");
  }
}
