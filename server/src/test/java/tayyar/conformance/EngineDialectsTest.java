package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.LedgerRow;
import tayyar.testing.NamedEvents;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestEngine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens as the embedded model counts them, told in the dialects besides chats. */
@Tag("engine")
@Timeout(180)
final class EngineDialectsTest {
  @RegisterExtension static final TestEngine ENGINE = TestEngine.usual();

  private static final Spoken MESSAGES = new SpokenMessages();
  private static final Spoken RESPONSES = new SpokenResponses();

  private static Response post(String path, ObjectNode body) throws IOException {
    Response response = ENGINE.send(Requests.post(path, ENGINE.key(), body.toString(), ""));
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    return response;
  }

  private static ObjectNode message(String text, boolean stream) {
    ObjectNode body = MESSAGES.body(TestEngine.MODEL, text, stream).put("max_tokens", 5);
    body.remove("tools"); // The model would be held to their form.
    return body;
  }

  private static int prompt(JsonNode usage) {
    return usage.path("input_tokens").asInt(-1)
        + usage.path("cache_read_input_tokens").asInt(0)
        + usage.path("cache_creation_input_tokens").asInt(0);
  }

  /** The second time the prompt is in the cache, and what is read of it is told apart. */
  @Test
  void theFirstEventHasTheTrueTokens() throws IOException {
    ObjectNode body = message("Name the rivers of Africa, and the seas that they flow to.", true);
    int cached = -1;
    for (int i = 0; i < 2; i++) {
      Response response = post("/v1/messages", body);
      List<JsonNode> events = NamedEvents.of(response.text()).all();
      JsonNode start = events.getFirst().path("message").path("usage");
      JsonNode end = events.get(events.size() - 2).path("usage");
      for (String name : List.of("input_tokens", "cache_read_input_tokens")) {
        assertThat(start.path(name)).as(name).isEqualTo(end.path(name));
      }
      LedgerRow row = ENGINE.row(response);
      assertThat(prompt(start)).isEqualTo(row.promptTokens());
      assertThat(row.estimated()).isFalse();
      assertThat(row.completionTokens()).isEqualTo(end.path("output_tokens").asInt());
      assertThat(start.path("cache_read_input_tokens").asInt(0)).isGreaterThan(cached);
      cached = start.path("cache_read_input_tokens").asInt(0);
    }
  }

  @Test
  void clientsOfChatsAreToldAtTheEndAlone() throws IOException {
    Response response = ENGINE.chat(TestEngine.question("Name a river.", 4));
    List<JsonNode> chunks = response.events().chunks();
    for (JsonNode chunk : chunks.subList(0, chunks.size() - 1)) {
      assertThat(chunk.path("usage").isNull()).as(chunk.toString()).isTrue();
    }
    assertThat(chunks.getLast().path("usage").path("prompt_tokens").asInt()).isPositive();
  }

  /** Of Arabic text an estimate by bytes would be far off. */
  @ParameterizedTest
  @ValueSource(strings = {"Name a river.", "ما أطول نهر في العالم؟"})
  void aCountIsWhatTheAnswerTells(String text) throws IOException {
    for (boolean tools : new boolean[] {false, true}) {
      ObjectNode body = MESSAGES.body(TestEngine.MODEL, text, false).put("max_tokens", 3);
      ObjectNode asked = RESPONSES.body(TestEngine.MODEL, text, false).put("max_output_tokens", 3);
      if (!tools) {
        body.remove("tools");
        asked.remove("tools");
      }
      JsonNode message = post("/v1/messages", body).json();
      JsonNode response = post("/v1/responses", asked).json();

      JsonNode tokens = post("/v1/messages/count_tokens", body).json();
      assertThat(tokens).hasSize(1);
      assertThat(tokens.path("input_tokens").asInt()).isEqualTo(prompt(message.path("usage")));
      JsonNode input = post("/v1/responses/input_tokens", asked).json();
      assertThat(input.path("object").asString()).isEqualTo("response.input_tokens");
      assertThat(input.path("input_tokens")).isEqualTo(response.path("usage").path("input_tokens"));
    }
  }

