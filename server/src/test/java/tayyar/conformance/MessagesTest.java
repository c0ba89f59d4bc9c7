package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.BytesUpstream;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Anthropic's dialect through the gateway. */
@Tag("socket")
final class MessagesTest extends ChatTargetConformance {
  MessagesTest() {
    super(new SpokenMessages());
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
    assertThat(spoken().streamed(send(body(words, true))).path("stop_reason").asString())
        .isEqualTo(reason);
  }

  /** A call's input is an object here, and in a chat any text. */
  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "1", "{} {}"})
  void argumentsThatAreNoObjectFailADocument(String arguments) throws IOException {
    ObjectNode document = JsonMapper.shared().createObjectNode();
    ObjectNode choice = document.putArray("choices").addObject().put("index", 0);
    choice.put("finish_reason", "tool_calls");
    ObjectNode call =
        choice.putObject("message").put("role", "assistant").putArray("tool_calls").addObject();
    call.put("id", "c1").put("type", "function");
    call.putObject("function").put("name", "now").put("arguments", arguments);
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.answers(200, "application/json", document.toString());
      String body = spoken().body(TestFleet.MODEL, "x", false).toString();
      Response response = fleet.send(Requests.post("/v1/messages", fleet.key(), body, ""));
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.json().path("error").path("type").asString()).isEqualTo("api_error");
      assertThat(fleet.row(response).status()).isEqualTo(502);
      assertThat(fleet.row(response).outcome()).isEqualTo("failed");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStopStringThatTheTargetNamesIsTold(boolean stream) throws IOException {
    String end = "\"finish_reason\":\"stop\",\"stop_reason\":\"END\"}]}";
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      if (stream) {
        upstream.streams("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}," + end);
      } else {
        String message = "\"message\":{\"role\":\"assistant\",\"content\":\"x\"},";
        upstream.answers(200, "application/json", "{\"choices\":[{\"index\":0," + message + end);
      }
      String body = spoken().body(TestFleet.MODEL, "x", stream).toString();
      Response response = fleet.send(Requests.post("/v1/messages", fleet.key(), body, ""));
      ObjectNode message = stream ? spoken().streamed(response) : spoken().whole(response);
      assertThat(message.path("stop_reason").asString()).isEqualTo("stop_sequence");
      assertThat(message.path("stop_sequence").asString()).isEqualTo("END");
    }
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

    Response noKey = gateway.send(Requests.post("/v1/messages", "sk-no", "{}", ""));
    assertThat(noKey.status()).isEqualTo(401);
    assertThat(noKey.json().path("error").path("type").asString())
        .isEqualTo("authentication_error");
  }

  @Test
  void theKeyMayStandInItsOwnField() throws IOException {
    String body = body("tokens=2", false).toString();
    String field = "x-api-key: " + gateway.key() + "\r\n";
    String request = Requests.post("/v1/messages", "", body, field);
    try (RawHttp client = gateway.connect()) {
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
    Response response = gateway.send(Requests.post("/v1/messages", gateway.key(), given, ""));
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
    var asked = (ObjectNode) gateway.upstream().body();
    asked.remove(List.of("model", "stream", "stream_options"));
    assertThat(asked).isEqualTo(JsonMapper.shared().readTree(expected));
  }

  /** As Claude Code sends it: many templates know a system only at the beginning. */
  @Test
  void aLaterSystemIsToldAtItsPlaceAsTheUsers() throws IOException {
    String given =
        """
        {"model":"sim","max_tokens":9,"system":[{"type":"text","text":"A."},
          {"type":"text","text":"B."}],"messages":[
         {"role":"user","content":[{"type":"text","text":"c"},{"type":"text","text":"d"}]},
         {"role":"system","content":[{"type":"text","text":"E."}]},
         {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"weather","input":{}}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"Sunny"}]},
         {"role":"system","content":"F."},
         {"role":"user","content":"g"}]}
        """;
    assertThat(send(given).status()).isEqualTo(200);
    String expected =
        """
        [{"role":"system","content":"A.\\nB."},
         {"role":"user","content":"c\\nd\\n<system>\\nE.\\n</system>"},
         {"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function",
          "function":{"name":"weather","arguments":"{}"}}]},
         {"role":"tool","tool_call_id":"t1","content":"Sunny"},
         {"role":"user","content":"<system>\\nF.\\n</system>\\ng"}]
        """;
    assertThat(gateway.upstream().body().path("messages"))
        .isEqualTo(JsonMapper.shared().readTree(expected));
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
    Response response = send(body);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.json().path("error").path("param").asString()).isEqualTo(place);
  }

  @Test
  void toolsComeAndGoWithinAConversation() throws IOException {
    String given =
        """
        {"model":"sim","max_tokens":9,"tools":[
          {"name":"a","input_schema":{"type":"object"}},
          {"name":"b","input_schema":{"type":"object"},"defer_loading":true},
          {"name":"c","input_schema":{"type":"object"}}],"messages":[
         {"role":"user","content":"x"},
         {"role":"system","content":[{"type":"text","text":"S."},
          {"type":"tool_addition","tool":{"type":"tool_reference","name":"b"}},
          {"type":"tool_removal","tool":{"type":"tool_reference","name":"c"}},
          {"type":"tool_addition","tool":{"type":"tool_definition","definition":
            {"name":"d","input_schema":{"type":"object"}}}}]}]}
        """;
    assertThat(send(given).status()).isEqualTo(200);
    JsonNode asked = gateway.upstream().body();
    assertThat(toolsOf(asked)).containsExactly("a", "b", "d");
    assertThat(asked.path("messages").path(0).path("content").asString())
        .isEqualTo("x\n<system>\nS.\n</system>");
  }

  private static List<String> toolsOf(JsonNode asked) {
    return asked
        .path("tools")
        .valueStream()
        .map(tool -> tool.path("function").path("name").asString())
        .toList();
  }

  /** As Claude Code defers them, which searches by itself. */
  @ParameterizedTest
  @CsvSource({"custom,none,a", "custom,c,a c", "tool_search_tool_regex_20251119,none,a b c"})
  void toolsWhoseLoadingIsDeferredAreToldOnceTheyAreFound(String type, String found, String names)
      throws IOException {
    String given =
        """
        {"model":"sim","max_tokens":9,"tools":[{"type":"TYPE","name":"s"},
          {"name":"a","input_schema":{"type":"object"}},
          {"name":"b","input_schema":{"type":"object"},"defer_loading":true},
          {"name":"c","input_schema":{"type":"object"},"defer_loading":true}],"messages":[
         {"role":"user","content":"x"},
         {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"a","input":{}}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[
           {"type":"tool_reference","tool_name":"FOUND"}]}]}]}
        """
            .replace("TYPE", type)
            .replace("FOUND", found);
    assertThat(send(given).status()).isEqualTo(200);
    JsonNode asked = gateway.upstream().body();
    assertThat(toolsOf(asked)).containsExactly(names.split(" ", -1));
    assertThat(asked.path("messages").path(2).path("content").asString()).contains(found);
  }

  /** As Anthropic's SDK for Node asks in a loop of tools; without threads it sends all. */
  @Test
  void noConversationIsStored() throws IOException {
    for (String thread : List.of("{\"type\":\"create\"}", "{\"type\":\"continue\"}")) {
      ObjectNode body = body("tokens=2", false);
      body.set("thread", JsonMapper.shared().readTree(thread));
      Response response = send(body);
      assertThat(response.status()).isEqualTo(400);
      JsonNode error = response.json().path("error");
      assertThat(error.path("type").asString()).isEqualTo("invalid_request_error");
      assertThat(error.path("param").asString()).isEqualTo("thread");
      assertThat(error.path("details").path("error_code").asString())
          .isEqualTo("thread_unsupported_request");
      assertThat(error.path("details").path("unsupported").path(0).asString()).isEqualTo("thread");
      assertThat(gateway.row(response).status()).isEqualTo(400);
    }
    assertThat(send(body("tokens=2", false).putNull("thread")).status()).isEqualTo(200);
  }

  @Test
  void tokensAreCounted() throws IOException {
    Response response =
        gateway.send(
            Requests.post(
                "/v1/messages/count_tokens", gateway.key(), body("x", false).toString(), ""));
    assertThat(response.json().path("input_tokens").asInt()).isPositive();
  }

  @Test
  void modelsAreListedAsTheCallerWants() throws IOException {
    String request =
        Requests.bare("GET", "/v1/models")
            .replaceFirst("\r\n\r\n", "\r\nanthropic-version: 2023-06-01\r\n\r\n");
    JsonNode list = gateway.send(request).json();
    assertThat(list.path("data").path(0).path("type").asString()).isEqualTo("model");
    assertThat(list.path("has_more").asBoolean(true)).isFalse();
    assertThat(list.path("first_id")).isEqualTo(list.path("data").path(0).path("id"));
  }
}
