package tayyar.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.ApiError;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Odds;
import tayyar.api.Refused;
import tayyar.api.Sampling;

class ChatBodyTest {
  private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

  private static InferenceRequest read(String body) {
    return ChatBody.chat(body.getBytes(UTF_8), 10);
  }

  private static InferenceRequest with(String members) {
    return read("{\"model\":\"m\"," + HI + "," + members + "}");
  }

  private static InferenceRequest completion(String members) {
    return ChatBody.completion(("{\"model\":\"m\"," + members + "}").getBytes(UTF_8));
  }

  private static ApiError refused(String body) {
    Refused refused = catchThrowableOfType(Refused.class, () -> read(body));
    return Objects.requireNonNull(refused, "not refused: " + body).error();
  }

  @Test
  void whatIsSaidOfTokensIsKept() {
    assertThat(with("\"logprobs\":false,\"logit_bias\":{}").odds()).isEqualTo(Odds.NONE);
    assertThat(with("\"logprobs\":true").odds().told()).isZero();
    assertThat(with("\"top_logprobs\":3,\"logprobs\":true").odds().told()).isEqualTo(3);
    Odds odds = with("\"logit_bias\":{\"7\":-1.5,\"x\":[{}]}").odds();
    assertThat(odds.told()).isEqualTo(-1);
    assertThat(odds.biases().getFirst()).isEqualTo(new Odds.Bias("7", -1.5));
    assertThat(odds.biases().getLast()).isEqualTo(new Odds.Bias("x", Double.NaN));
    assertThat(completion("\"prompt\":\"a\",\"logprobs\":0").odds().told()).isZero();
    assertThat(completion("\"prompt\":\"a\",\"logprobs\":null").odds()).isEqualTo(Odds.NONE);
  }

  @Test
  void ofManyBiasesOneMoreThanIsTakenIsKept() {
    String many = IntStream.range(0, 5_000).mapToObj(i -> "\"" + i + "\":1").collect(joining(","));
    assertThat(with("\"logit_bias\":{" + many + "}").odds().biases()).hasSize(Odds.BIASES_MAX + 1);
  }

  @Test
  void theLeastThatIsNeeded() {
    InferenceRequest request = read("{\"model\":\"m\"," + HI + "}");
    assertThat(request.model()).isEqualTo("m");
    assertThat(request.messages()).containsExactly(new Message(Role.USER, "hi"));
    assertThat(request.stream()).isFalse();
    assertThat(request.sampling()).isEqualTo(Sampling.NONE);
    assertThat(request.features()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "grammar         | \"root ::= \\\"أ\\\" # a long text that is not read before\"",
        "guided_regex    | \"[a-z]+\"",
        "guided_choice   | [\"a\", \"أزرق\"]",
        "guided_json     | {\"type\": \"object\"}",
        "guided_grammar  | null",
        "structured_outputs | {\"choice\": [\"]\"]}",
        "response_format | {\"type\":\"json_object\"}"
      })
  void whatHoldsAnAnswerToAFormIsKnownByItsPlace(String member, String value) {
    String mid = "\"" + member + "\" : " + value + " , \"seed\":1";
    String end = "\"seed\":1,\"" + member + "\":" + value;
    for (String members : List.of(mid, end)) {
      InferenceRequest request = with(members);
      InferenceRequest.Form form = request.forms().getFirst();
      assertThat(form.member()).isEqualTo(member);
      assertThat(new String(request.body(), form.from(), form.to() - form.from(), UTF_8))
          .isEqualTo(value);
    }
  }

