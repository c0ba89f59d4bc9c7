package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.LedgerRow;
import tayyar.testing.NamedEvents;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.StreamedMessage;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Anthropic's dialect through the gateway. */
@Tag("socket")
final class MessagesTest {
  private static final String TOOLS =
      "[{\"name\":\"weather\",\"input_schema\":{\"type\":\"object\"}},"
          + "{\"name\":\"now\",\"input_schema\":{\"type\":\"object\"}},"
          + "{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]";

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static ObjectNode body(String words, boolean stream) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", TestGateway.MODEL).put("max_tokens", 100).put("stream", stream);
    body.putArray("messages").addObject().put("role", "user").put("content", "[[" + words + "]] x");
    body.set("tools", JsonMapper.shared().readTree(TOOLS));
    return body;
  }

  private static Response send(JsonNode body) throws IOException {
    return GATEWAY.send(Requests.post("/v1/messages", GATEWAY.key(), body.toString(), ""));
  }

  private static StreamedMessage streamed(Response response) {
    return StreamedMessage.of(NamedEvents.of(response.text()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokens=5",
        "tokens=5 arabic seed=3 bytewise",
        "reasoning=3 tokens=9 arabic",
        "calls@0",
        "calls@3 reasoning=2 seed=4",
        "calls@2 finish=stop",
        "tokens=4 finish=length",
        "tokens=4 finish=content_filter",
        "crlf comments mixed"
      })
  void aMessageIsTheSameStreamedAndWhole(String words) throws IOException {
    Response stream = send(body(words, true));
    Response whole = send(body(words, false));

    ObjectNode told = streamed(stream).whole();
    ObjectNode document = (ObjectNode) whole.json();
    for (ObjectNode each : new ObjectNode[] {told, document}) {
      assertThat(each.remove("id").asString()).startsWith("msg_");
      assertThat(each.path("role").asString()).isEqualTo("assistant");
      ((ObjectNode) each.path("usage")).remove("output_tokens");
    }
    assertThat(told).isEqualTo(document);
    assertThat(told.path("content")).isNotEmpty();
    LedgerRow row = GATEWAY.row(stream);
    assertThat(row.status()).isEqualTo(200);
    assertThat(row.outcome()).isEqualTo("completed");
  }

  @ParameterizedTest
  @CsvSource({
    "tokens=4,end_turn",
    "tokens=4 finish=length,max_tokens",
    "tokens=4 finish=content_filter,refusal",
    "calls@1,tool_use",
    "calls@1 finish=stop,tool_use"
  })
  void theReasonOfTheEndIsTold(String words, String reason) throws IOException {
    assertThat(streamed(send(body(words, true))).whole().path("stop_reason").asString())
        .isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut@2", "reset@2", "errorevent@2", "garbage@2"})
  void anAnswerThatBreaksOffEndsWithAnError(String words) throws IOException {
    Response response = send(body("tokens=9 " + words, true));

    StreamedMessage message = streamed(response);
    assertThat(message.error().path("type").asString()).isIn("overloaded_error", "api_error");
    assertThat(message.error().path("message").asString()).isNotEmpty();
    assertThat(message.text("text")).isNotEmpty();
    assertThat(GATEWAY.row(response).outcome()).isEqualTo("failed");
  }

  @Test
  void errorsBeforeTheAnswerHaveTheEnvelope() throws IOException {
    ObjectNode unknown = body("tokens=1", true).put("model", "nobody");
    Response notFound = send(unknown);
    assertThat(notFound.status()).isEqualTo(404);
    assertThat(notFound.json().path("type").asString()).isEqualTo("error");
    assertThat(notFound.json().path("error").path("type").asString()).isEqualTo("not_found_error");

    Response failed = send(body("status=400", true));
    assertThat(failed.status()).isEqualTo(400);
    assertThat(failed.json().path("error").path("type").asString())
        .isEqualTo("invalid_request_error");

    Response noKey = GATEWAY.send(Requests.post("/v1/messages", "sk-no", "{}", ""));
    assertThat(noKey.status()).isEqualTo(401);
    assertThat(noKey.json().path("error").path("type").asString())
        .isEqualTo("authentication_error");
  }

  @Test
  void theKeyMayStandInItsOwnField() throws IOException {
    String body = body("tokens=2", false).toString();
    String field = "x-api-key: " + GATEWAY.key() + "\r\n";
    String request = Requests.post("/v1/messages", "", body, field);
    try (RawHttp client = GATEWAY.connect()) {
      assertThat(client.send(request).response().status()).isEqualTo(200);
    }
  }

  @Test
  void theTargetIsAskedForAChat() throws IOException {
    String given =
        """
        {"model":"sim","max_tokens":9,"stop_sequences":["END"],"thinking":{"type":"adaptive"},
         "context_management":{"edits":[]},"metadata":{"user_id":"u"},
         "system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],
         "tool_choice":{"type":"tool","name":"weather","disable_parallel_tool_use":true},
         "tools":[{"name":"weather","description":"d","input_schema":{"type":"object"}}],
         "messages":[
          {"role":"user","content":[{"type":"text","text":"مرحبا"},
           {"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}}]},
          {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},
           {"type":"text","text":"Let me look."},
           {"type":"tool_use","id":"toolu_1","name":"weather","input":{"n":1.10,"s":"ق"}}]},
          {"role":"user","content":[
           {"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"Sunny"}]},
           {"type":"text","text":"And?"}]}]}
        """;
    Response response = GATEWAY.send(Requests.post("/v1/messages", GATEWAY.key(), given, ""));
    assertThat(response.status()).isEqualTo(200);

    String expected =
        """
        {"max_tokens":9,"stop":["END"],"messages":[
         {"role":"system","content":"Be brief."},
         {"role":"user","content":[{"type":"text","text":"مرحبا"},
          {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}]},
         {"role":"assistant","content":"Let me look.","tool_calls":[{"id":"toolu_1","type":"function",
          "function":{"name":"weather","arguments":"{\\"n\\":1.10,\\"s\\":\\"ق\\"}"}}]},
         {"role":"tool","tool_call_id":"toolu_1","content":"Sunny"},
         {"role":"user","content":"And?"}],
         "tools":[{"type":"function","function":{"name":"weather","description":"d",
          "parameters":{"type":"object"}}}],
         "tool_choice":{"type":"function","function":{"name":"weather"}},
         "parallel_tool_calls":false}
        """;
    var asked = (ObjectNode) GATEWAY.upstream().body();
    asked.remove(List.of("model", "stream", "stream_options"));
    assertThat(asked).isEqualTo(JsonMapper.shared().readTree(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\":\"sim\"}|messages",
        "{\"model\":\"sim\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"video\"}]}]}"
            + "|messages[0].content[0].type",
        "{\"model\":\"sim\",\"messages\":[{\"role\":\"robot\",\"content\":\"x\"}]}|messages[0].role",
        "{\"model\":\"sim\",\"messages\":[]}|messages",
        "{\"model\":\"sim\",\"system\":\"s\",\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}"
            + "|messages[0].content",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}|model"
      })
  void whatIsMalformedIsRefusedWithItsPlace(String body, String place) throws IOException {
    Response response = GATEWAY.send(Requests.post("/v1/messages", GATEWAY.key(), body, ""));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.json().path("error").path("param").asString()).isEqualTo(place);
  }

  @Test
  void tokensAreCounted() throws IOException {
    Response response =
        GATEWAY.send(
            Requests.post(
                "/v1/messages/count_tokens", GATEWAY.key(), body("x", false).toString(), ""));
    assertThat(response.json().path("input_tokens").asInt()).isPositive();
  }

  @Test
  void modelsAreListedAsTheCallerWants() throws IOException {
    String request =
        Requests.bare("GET", "/v1/models")
            .replaceFirst("\r\n\r\n", "\r\nanthropic-version: 2023-06-01\r\n\r\n");
    JsonNode list = GATEWAY.send(request).json();
    assertThat(list.path("data").path(0).path("type").asString()).isEqualTo("model");
    assertThat(list.path("has_more").asBoolean(true)).isFalse();
    assertThat(list.path("first_id")).isEqualTo(list.path("data").path(0).path("id"));
  }
}
