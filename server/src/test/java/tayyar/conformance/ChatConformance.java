package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.Events;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Chat completions on the wire, the same for each kind of server. */
abstract class ChatConformance {
  private static final int TOKENS = 12;

  /** A server with the model. */
  abstract Served served();

  /**
   * A server to test.
   *
   * @param connect opens a connection
   * @param key a key
   * @param model a model that answers with at least 12 tokens, the same for the same seed
   */
  record Served(Connecting connect, String key, String model) {
    /** Opens a connection. */
    interface Connecting {
      RawHttp open() throws IOException;
    }
  }

  private ObjectNode question(boolean stream) {
    return Requests.chat(served().model(), "Tell me of the Nile. [[tokens=40 seed=5]]", stream)
        .put("max_tokens", TOKENS)
        .put("temperature", 0)
        .put("seed", 5);
  }

  private ObjectNode withUsage(boolean wanted) {
    ObjectNode body = question(true);
    body.putObject("stream_options").put("include_usage", wanted);
    return body;
  }

  private Response send(String body) throws IOException {
    try (RawHttp client = served().connect().open()) {
      return client.send(Requests.post(served().key(), body)).response();
    }
  }

  private Response send(ObjectNode body) throws IOException {
    return send(body.toString());
  }

  private static List<JsonNode> choices(Events events) {
    return events.chunks().stream()
        .filter(chunk -> !chunk.path("choices").isEmpty())
        .map(chunk -> chunk.path("choices").get(0))
        .toList();
  }

