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
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's newer dialect through the gateway. */
@Tag("socket")
final class ResponsesTest extends ChatTargetConformance {
  private static final String PATH = "/v1/responses";

  ResponsesTest() {
    super(new SpokenResponses());
  }

  @ParameterizedTest
  @CsvSource({
    "tokens=4,completed,",
    "tokens=4 finish=length,incomplete,max_output_tokens",
    "tokens=4 finish=content_filter,incomplete,content_filter"
  })
  void theStatusIsTold(String words, String status, String reason) throws IOException {
    ObjectNode response = spoken().streamed(send(body(words, true)));
    assertThat(response.path("status").asString()).isEqualTo(status);
    assertThat(response.path("incomplete_details").path("reason").asString(null)).isEqualTo(reason);
  }

  @Test
  void thinkingIsASummaryWhereOneIsWanted() throws IOException {
    ObjectNode body = body("reasoning=3 tokens=9", true);
    JsonNode plain = spoken().streamed(send(body)).path("output").path(0);
    assertThat(plain.path("content").path(0).path("type").asString()).isEqualTo("reasoning_text");

    body.putObject("reasoning").put("summary", "auto");
    JsonNode summary = spoken().streamed(send(body)).path("output").path(0);
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
    Response response = send(given);
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
          {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}},
          {"type":"text","text":"And?"}]}],
         "tools":[{"type":"function","function":{"name":"weather","description":"d",
          "parameters":{"type":"object"},"strict":true}},{"type":"custom","custom":{"name":"patch"}}],
         "tool_choice":{"type":"function","function":{"name":"weather"}},
         "parallel_tool_calls":false,
         "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,
          "schema":{"type":"object"}}}}
        """;
    var asked = (ObjectNode) gateway.upstream().body();
    asked.remove(List.of("model", "stream", "stream_options"));
    assertThat(asked).isEqualTo(JsonMapper.shared().readTree(expected));
  }

  /** As Codex sends it: many templates know no developer, and a system only at the beginning. */
  @Test
  void whatTheDeveloperSaysIsTheSystemsAtTheBeginningAndTheUsersLater() throws IOException {
    String given =
        """
        {"model":"sim","instructions":"A.","input":[
         {"role":"developer","content":[{"type":"input_text","text":"B."}]},
         {"role":"system","content":"C."},
         {"role":"user","content":[{"type":"input_text","text":"d"}]},
         {"role":"user","content":"e"},
         {"role":"developer","content":"F."},
         {"role":"assistant","content":"g"},
         {"role":"developer","content":"H."},
         {"role":"user","content":"i"}]}
        """;
    assertThat(send(given).status()).isEqualTo(200);
    String expected =
        """
        [{"role":"system","content":"A.\\n\\nB.\\n\\nC."},
         {"role":"user","content":"d\\ne\\n<system>\\nF.\\n</system>"},
         {"role":"assistant","content":"g"},
         {"role":"user","content":"<system>\\nH.\\n</system>\\ni"}]
        """;
    assertThat(gateway.upstream().body().path("messages"))
        .isEqualTo(JsonMapper.shared().readTree(expected));
  }

  /** Where a text comes from: told behind it, ahead of it, or with it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sourcesAreThoseOfTheText(boolean stream) throws IOException {
    String some =
        "\"annotations\":[{\"type\":\"url_citation\",\"url_citation\":{\"url\":\"http://x/\","
            + "\"title\":\"X\",\"start_index\":1,\"end_index\":2,\"content\":\"y\"}},"
            + "{\"type\":\"other\"}]";
    String more =
        "\"annotations\":[{\"type\":\"url_citation\",\"url_citation\":{\"url\":\"http://z/\"}}]";
    String chunk = "{\"choices\":[{\"index\":0,\"delta\":{%s},\"finish_reason\":%s}]}";
    String text = "\"content\":\"word\"";
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      if (stream) {
        upstream.streams(
            chunk.formatted(some, "null"),
            chunk.formatted(text, "null"),
            chunk.formatted(more, "null"),
            chunk.formatted("", "\"stop\""));
      } else {
        String all = some.substring(0, some.length() - 1) + "," + more.substring(15);
        upstream.answers(
            200,
            "application/json",
            "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                + text
                + ","
                + all
                + "},\"finish_reason\":\"stop\"}]}");
      }
      String body = spoken().body(TestFleet.MODEL, "x", stream).toString();
      Response response = fleet.post("/responses", body);
      ObjectNode told = stream ? spoken().streamed(response) : spoken().whole(response);
      assertThat(told.at("/output/0/content/0/annotations"))
          .isEqualTo(
              JsonMapper.shared()
                  .readTree(
                      "[{\"type\":\"url_citation\",\"start_index\":1,\"end_index\":2,"
                          + "\"url\":\"http://x/\",\"title\":\"X\"},"
                          + "{\"type\":\"url_citation\",\"start_index\":0,\"end_index\":0,"
                          + "\"url\":\"http://z/\",\"title\":\"\"}]"));
    }
  }

  /** A tier has its price: it is asked for, and told as the target says. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theTierIsTheTargets(boolean stream) throws IOException {
    ObjectNode body = body("tokens=2", stream);
    body.put("service_tier", "priority").put("user", "u").put("safety_identifier", "s");
    assertThat(send(body).status()).isEqualTo(200);
    JsonNode asked = gateway.upstream().body();
    assertThat(asked.path("service_tier").asString()).isEqualTo("priority");
    assertThat(asked.path("user").asString()).isEqualTo("u");
    assertThat(asked.path("safety_identifier").asString()).isEqualTo("s");

    String end = "\"finish_reason\":\"stop\"}],\"service_tier\":\"flex\"}";
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      if (stream) {
        String delta = "\"delta\":{\"content\":\"x\"},";
        upstream.streams("{\"choices\":[{\"index\":0," + delta + end);
      } else {
        String message = "\"message\":{\"role\":\"assistant\",\"content\":\"x\"},";
        upstream.answers(200, "application/json", "{\"choices\":[{\"index\":0," + message + end);
      }
      body.put("model", TestFleet.MODEL);
      Response response = fleet.post("/responses", body.toString());
      ObjectNode told = stream ? spoken().streamed(response) : spoken().whole(response);
      assertThat(told.path("service_tier").asString()).isEqualTo("flex");
      assertThat(told.path("metadata").isObject()).isTrue();
    }
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
    Response response = send(body);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo(code);
    assertThat(response.error().path("param").asString(null)).isEqualTo(place);
    assertThat(gateway.row(response).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/resp_1",
    "DELETE,/resp_1",
    "POST,/resp_1/cancel",
    "GET,/resp_1/input_items",
    "POST,/compact"
  })
  void noResponseIsStored(String method, String path) throws IOException {
    String key = "\r\nAuthorization: Bearer " + gateway.key() + "\r\nContent-Length: 0\r\n\r\n";
    String request = Requests.bare(method, PATH + path).replaceFirst("\r\n\r\n", key);
    Response response = gateway.send(request);
    assertThat(response.status()).isEqualTo(404);
    assertThat(response.error().path("code").asString()).isEqualTo("response_not_found");
  }

  @Test
  void aWebSocketIsRefusedSoThatClientsGoOn() throws IOException {
    String request =
        Requests.bare("GET", PATH)
            .replaceFirst(
                "\r\n\r\n",
                "\r\nAuthorization: Bearer "
                    + gateway.key()
                    + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    Response response = gateway.send(request);
    assertThat(response.status()).isEqualTo(426);
    assertThat(response.field("Upgrade")).isEqualTo("HTTP/1.1");
    assertThat(response.error().path("code").asString()).isEqualTo("upgrade_required");
  }

  @Test
  void tokensAreCounted() throws IOException {
    String body = body("x", false).toString();
    Response response =
        gateway.send(Requests.post(PATH + "/input_tokens", gateway.key(), body, ""));
    assertThat(response.json().path("input_tokens").asInt()).isPositive();
  }
}
