package tayyar.simulate;

import static java.nio.charset.StandardCharsets.US_ASCII;
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
import tayyar.testing.Called;
import tayyar.testing.Events;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@Tag("socket")
class SimulatorTest {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Duration SOON = Duration.ofSeconds(10);

  private Simulator simulator;
  private RawHttp client;

  @BeforeEach
  void start() throws IOException {
    simulator =
        Simulator.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Script.of(""));
    client = RawHttp.to(simulator.address());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    simulator.close();
    assertThat(simulator.failures()).isEmpty();
  }

  private Response ask(String text) throws IOException {
    return send(text).response();
  }

  private Response post(ObjectNode body) throws IOException {
    return client.send(Requests.post("", body.toString())).response();
  }

  private RawHttp send(String text) throws IOException {
    return client.send(Requests.post("", Requests.chatWithUsage("sim", text).toString()));
  }

  @Test
  void streamsTheTokensItWasAskedFor() throws IOException {
    Events events = ask("[[tokens=5 arabic seed=3]]").events();

    assertThat(events.chunks()).hasSize(8);
    assertThat(events.content()).matches("(\\S+ ){5}").containsPattern("\\p{IsArabic}");
    assertThat(events.finishReason()).isEqualTo("stop");
    assertThat(events.usage().path("completion_tokens").asInt()).isEqualTo(5);
    assertThat(events.done()).isTrue();
    assertThat(simulator.next(SOON).awaitEnd(SOON))
        .isEqualTo(new Exchange.Ending(Exchange.How.WRITTEN, 5));
  }

  @Test
  void keepsTheConnection() throws IOException {
    assertThat(ask("[[echo]] one two").events().content()).isEqualTo("one two");
    assertThat(ask("[[echo]] three").events().content()).isEqualTo("three");
    assertThat(simulator.accepted()).isEqualTo(1);
  }

  @Test
  void saysTheSameStreamedAndWhole() throws IOException {
    String streamed = ask("[[tokens=9 seed=4]]").events().content();
    client.send(Requests.post("", Requests.chat("sim", "[[tokens=9 seed=4]]", false).toString()));

    assertThat(client.response().json().path("choices").path(0).path("message").path("content"))
        .hasToString('"' + streamed + '"');
  }

  @Test
  void holdsUntilReleased() throws IOException {
    send("[[tokens=6 hold@2]]");
    Exchange exchange = simulator.next(SOON);

    assertThat(exchange.awaitHeld(SOON)).isEqualTo(2);
    assertThat(exchange.sent()).isEqualTo(2);
    exchange.releaseUntil(4);
    assertThat(exchange.awaitHeld(SOON)).isEqualTo(4);
    exchange.release();
    assertThat(client.response().events().chunks()).hasSize(9);
  }

  @Test
  void noticesThatThePeerLeft() throws IOException {
    send("[[tokens=6 hold@2]]");
    Exchange exchange = simulator.next(SOON);
    exchange.awaitHeld(SOON);
    client.close();

    assertThat(exchange.awaitEnd(SOON)).isEqualTo(new Exchange.Ending(Exchange.How.PEER_LEFT, 2));
  }

  @Test
  void stopsWherePeerDoesNotRead() throws IOException {
    send("[[tokens=1000000 size=1000]]");
    Exchange exchange = simulator.next(SOON);
    client.head();
    client.reset();

    assertThat(exchange.awaitEnd(SOON).tokens()).isLessThan(100_000);
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
    Response response = ask("[[tokens=4 " + oddity + "]]");

    assertThatThrownBy(response::events).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"calls@0", "calls@3 arabic seed=5", "calls@2 reasoning=1 bytewise"})
  void callsTools(String words) throws IOException {
    ObjectNode body = Requests.chatWithUsage("sim", "[[" + words + "]]");
    Events events = post(Requests.withTools(body)).events();

    List<Called> calls = Called.of(events);
    assertThat(calls).extracting(Called::name).containsExactly("weather", "now");
    assertThat(calls).allMatch(call -> call.pieces().size() > 2);
    JsonNode arguments = JSON.readTree(calls.getFirst().arguments());
    assertThat(arguments.propertyNames()).containsExactly("city", "days");
    assertThat(arguments.path("days").isIntegralNumber()).isTrue();
    assertThat(events.finishReason()).isEqualTo("tool_calls");
    assertThat(Called.of(post(body).events())).isEqualTo(calls);

    body.put("stream", false).remove("stream_options");
    JsonNode whole = post(body).json();
    assertThat(Called.of(whole)).isEqualTo(calls.stream().map(Called::whole).toList());
    assertThat(whole.path("choices").path(0).path("finish_reason").asString())
        .isEqualTo("tool_calls");
    assertThat(whole.path("choices").path(0).path("message").path("content").asString(""))
        .isEqualTo(events.content());
    assertThat(whole.path("usage")).isEqualTo(events.usage());
  }

  @Test
  void callsNothingUnlessItMay() throws IOException {
    ObjectNode body = Requests.chatWithUsage("sim", "[[calls@1 tokens=3]]");
    assertThat(post(body).events().content().split(" ", -1)).hasSize(4);
    Requests.withTools(body).put("tool_choice", "none");
    assertThat(post(body).events().finishReason()).isEqualTo("stop");
    body.put("tool_choice", "auto").put("max_tokens", 4);
    Events cut = post(body).events();
    assertThat(cut.finishReason()).isEqualTo("length");
    assertThat(cut.usage().path("completion_tokens").asInt()).isEqualTo(4);
    assertThat(Called.of(cut)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "arabic seed=9"})
  void answersWithJsonOfTheSchema(String words) throws IOException {
    ObjectNode body = Requests.chatWithUsage("sim", "[[" + words + "]]");
    Events events = post(Requests.withSchema(body)).events();

    JsonNode place = JSON.readTree(events.content());
    assertThat(place.propertyNames()).containsExactly("name", "height", "kinds");
    assertThat(place.path("height").isNumber()).isTrue();
    assertThat(place.path("kinds").path(0).asString()).isIn("town", "hill");
    assertThat(events.finishReason()).isEqualTo("stop");
    assertThat(events.chunks()).hasSizeGreaterThan(8);

    body.putObject("response_format").put("type", "json_object");
    assertThat(JSON.readTree(post(body).events().content()).path("text").asString()).isNotBlank();
  }

  @Test
  void answersWithAStatus() throws IOException {
    Response response = ask("[[status=429 retryafter=7]]");

    assertThat(response.status()).isEqualTo(429);
    assertThat(response.field("Retry-After")).isEqualTo("7");
    assertThat(response.error().path("code").asString()).isEqualTo("simulated");
  }

  @Test
  void answersAnOldClientWithoutChunks() throws IOException {
    String body = Requests.chat("sim", "[[tokens=3]]", true).toString();
    client.send(
        "POST /v1/chat/completions HTTP/1.0\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);

    assertThat(new String(client.rest(), US_ASCII)).doesNotContain("chunked").endsWith("\n\n");
  }

  @Test
  void refusesUnknownWords() {
    assertThatThrownBy(() -> Script.of("tokens=3 bogus"))
        .hasMessage("'bogus' is no word of a script.");
    assertThatThrownBy(() -> Script.of("pace=fast"))
        .hasMessage("'pace' can't be 'fast': write a time, such as pace=5ms.");
  }
}