  @Test
  void headOfAStream() throws IOException {
    RawHttp.Head head = send(question(true)).head();

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.field("Content-Type")).matches("text/event-stream(; charset=utf-8)?");
    assertThat(head.field("Cache-Control")).contains("no-cache", "no-transform");
    assertThat(head.field("X-Accel-Buffering")).isEqualTo("no");
    assertThat(head.field("Transfer-Encoding")).isEqualTo("chunked");
    assertThat(head.field("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(head.has("Content-Length")).isFalse();
    assertThat(head.has("Content-Encoding")).isFalse();
    assertThat(head.has("Connection")).isFalse();
    assertThat(head.field("X-Request-Id")).matches("[!-~]{8,64}");
    assertThat(head.field("X-RateLimit-Limit-Requests")).matches("[0-9]+");
    assertThat(head.field("X-RateLimit-Remaining-Requests")).matches("[0-9]+");
  }

  @Test
  void chunksHaveTheSchemasFields() throws IOException {
    List<JsonNode> chunks = send(withUsage(true)).events().chunks();

    Set<String> shared = new HashSet<>();
    for (JsonNode chunk : chunks) {
      shared.add(chunk.path("id").asString() + chunk.path("created") + chunk.path("model"));
      assertThat(chunk.path("id").asString()).startsWith("chatcmpl-");
      assertThat(chunk.path("object").asString()).isEqualTo("chat.completion.chunk");
      assertThat(chunk.path("created").isIntegralNumber()).isTrue();
      assertThat(chunk.path("model").asString()).isEqualTo(served().model());
      assertThat(chunk.path("choices").isArray()).isTrue();
      assertThat(chunk.has("error")).isFalse();
    }
    assertThat(shared).hasSize(1);
  }

  @Test
  void choicesHaveTheSchemasFields() throws IOException {
    assertThat(choices(send(question(true)).events()))
        .allSatisfy(
            choice -> {
              assertThat(choice.path("index").asInt(-1)).isZero();
              assertThat(choice.path("delta").isObject()).isTrue();
              assertThat(choice.has("finish_reason")).isTrue();
            });
  }

  @Test
  void firstDeltaCarriesTheRole() throws IOException {
    List<JsonNode> choices = choices(send(question(true)).events());

    JsonNode first = choices.getFirst().path("delta");
    assertThat(first.path("role").asString()).isEqualTo("assistant");
    assertThat(first.path("content").asString("absent")).isEmpty();
    assertThat(choices.subList(1, choices.size()))
        .noneMatch(choice -> choice.path("delta").has("role"));
  }

  @Test
  void lastChoiceCarriesTheFinishReasonAndNoText() throws IOException {
    List<JsonNode> choices = choices(send(question(true)).events());

    assertThat(choices.getLast().path("finish_reason").asString()).isEqualTo("length");
    assertThat(choices.getLast().path("delta")).isEmpty();
    assertThat(choices.subList(0, choices.size() - 1))
        .allMatch(choice -> choice.path("finish_reason").isNull());
  }

  @Test
  void lastEventIsDone() throws IOException {
    List<String> data = send(question(true)).events().data();

    assertThat(data.getLast()).isEqualTo("[DONE]");
    assertThat(data).containsOnlyOnce("[DONE]");
  }

  @Test
  void connectionServesTheNextRequest() throws IOException {
    try (RawHttp client = served().connect().open()) {
      String post = Requests.post(served().key(), question(true).toString());
      String first = client.send(post).response().events().content();
      Response whole =
          client.send(Requests.post(served().key(), question(false).toString())).response();
      String third = client.send(post).response().events().content();

      assertThat(whole.status()).isEqualTo(200);
      assertThat(third).isEqualTo(first).isNotBlank();
    }
  }

  @Test
  void noWriteSplitsAnEvent() throws IOException {
    assertThat(send(question(true)).chunks())
        .allSatisfy(
            chunk -> {
              assertThat(chunk.text()).endsWith("\n\n");
              assertThat(chunk.text()).matches("(?s)(data: |:).*");
              assertThat(Events.of(chunk.text()).all()).isNotEmpty();
            });
  }

  @Test
  void usageStaysAwayUnlessAsked() throws IOException {
    for (ObjectNode body : List.of(question(true), withUsage(false))) {
      List<JsonNode> chunks = send(body).events().chunks();

      assertThat(chunks).noneMatch(chunk -> chunk.path("usage").isObject());
      assertThat(chunks).noneMatch(chunk -> chunk.path("choices").isEmpty());
    }
  }

  @Test
  void usageComesLastAndIsNullBefore() throws IOException {
    List<JsonNode> chunks = send(withUsage(true)).events().chunks();

    JsonNode last = chunks.getLast();
    assertThat(last.path("choices").isArray()).isTrue();
    assertThat(last.path("choices")).isEmpty();
    assertUsage(last.path("usage"));
    assertThat(chunks.subList(0, chunks.size() - 1))
        .allMatch(chunk -> chunk.has("usage") && chunk.path("usage").isNull());
  }

  private static void assertUsage(JsonNode usage) {
    int prompt = usage.path("prompt_tokens").asInt();
    assertThat(prompt).isPositive();
    assertThat(usage.path("completion_tokens").asInt()).isEqualTo(TOKENS);
    assertThat(usage.path("total_tokens").asInt()).isEqualTo(prompt + TOKENS);
  }

  @Test
  void wholeAnswerHasTheSchemasFields() throws IOException {
    Response response = send(question(false));

    JsonNode json = response.json();
    assertThat(response.field("Content-Type")).startsWith("application/json");
    assertThat(json.path("id").asString()).startsWith("chatcmpl-");
    assertThat(json.path("object").asString()).isEqualTo("chat.completion");
    assertThat(json.path("created").isIntegralNumber()).isTrue();
    assertThat(json.path("model").asString()).isEqualTo(served().model());
    assertThat(json.path("choices")).hasSize(1);
    assertThat(json.path("choices").get(0).path("index").asInt(-1)).isZero();
    assertThat(json.path("choices").get(0).path("message").path("role").asString())
        .isEqualTo("assistant");
    assertThat(json.path("choices").get(0).path("finish_reason").asString()).isEqualTo("length");
    assertThat(json.has("error")).isFalse();
    assertUsage(json.path("usage"));
  }

  @Test
  void wholeAnswerSaysWhatTheStreamSays() throws IOException {
    String streamed = send(question(true)).events().content();
    JsonNode message = send(question(false)).json().path("choices").path(0).path("message");

    assertThat(message.path("content").asString()).isEqualTo(streamed).isNotBlank();
  }

  @Test
  void maxCompletionTokensWins() throws IOException {
    Events events = send(withUsage(true).put("max_completion_tokens", 3)).events();

    assertThat(events.usage().path("completion_tokens").asInt()).isEqualTo(3);
    assertThat(events.finishReason()).isEqualTo("length");
  }

  @Test
  void nullIsAbsent() throws IOException {
    ObjectNode body = question(false);
    for (String name :
        List.of(
            "top_p",
            "stop",
            "n",
            "frequency_penalty",
            "presence_penalty",
            "max_completion_tokens",
            "stream_options",
            "response_format",
            "tools",
            "logprobs",
            "top_logprobs",
            "logit_bias",
            "user")) {
      body.putNull(name);
    }

    assertThat(send(body).status()).isEqualTo(200);
  }

  @Test
  void unknownFieldsAreTaken() throws IOException {
    ObjectNode body = question(true).put("field_of_tomorrow", "x").put("store", false);
    body.putObject("metadata").put("a", "b");
    body.put("user", "someone").put("service_tier", "auto").put("reasoning_effort", "low");
    body.put("parallel_tool_calls", true).put("prompt_cache_key", "k");
    body.putObject("logit_bias");

    assertThat(send(body).events().done()).isTrue();
  }

  @Test
  void contentMayBeParts() throws IOException {
    ObjectNode body = question(true);
    ObjectNode message = (ObjectNode) body.path("messages").get(0);
    message.putArray("content").addObject().put("type", "text").put("text", "Hello [[tokens=40]]");

    assertThat(send(body).events().done()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "developer", "assistant"})
  void otherRolesMayComeFirst(String role) throws IOException {
    String body =
        question(true)
            .toString()
            .replace(
                "\"messages\":[",
                "\"messages\":[{\"role\":\"%s\",\"content\":\"Be short.\"},".formatted(role));

    assertThat(send(body).events().done()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "\\udc00 x", "a\\ud800\\ud800", "\\u0000", "\\u2028"})
  void oddCharactersDoNoHarm(String text) throws IOException {
    Response response = send(question(true).toString().replace("Tell me", text));

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.events().done()).isTrue();
  }

  @Test
  void arabicIsTaken() throws IOException {
    String body = question(true).toString().replace("Tell me of the Nile.", "حدّثني عن النيل 🙂");

    assertThat(send(body).events().done()).isTrue();
  }

  @Test
  void earlyErrorKeepsItsStatus() throws IOException {
    Response response = send(question(true).put("model", "nobody-knows-me"));

    assertThat(response.status()).isEqualTo(404);
    assertThat(response.field("Content-Type")).startsWith("application/json");
    assertThat(response.error().path("code").asString()).isEqualTo("model_not_found");
    assertThat(response.error().path("param").asString()).isEqualTo("model");
  }

  @Test
  void oldClientsGetNoChunks() throws IOException {
    String body = question(true).toString();
    try (RawHttp client = served().connect().open()) {
      client.send(Requests.post(served().key(), body).replace("HTTP/1.1", "HTTP/1.0"));
      RawHttp.Head head = client.head();

      assertThat(head.has("Transfer-Encoding")).isFalse();
      assertThat(head.has("Content-Length")).isFalse();
      assertThat(head.field("Connection")).isEqualTo("close");
      assertThat(client.body(head).events().done()).isTrue();
    }
  }
}
