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
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Target.Dialect;
import tayyar.testing.BytesUpstream;
import tayyar.testing.NamedEvents;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Targets that speak OpenAI's newer language. */
@Tag("socket")
final class ResponsesUpstreamTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.speaking(Dialect.RESPONSES);

  private static final JsonMapper JSON = JsonMapper.shared();

  /** What only a client of the same language can be told: a server's own tools, sources, phases. */
  private static final String OUTPUT =
      """
      [{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"One."},
        {"type":"summary_text","text":"Two \\u0628."}],"encrypted_content":"gAAA/+=="},
       {"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search","query":"Nile"}},
       {"id":"msg_1","type":"message","status":"completed","role":"assistant","phase":"final_answer","content":[
        {"type":"output_text","text":"It is long.","logprobs":[],"annotations":[
         {"type":"url_citation","url":"http://x/","title":"X","start_index":0,"end_index":5}]}]},
       {"id":"fc_1","type":"function_call","status":"completed","call_id":"c1","name":"now","arguments":"{\\"a\\":1}"}]
      """;

  private static final String END =
      """
      {"id":"resp_theirs","object":"response","created_at":1,"status":"completed","model":"theirs",
       "error":null,"incomplete_details":null,"billing":{"payer":"x"},"service_tier":"flex",
       "usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":5},"output_tokens":42,
        "output_tokens_details":{"reasoning_tokens":7},"total_tokens":52}}
      """;

  private static JsonNode tree(String json) {
    return JSON.readTree(json);
  }

  private static String end() {
    ObjectNode end = (ObjectNode) tree(END);
    return end.set("output", tree(OUTPUT)).toString();
  }

  /** The events of that output, with one that nobody knows. */
  private static String stream() {
    List<String> events = new ArrayList<>();
    events.add("\"type\":\"response.created\",\"response\":{\"id\":\"resp_theirs\"}");
    JsonNode output = tree(OUTPUT);
    added(events, 0, "{\"id\":\"rs_1\",\"type\":\"reasoning\",\"summary\":[]}");
    for (int i = 0; i < 2; i++) {
      String at = "\"item_id\":\"rs_1\",\"output_index\":0,\"summary_index\":" + i;
      JsonNode text = output.path(0).path("summary").path(i).path("text");
      String part = ",\"part\":{\"type\":\"summary_text\",\"text\":%s}";
      events.add(type("reasoning_summary_part.added") + at + part.formatted("\"\""));
      events.add(type("reasoning_summary_text.delta") + at + ",\"delta\":" + text);
      events.add(type("reasoning_summary_text.done") + at + ",\"text\":" + text);
      events.add(type("reasoning_summary_part.done") + at + part.formatted(text));
    }
    done(events, 0, output);
    added(events, 1, "{\"id\":\"ws_1\",\"type\":\"web_search_call\",\"status\":\"in_progress\"}");
    events.add(type("web_search_call.searching") + "\"item_id\":\"ws_1\",\"output_index\":1");
    events.add(type("brand_new.delta") + "\"delta\":{\"x\":[1.50]}");
    done(events, 1, output);
    added(
        events,
        2,
        "{\"id\":\"msg_1\",\"type\":\"message\",\"status\":\"in_progress\",\"role\":\"assistant\",\"phase\":\"final_answer\",\"content\":[]}");
    String at = "\"item_id\":\"msg_1\",\"output_index\":2,\"content_index\":0";
    events.add(
        type("content_part.added")
            + at
            + ",\"part\":{\"type\":\"output_text\",\"text\":\"\",\"annotations\":[],\"logprobs\":[]}");
    for (String piece : List.of("It is ", "long.")) {
      events.add(
          type("output_text.delta")
              + at
              + ",\"logprobs\":[],\"obfuscation\":\"zz\",\"delta\":\""
              + piece
              + "\"");
    }
    events.add(
        type("output_text.annotation.added")
            + at
            + ",\"annotation_index\":0,\"annotation\":"
            + output.at("/2/content/0/annotations/0"));
    events.add(type("output_text.done") + at + ",\"logprobs\":[],\"text\":\"It is long.\"");
    events.add(type("content_part.done") + at + ",\"part\":" + output.at("/2/content/0"));
    done(events, 2, output);
    added(
        events,
        3,
        "{\"id\":\"fc_1\",\"type\":\"function_call\",\"status\":\"in_progress\",\"call_id\":\"c1\",\"name\":\"now\",\"arguments\":\"\"}");
    String call = "\"item_id\":\"fc_1\",\"output_index\":3";
    events.add(type("function_call_arguments.delta") + call + ",\"delta\":\"{\\\"a\\\":1}\"");
    events.add(
        type("function_call_arguments.done")
            + call
            + ",\"name\":\"now\",\"arguments\":\"{\\\"a\\\":1}\"");
    done(events, 3, output);
    events.add("\"type\":\"response.completed\",\"response\":" + end());
    StringBuilder all = new StringBuilder();
    for (String event : events) {
      String name = tree("{" + event + "}").path("type").asString();
      all.append("event: ").append(name).append("\ndata: {").append(event);
      all.append(",\"sequence_number\":").append(90).append("}\n\n");
    }
    return all.toString();
  }

  private static String type(String name) {
    return "\"type\":\"response." + name + "\",";
  }

  private static void added(List<String> events, int index, String item) {
    events.add(type("output_item.added") + "\"output_index\":" + index + ",\"item\":" + item);
  }

  private static void done(List<String> events, int index, JsonNode output) {
    events.add(
        type("output_item.done") + "\"output_index\":" + index + ",\"item\":" + output.path(index));
  }

  private static String body(boolean stream) {
    return "{\"model\":\"" + TestFleet.MODEL + "\",\"input\":\"x\",\"stream\":" + stream + "}";
  }

  private static void assertTheirs(ObjectNode response) {
    JsonNode theirs = tree(end());
    for (String member : List.of("output", "usage", "billing", "service_tier", "status")) {
      assertThat(response.path(member)).as(member).isEqualTo(theirs.path(member));
    }
    assertThat(response.path("id").asString()).startsWith("resp_").isNotEqualTo("resp_theirs");
    assertThat(response.path("model").asString()).isEqualTo(TestFleet.MODEL);
    assertThat(response.path("store").asBoolean(true)).isFalse();
  }

  @Test
  void aClientOfTheSameLanguageGetsAllOfAStream() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.RESPONSES, upstream)) {
      upstream.answers(200, "text/event-stream", stream());
      Response response = fleet.post("/responses", body(true));
      NamedEvents events = NamedEvents.of(response.text());
      List<JsonNode> sent = NamedEvents.of(stream() + "data: [DONE]\n\n").all();
      // Ours says that it began, in two events.
      List<JsonNode> told = events.all().subList(2, events.all().size() - 1);
      assertThat(told).hasSize(sent.size() - 2);
      for (int i = 0; i < told.size(); i++) {
        ObjectNode theirs = ((ObjectNode) sent.get(i + 1)).put("sequence_number", i + 2);
        theirs.remove("obfuscation");
        assertThat(told.get(i)).isEqualTo(theirs);
      }
      assertTheirs((ObjectNode) events.last().path("response"));
      assertThat(fleet.row(response).completionTokens()).isEqualTo(42);
      assertThat(fleet.row(response).cachedTokens()).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itGetsAllOfAWholeAnswer(boolean document) throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.RESPONSES, upstream)) {
      upstream.answers(
          200, document ? "application/json" : "text/event-stream", document ? end() : stream());
      assertTheirs((ObjectNode) fleet.post("/responses", body(false)).json());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aChatGetsWhatItKnows(boolean document) throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.RESPONSES, upstream)) {
      upstream.answers(
          200, document ? "application/json" : "text/event-stream", document ? end() : stream());
      ObjectNode chat = Requests.chat(TestFleet.MODEL, "x", false);
      JsonNode message = fleet.chat(chat).json().at("/choices/0/message");
      assertThat(message.path("content").asString()).isEqualTo("It is long.");
      assertThat(message.path("reasoning_content").asString()).isEqualTo("One.Two ب.");
      assertThat(message.at("/tool_calls/0/id").asString()).isEqualTo("c1");
      assertThat(message.at("/tool_calls/0/function/arguments").asString()).isEqualTo("{\"a\":1}");
      assertThat(message.path("reasoning_details"))
          .isEqualTo(
              tree(
                  """
                  [{"type":"reasoning.encrypted","data":"gAAA/+==","id":"rs_1","format":"openai-responses-v1"}]
                  """));
      assertThat(message.at("/annotations/0/url_citation/url").asString()).isEqualTo("http://x/");
    }
  }

  /** Its bytes go there as they are, whatever of them a chat could not say. */
  @Test
  void theTargetIsAskedInTheClientsOwnWords() throws IOException {
    String own =
        """
        {"model":"sim", "store":false,"include":["reasoning.encrypted_content"],"x_new":{"a":1.50},
         "tools":[{"type":"web_search"},{"type":"function","name":"now","parameters":{}}],
         "input":[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"e/="},
          {"type":"message","role":"user","content":[{"type":"input_text","text":"[[tokens=1]]"}]}],
         "stream":true}
        """;
    Response response = GATEWAY.send(Requests.post("/v1/responses", GATEWAY.key(), own, ""));
    assertThat(response.status()).isEqualTo(200);
    var received = GATEWAY.upstream();
    assertThat(received.uri()).isEqualTo("/v1/responses");
    ObjectNode asked = (ObjectNode) received.body();
    assertThat(asked.path("model").asString()).isEqualTo("model-over-there");
    assertThat(asked).isEqualTo(((ObjectNode) tree(own)).set("model", asked.path("model")));
  }

  @Test
  void aChatBecomesARequest() throws IOException {
    String chat =
        """
        {"model":"sim","max_completion_tokens":50,"temperature":1.5,"n":1,"stop":null,"seed":4,"user":"u",
         "logprobs":true,"top_logprobs":2,"reasoning_effort":"low","verbosity":"low",
         "messages":[{"role":"system","content":"S"},
          {"role":"user","content":[{"type":"text","text":"look"},
           {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}},
           {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,BBBB"}}]},
          {"role":"assistant","content":"I look.","reasoning_details":[
            {"type":"reasoning.encrypted","data":"e/=","id":"rs_9","format":"openai-responses-v1"},
            {"type":"reasoning.text","signature":"s=="}],
           "tool_calls":[{"id":"c1","type":"function","function":{"name":"now","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"c1","content":"noon"},
          {"role":"user","content":"[[tokens=1]]"}],
         "tools":[{"type":"function","function":{"name":"now","parameters":{"type":"object"}}}],
         "tool_choice":{"type":"function","function":{"name":"now"}},"parallel_tool_calls":false,
         "response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}}}
        """;
    assertThat(GATEWAY.send(Requests.post(GATEWAY.key(), chat)).status()).isEqualTo(200);
    assertThat(GATEWAY.upstream().body())
        .isEqualTo(
            tree(
                """
                {"model":"model-over-there","stream":false,"store":false,"max_output_tokens":50,
                 "temperature":1.5,"user":"u","top_logprobs":2,"reasoning":{"effort":"low"},
                 "include":["reasoning.encrypted_content","message.output_text.logprobs"],
                 "parallel_tool_calls":false,"tool_choice":{"type":"function","name":"now"},
                 "tools":[{"type":"function","name":"now","parameters":{"type":"object"},"strict":false}],
                 "text":{"format":{"type":"json_schema","name":"a","schema":{"type":"object"}},"verbosity":"low"},
                 "input":[{"type":"message","role":"system","content":[{"type":"input_text","text":"S"}]},
                  {"type":"message","role":"user","content":[{"type":"input_text","text":"look"},
                   {"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"low"},
                   {"type":"input_file","file_data":"data:application/pdf;base64,BBBB","filename":"a.pdf"}]},
                  {"type":"reasoning","id":"rs_9","summary":[],"encrypted_content":"e/="},
                  {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look."}]},
                  {"type":"function_call","call_id":"c1","name":"now","arguments":"{}"},
                  {"type":"function_call_output","call_id":"c1","output":"noon"},
                  {"type":"message","role":"user","content":[{"type":"input_text","text":"[[tokens=1]]"}]}]}
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"n\":2|n",
        "\"stop\":[\"END\"]|stop",
        "\"logit_bias\":{\"5\":1}|logit_bias",
        "\"guided_regex\":\"a+\"|guided_regex",
        "\"tools\":[{\"type\":\"retrieval\"}]|tools[0].type"
      })
  void whatAResponseCannotBeAskedIsRefusedWithItsPlace(String member, String place)
      throws IOException {
    String chat =
        "{\"model\":\"sim\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]," + member + "}";
    Response response = GATEWAY.send(Requests.post(GATEWAY.key(), chat));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo("unsupported_by_model");
    assertThat(response.error().path("param").asString()).isEqualTo(place);
  }

  /** In the forms of OpenAI and of Open Responses, before an answer and in it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"error\",\"code\":\"server_error\",\"message\":\"m\",\"param\":null}",
        "{\"type\":\"error\",\"error\":{\"type\":\"server_error\",\"code\":null,\"message\":\"m\",\"param\":null}}",
        "{\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"output\":[],"
            + "\"error\":{\"code\":\"server_error\",\"message\":\"m\"}}}",
        "{\"type\":\"response.failed\",\"response\":{\"output\":[],"
            + "\"error\":{\"code\":\"server_error\",\"message\":\"m\"}}}"
      })
  void anErrorIsUnderstood(String event) throws IOException {
    String begun = stream().substring(0, stream().indexOf("event: response.output_text.done"));
    for (String before : List.of("", begun)) {
      try (var upstream = new BytesUpstream();
          var fleet = TestFleet.before(Dialect.RESPONSES, upstream)) {
        upstream.answers(200, "text/event-stream", before + "data: " + event + "\n\n");
        Response response = fleet.post("/responses", body(true));
        assertThat(fleet.row(response).outcome()).isEqualTo("failed");
        if (before.isEmpty()) {
          assertThat(response.status()).isEqualTo(503);
        } else {
          NamedEvents events = NamedEvents.of(response.text());
          JsonNode failed = events.last().path("response");
          assertThat(failed.path("status").asString()).isEqualTo("failed");
          assertThat(failed.at("/output/2/content/0/text").asString()).isEqualTo("It is long.");
          assertThat(failed.at("/output/2/status").asString()).isEqualTo("incomplete");
          List<String> types = events.types();
          assertThat(types.subList(types.size() - 5, types.size()))
              .containsExactly(
                  "response.output_text.done",
                  "response.content_part.done",
                  "response.output_item.done",
                  "error",
                  "response.failed");
        }
      }
    }
  }

  @Test
  void aRefusalIsPassedOn() throws IOException {
    String error =
        "{\"error\":{\"message\":\"No.\",\"type\":\"invalid_request_error\",\"param\":\"input\",\"code\":\"bad\"}}";
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.RESPONSES, upstream)) {
      upstream.answers(400, "application/json", error);
      Response response = fleet.post("/responses", body(true));
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.error().path("message").asString()).isEqualTo("No.");
      assertThat(
              fleet
                  .post("/embeddings", "{\"model\":\"" + TestFleet.MODEL + "\",\"input\":\"x\"}")
                  .status())
          .isEqualTo(400);
    }
  }

  /** The event says how it ended; the response in it may say nothing, or what was before. */
  @ParameterizedTest
  @ValueSource(strings = {"", "\"status\":\"in_progress\",", "\"status\":\"a\\nb\\\"c\","})
  void theEventsTypeIsTheStatus(String status) throws IOException {
    String end = end().replace("\"status\":\"completed\",\"model\"", status + "\"model\"");
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.RESPONSES, upstream)) {
      upstream.answers(
          200,
          "text/event-stream",
          "data: {\"type\":\"response.completed\",\"response\":" + end + "}\n\n");
      NamedEvents events = NamedEvents.of(fleet.post("/responses", body(true)).text());
      assertThat(events.types().getLast()).isEqualTo("response.completed");
      assertThat(events.last().at("/response/status").asString()).isEqualTo("completed");
      JsonNode chat = fleet.chat(Requests.chat(TestFleet.MODEL, "x", false)).json();
      assertThat(chat.at("/choices/0/message/content").asString())
          .as("all of it stands in the last event")
          .isEqualTo("It is long.");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"in_progress", "queued"})
  void aDocumentThatIsNotCompleteIsNoAnswer(String status) throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.RESPONSES, upstream)) {
      upstream.answers(200, "application/json", end().replaceFirst("completed", status));
      Response response = fleet.post("/responses", body(false));
      assertThat(response.status()).isEqualTo(503);
      assertThat(fleet.row(response).outcome()).isEqualTo("failed");
    }
  }

  /** An event's type is written in front of it, so it may make no lines of its own. */
  @Test
  void aTypeThatIsNoWordIsNotPassedOn() throws IOException {
    String forged =
        "data: {\"type\":\"x\\n\\nevent: response.completed\\ndata: {}\\n\\n\",\"a\":1}\n\n";
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.RESPONSES, upstream)) {
      upstream.answers(200, "text/event-stream", forged + stream());
      NamedEvents events = NamedEvents.of(fleet.post("/responses", body(true)).text());
      assertThat(events.types()).containsOnlyOnce("response.completed");
      assertTheirs((ObjectNode) events.last().path("response"));
    }
  }

  @Test
  void tokensThatAreToldOfNoAnswerAreNotMoreThanWereRead() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.RESPONSES, upstream)) {
      upstream.answers(
          200,
          "text/event-stream",
          stream().replace("\"cached_tokens\":5", "\"cached_tokens\":999"));
      Response response = fleet.post("/responses", body(true));
      assertThat(fleet.row(response).cachedTokens()).isEqualTo(10);
    }
  }
}
