package tayyar.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.JsonText;
import tayyar.api.Message;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tayyar.openai.OpenAiTargets;
import tayyar.testing.Cases;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class UnfinishedTest {
  private static final String BODY =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"12345678\"}],"
          + "\"stream\":true,\"stream_options\":{\"include_usage\":true},"
          + "\"temperature\":0.1,\"seed\":9007199254740993,\"extra\":{\"a\":[1,2]}}";

  private static Unfinished of(String body, Feature... features) {
    return new Unfinished(
        OpenAiTargets::continued,
        new InferenceRequest(
            "m",
            List.of(new Message(Message.Role.USER, "12345678")),
            true,
            true,
            Sampling.NONE,
            List.of(),
            Set.of(features),
            body.getBytes(UTF_8),
            new InferenceRequest.Spans(1, 9, 12, -1, -1, -1, -1)),
        true,
        Room.ENDLESS);
  }

  private static void say(Unfinished unfinished, String... texts) {
    for (String text : texts) {
      byte[] json = JsonText.escape(text);
      unfinished.delta(0, Kind.CONTENT, json, 0, json.length);
    }
  }

  private static JsonNode body(Unfinished unfinished) {
    return JsonMapper.shared().readTree(unfinished.rest().body());
  }

  @Test
  void theRestIsTheSameRequestWithTheBeginningOfTheAnswer() {
    Unfinished unfinished = of(BODY);
    say(unfinished, "Hello ", "\"wor\\ld\"\n", "\u0645\u0631\u062d\u0628\u0627 \ud83d\ude00");

    assertThat(unfinished.brokeOff()).isTrue();
    assertThat(body(unfinished))
        .isEqualTo(
            JsonMapper.shared()
                .readTree(
                    """
                    {"messages":[{"role":"user","content":"12345678"},
                    {"role":"assistant","content":"Hello \\"wor\\\\ld\\"\\n\u0645\u0631\u062d\u0628\u0627 \ud83d\ude00"}],
                    "temperature":0.1,"seed":9007199254740993,"extra":{"a":[1,2]},
                    "continue_final_message":true,"add_generation_prompt":false}"""));
  }

  @Test
  void anyTextComesBackAsItWas() {
    Cases.times(
        300,
        random -> {
          Unfinished unfinished = of(BODY);
          StringBuilder all = new StringBuilder();
          for (int i = 0; i < 1 + random.nextInt(20); i++) {
            int point = Cases.one(random, 0x20, 0x80, 0x3000, 0x1F600) + random.nextInt(0x50);
            String text = Character.toString(random.nextInt(8) == 0 ? random.nextInt(0x20) : point);
            all.append(text);
            say(unfinished, text);
          }
          assertThat(unfinished.brokeOff()).isTrue();
          assertThat(body(unfinished).path("messages").path(1).path("content").asString())
              .isEqualTo(all.toString());
        });
  }

  @Test
  void usageIsThePromptOfTheFirstAndAllCompletions() {
    Unfinished unfinished = of(BODY);
    say(unfinished, "a", "b", "c");
    assertThat(unfinished.usage(new Usage(10, 3, 4, false))).isEqualTo(new Usage(10, 3, 4, false));
    unfinished.brokeOff();
    say(unfinished, "d", "e");
    assertThat(unfinished.usage(new Usage(13, 2, 12, false)))
        .isEqualTo(new Usage(10, 5, 10, false));
    unfinished.brokeOff();
    say(unfinished, "f");
    assertThat(unfinished.usage(new Usage(15, 1, 0, false))).isEqualTo(new Usage(10, 6, 0, false));
    assertThat(unfinished.untold()).isNull();
  }

  @Test
  void missingUsageOfTheFirstTryIsEstimatedAndMarked() {
    Unfinished unfinished = of(BODY);
    say(unfinished, "a", "b", "c");
    unfinished.brokeOff();
    say(unfinished, "d");
    assertThat(unfinished.untold()).isEqualTo(new Usage(2, 4, 0, true));

    assertThat(unfinished.usage(new Usage(13, 2, 0, false))).isEqualTo(new Usage(10, 5, 0, true));
  }

  /** Told before its first token; how many it wrote is seen by its deltas alone. */
  @Test
  void thePromptOfTheFirstTryCountsAlsoWhereNothingElseWasTold() {
    Unfinished unfinished = of(BODY);
    unfinished.usage(new Usage(10, 0, 4, false));
    say(unfinished, "a", "b", "c");
    unfinished.brokeOff();
    assertThat(unfinished.untold()).isEqualTo(new Usage(10, 3, 0, true));
    say(unfinished, "d");
    assertThat(unfinished.usage(new Usage(14, 1, 12, false))).isEqualTo(new Usage(10, 4, 10, true));
  }

  @Test
  void aZeroBehindATextIsNoNumber() {
    Unfinished unfinished = of(BODY);
    say(unfinished, "a", "b", "c");
    unfinished.usage(new Usage(10, 3, 0, false));
    unfinished.brokeOff();
    say(unfinished, "d");
    assertThat(unfinished.usage(new Usage(13, 0, 0, false))).isEqualTo(new Usage(10, 4, 0, true));
  }

  @Test
  void oneChoiceOfPlainTextAloneGoesOn() {
    assertThat(of(BODY, Feature.MULTIPLE_CHOICES).brokeOff()).isFalse();
    assertThat(of(BODY, Feature.RESPONSE_FORMAT).brokeOff()).isFalse();
    assertThat(of(BODY, Feature.AUDIO).brokeOff()).isFalse();
    assertThat(of(BODY.replace("extra", "guided_json")).brokeOff()).isFalse();
    assertThat(of(BODY.replace("extra", "tool_choice")).brokeOff()).isFalse();
    Unfinished thinking = of(BODY);
    thinking.delta(0, Kind.REASONING, new byte[] {'a'}, 0, 1);
    assertThat(thinking.brokeOff()).isFalse();
    Unfinished second = of(BODY);
    second.delta(1, Kind.CONTENT, new byte[] {'a'}, 0, 1);
    assertThat(second.brokeOff()).isFalse();
    Unfinished tools = of(BODY, Feature.TOOLS);
    say(tools, "a");
    assertThat(tools.brokeOff()).isTrue();
    say(tools, "b");
    tools.unspoken();
    assertThat(tools.brokeOff()).as("inside a tool call").isFalse();
  }

  /** An answer that is too long is not kept. */
  @Test
  void aLongAnswerDoesNotGoOn() {
    Unfinished most = of(BODY);
    say(most, "x".repeat(256 * 1024));
    assertThat(most.brokeOff()).isTrue();
    Unfinished more = of(BODY);
    say(more, "x".repeat(256 * 1024), "x");
    assertThat(more.brokeOff()).isFalse();
  }
}
