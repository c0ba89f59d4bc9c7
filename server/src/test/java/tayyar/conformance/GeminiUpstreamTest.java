package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Target;
import tayyar.api.Target.Dialect;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.BytesUpstream;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Servers that speak Google's own API: what they are asked, and what becomes of their answers. */
@Tag("socket")
final class GeminiUpstreamTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.speaking(Dialect.GEMINI);

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<Dialect> BOTH = List.of(Dialect.GEMINI, Dialect.GEMINI);
  private static final List<Spoken> ALL =
      List.of(new SpokenChats(), new SpokenMessages(), new SpokenResponses());

  /** A stream as Google's servers write it, but for the lines' ends. */
  private static final String RICH =
      """
      data: {"candidates": [{"content": {"parts": [{"text": "Let me \\u0628 see","thought": true}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 18,"cachedContentTokenCount": 5,"totalTokenCount": 30,"thoughtsTokenCount": 12},"modelVersion": "m-001","responseId": "r1"}

      data: {"candidates": [{"content": {"parts": [{"text": "The Nile "}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 18,"cachedContentTokenCount": 5,"candidatesTokenCount": 3,"totalTokenCount": 33,"thoughtsTokenCount": 12}}

      data: {"candidates": [{"content": {"parts": [{"text": "is long."}],"role": "model"},"index": 0,"citationMetadata": {"citations": [{"startIndex": 0,"uri": "http://x/","title": "X"}]}}]}

      data: {"candidates": [{"content": {"parts": [{"functionCall": {"name": "weather","args": {"d": 1.10,"n": 12345678901234567890}},"thoughtSignature": "Cq/+9=="},{"functionCall": {"name": "now"}}],"role": "model"},"index": 0}]}

      data: {"candidates": [{"content": {"parts": [{"text": "","thoughtSignature": "EqQB/+=="}],"role": "model"},"finishReason": "STOP","index": 0,"citationMetadata": {"citations": [{"uri": "http://x/"}]}}],"usageMetadata": {"promptTokenCount": 18,"cachedContentTokenCount": 5,"candidatesTokenCount": 30,"totalTokenCount": 60,"thoughtsTokenCount": 12}}

      """;

  private static final String WHOLE =
      """
      {"candidates": [{"content": {"parts": [
      {"text": "Let me \\u0628 see","thought": true},
      {"text": "The Nile is long."},
      {"functionCall": {"name": "weather","args": {"d": 1.10,"n": 12345678901234567890}},"thoughtSignature": "Cq/+9=="},
      {"functionCall": {"name": "now"}},
      {"text": "","thoughtSignature": "EqQB/+=="}],"role": "model"},
      "finishReason": "STOP","index": 0,"citationMetadata": {"citations": [{"startIndex": 0,"uri": "http://x/","title": "X"}]}}],
      "usageMetadata": {"promptTokenCount": 18,"cachedContentTokenCount": 5,"candidatesTokenCount": 30,"totalTokenCount": 60,"thoughtsTokenCount": 12},
      "modelVersion": "m-001","responseId": "r1"}
      """;

  private static JsonNode tree(String json) {
    return JSON.readTree(json.replace('\'', '"'));
  }

  private ReceivedRequest asked(String chat) throws IOException {
    ObjectNode body = (ObjectNode) tree(chat);
    Response response = GATEWAY.chat(body.put("model", TestGateway.MODEL));
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    return GATEWAY.upstream();
  }

  private static Response ask(TestFleet fleet, Spoken spoken, boolean stream) throws IOException {
    String body = spoken.body(TestFleet.MODEL, "x", stream).toString();
    return fleet.send(Requests.post(spoken.path(), fleet.key(), body, ""));
  }

  /** Answers with one chunk, in a stream or whole. */
  private static Response told(String chunk, Spoken spoken, boolean stream) throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.GEMINI, upstream)) {
      String json = chunk.replace('\'', '"');
      if (stream) {
        upstream.streamsRaw("data: " + json + "\n\n");
      } else {
        upstream.answers(200, "application/json", json);
      }
      return ask(fleet, spoken, stream);
    }
  }

  @Test
  void aChatBecomesContents() throws IOException {
    ReceivedRequest received =
        asked(
            """
            {'stream':true,'max_completion_tokens':50,'temperature':1.5,'top_p':0.9,'top_k':4,
            'stop':['END','FIN'],'user':'u1','seed':4294967298,'presence_penalty':0.5,'frequency_penalty':-1,
            'n':1,'logprobs':true,'top_logprobs':3,'reasoning_effort':'low','parallel_tool_calls':false,
            'messages':[
            {'role':'system','content':[{'type':'text','text':'S1'}]},
            {'role':'developer','content':'S2'},
            {'role':'user','content':[{'type':'text','text':'look'},{'type':'text','text':''},
              {'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA','detail':'low'}},
              {'type':'image_url','image_url':{'url':'https://x/y.JPG?z=1'}},
              {'type':'input_audio','input_audio':{'data':'CCCC','format':'mp3'}},
              {'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,BBBB'}}]},
            {'role':'assistant','content':'hm','reasoning_content':'thought',
              'reasoning_details':[{'type':'reasoning.encrypted','data':'of another'},
                {'type':'reasoning.encrypted','data':'t==','format':'google-gemini-v1'}],
              'tool_calls':[
              {'id':'c1','type':'function','function':{'name':'now','arguments':''},
                'extra_content':{'google':{'thought_signature':'s=='}}},
              {'id':'c2','type':'function','function':{'name':'weather','arguments':'{\\"d\\":1.10}'}}]},
            {'role':'tool','tool_call_id':'c1','content':'noon'},
            {'role':'tool','tool_call_id':'c2','content':[{'type':'text','text':'مشمس'},
              {'type':'image_url','image_url':{'url':'data:image/png;base64,DDDD'}}]},
            {'role':'user','content':'[[tokens=2]]'}],
            'tools':[{'type':'function','function':{'name':'now'}},
              {'type':'function','function':{'name':'weather','description':'W','parameters':{'type':'object','additionalProperties':false},'strict':true}}],
            'tool_choice':'required',
            'response_format':{'type':'json_schema','json_schema':{'name':'a','schema':{'type':'object'}}}}
            """);

    assertThat(received.uri())
        .isEqualTo("/v1/models/model-over-there:streamGenerateContent?alt=sse");
    assertThat(received.body())
        .isEqualTo(
            tree(
                """
                {'systemInstruction':{'parts':[{'text':'S1'},{'text':'S2'}]},
                'contents':[
                {'role':'user','parts':[{'text':'look'},
                  {'inlineData':{'mimeType':'image/png','data':'AAAA'}},
                  {'fileData':{'fileUri':'https://x/y.JPG?z=1','mimeType':'image/jpeg'}},
                  {'inlineData':{'mimeType':'audio/mp3','data':'CCCC'}},
                  {'inlineData':{'mimeType':'application/pdf','data':'BBBB'}}]},
                {'role':'model','parts':[{'text':'hm','thoughtSignature':'t=='},
                  {'functionCall':{'id':'c1','name':'now','args':{}},'thoughtSignature':'s=='},
                  {'functionCall':{'id':'c2','name':'weather','args':{'d':1.10}}}]},
                {'role':'user','parts':[
                  {'functionResponse':{'id':'c1','name':'now','response':{'output':'noon'}}},
                  {'functionResponse':{'id':'c2','name':'weather','response':{'output':'مشمس'}}}]},
                {'role':'user','parts':[{'inlineData':{'mimeType':'image/png','data':'DDDD'}},
                  {'text':'[[tokens=2]]'}]}],
                'tools':[{'functionDeclarations':[{'name':'now'},
                  {'name':'weather','description':'W','parametersJsonSchema':{'type':'object','additionalProperties':false}}]}],
                'toolConfig':{'functionCallingConfig':{'mode':'ANY'}},
                'generationConfig':{'maxOutputTokens':50,'temperature':1.5,'topP':0.9,'topK':4,'seed':2,
                  'presencePenalty':0.5,'frequencyPenalty':-1,'stopSequences':['END','FIN'],
                  'responseLogprobs':true,'logprobs':3,
                  'responseMimeType':'application/json','responseJsonSchema':{'type':'object'},
                  'thinkingConfig':{'thinkingLevel':'low','includeThoughts':true}}}
                """));
  }

  @Test
  void aWholeAnswerIsAskedForAsOne() throws IOException {
    ReceivedRequest received = asked("{'messages':[{'role':'user','content':'x'}]}");
    assertThat(received.uri()).isEqualTo("/v1/models/model-over-there:generateContent");
    assertThat(received.body())
        .isEqualTo(tree("{'contents':[{'role':'user','parts':[{'text':'x'}]}]}"));
  }

  /** The field of its makers, and a query of the operator's beside that of the path. */
  @Test
  void theKeyHasAFieldOfItsOwn() throws IOException {
    try (var fleet =
        TestFleet.start(
            List.of("tokens=2"),
            all -> {
              var access =
                  new Target.Access("x-goog-api-key", "a=b", null, null, false, "", Dialect.GEMINI);
              Target one = all.getFirst();
              var target =
                  new Target("t0", one.address(), "/v1beta", "tunedModels/a b", "k", access);
              return List.of(TestFleet.model(TestFleet.MODEL, TestFleet.rules(), List.of(target)));
            })) {
      assertThat(ask(fleet, new SpokenChats(), true).status()).isEqualTo(200);
      ReceivedRequest received = fleet.simulator(0).next(TestGateway.SOON);
      assertThat(received.uri())
          .isEqualTo("/v1beta/tunedModels/a%20b:streamGenerateContent?alt=sse&a=b");
      assertThat(received.header("x-goog-api-key")).isEqualTo("k");
      assertThat(received.header("Authorization")).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'logit_bias':{'1':2}|logit_bias",
        "'n':9|n",
        "'stop':['1','2','3','4','5','6']|stop",
        "'response_format':{'type':'json_object','x':1}|",
        "'guided_regex':'a'|guided_regex",
        "'web_search_options':{}|web_search_options",
        "'tools':[{'type':'custom','custom':{'name':'c'}}]|tools[0].type",
        "'functions':[{'name':'f'}]|functions"
      })
  void whatCannotBeSaidIsRefused(String member, String place) throws IOException {
    ObjectNode body =
        (ObjectNode) tree("{" + member + ",'messages':[{'role':'user','content':'x'}]}");
    Response response = GATEWAY.chat(body.put("model", TestGateway.MODEL));
    if (place == null) {
      assertThat(response.status()).isEqualTo(200);
      return;
    }
    assertThat(response.status()).as(response.text()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo("unsupported_by_model");
    assertThat(response.error().path("param").asString()).isEqualTo(place);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'http://x/y.png'}}]}|content[0].image_url",
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x/y'}}]}|content[0].image_url",
        "{'role':'user','content':[{'type':'file','file':{'file_id':'f'}}]}|content[0].file",
        "{'role':'user','content':[{'type':'video_url','video_url':{'url':'https://x/y.mp4'}}]}|content[0].type",
        "{'role':'tool','tool_call_id':'unknown','content':'x'}|tool_call_id",
        "{'role':'assistant','tool_calls':[{'id':'c','type':'function','function':{'name':'f','arguments':'{'}}]}|tool_calls[0].function.arguments"
      })
  void messagesThatCannotBeSaidAreRefused(String message, String place) throws IOException {
    ObjectNode body =
        (ObjectNode) tree("{'messages':[{'role':'user','content':'x'}," + message + "]}");
    Response response = GATEWAY.chat(body.put("model", TestGateway.MODEL));
    assertThat(response.status()).as(response.text()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo("unsupported_by_model");
    assertThat(response.error().path("param").asString()).isEqualTo("messages[1]." + place);
  }

  @Test
  void whatItCannotBeAskedGoesElsewhere() throws IOException {
    try (var fleet =
        TestFleet.speaking(
            List.of(Dialect.GEMINI, Dialect.ANTHROPIC, Dialect.OPENAI), "", "", "")) {
      Response response =
          fleet.chat(Requests.chat(TestFleet.MODEL, "x", true).put("guided_regex", "a"));
      assertThat(response.status()).as(response.text()).isEqualTo(200);
      assertThat(fleet.row(response).target()).isEqualTo("t2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"embeddings", "completions"})
  void onlyChatsAreThere(String endpoint) throws IOException {
    ObjectNode body = JSON.createObjectNode().put("model", TestGateway.MODEL);
    body.put("input", "x").put("prompt", "x");
    Response response =
        GATEWAY.send(Requests.post("/v1/" + endpoint, GATEWAY.key(), body.toString(), ""));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString())
        .isEqualTo("model_not_supported_on_endpoint");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aChatIsToldWhatItKnows(boolean stream) throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.GEMINI, upstream)) {
      if (stream) {
        upstream.streamsRaw(RICH.replace("\n", "\r\n"));
      } else {
        upstream.answers(200, "application/json", WHOLE);
      }
      var chats = new SpokenChats();
      Response response = ask(fleet, chats, stream);
      ObjectNode told = stream ? chats.streamed(response) : chats.whole(response);
      assertThat(told.path("content").asString()).isEqualTo("The Nile is long.");
      assertThat(told.path("reasoning_content").asString()).isEqualTo("Let me ب see");
      assertThat(told.path("finish_reason").asString()).isEqualTo("tool_calls");
      JsonNode usage = told.path("usage");
      assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(18);
      assertThat(usage.path("prompt_tokens_details").path("cached_tokens").asInt()).isEqualTo(5);
      assertThat(usage.path("completion_tokens").asInt()).isEqualTo(42);
      assertThat(usage.path("completion_tokens_details").path("reasoning_tokens").asInt())
          .isEqualTo(12);
      assertThat(told.path("reasoning_details"))
          .isEqualTo(
              tree(
                  "[{'type':'reasoning.encrypted','data':'EqQB/+==','id':'part-17-17-2','format':'google-gemini-v1'}]"));
      JsonNode calls = told.path("tool_calls");
      assertThat(calls).hasSize(2);
      assertThat(calls.path(0).path("function").path("arguments").asString())
          .isEqualTo("{\"d\":1.10,\"n\":12345678901234567890}");
      assertThat(calls.path(0).path("extra_content"))
          .isEqualTo(tree("{'google':{'thought_signature':'Cq/+9=='}}"));
      assertThat(calls.path(1).path("function").path("arguments").asString()).isEqualTo("{}");
      assertThat(calls.path(1).has("extra_content")).isFalse();
      assertThat(calls.path(0).path("id").asString())
          .isNotEmpty()
          .isNotEqualTo(calls.path(1).path("id").asString());
      if (!stream) {
        assertThat(told.path("annotations"))
            .isEqualTo(
                tree("[{'type':'url_citation','url_citation':{'url':'http://x/','title':'X'}}]"));
      }
      LedgerRow row = fleet.row(response);
      assertThat(row.promptTokens()).isEqualTo(18);
      assertThat(row.completionTokens()).isEqualTo(42);
    }
  }

  /** Google refuses the next request without what it signed in a call. */
  @Test
  void signaturesOfCallsComeBackInEachDialect() throws IOException {
    for (Spoken spoken : ALL) {
      String body = spoken.body(TestGateway.MODEL, "[[calls@0 tool=now]] x", true).toString();
      ObjectNode told =
          spoken.streamed(GATEWAY.send(Requests.post(spoken.path(), GATEWAY.key(), body, "")));
      GATEWAY.simulator().forget();
      body = spoken.goesOn(TestGateway.MODEL, told, "[[tokens=2]] noon").toString();
      Response next = GATEWAY.send(Requests.post(spoken.path(), GATEWAY.key(), body, ""));
      assertThat(next.status()).as(next.text()).isEqualTo(200);
      JsonNode contents = GATEWAY.upstream().body().path("contents");
      JsonNode call = contents.path(contents.size() - 2).path("parts").path(0);
      assertThat(call.path("thoughtSignature").asString()).startsWith("c2l+/").endsWith("A==");
      JsonNode id = call.path("functionCall").path("id");
      assertThat(id.asString()).matches("call_[a-z0-9]+");
      JsonNode result = contents.path(contents.size() - 1).path("parts").path(0);
      assertThat(result.path("functionResponse"))
          .isEqualTo(
              tree(
                  "{'id':'%s','name':'now','response':{'output':'[[tokens=2]] noon'}}"
                      .formatted(id.asString())));
    }
  }

  /** And what it signed in a text where the dialect has a place for it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void signaturesOfTextsComeBackByResponses(boolean stream) throws IOException {
    var responses = new SpokenResponses();
    ObjectNode body = responses.body(TestGateway.MODEL, "[[reasoning=2 tokens=5]] x", stream);
    Response response =
        GATEWAY.send(Requests.post("/v1/responses", GATEWAY.key(), body.toString(), ""));
    ObjectNode told = stream ? responses.streamed(response) : responses.whole(response);
    ObjectNode next = responses.body(TestGateway.MODEL, "", true);
    ArrayNode input = next.putArray("input");
    input.addObject().put("role", "user").put("content", "x");
    input.addAll((ArrayNode) told.path("output"));
    input.addObject().put("role", "user").put("content", "[[tokens=2]]");
    GATEWAY.simulator().forget();
    Response last =
        GATEWAY.send(Requests.post("/v1/responses", GATEWAY.key(), next.toString(), ""));
    assertThat(last.status()).as(last.text()).isEqualTo(200);
    JsonNode said = GATEWAY.upstream().body().path("contents").path(1);
    assertThat(said.path("parts")).hasSize(1);
    assertThat(said.path("parts").path(0).path("text").asString()).isEqualTo(responses.text(told));
    assertThat(said.path("parts").path(0).path("thoughtSignature").asString()).startsWith("c2l+/");
  }

  /** Wherever a part stood, its signature comes back with it and with no other. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachSignatureComesBackWithItsPart(boolean stream) throws IOException {
    String parts =
        """
        [{"text":"hm","thought":true},{"text":"a\\\\\ud83d\ude00 "},{"text":"b","thoughtSignature":"s1=="},{"text":"c"},
        {"functionCall":{"name":"now","id":"i1"},"thoughtSignature":"s2=="},
        {"text":"d","thoughtSignature":"s3=="},{"text":"","thoughtSignature":"s4=="}]
        """;
    JsonNode expected =
        tree(
            """
            [{'text':'a\\\\\ud83d\ude00 b','thoughtSignature':'s1=='},{'text':'c'},
            {'functionCall':{'name':'now','id':'i1','args':{}},'thoughtSignature':'s2=='},
            {'text':'d','thoughtSignature':'s3=='},{'text':'','thoughtSignature':'s4=='}]
            """);
    for (Spoken spoken : List.of(new SpokenChats(), new SpokenResponses())) {
      Response told = told(chunks(parts, stream), spoken, stream);
      ObjectNode answer = stream ? spoken.streamed(told) : spoken.whole(told);
      ObjectNode next = spoken.body(TestGateway.MODEL, "x", false);
      if (spoken instanceof SpokenResponses) {
        ArrayNode input = next.putArray("input");
        input.addObject().put("role", "user").put("content", "x");
        input.addAll((ArrayNode) answer.path("output"));
        ObjectNode output = input.addObject().put("type", "function_call_output");
        output.put("call_id", answer.findValue("call_id").asString()).put("output", "x");
      } else {
        var messages = (ArrayNode) next.path("messages");
        messages.add(
            answer
                .deepCopy()
                .retain("content", "reasoning_details", "tool_calls")
                .put("role", "assistant"));
        messages.addObject().put("role", "tool").put("tool_call_id", "i1").put("content", "x");
      }
      Response last =
          GATEWAY.send(Requests.post(spoken.path(), GATEWAY.key(), next.toString(), ""));
      assertThat(last.status()).as(last.text()).isEqualTo(200);
      JsonNode contents = GATEWAY.upstream().body().path("contents");
      assertThat(contents.path(contents.size() - 2).path("parts")).isEqualTo(expected);
    }
  }

  private static String chunks(String parts, boolean stream) {
    String chunk = "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[%s]}}]}";
    String end = "{\"candidates\":[{\"content\":{},\"finishReason\":\"STOP\"}]}";
    if (!stream) {
      return chunk
          .formatted(parts.strip().substring(1, parts.strip().length() - 1).replace("\n", ""))
          .replace("}]}}]}", "}]},\"finishReason\":\"STOP\"}]}");
    }
    var all = new StringBuilder();
    for (JsonNode part : JSON.readTree(parts)) {
      all.append(chunk.formatted(part)).append("\n\ndata: ");
    }
    return all + end;
  }

  /** What no longer fits the text it was told of stands in a part of its own. */
  @Test
  void aSignatureWhoseTextIsAnotherHasAPartOfItsOwn() throws IOException {
    ReceivedRequest received =
        asked(
            """
            {'messages':[{'role':'user','content':'x'},{'role':'assistant','content':'ab','reasoning_details':[
            {'type':'reasoning.encrypted','data':'s==','id':'part-0-9-0','format':'google-gemini-v1'}]},
            {'role':'user','content':'[[tokens=1]]'}]}
            """);
    assertThat(received.body().path("contents").path(1).path("parts"))
        .isEqualTo(tree("[{'text':'ab'},{'text':'','thoughtSignature':'s=='}]"));
  }

  @Test
  void instructionsAloneAreTheUsers() throws IOException {
    ReceivedRequest received = asked("{'messages':[{'role':'system','content':'[[tokens=1]]'}]}");
    assertThat(received.body())
        .isEqualTo(tree("{'contents':[{'role':'user','parts':[{'text':'[[tokens=1]]'}]}]}"));
  }

  /** The operator's key opens them, and each tenant would have it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://generativelanguage.googleapis.com/v1beta/files/abc",
        "https://generativelanguage.googleapis.com/v1beta/files/abc.png",
        "https://GenerativeLanguage.googleapis.com:443/v1beta/files/abc.png",
        "https://generativelanguage.googleapis.com./v1beta/files/abc.png",
        "https://x.y@generativelanguage.googleapis.com/v1beta/files/abc.png",
        "https://storage.googleapis.com/bucket/abc.png",
        "https://127.0.0.1/v1beta/files/abc.png",
        "files/abc.png",
        "gs://bucket/abc.png"
      })
  void whatTheOperatorStoresIsNotNamed(String url) throws IOException {
    ObjectNode body = JSON.createObjectNode().put("model", TestGateway.MODEL);
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .putArray("content")
        .addObject()
        .put("type", "file")
        .putObject("file")
        .put("file_data", url);
    Response response = GATEWAY.chat(body);
    assertThat(response.status()).as(response.text()).isEqualTo(400);
    assertThat(response.error().path("param").asString()).isEqualTo("messages[0].content[0].file");
  }

  /** What is read is nested at most so deep; it is written within more. */
  @Test
  void argumentsMayBeNestedAsDeepAsTheyAreRead() throws IOException {
    String deep = "{'a':".replace('\'', '"').repeat(499) + "1" + "}".repeat(499);
    var answers =
        Map.of(
            Dialect.GEMINI,
            "{'candidates':[{'content':{'parts':[{'text':'a'}]},'finishReason':'STOP'}]}",
            Dialect.ANTHROPIC,
            "{'type':'message','content':[{'type':'text','text':'a'}],'stop_reason':'end_turn'}");
    for (Dialect dialect : answers.keySet()) {
      ObjectNode body = JSON.createObjectNode().put("model", TestFleet.MODEL);
      ArrayNode messages = body.putArray("messages");
      messages.addObject().put("role", "user").put("content", "x");
      ObjectNode call =
          messages.addObject().put("role", "assistant").putArray("tool_calls").addObject();
      call.put("id", "i").put("type", "function");
      call.putObject("function").put("name", "f").put("arguments", deep);
      messages.addObject().put("role", "tool").put("tool_call_id", "i").put("content", "x");
      messages.addObject().put("role", "user").put("content", "[[tokens=1]]");
      try (var upstream = new BytesUpstream();
          var fleet = TestFleet.before(dialect, upstream)) {
        upstream.answers(200, "application/json", answers.get(dialect).replace('\'', '"'));
        Response response = fleet.chat(body);
        assertThat(response.status()).as(response.text()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "STOP,stop",
    "MAX_TOKENS,length",
    "SAFETY,content_filter",
    "RECITATION,content_filter",
    "LANGUAGE,content_filter",
    "BLOCKLIST,content_filter",
    "PROHIBITED_CONTENT,content_filter",
    "SPII,content_filter",
    "IMAGE_SAFETY,content_filter",
    "MODEL_ARMOR,content_filter",
    "OTHER,stop",
    "SOMETHING_NEW,stop"
  })
  void eachEndHasAWordOfAChat(String reason, String word) throws IOException {
    String chunk =
        "{'candidates':[{'content':{'parts':[{'text':'x'}]},'finishReason':'" + reason + "'}]}";
    var chats = new SpokenChats();
    assertThat(chats.streamed(told(chunk, chats, true)).path("finish_reason").asString())
        .isEqualTo(word);
    assertThat(chats.whole(told(chunk, chats, false)).path("finish_reason").asString())
        .isEqualTo(word);
  }

  /** Another target may be asked; where there is none, the client is told why. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "MALFORMED_FUNCTION_CALL",
        "UNEXPECTED_TOOL_CALL",
        "TOO_MANY_TOOL_CALLS",
        "MISSING_THOUGHT_SIGNATURE",
        "MALFORMED_RESPONSE"
      })
  void aCallThatCannotBeReadIsAnError(String reason) throws IOException {
    String chunk = "{'candidates':[{'content':{},'finishReason':'" + reason + "'}]}";
    for (boolean stream : new boolean[] {true, false}) {
      Response response = told(chunk, new SpokenChats(), stream);
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.error().path("code").asString()).isEqualTo("unreadable_answer");
      assertThat(response.error().path("message").asString())
          .contains("made no sense of what the model wrote");
    }
  }

  @Test
  void aPromptThatIsBlockedIsAnAnswerThatWasFiltered() throws IOException {
    String chunk =
        "{'promptFeedback':{'blockReason':'SAFETY'},'usageMetadata':{'promptTokenCount':7,'totalTokenCount':7}}";
    var chats = new SpokenChats();
    for (boolean stream : new boolean[] {true, false}) {
      Response response = told(chunk, chats, stream);
      ObjectNode told = stream ? chats.streamed(response) : chats.whole(response);
      assertThat(told.path("finish_reason").asString()).isEqualTo("content_filter");
      assertThat(told.path("usage").path("prompt_tokens").asInt()).isEqualTo(7);
    }
  }

  @Test
  void answersSideBySide() throws IOException {
    String chunk =
        """
        {'candidates':[{'content':{'parts':[{'text':'a'}]},'finishReason':'STOP'},
        {'content':{'parts':[{'text':'b'},{'functionCall':{'name':'f','id':'i'}}]},'finishReason':'STOP','index':1}],
        'usageMetadata':{'promptTokenCount':1,'candidatesTokenCount':2,'totalTokenCount':3}}
        """;
    JsonNode choices =
        told(chunk.replace("\n", ""), new SpokenChats(), false).json().path("choices");
    assertThat(choices.path(0).path("message").path("content").asString()).isEqualTo("a");
    assertThat(choices.path(0).path("finish_reason").asString()).isEqualTo("stop");
    assertThat(choices.path(1).path("message").path("content").asString()).isEqualTo("b");
    assertThat(choices.path(1).path("finish_reason").asString()).isEqualTo("tool_calls");
  }

  @Test
  void logProbabilitiesAreThoseOfAChat() throws IOException {
    String chunk =
        """
        {'candidates':[{'content':{'parts':[{'text':'é'}]},'finishReason':'STOP','logprobsResult':{
        'chosenCandidates':[{'token':'é','tokenId':7,'logProbability':-0.25}],
        'topCandidates':[{'candidates':[{'token':'é','logProbability':-0.25},{'token':'e','logProbability':-2}]}]}}]}
        """;
    JsonNode entries =
        told(chunk.replace("\n", ""), new SpokenChats(), true)
            .events()
            .chunks()
            .get(1)
            .path("choices")
            .path(0)
            .path("logprobs")
            .path("content");
    assertThat(entries)
        .isEqualTo(
            tree(
                """
                [{'token':'é','logprob':-0.25,'bytes':[195,169],'top_logprobs':[
                {'token':'é','logprob':-0.25,'bytes':[195,169]},{'token':'e','logprob':-2,'bytes':[101]}]}]
                """));
  }

  /** Front ends of theirs do so; a list of chunks is a stream that nobody asked for. */
  @Test
  void oddStreamsAreUnderstood() throws IOException {
    String chunk = "{'candidates':[{'content':{'parts':[{'text':'%s'}]},'finishReason':'STOP'}]}";
    String both = (chunk.formatted("a") + "|" + chunk.formatted("b")).replace('\'', '"');
    var chats = new SpokenChats();
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.GEMINI, upstream)) {
      upstream.streamsRaw("data: " + both.replace("|", "\n\ndata: ") + "\n\n");
      assertThat(chats.text(chats.streamed(ask(fleet, chats, true)))).isEqualTo("ab");
      upstream.answers(200, "application/json", "[" + both.replace('|', ',') + "]");
      assertThat(chats.text(chats.streamed(ask(fleet, chats, true)))).isEqualTo("ab");
    }
  }

  /** Where no token is told in a document, they are estimated. */
  @Test
  void aDocumentWithoutTokensIsEstimated() throws IOException {
    String text = "x".repeat(400);
    Response response =
        told(
            "{'candidates':[{'content':{'parts':[{'text':'"
                + text
                + "'}]},'finishReason':'STOP'}]}",
            new SpokenChats(),
            false);
    assertThat(response.json().path("usage").path("completion_tokens").asInt()).isEqualTo(100);
    assertThat(response.json().path("usage").path("prompt_tokens").asInt()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "503|{'error':{'code':503,'message':'The model is overloaded.','status':'UNAVAILABLE'}}|503|",
        "429|[{'error':{'code':429,'message':'quota','status':'RESOURCE_EXHAUSTED','details':[{'@type':'type.googleapis.com/google.rpc.RetryInfo','retryDelay':'34.4s'}]}}]|503|35",
        "400|{'error':{'code':400,'message':'API key not valid.','status':'INVALID_ARGUMENT','details':[{'@type':'type.googleapis.com/google.rpc.ErrorInfo','reason':'API_KEY_INVALID'}]}}|503|",
        "403|{'error':{'code':403,'message':'no','status':'PERMISSION_DENIED'}}|503|",
        "404|{'error':{'code':404,'message':'models/x is not found','status':'NOT_FOUND'}}|503|",
        "400|{'error':{'code':400,'message':'contents: too long','status':'INVALID_ARGUMENT'}}|400|",
        "400|[{'error':{'code':400,'message':'contents: too long','status':'INVALID_ARGUMENT'}}]|400|",
        "200|{'error':{'code':500,'message':'sorry','status':'INTERNAL'}}|503|",
        "200|[{'error':{'code':400,'message':'contents: too long','status':'INVALID_ARGUMENT'}}]|400|",
        "200|{'candidates':[]}|503|",
        "200|{'candidates':[{'content':{'parts':[{'text':'no end'}]}}]}|503|",
        "200|no json|503|"
      })
  void whatTheTargetRefusesIsTold(int status, String body, int told, String after)
      throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.GEMINI, upstream)) {
      upstream.answers(status, "application/json", body.replace('\'', '"'));
      for (boolean stream : new boolean[] {true, false}) {
        Response response = fleet.chat(Requests.chat(TestFleet.MODEL, "x", stream));
        assertThat(response.status()).as(response.text()).isEqualTo(told);
        if (told == 400) {
          assertThat(response.error().path("message").asString()).contains("contents: too long");
        }
        if (after != null && stream) {
          assertThat(response.field("Retry-After")).isEqualTo(after);
        }
      }
    }
  }

  @Test
  void anErrorInAStreamGoesAroundItsTarget() throws IOException {
    try (var fleet = TestFleet.speaking(BOTH, "errorevent@0 code=429", "tokens=3")) {
      Response response = fleet.chat(Requests.chatWithUsage(TestFleet.MODEL, "x"));
      assertThat(response.events().usage().path("completion_tokens").asInt()).isEqualTo(3);
      assertThat(fleet.row(response).target()).isEqualTo("t1");
    }
  }

  /** Whatever a target does before its first token, the next one answers. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "status=500",
        "status=503 retryafter=1",
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
      for (Spoken spoken : ALL) {
        Response response = ask(fleet, spoken, true);
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
  @ValueSource(
      strings = {"stall@2", "badframe@2", "endless@2", "nofinish", "nofinish nousage", "cut@2"})
  void anAnswerThatStopsIsOneThatFailed(String words) throws IOException {
    try (var fleet = TestFleet.speaking(List.of(Dialect.GEMINI), "tokens=9 " + words)) {
      for (Spoken spoken : ALL) {
        Response response = ask(fleet, spoken, true);
        spoken.assertFailed(response);
        LedgerRow row = fleet.row(response);
        assertThat(row.outcome()).isIn("failed", "timed_out");
        assertThat(row.completionTokens()).isEqualTo(words.contains("@2") ? 2 : 9);
      }
      fleet.awaitNothingHeld();
    }
  }
}
