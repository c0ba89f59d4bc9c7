package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.testing.Events;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestEngine;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The engine's features, through worker, gateway and sockets. */
@Tag("engine")
@Timeout(180)
class WholeWayTest {
  private static final String POEM = "Write a poem about the sea.";

  @RegisterExtension static final TestEngine FRESH = TestEngine.usual("--no-prefix-cache");
  @RegisterExtension static final TestEngine CACHING = TestEngine.usual();

  private static Events answer(TestEngine engine, ObjectNode body) throws IOException {
    Response response = engine.chat(body);
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    Events events = response.events();
    assertThat(events.error().isMissingNode()).isTrue();
    LedgerRow row = engine.row(response);
    assertThat(row.completionTokens()).isEqualTo(events.usage().path("completion_tokens").asInt());
    assertThat(row.promptTokens()).isEqualTo(events.usage().path("prompt_tokens").asInt());
    return events;
  }

  @Test
  void aSeedRepeatsAlone() throws IOException {
    String one = answer(FRESH, TestEngine.question(POEM, 30)).content();
    String two = answer(FRESH, TestEngine.question(POEM, 30)).content();
    String other = answer(FRESH, TestEngine.question(POEM, 30).put("seed", 43)).content();

    assertThat(two).isEqualTo(one);
    assertThat(other).isNotEqualTo(one);
  }

  @Test
  void stopStringsEndTheAnswerAndAreNoPartOfIt() throws IOException {
    String all = answer(FRESH, TestEngine.question(POEM, 30)).content();
    String stop = all.substring(20, 26);
    ObjectNode body = TestEngine.question(POEM, 30);
    body.putArray("stop").add(stop).add("no such text");
    Events stopped = answer(FRESH, body);

    assertThat(stopped.content()).isEqualTo(all.substring(0, all.indexOf(stop)));
    assertThat(stopped.finishReason()).isEqualTo("stop");
  }

  @Test
  void anAnswerGoesOnWhereItsBeginningEnds() throws IOException {
    ObjectNode body = TestEngine.question("Count from one to nine in words.", 9);
    body.put("temperature", 0).put("continue_final_message", true);
    ArrayNode messages = (ArrayNode) body.path("messages");
    messages.addObject().put("role", "assistant").put("content", "One, two, three, four,");

    assertThat(answer(CACHING, body).content()).startsWith(" five, six");
  }

  @Test
  void anAnswerOfASchemaIsOneStreamedAndWhole() throws IOException {
    for (boolean stream : new boolean[] {true, false}) {
      ObjectNode body = TestEngine.question("Name a hill.", 400).put("temperature", 1.5);
      if (!stream) {
        body.remove("stream_options");
      }
      Response response = FRESH.chat(Requests.withSchema(body).put("stream", stream));
      assertThat(response.status()).as(response.text()).isEqualTo(200);
      String text =
          stream
              ? response.events().content()
              : response.json().at("/choices/0/message/content").asString();
      JsonNode place = JsonMapper.shared().readTree(text);
      assertThat(place.path("name").isString()).as(text).isTrue();
      assertThat(place.path("kinds").isArray()).as(text).isTrue();
      assertThat(FRESH.row(response).outcome()).isEqualTo("completed");
    }
  }

  @Test
  void otherServersFormsAreHeldToo() throws IOException {
    ObjectNode regex = TestEngine.question("A number.", 30).put("guided_regex", "[0-9]{4}-أ");
    assertThat(answer(FRESH, regex).content()).matches("[0-9]{4}-أ");
    ObjectNode grammar = TestEngine.question("A word.", 30).put("grammar", "root ::= \"نعم\"");
    assertThat(answer(FRESH, grammar).content()).isEqualTo("نعم");
  }

