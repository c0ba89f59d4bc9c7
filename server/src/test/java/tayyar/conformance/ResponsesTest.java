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
import tayyar.testing.NamedEvents;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.StreamedResponse;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's newer dialect through the gateway. */
@Tag("socket")
final class ResponsesTest {
  private static final String PATH = "/v1/responses";
  private static final String TOOLS =
      "[{\"type\":\"function\",\"name\":\"weather\",\"parameters\":{\"type\":\"object\"}},"
          + "{\"type\":\"function\",\"name\":\"now\",\"parameters\":{\"type\":\"object\"}},"
          + "{\"type\":\"web_search\"},{\"type\":\"namespace\",\"name\":\"x\"}]";

  /** What each response has, whatever its state. */
  private static final List<String> MEMBERS =
      List.of(
          "id",
          "object",
          "created_at",
          "completed_at",
          "status",
          "incomplete_details",
          "model",
          "previous_response_id",
          "instructions",
          "output",
          "error",
          "tools",
          "tool_choice",
          "truncation",
          "parallel_tool_calls",
          "text",
          "top_p",
          "presence_penalty",
          "frequency_penalty",
          "top_logprobs",
          "temperature",
          "reasoning",
          "usage",
          "max_output_tokens",
          "max_tool_calls",
          "store",
          "background",
          "service_tier",
          "metadata",
          "safety_identifier",
          "prompt_cache_key");

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static ObjectNode body(String words, boolean stream) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", TestGateway.MODEL).put("max_output_tokens", 100).put("stream", stream);
    body.put("input", "[[" + words + "]] x");
    body.set("tools", JsonMapper.shared().readTree(TOOLS));
    return body;
  }

  private static Response send(JsonNode body) throws IOException {
    return GATEWAY.send(Requests.post(PATH, GATEWAY.key(), body.toString(), ""));
  }

  private static StreamedResponse streamed(Response response) {
    return StreamedResponse.of(NamedEvents.of(response.text()));
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
  void aResponseIsTheSameStreamedAndWhole(String words) throws IOException {
    Response stream = send(body(words, true));
    Response whole = send(body(words, false));

    ObjectNode told = streamed(stream).response();
    var document = (ObjectNode) whole.json();
    assertThat(document.path("usage").path("output_tokens").asInt()).isPositive();
    for (ObjectNode each : new ObjectNode[] {told, document}) {
      assertThat(each.propertyNames()).containsAll(MEMBERS);
      assertThat(each.remove("id").asString()).startsWith("resp_");
      each.remove(List.of("created_at", "completed_at", "usage"));
      each.path("output").forEach(item -> ((ObjectNode) item).remove("id"));
    }
    assertThat(told).isEqualTo(document);
    assertThat(told.path("output")).isNotEmpty();
    assertThat(GATEWAY.row(stream).outcome()).isEqualTo("completed");
  }

  @ParameterizedTest
  @CsvSource({
    "tokens=4,completed,",
    "tokens=4 finish=length,incomplete,max_output_tokens",
    "tokens=4 finish=content_filter,incomplete,content_filter"
  })
  void theStatusIsTold(String words, String status, String reason) throws IOException {
    ObjectNode response = streamed(send(body(words, true))).response();
    assertThat(response.path("status").asString()).isEqualTo(status);
    assertThat(response.path("incomplete_details").path("reason").asString(null)).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut@2", "reset@2", "errorevent@2", "garbage@2"})
  void anAnswerThatBreaksOffFails(String words) throws IOException {
    Response response = send(body("tokens=9 " + words, true));

    StreamedResponse read = streamed(response);
    assertThat(read.error().path("message").asString()).isNotEmpty();
    ObjectNode failed = read.response();
    assertThat(failed.path("status").asString()).isEqualTo("failed");
    assertThat(failed.path("error").path("code").asString()).isEqualTo("server_error");
    assertThat(failed.path("output").path(0).path("status").asString()).isEqualTo("incomplete");
    assertThat(GATEWAY.row(response).outcome()).isEqualTo("failed");
  }

  @Test
  void thinkingIsASummaryWhereOneIsWanted() throws IOException {
    ObjectNode body = body("reasoning=3 tokens=9", true);
    JsonNode plain = streamed(send(body)).response().path("output").path(0);
    assertThat(plain.path("content").path(0).path("type").asString()).isEqualTo("reasoning_text");

    body.putObject("reasoning").put("summary", "auto");
    JsonNode summary = streamed(send(body)).response().path("output").path(0);
    assertThat(summary.path("summary").path(0).path("type").asString()).isEqualTo("summary_text");
    assertThat(summary.path("summary").path(0).path("text"))
        .isEqualTo(plain.path("content").path(0).path("text"));
  }

  @Test
  void theTargetIsAskedForAChat() throws IOException {
    String given =
        """
        {"model":"sim","max_output_tokens":9,"instructions":"Be brief.","store":false,
         "include":["reasoning.encrypted_content"],"prompt_cache_key":"k","client_metadata":{"a":"b"},
         "reasoning":{"effort":"low","summary":"auto"},
         "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","strict":true,
          "schema":{"type":"object"}}},
         "tool_choice":{"type":"function","name":"weather"},"parallel_tool_calls":false,
         "tools":[{"type":"function","name":"weather","description":"d","strict":true,
          "parameters":{"type":"object"}},{"type":"custom","name":"patch"},{"type":"web_search"}],
         "input":[
          {"type":"message","role":"user","content":[{"type":"input_text","text":"مرحبا"},
           {"type":"input_image","image_url":"data:image/png;base64,aGk="}]},
          {"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"e"},
          {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look."}]},
          {"type":"function_call","call_id":"c1","name":"weather","arguments":"{}"},
          {"type":"custom_tool_call","call_id":"c2","name":"patch","input":"***"},
          {"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"Sunny"},
           {"type":"input_image","image_url":"data:image/png;base64,aGk="}]},
          {"type":"custom_tool_call_output","call_id":"c2","output":"Done"},
          {"role":"user","content":"And?"}]}
        """;
    Response response = GATEWAY.send(Requests.post(PATH, GATEWAY.key(), given, ""));
    assertThat(response.status()).isEqualTo(200);

    String expected =
        """
        {"max_completion_tokens":9,"reasoning_effort":"low","verbosity":"low","messages":[
         {"role":"system","content":"Be brief."},
         {"role":"user","content":[{"type":"text","text":"مرحبا"},
          {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}]},
         {"role":"assistant","content":"I look.","tool_calls":[
          {"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}},
          {"id":"c2","type":"custom","custom":{"name":"patch","input":"***"}}]},
         {"role":"tool","tool_call_id":"c1","content":"Sunny"},
         {"role":"tool","tool_call_id":"c2","content":"Done"},
         {"role":"user","content":[
          {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}]},
         {"role":"user","content":"And?"}],
         "tools":[{"type":"function","function":{"name":"weather","description":"d",
          "parameters":{"type":"object"},"strict":true}},{"type":"custom","custom":{"name":"patch"}}],
         "tool_choice":{"type":"function","function":{"name":"weather"}},
         "parallel_tool_calls":false,
         "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,
          "schema":{"type":"object"}}}}
        """;
    var asked = (ObjectNode) GATEWAY.upstream().body();
    asked.remove(List.of("model", "stream", "stream_options"));
    assertThat(asked).isEqualTo(JsonMapper.shared().readTree(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\":\"sim\"}|invalid_value|input",
        "{\"model\":\"sim\",\"input\":\"x\",\"previous_response_id\":\"resp_1\"}"
            + "|responses_not_stored|previous_response_id",
        "{\"model\":\"sim\",\"input\":\"x\",\"background\":true}|responses_not_stored|background",
        "{\"model\":\"sim\",\"input\":[{\"type\":\"item_reference\",\"id\":\"i\"}]}"
            + "|responses_not_stored|input[0]",
        "{\"model\":\"sim\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"audio\"}]}]}"
            + "|invalid_value|input[0].content[0].type",
        "{\"model\":\"sim\",\"input\":\"x\",\"text\":{\"format\":{\"type\":\"xml\"}}}"
            + "|invalid_value|text.format.type",
        "{\"model\":\"sim\",\"instructions\":\"i\",\"input\":[{\"role\":\"user\",\"content\":[]}]}"
            + "|missing_content|input[0].content",
        "{\"model\":\"sim\",\"input\":[{\"role\":\"robot\",\"content\":\"x\"}]}"
            + "|invalid_role|input[0].role",
        "{\"model\":\"sim\",\"input\":\"x\"} more|invalid_json|",
        "{\"model\":\"sim\",\"input\":\"x\",\"input\":\"y\"}|invalid_json|",
        "[1]|invalid_json|"
      })
  void whatCannotBeIsRefusedWithItsPlace(String body, String code, String place)
      throws IOException {
    Response response = GATEWAY.send(Requests.post(PATH, GATEWAY.key(), body, ""));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo(code);
    assertThat(response.error().path("param").asString(null)).isEqualTo(place);
    assertThat(GATEWAY.row(response).status()).isEqualTo(400);
  }

  @Test
  void aWebSocketIsRefusedSoThatClientsGoOn() throws IOException {
    String request =
        Requests.bare("GET", PATH)
            .replaceFirst(
                "\r\n\r\n",
                "\r\nAuthorization: Bearer "
                    + GATEWAY.key()
                    + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    assertThat(GATEWAY.send(request).status()).isEqualTo(426);
  }

  @Test
  void tokensAreCounted() throws IOException {
    String body = body("x", false).toString();
    Response response =
        GATEWAY.send(Requests.post(PATH + "/input_tokens", GATEWAY.key(), body, ""));
    assertThat(response.json().path("input_tokens").asInt()).isPositive();
  }
}