  @Test
  void theBeginningOfAnAnswerIsTheLastMessage() {
    String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}%s]";
    String wish = ",\"continue_final_message\":true,\"add_generation_prompt\":false}";
    String begun = ",{\"role\":\"assistant\",\"content\":\"Hel\"}";

    InferenceRequest request = read("{\"model\":\"m\"," + messages.formatted(begun) + wish);
    assertThat(request.features()).containsExactly(Feature.CONTINUE);
    String both = wish.replace("false", "true");
    assertThat(refused("{\"model\":\"m\"," + messages.formatted(begun) + both))
        .isEqualTo(
            new ApiError.InvalidValue(
                "add_generation_prompt", "can't be true together with 'continue_final_message'."));
    assertThat(refused("{\"model\":\"m\"," + messages.formatted("") + wish))
        .isEqualTo(
            new ApiError.InvalidValue(
                "continue_final_message", "needs a last message of the assistant."));
  }

  @Test
  void nullIsAbsentAndUnknownIsReadOver() {
    InferenceRequest request =
        with(
            """
            "temperature":null,"top_p":null,"stop":null,"seed":null,"max_tokens":null,"n":null,
            "stream":null,"stream_options":null,"tools":null,"response_format":null,
            "logit_bias":null,"logprobs":null,"modalities":null,"user":"u","metadata":{"a":[1]},
            "parallel_tool_calls":true,"service_tier":"auto","brand_new":[{"x":{}}]""");
    assertThat(request.sampling()).isEqualTo(Sampling.NONE);
    assertThat(request.features()).isEmpty();
    assertThat(request.stop()).isEmpty();
  }

  @Test
  void samplingIsRead() {
    Sampling sampling =
        with("""
                "temperature":0.5,"top_p":1,"top_k":40,"min_p":0.1,"repeat_penalty":1.1,
                "frequency_penalty":-2,"presence_penalty":2,"seed":-9223372036854775808,
                "max_tokens":100.0""")
            .sampling();
    assertThat(sampling)
        .isEqualTo(new Sampling(0.5, 1.0, 40, 0.1, 1.1, -2.0, 2.0, Long.MIN_VALUE, 100));
  }

  @Test
  void maxCompletionTokensWins() {
    assertThat(with("\"max_completion_tokens\":5,\"max_tokens\":9").sampling().maxTokens())
        .isEqualTo(5);
  }

  @Test
  void stopIsAStringOrAnArray() {
    assertThat(with("\"stop\":\"a\"").stop()).containsExactly("a");
    assertThat(with("\"stop\":[\"a\",\"\",\"b\"]").stop()).containsExactly("a", "b");
  }

  @Test
  void partsAreJoinedAndMediaNoticed() {
    InferenceRequest request =
        read(
            """
            {"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},
            {"type":"image_url","image_url":{"url":"data:x"}},{"type":"text","text":"b"}]}]}""");
    assertThat(request.messages()).containsExactly(new Message(Role.USER, "ab"));
    assertThat(request.features()).containsExactly(Feature.MEDIA);
    assertThat(chat(request).media()).isEqualTo("messages[0].content[1]");
  }

  @Test
  void theFirstPartThatIsNoTextIsNamed() {
    InferenceRequest request =
        read(
            """
            {"model":"m","messages":[{"role":"user","content":"a"},
            {"role":"user","content":[{"type":"input_audio"},{"type":"image_url"}]},
            {"role":"user","content":[{"type":"file"}]}]}""");
    assertThat(chat(request).media()).isEqualTo("messages[1].content[0]");
    assertThat(chat(with("\"n\":2")).media()).isEmpty();
    assertThat(chat(with("\"n\":2")).answers()).isEqualTo(2);
  }

  private static Asked.Chat chat(InferenceRequest request) {
    return (Asked.Chat) request.asked();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'messages':[{'role':'user','content':'a'}],'tools':[{'description':'%s'}]}",
        "{'messages':[{'role':'user','content':'a'}],'response_format':{'type':'%s'}}",
        "{'messages':[{'role':'user','content':'a'}],'unknown':'%s'}",
        "{'messages':[{'role':'user','content':'%s'}]}",
        "{'messages':[{'role':'user','content':[{'type':'text','text':'%s'}]}]}",
        "{'messages':[{'role':'user','name':'%s','content':'a'}]}",
        "{'messages':[{'role':'user','content':'a'},{'role':'assistant','tool_calls':[{'id':'%s'}]}]}"
      })
  void allThatMayBecomeAPromptIsInput(String body) {
    InferenceRequest request =
        read(
            body.replace("{'messages", "{'model':'m','messages")
                .replace('\'', '"')
                .formatted("x".repeat(5_000)));
    assertThat(request.inputBytes()).isBetween(4_600, 5_200);
  }

  @Test
  void mediaIsNoInput() {
    InferenceRequest request =
        read(
            "{'model':'m','messages':[{'role':'user','content':[{'type':'text','text':'%s'},{'type':'image_url','image_url':{'url':'data:%s'},'text':'b'}]}]}"
                .replace('\'', '"')
                .formatted("é".repeat(50), "x".repeat(5_000)));
    assertThat(request.inputBytes()).isBetween(100, 300);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'role':'user','content':'%s'}",
        "{'role':'user' , 'content' : '%s' , 'name':'n' }",
        "{ 'content':'%s'\n,\t'role':'user'}",
        "{'content':null,'role':'user','content':'%s'}",
        "{'role':'user','content':[{'type':'text','text':'%s'}]}",
        "{'role':'user','content':[ {'text' : '%s' , 'type':'text' }\n] }",
        "{'role':'user','content':[{'text':null,'text':'%s' ,'type':'text'}],'name':'\\\"'}",
      })
  void textIsWhatStandsThere(String message) {
    String escaped = "\\\"\\\\ \\n\\r\\t\\b\\f\\/ \\u0627\\u0644\\uD83D\\ude42 النيل 🙂 ,\\\\";
    String text = "\"\\ \n\r\t\b\f/ ال🙂 النيل 🙂 ,\\";
    String json = message.replace('\'', '"').formatted(escaped);

    InferenceRequest request = read("{\"messages\":[" + json + "," + json + "],\"model\":\"m\"}");

    assertThat(texts(request))
        .containsExactly(new Message(Role.USER, text), new Message(Role.USER, text));
    boolean named = json.contains("name");
    assertThat(request.messages().getFirst().json()).isEqualTo(named ? json : "");
  }

  @Test
  void aByteOrderMarkShiftsNothing() {
    InferenceRequest request = read("\uFEFF{\"model\":\"m\"," + HI + "}");

    assertThat(request.messages()).containsExactly(new Message(Role.USER, "hi"));
    assertThat(request.spans().modelFrom()).isEqualTo(request.spans().open() + 8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\x", "a\\u12g4", "a\nb", "a", "\\"})
  void textThatIsNoJsonIsRefused(String escaped) {
    String end = escaped.equals("a") ? "" : "\"}]}";
    String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"";

    assertThat(refused(body + escaped + end)).isInstanceOf(ApiError.InvalidJson.class);
  }

  @Test
  void textThatIsNoUtf8IsRefused() {
    byte[] body = ("{\"model\":\"m\"," + HI + "}").getBytes(UTF_8);
    for (int bad : new int[] {0x80, 0xC3, 0xE2, 0xF0, 0xFF}) {
      byte[] broken = body.clone();
      broken[new String(body, ISO_8859_1).indexOf("hi")] = (byte) bad;

      assertThatThrownBy(() -> ChatBody.chat(broken, 10)).isInstanceOf(Refused.class);
    }
  }

  /** Wherever it stands: in what we read, in what we read over, in a name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "C080", // overlong
        "C1BF",
        "E08080",
        "F0808080",
        "EDA080", // a surrogate
        "EDBFBF",
        "F4908080", // beyond U+10FFFF
        "F8888080",
        "80",
        "C3",
        "F09F99",
      })
  void illFormedUtf8IsRefusedEverywhere(String hex) {
    String body =
        "{\"model\":\"m~\",\"messages\":[{\"role\":\"user\",\"content\":\"~\",\"name\":\"~\"}],"
            + "\"stop\":[\"~\"],\"x\":{\"y\":[\"~\"],\"z~\":1}}~";
    String bad = new String(HexFormat.of().parseHex(hex), ISO_8859_1);
    for (int at = body.indexOf('~'); at >= 0; at = body.indexOf('~', at + 1)) {
      String broken = body.substring(0, at) + bad + body.substring(at + 1);
      byte[] bytes = broken.replace("~", "").getBytes(ISO_8859_1);

      assertThatThrownBy(() -> ChatBody.chat(bytes, 10))
          .isInstanceOfSatisfying(
              Refused.class,
              e -> assertThat(e.error()).isEqualTo(new ApiError.InvalidJson("it must be UTF-8.")));
    }
  }

  @Test
  void lettersOfAllLengthsAreWellFormed() {
    for (String letters : List.of("\u007f", "\u0080\u07ff", "\u0800\uffff\ud7ff\ue000")) {
      assertThat(with("\"x\":\"" + letters + "\\ud800\"").features()).isEmpty();
    }
    assertThat(with("\"x\":\"\ud800\udc00\udbff\udfff\"").features()).isEmpty();
  }

  @Test
  void keysAreBoundedAndTextIsNot() {
    String colons = "\"x\":\"" + ":".repeat(600_000) + "\"";
    assertThat(with(colons + ",\"y\":\"\\\":\"").features()).isEmpty();

    var many = new StringBuilder("\"x\":{\"0\":0");
    for (int i = 1; i < 100_001; i++) {
      many.append(",\"").append(i).append("\":1");
    }
    assertThat(refused("{\"model\":\"m\"," + HI + "," + many + "}}"))
        .isEqualTo(new ApiError.InvalidJson("it has more than 100000 keys."));
  }

  @Test
  void aLongKeyIsNotRepeatedWhole() {
    String key = "\"" + "k".repeat(10_000) + "\":1";
    assertThat(refused("{\"model\":\"m\"," + HI + "," + key + "," + key + "}").message())
        .hasSizeLessThan(250);
  }

  /** The parser would read it, and nobody behind it. */
  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
  void otherEncodingsAreRefused(String name) {
    byte[] body = ("{\"model\":\"m\"," + HI + "}").getBytes(Charset.forName(name));

    assertThatThrownBy(() -> ChatBody.chat(body, 10))
        .isInstanceOfSatisfying(
            Refused.class,
            e -> assertThat(e.error()).isEqualTo(new ApiError.InvalidJson("it must be UTF-8.")));
  }

  /** The messages reduced to their texts. */
  private static List<Message> texts(InferenceRequest request) {
    return request.messages().stream().map(one -> new Message(one.role(), one.content())).toList();
  }

  @Test
  void anAssistantMayHaveToolCallsInsteadOfContent() {
    InferenceRequest request =
        read(
            """
            {"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"x"}]},
            {"role":"tool","tool_call_id":"x","content":"42"}]}""");
    assertThat(texts(request))
        .containsExactly(new Message(Role.ASSISTANT, ""), new Message(Role.TOOL, "42"));
    assertThat(request.messages().getFirst().json())
        .isEqualTo("{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"x\"}]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"role\":\"assistant\"",
        "\"role\":\"assistant\",\"content\":null",
        "\"role\":\"assistant\",\"content\":[]",
        "\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"hm\"",
        "\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":null",
        "\"role\":\"function\",\"name\":\"f\",\"content\":null",
      })
  void whatWasNotSaidByAPersonMayBeNothing(String message) {
    InferenceRequest request = read("{\"model\":\"m\",\"messages\":[{" + message + "}]}");
    assertThat(request.messages().getFirst().content()).isEmpty();
  }

  @Test
  void minusOneIsNoLimit() {
    Sampling sampling =
        with("\"max_tokens\":-1,\"max_completion_tokens\":-1,\"top_k\":-1").sampling();
    assertThat(sampling.maxTokens()).isNull();
    assertThat(sampling.topK()).isZero();
  }

  @Test
  void aChoiceOfToolsMayStandBeforeThem() {
    String tools = "\"tools\":[{}]";
    for (String choice : List.of("\"required\"", "{\"type\":\"function\"}")) {
      assertThat(with("\"tool_choice\":" + choice + "," + tools).features())
          .containsExactly(Feature.TOOLS);
    }
    assertThat(with("\"tool_choice\":\"auto\"").features()).isEmpty();
    assertThat(with("\"tool_choice\":\"none\"").features()).isEmpty();
    assertThat(
            with("\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\"}}")
                .features())
        .isEmpty();
  }

  @Test
  void loneSurrogatesAreTaken() {
    InferenceRequest request =
        read("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\\ud800b\"}]}");
    assertThat(request.messages().getFirst().content()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"temperature\":2.1 | temperature",
        "\"temperature\":-1 | temperature",
        "\"temperature\":\"hot\" | temperature",
        "\"temperature\":true | temperature",
        "\"top_p\":1.5 | top_p",
        "\"top_k\":-2 | top_k",
        "\"min_p\":2 | min_p",
        "\"repeat_penalty\":0 | repeat_penalty",
        "\"frequency_penalty\":3 | frequency_penalty",
        "\"presence_penalty\":-3 | presence_penalty",
        "\"max_tokens\":0 | max_tokens",
        "\"max_tokens\":-2 | max_tokens",
        "\"max_tokens\":1.5 | max_tokens",
        "\"tool_choice\":\"required\" | tool_choice",
        "\"tool_choice\":\"required\",\"tools\":[] | tool_choice",
        "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}} | tool_choice",
        "\"function_call\":{\"name\":\"f\"} | function_call",
        "\"max_tokens\":99999999999 | max_tokens",
        "\"max_completion_tokens\":-5 | max_completion_tokens",
        "\"n\":0 | n",
        "\"seed\":99999999999999999999 | seed",
        "\"seed\":\"x\" | seed",
        "\"stream\":\"yes\" | stream",
        "\"stream\":1 | stream",
        "\"stream_options\":{} | stream_options",
        "\"stream_options\":7,\"stream\":true | stream_options",
        "\"stream\":true,\"stream_options\":{\"include_usage\":3} | stream_options.include_usage",
        "\"stop\":5 | stop",
        "\"stop\":[1] | stop",
        "\"logprobs\":1 | logprobs",
        "\"top_logprobs\":21,\"logprobs\":true | top_logprobs",
        "\"top_logprobs\":2 | top_logprobs",
        "\"tools\":{} | tools",
        "\"logit_bias\":[] | logit_bias",
        "\"response_format\":\"json\" | response_format",
        "\"modalities\":\"text\" | modalities",
      })
  void aWrongValueIsNamed(String members, String param) {
    ApiError error = refused("{\"model\":\"m\"," + HI + "," + members + "}");
    assertThat(error).isInstanceOf(ApiError.InvalidValue.class);
    assertThat(error.param()).isEqualTo(param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | messages | missing_content",
        "null | messages | missing_content",
        "{} | messages | invalid_value",
        "[7] | messages[0] | invalid_value",
        "[{}] | messages[0].role | invalid_role",
        "[{\"role\":\"king\",\"content\":\"x\"}] | messages[0].role | invalid_role",
        "[{\"role\":7,\"content\":\"x\"}] | messages[0].role | invalid_value",
        "[{\"role\":\"user\"}] | messages[0].content | missing_content",
        "[{\"role\":\"user\",\"content\":null}] | messages[0].content | missing_content",
        "[{\"role\":\"user\",\"content\":[]}] | messages[0].content | missing_content",
        "[{\"role\":\"system\",\"content\":null}] | messages[0].content | missing_content",
        "[{\"role\":\"user\",\"content\":\"a\",\"content\":\"b\"}] | messages[0].content"
            + " | invalid_value",
        "[{\"role\":\"user\",\"role\":\"tool\",\"content\":\"b\"}] | messages[0].role"
            + " | invalid_value",
        "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\",\"text\":\"b\"}]}]"
            + " | messages[0].content[0].text | invalid_value",
        "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"type\":\"image_url\"}]}]"
            + " | messages[0].content[0].type | invalid_value",
        "[{\"role\":\"user\",\"content\":7}] | messages[0].content | invalid_value",
        "[{\"role\":\"user\",\"content\":[7]}] | messages[0].content[0] | invalid_value",
        "[{\"role\":\"user\",\"content\":[{}]}] | messages[0].content[0].type | invalid_value",
        "[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}] | messages[0].content[0].text"
            + " | missing_content",
      })
  void aWrongMessageIsNamed(String messages, String param, String code) {
    ApiError error = refused("{\"model\":\"m\",\"messages\":" + messages + "}");
    assertThat(error.param()).isEqualTo(param);
    assertThat(error.code()).isEqualTo(code);
    assertThat(error.status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nope",
        "7",
        "[]",
        "{",
        "{\"model\":\"m\"",
        "{\"model\":\"m\"} x",
        "{\"model\":\"m\",\"model\":\"n\"}",
        "{'model':'m'}",
        "{\"model\":\"m\",}",
      })
  void whatIsNoJsonObjectIsRefused(String body) {
    assertThat(refused(body)).isInstanceOf(ApiError.InvalidJson.class);
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() {
    byte[] body = ("{\"model\":\"m\"," + HI + "}").getBytes(UTF_8);
    body[11] = (byte) 0xFF;
    assertThatThrownBy(() -> ChatBody.chat(body, 10)).isInstanceOf(Refused.class);
  }

  @Test
  void aModelIsNeeded() {
    assertThat(refused("{" + HI + "}").param()).isEqualTo("model");
    assertThat(refused("{\"model\":\"\"," + HI + "}").param()).isEqualTo("model");
    assertThat(refused("{\"model\":5," + HI + "}").param()).isEqualTo("model");
  }

  @Test
  void deepNestingIsRefusedNotACrash() {
    String deep = "[".repeat(100_000);
    assertThat(refused("{\"model\":\"m\"," + HI + ",\"x\":" + deep)).isNotNull();
  }

  @Test
  void messagesAreBounded() {
    String one = "{\"role\":\"user\",\"content\":\"x\"}";
    String many = String.join(",", java.util.Collections.nCopies(11, one));
    assertThat(refused("{\"model\":\"m\",\"messages\":[" + many + "]}").param())
        .isEqualTo("messages");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"n\":2 | MULTIPLE_CHOICES",
        "\"logprobs\":true | LOGPROBS",
        "\"tools\":[{}] | TOOLS",
        "\"functions\":[{}] | TOOLS",
        "\"logit_bias\":{\"5\":1} | LOGIT_BIAS",
        "\"response_format\":{\"type\":\"json_object\"} | RESPONSE_FORMAT",
        "\"modalities\":[\"text\",\"audio\"] | AUDIO",
      })
  void whatNotEveryModelCanDoIsNoticed(String members, Feature feature) {
    assertThat(with(members).features()).containsExactly(feature);
  }

  @Test
  void plainFormsAskForNothingSpecial() {
    String members =
        "\"n\":1,\"logprobs\":false,\"tools\":[],\"logit_bias\":{},"
            + "\"response_format\":{\"type\":\"text\"},\"modalities\":[\"text\"]";
    assertThat(with(members).features()).isEmpty();
  }

  @Test
  void spansNameTheValues() {
    String body =
        "{ \"stream\" : true , \"model\" : \"نموذج\",\"stream_options\": { \"include_usage\" :"
            + " true },"
            + HI
            + "}";
    InferenceRequest request = read(body);
    var spans = request.spans();
    assertThat(
            List.of(
                span(request, spans.modelFrom(), spans.modelTo()),
                span(request, spans.streamFrom(), spans.streamTo()),
                span(request, spans.optionsFrom(), spans.optionsTo())))
        .containsExactly("\"نموذج\"", "true", "{ \"include_usage\" : true }");
    assertThat(spans.open()).isEqualTo(1);
  }

  private static String span(InferenceRequest request, int from, int to) {
    return new String(request.body(), from, to - from, UTF_8);
  }
}