  /** More than the context has: counted where it is tokenised, estimated where that is too dear. */
  @Test
  void aCountNeedNotFit() throws IOException {
    String one = "Name a river. ";
    int some = count(one.repeat(10));
    int many = count(one.repeat(1_000));
    assertThat(many).isGreaterThan(2_048);
    assertThat((many - some) / 990.0).as("tokens of one").isBetween(3.5, 4.5);
    assertThat(count("x".repeat(400_000))).isEqualTo(100_000);
  }

  private static int count(String text) throws IOException {
    JsonNode counted = post("/v1/messages/count_tokens", message(text, false)).json();
    return counted.path("input_tokens").asInt();
  }

  private static ObjectNode shell(JsonNode input, Object choice) {
    ObjectNode body = JsonMapper.shared().createObjectNode().put("model", TestEngine.MODEL);
    body.set("input", input);
    body.putArray("tools").addObject().put("type", "custom").put("name", "shell");
    body.putPOJO("tool_choice", choice);
    return body.put("max_output_tokens", 40).put("temperature", 0);
  }

  /** A custom tool is called with a text, whole and streamed, and told its result. */
  @Test
  void aCustomToolIsCalledInResponses() throws IOException {
    JsonMapper json = JsonMapper.shared();
    ArrayNode turns = json.createArrayNode();
    turns.addObject().put("role", "user").put("content", "List the files.");
    ObjectNode named = json.createObjectNode().put("type", "custom").put("name", "shell");
    JsonNode call = post("/v1/responses", shell(turns, named)).json().path("output").path(0);
    assertThat(call.path("type").asString()).isEqualTo("custom_tool_call");
    assertThat(call.path("name").asString()).isEqualTo("shell");
    String input = call.path("input").asString();
    assertThat(input).isNotEmpty().doesNotContain("{\"input");

    var streamed = new StringBuilder();
    String whole = "";
    Response stream = post("/v1/responses", shell(turns, named).put("stream", true));
    for (JsonNode event : NamedEvents.of(stream.text()).all()) {
      switch (event.path("type").asString()) {
        case "response.custom_tool_call_input.delta" ->
            streamed.append(event.path("delta").asString());
        case "response.custom_tool_call_input.done" -> whole = event.path("input").asString();
        default -> {}
      }
    }
    assertThat(streamed.toString()).isNotEmpty().isEqualTo(whole).doesNotContain("{\"input");

    turns.add(call);
    turns
        .addObject()
        .put("type", "custom_tool_call_output")
        .put("call_id", call.path("call_id").asString())
        .put("output", "a.txt");
    JsonNode after = post("/v1/responses", shell(turns, "none")).json();
    assertThat(after.path("output").path(0).path("type").asString()).isEqualTo("message");
  }

  @Test
  void nothingIsRecordedOfACount() throws IOException {
    Response counted = post("/v1/messages/count_tokens", message("x", false));
    Response answered = post("/v1/messages", message("x", false));
    ENGINE.row(answered);
    String id = counted.field("X-Request-Id");
    assertThat(ENGINE.rows()).isNotEmpty().noneMatch(row -> row.requestId().equals(id));
  }

  /** A picture can't be counted; it is refused where it is asked for. */
  @Test
  void whatTheModelCannotReadIsEstimated() throws IOException {
    String blocks =
        """
        [{"type":"text","text":"What is this picture?"},
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}}]
        """;
    ObjectNode body = message("x", false);
    ((ObjectNode) body.path("messages").path(0))
        .set("content", JsonMapper.shared().readTree(blocks));
    Response counted = post("/v1/messages/count_tokens", body);
    assertThat(counted.json().path("input_tokens").asInt()).isPositive();
  }
}
