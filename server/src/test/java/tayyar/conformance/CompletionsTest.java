package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** POST /v1/completions: continues a plain text. */
@Tag("socket")
final class CompletionsTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static Response ask(String rest) throws IOException {
    return GATEWAY.send(request(rest));
  }

  private static String request(String rest) {
    String body = "{\"model\":\"sim\"," + rest + "}";
    return Requests.post("/v1/completions", GATEWAY.key(), body, "");
  }

  /** Returns the data of all events, unparsed. */
  private static List<String> data(Response response) {
    List<String> all = new ArrayList<>();
    for (String event : response.text().split("\n\n", -1)) {
      if (!event.isEmpty()) {
        assertThat(event).startsWith("data: ");
        all.add(event.substring(6));
      }
    }
    return all;
  }

  @Test
  void streams() throws IOException {
    Response response =
        ask(
            "\"prompt\":\"[[numbered tokens=4]]\",\"stream\":true,"
                + "\"stream_options\":{\"include_usage\":true}");
    List<String> data = data(response);

    assertThat(response.status()).isEqualTo(200);
    assertThat(data.removeLast()).isEqualTo("[DONE]");
    JsonNode usage = JsonMapper.shared().readTree(data.removeLast());
    assertThat(usage.path("choices").size()).isZero();
    assertThat(usage.path("usage").path("completion_tokens").asInt()).isEqualTo(4);
    StringBuilder text = new StringBuilder();
    String finish = "";
    for (String one : data) {
      JsonNode chunk = JsonMapper.shared().readTree(one);
      assertThat(chunk.path("object").asString()).isEqualTo("text_completion");
      assertThat(chunk.path("id").asString()).isEqualTo(usage.path("id").asString());
      assertThat(chunk.path("id").asString()).startsWith("cmpl-");
      assertThat(chunk.path("model").asString()).isEqualTo("sim");
      assertThat(chunk.path("usage").isNull()).isTrue();
      JsonNode choice = chunk.path("choices").path(0);
      assertThat(new ArrayList<>(choice.propertyNames()))
          .containsExactlyInAnyOrder("index", "text", "logprobs", "finish_reason");
      text.append(choice.path("text").asString());
      assertThat(finish).isEmpty();
      finish = choice.path("finish_reason").asString("");
    }
    assertThat(text).hasToString("0 1 2 3 ");
    assertThat(finish).isEqualTo("stop");
    assertThat(GATEWAY.row(response).completionTokens()).isEqualTo(4);
  }

  @Test
  void reads() throws IOException {
    Response response = ask("\"prompt\":[\"[[numbered tokens=4]]\"],\"max_tokens\":2");

    assertThat(response.status()).isEqualTo(200);
    JsonNode json = response.json();
    assertThat(json.path("object").asString()).isEqualTo("text_completion");
    assertThat(json.path("id").asString()).startsWith("cmpl-");
    assertThat(json.path("choices").toString())
        .isEqualTo(
            "[{\"index\":0,\"text\":\"0 1 \",\"logprobs\":null,\"finish_reason\":\"length\"}]");
    assertThat(json.path("usage").path("completion_tokens").asInt()).isEqualTo(2);
  }

  @Test
  void theBodyGoesOnAsItIs() throws IOException {
    String asked =
        "\"prompt\":\"a\",\"suffix\":\"z\",\"logprobs\":2,\"echo\":true,\"best_of\":1,\"x\":[";
    ask(asked + " ]");
    ReceivedRequest received = GATEWAY.upstream();
    assertThat(received.uri()).isEqualTo("/v1/completions");
    assertThat(received.body().toString())
        .isEqualTo("{\"model\":\"model-over-there\"," + asked + "]}");

    ask("\"stream\":true," + asked + "]");
    assertThat(GATEWAY.upstream().body().toString())
        .isEqualTo(
            "{\"stream_options\":{\"include_usage\":true},\"model\":\"model-over-there\",\"stream\":true,"
                + asked
                + "]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"n\":1|empty_input|prompt",
        "\"prompt\":null|empty_input|prompt",
        "\"prompt\":\"\"|empty_input|prompt",
        "\"prompt\":[\"a\",[1]]|invalid_value|prompt",
        "\"prompt\":[[1],[2.5]]|invalid_value|prompt",
        "\"prompt\":[\"a\",\"\"]|empty_input|prompt[1]",
        "\"prompt\":[\"a\",\"b\",\"c\"],\"n\":43|invalid_value|n",
        "\"prompt\":[[1],[2],[3]],\"best_of\":43|invalid_value|best_of",
        "\"prompt\":\"a\",\"n\":129|invalid_value|n",
        "\"prompt\":\"a\",\"echo\":1|invalid_value|echo",
        "\"prompt\":\"a\",\"suffix\":[]|invalid_value|suffix",
        "\"prompt\":{}|invalid_value|prompt",
        "\"prompt\":\"a\",\"temperature\":3|invalid_value|temperature",
        "\"prompt\":\"a\",\"max_tokens\":-2|invalid_value|max_tokens",
        "\"prompt\":\"a\",\"stream_options\":{}|invalid_value|stream_options",
      })
  void invalidBodiesAreRefusedHere(String body, String code, String param) throws IOException {
    long before = GATEWAY.simulator().requests();
    Response response = ask(body);

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo(code);
    assertThat(response.error().path("param").asString()).isEqualTo(param);
    assertThat(GATEWAY.simulator().requests()).isEqualTo(before);
  }

  @Test
  void tokensAreAPrompt() throws IOException {
    assertThat(ask("\"prompt\":[1,2,3]").status()).isEqualTo(200);
    assertThat(ask("\"prompt\":[[1,2,3]]").status()).isEqualTo(200);
  }

  @Test
  void severalPromptsGoOnTogether() throws IOException {
    String prompts = "\"prompt\":[\"a\",\"b\"],\"n\":64";
    assertThat(ask(prompts).status()).isEqualTo(200);
    assertThat(GATEWAY.upstream().body().toString())
        .isEqualTo("{\"model\":\"model-over-there\"," + prompts + "}");
    assertThat(ask("\"prompt\":[[1],[2]]").status()).isEqualTo(200);

    Response many = ask("\"prompt\":[" + "\"x\",".repeat(128) + "\"x\"]");
    assertThat(many.status()).isEqualTo(400);
    assertThat(many.error().path("code").asString()).isEqualTo("input_too_large");
  }

  @Test
  void aFailureInTheMiddle() throws IOException {
    List<String> data =
        data(ask("\"prompt\":\"[[numbered tokens=9 pace=1ms cut@3]]\",\"stream\":true"));

    assertThat(data.removeLast()).isEqualTo("[DONE]");
    JsonNode error = JsonMapper.shared().readTree(data.removeLast()).path("error");
    assertThat(error.path("code").asString()).isEqualTo("upstream_failed");
  }

  @Test
  void aFailureBeforeTheFirstToken() throws IOException {
    Response response = ask("\"prompt\":\"[[status=500]]\",\"stream\":true");

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.error().path("code").asString()).isEqualTo("upstream_failed");
  }

  @Test
  void theUpstreamIsLeftWhenTheClientLeaves() throws IOException {
    String key = GATEWAY.newKey(100);
    String body = "{\"model\":\"sim\",\"prompt\":\"[[tokens=9 hold@3]]\",\"stream\":true}";
    try (RawHttp client = GATEWAY.connect()) {
      client.send(Requests.post("/v1/completions", key, body, ""));
      GATEWAY.simulator().next(TestGateway.SOON).awaitHeld(TestGateway.SOON);
    }
    assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("client_gone");
    assertThat(GATEWAY.rowOf(key).status()).isEqualTo(499);
  }
}