  @Test
  void aFormThatCannotBeHeldIsRefusedWithItsPlace() throws IOException {
    ObjectNode body = TestEngine.question("A word.", 30);
    body.putObject("guided_json").putObject("not");
    Response response = FRESH.chat(body);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("param").asString()).isEqualTo("guided_json.not");
    assertThat(FRESH.row(response).outcome()).isEqualTo("failed");
  }

  @Test
  void theNextTurnReadsOnlyWhatIsNew() throws IOException {
    ObjectNode body = TestEngine.question("Tell me about the sea. ".repeat(10), 20);
    Events first = answer(CACHING, body);
    ArrayNode messages = (ArrayNode) body.path("messages");
    messages.addObject().put("role", "assistant").put("content", first.content());
    messages.addObject().put("role", "user").put("content", "And the sky?");
    Events second = answer(CACHING, body);

    assertThat(cached(second)).isGreaterThan(first.usage().path("prompt_tokens").asInt() - 5);
    assertThat(cached(second)).isLessThan(second.usage().path("prompt_tokens").asInt());
  }

  @Test
  void nobodyLearnsWhatAnotherKeyHasAsked() throws IOException {
    ObjectNode body = TestEngine.question("Is the letter of the ninth in the safe? ".repeat(9), 5);
    int read = answer(CACHING, body).usage().path("prompt_tokens").asInt();

    assertThat(cached(body, CACHING.newKey())).isZero();
    assertThat(cached(body, CACHING.key())).isGreaterThan(read - 5);
    body.put("cache_salt", "a user of ours");
    assertThat(cached(body, CACHING.key())).isZero();
    assertThat(cached(body, CACHING.newKey())).isZero();
  }

  private static int cached(ObjectNode body, String key) throws IOException {
    Response response = CACHING.send(Requests.post(key, body.toString()));
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    int cached = cached(response.events());
    assertThat(CACHING.row(response).cachedTokens()).isEqualTo(cached);
    return cached;
  }

  private static int cached(Events events) {
    return events.usage().path("prompt_tokens_details").path("cached_tokens").asInt(-1);
  }

  @Test
  void aClientWhoLeavesFreesTheSlotWhileTokensFlow() throws IOException {
    RawHttp.Head head;
    try (RawHttp client = FRESH.connect()) {
      client.send(Requests.post(FRESH.key(), TestEngine.question(POEM, 900).toString()));
      head = client.head();
      client.chunk();
      awaitBusy(1);
    }
    awaitBusy(0);
    LedgerRow row = FRESH.row(head);
    assertThat(row.outcome()).isEqualTo("client_gone");
    assertThat(row.status()).isEqualTo(499);
    assertThat(row.completionTokens()).isLessThan(900);
  }

  @Test
  void aClientWhoLeavesFreesTheSlotWhileThePromptIsRead() throws IOException {
    ObjectNode body = TestEngine.question("word ".repeat(900), 5);
    try (RawHttp client = FRESH.connect()) {
      client.send(Requests.post(FRESH.key(), body.toString()));
      Awaitility.await("a stream").atMost(TestGateway.SOON).until(() -> FRESH.streams() == 1);
    }
    awaitBusy(0);
    assertThat(answer(FRESH, TestEngine.question("Hello", 5)).content()).isNotBlank();
  }

  private static void awaitBusy(int slots) {
    Awaitility.await(slots + " busy slots")
        .atMost(TestGateway.SOON)
        .until(() -> FRESH.gauge("tayyar_engine_slots_busy") == slots);
  }

  @Test
  void requestsThatDoNotFitAreRefusedWithTheirStatus() throws IOException {
    long pid = FRESH.pid();
    Response tooLong = FRESH.chat(TestEngine.question("word ".repeat(3000), 5));
    Response tooMuch = FRESH.chat(TestEngine.question("Hello", 100_000));
    Response nothing = FRESH.chat(TestEngine.question(" \n", 5));

    assertRefused(tooLong, 400, "context_length_exceeded");
    assertRefused(tooMuch, 422, "max_tokens_exceeded");
    assertRefused(nothing, 400, "empty_input");
    assertThat(FRESH.pid()).isEqualTo(pid);
  }

  @Test
  void whatAModelOfTextCannotReadIsNamed() throws IOException {
    ObjectNode body = TestEngine.question("", 5);
    ArrayNode parts = ((ObjectNode) body.path("messages").path(0)).putArray("content");
    parts.addObject().put("type", "text").put("text", "What is this?");
    parts.addObject().put("type", "image_url").putObject("image_url").put("url", "data:,x");
    Response refused = FRESH.chat(body);

    assertRefused(refused, 400, "unsupported_by_model");
    assertThat(refused.error().path("param").asString()).isEqualTo("messages[0].content[1]");
  }

  private static void assertRefused(Response response, int status, String code) {
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.error().path("code").asString()).isEqualTo(code);
    LedgerRow row = FRESH.row(response);
    assertThat(row.status()).isEqualTo(status);
    assertThat(row.completionTokens()).isZero();
  }
}
