package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.Target.Dialect;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.BytesUpstream;
import tayyar.testing.LedgerRow;
import tayyar.testing.NamedEvents;
import tayyar.testing.RawUpstream;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.StreamedMessage;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Servers that speak Anthropic's dialect: what they are asked, and what becomes of their answers.
 */
@Tag("socket")
final class MessagesUpstreamTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.speaking(Dialect.ANTHROPIC);

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<Dialect> OTHERS =
      List.of(Dialect.OPENAI, Dialect.GEMINI, Dialect.RESPONSES);
  private static final List<Dialect> BOTH = List.of(Dialect.ANTHROPIC, Dialect.ANTHROPIC);

  /**
   * What only a client of the same dialect can be told: tools of the server, sources, signatures.
   */
  private static final String RICH =
      """
      event: message_start
      data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"c","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"cache_read_input_tokens":5,"cache_creation_input_tokens":3,"output_tokens":1}}}

      event: ping
      data: {"type":"ping"}

      event: content_block_start
      data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me \\u0628 see"}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB/+=="}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":0}

      event: content_block_start
      data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"Zm9v"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":1}

      event: content_block_start
      data: {"type":"content_block_start","index":2,"content_block":{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\\"query\\":\\"Nile\\"}"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":2}

      event: content_block_start
      data: {"type":"content_block_start","index":3,"content_block":{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"http://x/","title":"X","encrypted_content":"eA=="}]}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":3}

      event: content_block_start
      data: {"type":"content_block_start","index":4,"content_block":{"type":"text","text":""}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"The Nile "}      }

      event: content_block_stop
      data: {"type":"content_block_stop","index":4}

      event: content_block_start
      data: {"type":"content_block_start","index":5,"content_block":{"type":"text","text":"","citations":[]}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":5,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","url":"http://x/","title":"X","cited_text":"long","encrypted_index":"aQ=="}}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":5,"delta":{"type":"text_delta","text":"is long."}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":5}

      event: message_delta
      data: {"type":"message_delta","delta":{"stop_reason":"pause_turn","stop_sequence":null,"container":null},"usage":{"output_tokens":42,"server_tool_use":{"web_search_requests":1}},"context_management":{"applied_edits":[]}}

      event: message_stop
      data: {"type":"message_stop"}

      """;

  private static final String WHOLE =
      """
      {"id":"msg_1","type":"message","role":"assistant","model":"c","content":[
      {"type":"thinking","thinking":"Let me \\u0628 see","signature":"EqQB/+=="},
      {"type":"redacted_thinking","data":"Zm9v"},
      {"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"Nile"}},
      {"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"http://x/","title":"X","encrypted_content":"eA=="}]},
      {"type":"text","text":"The Nile "},
      {"type":"text","text":"is long.","citations":[{"type":"web_search_result_location","url":"http://x/","title":"X","cited_text":"long","encrypted_index":"aQ=="}]}],
      "stop_reason":"pause_turn","stop_sequence":null,"container":null,
      "usage":{"input_tokens":10,"cache_read_input_tokens":5,"cache_creation_input_tokens":3,"output_tokens":42,"server_tool_use":{"web_search_requests":1}},
      "context_management":{"applied_edits":[]}}
      """;

  private static JsonNode tree(String json) {
    return JSON.readTree(json.replace('\'', '"'));
  }

  private static Response messages(TestFleet fleet, ObjectNode body) throws IOException {
    return fleet.post("/messages", body.toString());
  }

  private static ObjectNode message(boolean stream) {
    return new SpokenMessages().body(TestFleet.MODEL, "x", stream);
  }

  private ReceivedRequest asked(String chat) throws IOException {
    ObjectNode body = (ObjectNode) tree(chat);
    Response response = GATEWAY.chat(body.put("model", TestGateway.MODEL));
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    return GATEWAY.upstream();
  }

  @Test
  void aChatBecomesAMessage() throws IOException {
    ReceivedRequest received =
        asked(
            """
            {'stream':true,'max_completion_tokens':50,'temperature':1.5,'top_p':0.9,'top_k':4,
            'stop':'END','user':'u1','seed':4,'presence_penalty':0.5,'n':1,'logprobs':false,
            'messages':[
            {'role':'system','content':[{'type':'text','text':'S1','cache_control':{'type':'ephemeral'}}]},
            {'role':'developer','content':'S2'},
            {'role':'user','content':[{'type':'text','text':'look'},{'type':'text','text':''},
              {'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA','detail':'low'}},
              {'type':'image_url','image_url':{'url':'https://x/y.png'}},
              {'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,BBBB'}}]},
            {'role':'assistant','content':null,'reasoning_content':'hm',
              'reasoning_details':[{'type':'reasoning.text','signature':'s=='},{'type':'reasoning.encrypted','data':'e'},
                {'type':'reasoning.encrypted','data':'of Google','format':'google-gemini-v1'}],
              'tool_calls':[
              {'id':'call.1','type':'function','function':{'name':'now','arguments':''}},
              {'id':'c2','type':'function','function':{'name':'weather','arguments':'{\\"d\\":1.10}'}}]},
            {'role':'tool','tool_call_id':'call.1','content':'noon'},
            {'role':'tool','tool_call_id':'c2','content':[{'type':'text','text':'مشمس'}]},
            {'role':'user','content':'[[tokens=2]]'}],
            'tools':[{'type':'function','function':{'name':'now'}},
              {'type':'function','function':{'name':'weather','description':'W','parameters':{'type':'object'},'strict':true},'cache_control':{'type':'ephemeral'}}],
            'tool_choice':'required','parallel_tool_calls':false,
            'response_format':{'type':'json_schema','json_schema':{'name':'a','schema':{'type':'object'}}}}
            """);

    assertThat(received.uri()).isEqualTo("/v1/messages");
    assertThat(received.header("anthropic-version")).isEqualTo("2023-06-01");
    JsonNode body = received.body();
    assertThat(body)
        .isEqualTo(
            tree(
                """
                {'model':'model-over-there','stream':true,'max_tokens':50,
                'system':[{'type':'text','text':'S1','cache_control':{'type':'ephemeral'}},{'type':'text','text':'S2'}],
                'messages':[
                {'role':'user','content':[{'type':'text','text':'look'},
                  {'type':'image','source':{'type':'base64','media_type':'image/png','data':'AAAA'}},
                  {'type':'image','source':{'type':'url','url':'https://x/y.png'}},
                  {'type':'document','source':{'type':'base64','media_type':'application/pdf','data':'BBBB'},'title':'a.pdf'}]},
                {'role':'assistant','content':[
                  {'type':'thinking','thinking':'hm','signature':'s=='},{'type':'redacted_thinking','data':'e'},
                  {'type':'tool_use','id':'call_1','name':'now','input':{}},
                  {'type':'tool_use','id':'c2','name':'weather','input':{'d':1.10}}]},
                {'role':'user','content':[
                  {'type':'tool_result','tool_use_id':'call_1','content':[{'type':'text','text':'noon'}]},
                  {'type':'tool_result','tool_use_id':'c2','content':[{'type':'text','text':'مشمس'}]},
                  {'type':'text','text':'[[tokens=2]]'}]}],
                'stop_sequences':['END'],
                'tools':[{'name':'now','input_schema':{'type':'object','properties':{}}},
                  {'name':'weather','description':'W','input_schema':{'type':'object'},'strict':true,'cache_control':{'type':'ephemeral'}}],
                'tool_choice':{'type':'any','disable_parallel_tool_use':true},
                'output_config':{'format':{'type':'json_schema','schema':{'type':'object'}}},
                'temperature':1,'top_p':0.9,'top_k':4,'metadata':{'user_id':'u1'}}
                """));
  }

  @Test
  void aMessageNeedsABoundAndAChatDoesNot() throws IOException {
    JsonNode body = asked("{'messages':[{'role':'user','content':'x'}]}").body();
    assertThat(body.path("max_tokens").asInt()).isEqualTo(8192);
    assertThat(body.path("stream").asBoolean(true)).isFalse();
    body = asked("{'max_tokens':-1,'messages':[{'role':'user','content':'x'}]}").body();
    assertThat(body.path("max_tokens").asInt()).as("no limit").isEqualTo(8192);
  }

  @ParameterizedTest
  @CsvSource({
    "low,auto,1600",
    "medium,auto,4000",
    "high,none,6400",
    "low,required,0",
    "none,auto,0",
    "minimal,auto,0"
  })
  void anEffortIsTokensToThinkWith(String effort, String choice, int tokens) throws IOException {
    JsonNode body =
        asked(
                """
                {'max_tokens':8000,'reasoning_effort':'%s','temperature':0.5,'tool_choice':'%s',
                'tools':[{'type':'function','function':{'name':'now'}}],
                'messages':[{'role':'user','content':'x'}]}
                """
                    .formatted(effort, choice))
            .body();
    assertThat(body.path("thinking").path("budget_tokens").asInt(0)).isEqualTo(tokens);
    assertThat(body.has("temperature")).as("what forbids thinking").isEqualTo(tokens == 0);
  }

  /** A target takes a conversation in which it thought only with its own thinking. */
  @Test
  void behindACallWithoutItsThinkingThereIsNone() throws IOException {
    JsonNode body =
        asked(
                """
                {'reasoning_effort':'high','messages':[{'role':'user','content':'x'},
                {'role':'assistant','content':'y','tool_calls':[{'id':'c','type':'function','function':{'name':'now','arguments':'{}'}}]},
                {'role':'tool','tool_call_id':'c','content':'z'}]}
                """)
            .body();
    assertThat(body.has("thinking")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'n':2|n",
        "'logprobs':true|logprobs",
        "'logit_bias':{'1':2}|logit_bias",
        "'modalities':['text','audio']|modalities",
        "'functions':[{'name':'f'}]|functions",
        "'guided_choice':['a','b']|guided_choice",
        "'web_search_options':{}|web_search_options",
        "'response_format':{'type':'json_object'}|response_format",
        "'tools':[{'type':'custom','custom':{'name':'c'}}]|tools[0].type"
      })
  void whatAMessageCannotSayIsRefused(String member, String param) throws IOException {
    ObjectNode body =
        (ObjectNode) tree("{'messages':[{'role':'user','content':'x'}]," + member + "}");
    Response response = GATEWAY.chat(body.put("model", TestGateway.MODEL));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo("unsupported_by_model");
    assertThat(response.error().path("param").asString()).isEqualTo(param);
    LedgerRow row = GATEWAY.row(response);
    assertThat(row.status()).isEqualTo(400);
    assertThat(row.promptTokens()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/completions", "/v1/embeddings"})
  void otherEndpointsAreNotThere(String path) throws IOException {
    String body = "{\"model\":\"sim\",\"prompt\":\"x\",\"input\":\"x\"}";
    Response response = GATEWAY.send(Requests.post(path, GATEWAY.key(), body, ""));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString())
        .isEqualTo("model_not_supported_on_endpoint");
  }

  /** A request of the same dialect goes on as it is, but for the model's name. */
  @Test
  void aMessageStaysWhatItIs() throws IOException {
    String body =
        """
        {"model":"sim", "max_tokens":7,"temperature":1.10,"unknown":{"x":[1e3]},"thinking":{"type":"adaptive"},
        "system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral","ttl":"1h"}}],
        "messages":[{"role":"user","content":[{"type":"new_block","its":"f"},{"type":"text","text":"[[tokens=2]]"}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s=="},{"type":"text","text":"y"}]},
        {"role":"user","content":"[[tokens=2]]"}],
        "tools":[{"type":"web_search_20250305","name":"web_search","max_uses":2}],"stream":true}
        """;
    String fields =
        "anthropic-version: 2024-01-01\r\nanthropic-beta: a-1\r\nanthropic-beta: b-2\r\n";
    Response response = GATEWAY.send(Requests.post("/v1/messages", GATEWAY.key(), body, fields));
    assertThat(response.status()).as(response.text()).isEqualTo(200);

    ReceivedRequest received = GATEWAY.upstream();
    assertThat(received.header("anthropic-version")).isEqualTo("2024-01-01");
    assertThat(received.header("anthropic-beta")).isEqualTo("a-1,b-2");
    ObjectNode expected = (ObjectNode) JSON.readTree(body);
    expected.put("model", "model-over-there");
    assertThat(received.body()).isEqualTo(expected);
    StreamedMessage message = StreamedMessage.of(NamedEvents.of(response.text()));
    assertThat(message.whole().path("model").asString()).isEqualTo("sim");
  }

  @Test
  void instructionsAloneAreTheUsers() throws IOException {
    String body =
        "{\"model\":\"sim\",\"messages\":[{\"role\":\"system\",\"content\":\"[[tokens=1]]\"}]}";
    assertThat(GATEWAY.send(Requests.post(GATEWAY.key(), body)).status()).isEqualTo(200);
    JsonNode asked = GATEWAY.upstream().body();
    assertThat(asked.path("messages").findValuesAsString("role")).containsExactly("user");
    assertThat(asked.has("system")).isFalse();
  }

  /** What no chat can say goes to no other target. */
  @Test
  void aBlockOfTheSameDialectAloneGoesThereAlone() throws IOException {
    ObjectNode body = message(true);
    body.putArray("messages").add(tree("{'role':'user','content':[{'type':'container_upload'}]}"));
    for (Dialect other : OTHERS) {
      try (var fleet =
          TestFleet.speaking(List.of(other, Dialect.ANTHROPIC), "status=503", "tokens=2")) {
        Response response = messages(fleet, body);
        assertThat(response.status()).as(response.text()).isEqualTo(200);
        assertThat(fleet.row(response).target()).isEqualTo("t1");
        assertThat(fleet.simulator(0).requests()).isZero();
      }
      try (var fleet = TestFleet.speaking(List.of(other), "")) {
        Response response = messages(fleet, body);
        assertThat(response.status()).isEqualTo(400);
        JsonNode error = response.json().path("error");
        assertThat(error.path("code").asString()).isEqualTo("unsupported_by_model");
        assertThat(error.path("param").asString()).isEqualTo("messages[0].content[0].type");
      }
    }
  }

  /** Models write such arguments, and a chat may hold them. */
  @Test
  void argumentsThatAreNoObjectAreRefused() throws IOException {
    ObjectNode body =
        (ObjectNode)
            tree(
                """
                {'messages':[{'role':'user','content':'x'},{'role':'assistant','tool_calls':[
                {'id':'c','type':'function','function':{'name':'now','arguments':'{'}}]},
                {'role':'tool','tool_call_id':'c','content':'z'}]}
                """);
    Response response = GATEWAY.chat(body.put("model", TestGateway.MODEL));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo("unsupported_by_model");
    assertThat(response.error().path("param").asString())
        .isEqualTo("messages[1].tool_calls[0].function.arguments");
  }

  /** What a message can't say goes to a target that takes chats. */
  @Test
  void aChatThatNoMessageSaysGoesElsewhere() throws IOException {
    try (var fleet =
        TestFleet.speaking(List.of(Dialect.ANTHROPIC, Dialect.OPENAI), "", "tokens=2")) {
      Response response =
          fleet.chat(Requests.chat(TestFleet.MODEL, "x", true).put("seed", 1).put("n", 2));
      assertThat(response.status()).as(response.text()).isEqualTo(200);
      assertThat(fleet.row(response).target()).isEqualTo("t1");
    }
  }

  @Test
  void theSameDialectIsToldAll() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.ANTHROPIC, upstream)) {
      upstream.streamsRaw(RICH);
      Response stream = messages(fleet, message(true));
      NamedEvents events = NamedEvents.of(stream.text());
      JsonNode start = events.all().getFirst().path("message").path("usage");
      assertThat(start.path("input_tokens").asInt()).as("true at once").isEqualTo(10);
      assertThat(start.path("cache_creation_input_tokens").asInt()).isEqualTo(3);
      assertThat(start.path("cache_read_input_tokens").asInt()).isEqualTo(5);
      ObjectNode told = StreamedMessage.of(events).whole();
      upstream.answers(200, "application/json", WHOLE);
      ObjectNode whole = (ObjectNode) messages(fleet, message(false)).json();

      ObjectNode expected = (ObjectNode) JSON.readTree(WHOLE);
      expected.put("model", TestFleet.MODEL);
      for (ObjectNode each : List.of(told, whole)) {
        assertThat(each.path("id").asString()).startsWith("msg_");
        each.put("id", "msg_1");
      }
      assertThat(whole).isEqualTo(expected);
      JsonNode aside = events.all().get(events.all().size() - 2).path("context_management");
      told.set("context_management", aside);
      assertThat(told).isEqualTo(expected);
      LedgerRow row = fleet.row(stream);
      assertThat(row.promptTokens()).isEqualTo(18);
      assertThat(row.completionTokens()).isEqualTo(42);
    }
  }

  /** Also where its parts came one after the other. */
  @Test
  void aDocumentThatCameAsAStreamIsTheSame() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.streaming(Dialect.ANTHROPIC, upstream)) {
      upstream.streamsRaw(RICH);
      ObjectNode whole = (ObjectNode) messages(fleet, message(false)).json();
      ObjectNode expected = (ObjectNode) JSON.readTree(WHOLE);
      expected.put("model", TestFleet.MODEL).put("id", whole.path("id").asString());
      assertThat(whole).isEqualTo(expected);
    }
  }

  /** Events of one block, behind a beginning and before an end. */
  private static String block(String block, String... deltas) {
    var events = new StringBuilder(RICH.substring(0, RICH.indexOf("event: ping")));
    String data = "data: {'type':'content_block_%s','index':0%s}\n\n";
    events.append(data.formatted("start", ",'content_block':" + block).replace('\'', '"'));
    for (String delta : deltas) {
      events.append(data.formatted("delta", ",'delta':" + delta).replace('\'', '"'));
    }
    events.append(data.formatted("stop", "").replace('\'', '"'));
    return events
        + """
        data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":10,"cache_read_input_tokens":null,"output_tokens":4}}

        data: {"type":"message_stop"}

        """;
  }

  /** A call has members of its own, such as who made it. */
  @Test
  void aCallIsToldWhole() throws IOException {
    String begun = "{'type':'tool_use','id':'t1','name':'now','input':{},'caller':{'type':'c'}}";
    String input = "{'type':'input_json_delta','partial_json':'%s'}";
    String events = block(begun, input.formatted("{"), input.formatted("}"));
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.ANTHROPIC, upstream);
        var other = new BytesUpstream();
        var streaming = TestFleet.streaming(Dialect.ANTHROPIC, other)) {
      upstream.streamsRaw(events);
      other.streamsRaw(events);
      NamedEvents streamed = NamedEvents.of(messages(fleet, message(true)).text());
      for (JsonNode told :
          List.of(
              StreamedMessage.of(streamed).whole(), messages(streaming, message(false)).json())) {
        assertThat(told.path("content").path(0)).as(told.toString()).isEqualTo(tree(begun));
        assertThat(told.path("stop_reason").asString()).isEqualTo("tool_use");
      }
    }
  }

  /** Of what a stream tells twice, the second counts; what it does not tell again stays. */
  @Test
  void tokensOfACacheAreToldOnce() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.ANTHROPIC, upstream)) {
      upstream.streamsRaw(block("{'type':'text','text':'x'}"));
      Response response = messages(fleet, message(true));
      JsonNode usage = StreamedMessage.of(NamedEvents.of(response.text())).whole().path("usage");
      assertThat(usage.path("cache_read_input_tokens").asInt()).isEqualTo(5);
      LedgerRow row = fleet.row(response);
      assertThat(row.promptTokens()).isEqualTo(18);
      assertThat(row.completionTokens()).isEqualTo(4);
    }
  }

  /** In a document no token is seen. */
  @Test
  void aDocumentWithoutTokensIsEstimated() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.ANTHROPIC, upstream)) {
      String text = "x".repeat(400);
      upstream.answers(
          200,
          "application/json",
          tree("{'content':[{'type':'text','text':'" + text + "'}],'stop_reason':'end_turn'}")
              .toString());
      Response response = messages(fleet, message(false));
      assertThat(response.json().path("usage").path("output_tokens").asInt()).isEqualTo(100);
      assertThat(fleet.row(response).completionTokens()).isEqualTo(100);
      assertThat(fleet.row(response).promptTokens()).isPositive();
    }
  }

  /** Odd events end no stream and make no disorder. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'text','text':null}|{'type':'new_delta','x':1}",
        "{'type':'text'}|null",
        "null|{'type':'text_delta'}",
        "[]|[]",
        "{'type':'new'}|7",
        "{'type':'thinking','signature':[]}|{'type':'signature_delta','signature':3}",
        "{'type':'redacted_thinking'}|{'type':'citations_delta','citation':null}"
      })
  void oddBlocksMakeNoDisorder(String odd) throws IOException {
    String[] parts = odd.split("\\|", -1);
    String whole = block("{'type':'text','text':'good'}");
    String events = whole.replace("data: {\"type\":\"message_delta\"", "EVENT");
    String before = block(parts[0], parts[1]);
    before = before.substring(0, before.indexOf("data: {\"type\":\"message_delta\""));
    events =
        before
            + events
                .substring(events.indexOf("data: {\"type\":\"content_block_start\""))
                .replace("\"index\":0", "\"index\":1")
                .replace("EVENT", "data: {\"type\":\"message_delta\"");
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.ANTHROPIC, upstream)) {
      upstream.streamsRaw(events);
      Response stream = messages(fleet, message(true));
      assertThat(stream.text()).contains("good");
      assertOrder(NamedEvents.of(stream.text()));
      Response chat = fleet.chat(new SpokenChats().body(TestFleet.MODEL, "x", true));
      assertThat(new SpokenChats().streamed(chat).path("content").asString()).isEqualTo("good");
    }
  }

  /** Each block is an object, begins once, goes on and ends. */
  private static void assertOrder(NamedEvents events) {
    int open = -1;
    int next = 0;
    for (JsonNode event : events.all()) {
      int index = event.path("index").asInt(-1);
      switch (NamedEvents.type(event)) {
        case "content_block_start" -> {
          assertThat(open).isEqualTo(-1);
          assertThat(index).isEqualTo(next++);
          assertThat(event.path("content_block").isObject()).isTrue();
          open = index;
        }
        case "content_block_delta" -> {
          assertThat(index).isEqualTo(open).isNotNegative();
          assertThat(event.path("delta").isObject()).isTrue();
        }
        case "content_block_stop" -> {
          assertThat(index).isEqualTo(open).isNotNegative();
          open = -1;
        }
        default -> assertThat(index).isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aChatIsToldWhatItKnows(boolean stream) throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.ANTHROPIC, upstream)) {
      if (stream) {
        upstream.streamsRaw(RICH);
      } else {
        upstream.answers(200, "application/json", WHOLE);
      }
      var chats = new SpokenChats();
      Response response = fleet.chat(chats.body(TestFleet.MODEL, "x", stream));
      ObjectNode told = stream ? chats.streamed(response) : chats.whole(response);
      assertThat(told.path("content").asString()).isEqualTo("The Nile is long.");
      assertThat(told.path("reasoning_content").asString()).isEqualTo("Let me ب see");
      assertThat(told.path("finish_reason").asString()).isEqualTo("stop");
      JsonNode usage = told.path("usage");
      assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(18);
      JsonNode prompt = usage.path("prompt_tokens_details");
      assertThat(prompt.path("cached_tokens").asInt()).isEqualTo(5);
      assertThat(prompt.path("cache_write_tokens").asInt()).isEqualTo(3);
      assertThat(usage.path("completion_tokens").asInt()).isEqualTo(42);
      JsonNode details = told.path("reasoning_details");
      assertThat(details.path(0).path("signature").asString()).isEqualTo("EqQB/+==");
      assertThat(details.path(1).path("data").asString()).isEqualTo("Zm9v");
      if (!stream) {
        JsonNode source = told.path("annotations").path(0).path("url_citation");
        assertThat(source.path("url").asString()).isEqualTo("http://x/");
      }
    }
  }

  /** A server takes a conversation in which it thought only with what it signed. */
  @Test
  void responsesCarrySignaturesThereAndBack() throws IOException {
    var responses = new SpokenResponses();
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.ANTHROPIC, upstream)) {
      upstream.streamsRaw(RICH);
      String body = responses.body(TestFleet.MODEL, "x", true).toString();
      ObjectNode told = responses.streamed(fleet.post("/responses", body));
      upstream.answers(200, "application/json", WHOLE);
      body = responses.body(TestFleet.MODEL, "x", false).toString();
      JsonNode output = responses.whole(fleet.post("/responses", body)).path("output");
      assertThat(told.path("output")).isEqualTo(output);

      ObjectNode next = responses.body(TestGateway.MODEL, "", true);
      ArrayNode input = next.putArray("input");
      input.addObject().put("role", "user").put("content", "x");
      input.addAll((ArrayNode) output);
      input.addObject().put("role", "user").put("content", "[[tokens=2]]");
      Response response =
          GATEWAY.send(Requests.post("/v1/responses", GATEWAY.key(), next.toString(), ""));
      assertThat(response.status()).as(response.text()).isEqualTo(200);
    }
    assertThat(GATEWAY.upstream().body().path("messages").path(1))
        .isEqualTo(
            tree(
                """
                {'role':'assistant','content':[
                {'type':'thinking','thinking':'Let me ب see','signature':'EqQB/+=='},
                {'type':'redacted_thinking','data':'Zm9v'},
                {'type':'text','text':'The Nile is long.'}]}
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "529|{'type':'error','error':{'type':'overloaded_error','message':'Overloaded'}}|503",
        "429|{'type':'error','error':{'type':'rate_limit_error','message':'slow down'}}|503",
        "401|{'type':'error','error':{'type':'authentication_error','message':'no'}}|503",
        "400|{'type':'error','error':{'type':'invalid_request_error','message':'max_tokens: too high'}}|400",
        "413|{'type':'error','error':{'type':'request_too_large','message':'big'}}|413",
        "200|{'type':'error','error':{'type':'api_error','message':'sorry'}}|503",
        "200|{'content':'none'}|503",
        "200|no json|503"
      })
  void whatTheTargetRefusesIsTold(int status, String body, int told) throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.ANTHROPIC, upstream)) {
      upstream.answers(status, "application/json", body.replace('\'', '"'));
      for (boolean stream : new boolean[] {true, false}) {
        Response response = fleet.chat(Requests.chat(TestFleet.MODEL, "x", stream));
        assertThat(response.status()).as(response.text()).isEqualTo(told);
        assertThat(fleet.row(response).status()).isEqualTo(told);
        if (told == 400) {
          assertThat(response.error().path("message").asString()).contains("max_tokens: too high");
        }
      }
    }
  }

  @Test
  void aTargetThatIsOverloadedIsGoneAround() throws IOException {
    try (var fleet = TestFleet.speaking(BOTH, "errorevent@0 code=overloaded_error", "tokens=3")) {
      Response response = fleet.chat(Requests.chatWithUsage(TestFleet.MODEL, "x"));
      assertThat(response.events().usage().path("completion_tokens").asInt()).isEqualTo(3);
      LedgerRow row = fleet.row(response);
      assertThat(row.target()).isEqualTo("t1");
      assertThat(row.completionTokens()).isEqualTo(3);
    }
  }

  /** Whatever a target does before its first token, the next one answers. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "status=500",
        "status=529 retryafter=1",
        "refuse",
        "hang",
        "cut@0",
        "reset@0",
        "errorevent@0",
        "garbage@0",
        "badframe@0",
        "empty",
        "stall@0",
        "status=401"
      })
  void aTargetThatFailsAtOnceIsGoneAround(String words) throws IOException {
    try (var fleet = TestFleet.speaking(BOTH, words, "tokens=3")) {
      for (Spoken spoken : List.of(new SpokenChats(), new SpokenMessages())) {
        String body = spoken.body(TestFleet.MODEL, "x", true).toString();
        Response response = fleet.send(Requests.post(spoken.path(), fleet.key(), body, ""));
        assertThat(spoken.text(spoken.streamed(response))).isNotEmpty();
        LedgerRow row = fleet.row(response);
        assertThat(row.target()).isEqualTo("t1");
        assertThat(row.outcome()).isEqualTo("completed");
        assertThat(row.completionTokens()).isEqualTo(3);
      }
      fleet.awaitNothingHeld();
    }
  }

  /** And whatever it does later, the client is told, and the ledger knows what came. */
  @ParameterizedTest
  @ValueSource(strings = {"stall@2", "badframe@2", "endless@2", "nodone nofinish nousage"})
  void anAnswerThatStopsIsOneThatFailed(String words) throws IOException {
    try (var fleet = TestFleet.speaking(List.of(Dialect.ANTHROPIC), "tokens=9 " + words)) {
      for (Spoken spoken :
          List.of(new SpokenChats(), new SpokenMessages(), new SpokenResponses())) {
        String body = spoken.body(TestFleet.MODEL, "x", true).toString();
        Response response = fleet.send(Requests.post(spoken.path(), fleet.key(), body, ""));
        spoken.assertFailed(response);
        LedgerRow row = fleet.row(response);
        assertThat(row.outcome()).isIn("failed", "timed_out");
        assertThat(row.completionTokens()).isEqualTo(words.contains("@2") ? 2 : 9);
      }
      fleet.awaitNothingHeld();
    }
  }

  /** Tools of the server may take minutes, and it says so. */
  @Test
  void aPingIsASignOfLife() throws IOException {
    Bounds patient = TestFleet.QUICK.with(Deadline.BETWEEN_TOKENS, Duration.ofSeconds(2));
    String first = RICH.substring(0, RICH.indexOf("event: content_block_stop"));
    String rest = RICH.substring(first.length());
    String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    RawUpstream.Script script =
        request -> {
          request.body();
          request.peer().send(head + first);
          for (int i = 0; i < 6; i++) {
            RawUpstream.pause(500, () -> false);
            request.peer().send("event: ping\ndata: {\"type\":\"ping\"}\n\n");
          }
          request.peer().send(rest);
          request.peer().close();
        };
    try (var upstream = RawUpstream.start(script);
        var fleet =
            TestFleet.start(
                List.of(),
                _ ->
                    List.of(
                        TestFleet.model(
                            TestFleet.MODEL,
                            TestFleet.rules(patient),
                            List.of(
                                TestFleet.speaking(Dialect.ANTHROPIC, upstream.target("t0"))))))) {
      Response response = messages(fleet, message(true));
      StreamedMessage told = StreamedMessage.of(NamedEvents.of(response.text()));
      assertThat(told.error().isMissingNode()).as(response.text()).isTrue();
    }
  }

  /** Nothing is billed for a try that gave nothing. */
  @Test
  void tokensOfAFailedTryAreNotCounted() throws IOException {
    String begun = RICH.substring(0, RICH.indexOf("event: ping"));
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.ANTHROPIC, upstream)) {
      upstream.breaksOff(200, "text/event-stream", begun);
      Response response = messages(fleet, message(true));
      assertThat(response.status()).isEqualTo(503);
      assertThat(fleet.row(response).promptTokens()).isZero();
    }
  }
}
