package tayyar.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.simulate.StreamedChunks.CollectedCall;
import tayyar.simulate.StrictClient.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@Tag("socket")
class SimulatorTest {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Duration SOON = Duration.ofSeconds(10);

  private Simulator simulator;
  private StrictClient client;

  @BeforeEach
  void start() throws IOException {
    simulator =
        Simulator.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Script.of(""));
    client = new StrictClient(simulator.address());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    simulator.close();
    assertThat(simulator.failures()).isEmpty();
  }

  private StreamedChunks ask(String text) throws IOException {
    return StreamedChunks.of(send(text).response().text());
  }

  private StreamedChunks stream(ObjectNode body) throws IOException {
    return StreamedChunks.of(client.post(body.toString()).response().text());
  }

  private JsonNode whole(ObjectNode body) throws IOException {
    body.put("stream", false).remove("stream_options");
    return JSON.readTree(client.post(body.toString()).response().text());
  }

  private StrictClient send(String text) throws IOException {
    return client.post(chat(text).toString());
  }

  private static ObjectNode chat(String text) {
    ObjectNode body = JSON.createObjectNode().put("model", "sim").put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return body;
  }

  private static ObjectNode withTools(ObjectNode body) {
    return body.set(
        "tools",
        JSON.readTree(
            """
            [{"type":"function","function":{"name":"weather","parameters":{"type":"object",
              "properties":{"city":{"type":"string"},"days":{"type":"integer"}}}}},
             {"type":"function","function":{"name":"now"}}]
            """));
  }

  private static ObjectNode withSchema(ObjectNode body) {
    return body.set(
        "response_format",
        JSON.readTree(
            """
            {"type":"json_schema","json_schema":{"name":"place","schema":{"type":"object",
              "properties":{"name":{"type":"string"},"height":{"type":["number","null"]},
                "kinds":{"type":"array","items":{"enum":["town","hill"]}}}}}}
            """));
  }

  @Test
  void streamsTheTokensItWasAskedFor() throws IOException {
    StreamedChunks events = ask("[[tokens=5 arabic seed=3]]");

    assertThat(events.chunks()).hasSize(8);
    assertThat(events.content()).matches("(\\S+ ){5}").containsPattern("\\p{IsArabic}");
    assertThat(events.finishReason()).isEqualTo("stop");
    assertThat(events.usage().path("completion_tokens").asInt()).isEqualTo(5);
    assertThat(events.done()).isTrue();
    assertThat(simulator.next(SOON).awaitEnd(SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(ReceivedRequest.How.WRITTEN, 5));
  }

  @Test
  void mixesArabicAndEnglish() throws IOException {
    String text = ask("[[tokens=60 mixed]]").content();
    assertThat(text).containsPattern("\\p{IsArabic}").containsPattern("[a-z]");

    String numbered = ask("[[tokens=60 numbered mixed]]").content();
    assertThat(numbered).matches("(\\d+~\\S+ ){60}").containsPattern("\\p{IsArabic}");
    assertThat(numbered.replaceAll("\\d+~", "")).isEqualTo(text);
    assertThat(ask("[[tokens=3 numbered stamped mixed]]").content())
        .matches("0@\\d+~\\S+ 1@\\d+~\\S+ 2@\\d+~\\S+ ");
  }

  /** As vLLM 0.10 and later write them. */
  @Test
  void hasTheMembersOfVllm() throws IOException {
    String begin =
        "data: {\"id\":\"chatcmpl-sim1\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,"
            + "\"model\":\"sim\",\"choices\":[";
    String none = "\"logprobs\":null,\"finish_reason\":null";
    List<String> chunks = send("[[tokens=1 vllm numbered]]").response().chunks();

    assertThat(chunks)
        .containsExactly(
            begin
                + "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                + none
                + "}],\"prompt_token_ids\":null}\n\n",
            begin
                + "{\"index\":0,\"delta\":{\"content\":\"0 \"},"
                + none
                + ",\"token_ids\":null}]}\n\n",
            begin
                + "{\"index\":0,\"delta\":{\"content\":\"\"},\"logprobs\":null,"
                + "\"finish_reason\":\"stop\",\"stop_reason\":null,\"token_ids\":null}]}\n\n",
            begin
                + "],\"usage\":{\"prompt_tokens\":3,\"total_tokens\":4,\"completion_tokens\":1}}\n\n",
            "data: [DONE]\n\n");
  }

  @Test
  void hasTheMembersOfVllmInWholeAnswersToo() throws IOException {
    JsonNode answer = whole(chat("[[tokens=3 vllm]]"));
    JsonNode choice = answer.path("choices").path(0);

    assertThat(answer.propertyNames())
        .containsExactly(
            "id",
            "object",
            "created",
            "model",
            "choices",
            "service_tier",
            "system_fingerprint",
            "usage",
            "prompt_logprobs",
            "prompt_token_ids",
            "kv_transfer_params");
    assertThat(choice.propertyNames())
        .containsExactly(
            "index", "message", "logprobs", "finish_reason", "stop_reason", "token_ids");
    assertThat(choice.path("message").propertyNames())
        .containsExactly("role", "content", "refusal", "annotations", "audio", "function_call");
    assertThat(answer.path("usage").propertyNames())
        .containsExactly("prompt_tokens", "total_tokens", "completion_tokens");
  }

  @Test
  void keepsTheConnection() throws IOException {
    assertThat(ask("[[echo]] one two").content()).isEqualTo("one two");
    assertThat(ask("[[echo]] three").content()).isEqualTo("three");
    assertThat(simulator.accepted()).isEqualTo(1);
  }

  @Test
  void saysTheSameStreamedAndWhole() throws IOException {
    String streamed = ask("[[tokens=9 seed=4]]").content();

    assertThat(
            whole(chat("[[tokens=9 seed=4]]"))
                .path("choices")
                .path(0)
                .path("message")
                .path("content"))
        .hasToString('"' + streamed + '"');
  }

  @Test
  void holdsUntilReleased() throws IOException {
    send("[[tokens=6 hold@2]]");
    ReceivedRequest received = simulator.next(SOON);

    assertThat(received.awaitHeld(SOON)).isEqualTo(2);
    assertThat(received.sent()).isEqualTo(2);
    received.releaseUntil(4);
    assertThat(received.awaitHeld(SOON)).isEqualTo(4);
    received.release();
    assertThat(StreamedChunks.of(client.response().text()).chunks()).hasSize(9);
  }

  @Test
  void noticesThatThePeerLeft() throws IOException {
    send("[[tokens=6 hold@2]]");
    ReceivedRequest received = simulator.next(SOON);
    received.awaitHeld(SOON);
    client.close();

    assertThat(received.awaitEnd(SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(ReceivedRequest.How.PEER_LEFT, 2));
  }

  @Test
  void stopsWherePeerDoesNotRead() throws IOException {
    send("[[tokens=1000000 size=1000]]");
    ReceivedRequest received = simulator.next(SOON);
    client.head();
    client.reset();

    assertThat(received.awaitEnd(SOON).tokens()).isLessThan(100_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut@2", "reset@2", "refuse", "closes"})
  void breaksOff(String fault) throws IOException {
    send("[[tokens=4 " + fault + "]]");

    assertThatThrownBy(() -> client.response()).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"crlf", "nospace", "idfield"})
  void writesOddEvents(String oddity) throws IOException {
    String text = send("[[tokens=4 " + oddity + "]]").response().text();

    assertThatThrownBy(() -> StreamedChunks.of(text)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"calls@0", "calls@3 arabic seed=5", "calls@2 reasoning=1 bytewise"})
  void callsTools(String words) throws IOException {
    ObjectNode body = chat("[[" + words + "]]");
    StreamedChunks events = stream(withTools(body));

    List<CollectedCall> calls = events.calls();
    assertThat(calls).extracting(CollectedCall::name).containsExactly("weather", "now");
    assertThat(calls).allMatch(call -> call.arguments().size() > 3);
    JsonNode arguments = JSON.readTree(calls.getFirst().whole().arguments().getFirst());
    assertThat(arguments.propertyNames()).containsExactly("city", "days");
    assertThat(arguments.path("days").isIntegralNumber()).isTrue();
    assertThat(events.finishReason()).isEqualTo("tool_calls");
    assertThat(stream(body).calls()).isEqualTo(calls);

    JsonNode whole = whole(body);
    JsonNode choice = whole.path("choices").path(0);
    assertThat(CollectedCall.of(choice.path("message")))
        .isEqualTo(calls.stream().map(CollectedCall::whole).toList());
    assertThat(choice.path("finish_reason").asString()).isEqualTo("tool_calls");
    assertThat(choice.path("message").path("content").asString("")).isEqualTo(events.content());
    assertThat(whole.path("usage")).isEqualTo(events.usage());
  }

  @Test
  void callsOneToolWithTheArgumentsThatAreGiven() throws IOException {
    String words = "calls@0 tool=now arguments={\"command\":\"echo%20a+%5B1%5D\"}";
    List<CollectedCall> calls = stream(withTools(chat("[[" + words + "]]"))).calls();
    assertThat(calls).extracting(CollectedCall::name).containsExactly("now");
    assertThat(calls.getFirst().whole().arguments().getFirst())
        .isEqualTo("{\"command\":\"echo a+[1]\"}");
  }

  @Test
  void callsNothingUnlessItMay() throws IOException {
    ObjectNode body = chat("[[calls@1 tokens=3]]");
    assertThat(stream(body).content().split(" ", -1)).hasSize(4);
    withTools(body).put("tool_choice", "none");
    assertThat(stream(body).finishReason()).isEqualTo("stop");
    body.put("tool_choice", "auto").put("max_tokens", 4);
    StreamedChunks cut = stream(body);
    assertThat(cut.finishReason()).isEqualTo("length");
    assertThat(cut.usage().path("completion_tokens").asInt()).isEqualTo(4);
    assertThat(cut.calls()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "arabic seed=9"})
  void answersWithJsonOfTheSchema(String words) throws IOException {
    ObjectNode body = chat("[[" + words + "]]");
    StreamedChunks events = stream(withSchema(body));

    JsonNode place = JSON.readTree(events.content());
    assertThat(place.propertyNames()).containsExactly("name", "height", "kinds");
    assertThat(place.path("height").isNumber()).isTrue();
    assertThat(place.path("kinds").path(0).asString()).isIn("town", "hill");
    assertThat(events.finishReason()).isEqualTo("stop");
    assertThat(events.chunks()).hasSizeGreaterThan(8);

    body.putObject("response_format").put("type", "json_object");
    assertThat(JSON.readTree(stream(body).content()).path("text").asString()).isNotBlank();
  }

  @Test
  void answersWithAStatus() throws IOException {
    Response response = send("[[status=429 retryafter=7]]").response();

    assertThat(response.status()).isEqualTo(429);
    assertThat(response.field("Retry-After")).isEqualTo("7");
    assertThat(JSON.readTree(response.text()).path("error").path("code").asString())
        .isEqualTo("simulated");
  }

  @Test
  void answersAnOldClientWithoutChunks() throws IOException {
    String body = chat("[[tokens=3]]").toString();
    client.send(
        "POST /v1/chat/completions HTTP/1.0\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);

    assertThat(client.rest()).doesNotContain("chunked").endsWith("\n\n");
  }

  @Test
  void refusesUnknownWords() {
    assertThatThrownBy(() -> Script.of("tokens=3 bogus"))
        .hasMessage("'bogus' is no word of a script.");
    assertThatThrownBy(() -> Script.of("pace=fast"))
        .hasMessage("'pace' can't be 'fast': write a time, such as pace=5ms.");
  }
}
