package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.accounts.AccountStore;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.Room;
import tayyar.api.Storing;
import tayyar.api.Target.Dialect;
import tayyar.keys.KeyStore;
import tayyar.store.Store;
import tayyar.stored.Kept;
import tayyar.stored.Shelf;
import tayyar.testing.LedgerRow;
import tayyar.testing.NamedEvents;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.Stores;
import tayyar.testing.StreamedResponse;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Responses that are stored, where the operator lets them be. */
@Tag("socket")
class StoredResponsesTest {
  private static final String PATH = "/v1/responses";

  /** In front of a target that would store responses itself. */
  @RegisterExtension
  static final TestGateway SAME = TestGateway.storing(Storing.USUAL, Dialect.RESPONSES);

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.storing(new Storing(Duration.ofDays(1), 64 * 1024, 100, 8 << 20), Dialect.OPENAI);

  private static ObjectNode body(String script, String text) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    return body.put("model", TestGateway.MODEL).put("input", "[[" + script + "]] " + text);
  }

  private static Response post(ObjectNode body) throws IOException {
    return GATEWAY.send(Requests.post(PATH, GATEWAY.key(), body.toString(), ""));
  }

  private static JsonNode good(Response response) throws IOException {
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    return response.json();
  }

  private static String head(String method, String path, String key) {
    return Requests.bare(method, PATH + path)
        .replaceFirst("\r\n\r\n", "\r\nAuthorization: Bearer " + key + "\r\n\r\n");
  }

  private static Response ask(String method, String path) throws IOException {
    return GATEWAY.send(head(method, path, GATEWAY.key()));
  }

  private static String id(JsonNode response) {
    return response.path("id").asString();
  }

  private static JsonNode await(String id, String status) {
    var last = new AtomicReference<JsonNode>();
    Awaitility.await(id + " to be " + status)
        .atMost(TestGateway.SOON)
        .until(
            () -> {
              last.set(good(ask("GET", "/" + id)));
              return last.get().path("status").asString().equals(status);
            });
    return last.get();
  }

  /** Reads a stream until a word has come so often. */
  private static String until(RawHttp client, String word, int times) throws IOException {
    var all = new StringBuilder();
    while (all.toString().split(Pattern.quote(word), -1).length <= times) {
      all.append(client.chunk().text());
    }
    return all.toString();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aResponseIsThereAtOnceAndUntilItIsDeleted(boolean stream) throws IOException {
    Response answer = post(body("tokens=4", "x").put("stream", stream));
    JsonNode response =
        stream ? StreamedResponse.of(NamedEvents.of(answer.text())).response() : good(answer);
    assertThat(response.path("store").asBoolean(false)).isTrue();
    assertThat(good(ask("GET", "/" + id(response)))).isEqualTo(response);

    JsonNode gone = good(ask("DELETE", "/" + id(response)));
    assertThat(gone.path("deleted").asBoolean(false)).isTrue();
    for (String method : List.of("GET", "DELETE")) {
      Response missing = ask(method, "/" + id(response));
      assertThat(missing.status()).isEqualTo(404);
      assertThat(missing.error().path("code").asString()).isEqualTo("response_not_found");
    }
  }

  /** No database's text has every character that an address may name. */
  @Test
  void anIdWithTheCharacterZeroIsNone() throws IOException {
    for (String method : List.of("GET", "DELETE")) {
      assertThat(ask(method, "/resp_%00").status()).as(method).isEqualTo(404);
    }
    Response answer =
        post(body("tokens=1", "x").put("stream", false).put("previous_response_id", "resp_\0"));
    assertThat(answer.error().path("code").asString()).isEqualTo("previous_response_not_found");
  }

  @Test
  void whatIsNotToBeStoredIsNot() throws IOException {
    JsonNode response = good(post(body("tokens=1", "x").put("store", false)));
    assertThat(response.path("store").asBoolean(true)).isFalse();
    assertThat(ask("GET", "/" + id(response)).status()).isEqualTo(404);
  }

  /** Its answer is given; that it is not there later is said in it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatIsTooLargeSaysThatItIsNotStored(boolean stream) throws IOException {
    Response answer = post(body("tokens=900 size=100", "x").put("stream", stream));
    JsonNode response =
        stream ? StreamedResponse.of(NamedEvents.of(answer.text())).response() : good(answer);
    assertThat(response.path("store").asBoolean(true)).isFalse();
    assertThat(ask("GET", "/" + id(response)).status()).isEqualTo(404);
  }

  @Test
  void aConversationGoesOn() throws IOException {
    JsonNode first = good(post(body("tokens=2", "one").put("instructions", "Be brief.")));
    GATEWAY.upstream();
    JsonNode second =
        good(
            post(
                body("calls@0", "two")
                    .put("previous_response_id", id(first))
                    .set("tools", tool())));
    assertThat(second.path("previous_response_id").asString()).isEqualTo(id(first));
    GATEWAY.upstream();
    JsonNode call = second.at("/output/0");
    assertThat(call.path("type").asString()).isEqualTo("function_call");

    ObjectNode third = body("", "").put("previous_response_id", id(second));
    third
        .putArray("input")
        .addObject()
        .put("type", "function_call_output")
        .put("output", "[[tokens=1]]")
        .set("call_id", call.path("call_id"));
    good(post(third));
    JsonNode messages = GATEWAY.upstream().body().path("messages");
    assertThat(messages.findValuesAsString("role"))
        .containsExactly("user", "assistant", "user", "assistant", "tool");
    assertThat(messages.path(1).path("content").asString())
        .isEqualTo(first.at("/output/0/content/0/text").asString());
    assertThat(messages.path(3).at("/tool_calls/0/id")).isEqualTo(call.path("call_id"));
    assertThat(messages.path(4).path("tool_call_id")).isEqualTo(call.path("call_id"));
  }

  private static JsonNode tool() {
    return JsonMapper.shared()
        .readTree(
            "[{\"type\":\"function\",\"name\":\"now\",\"parameters\":{\"type\":\"object\"}}]");
  }

  /** As the AI SDK does it by default. */
  @Test
  void anItemIsNamedInsteadOfSent() throws IOException {
    JsonNode first = good(post(body("tokens=2", "one")));
    GATEWAY.upstream();
    ObjectNode next = body("", "");
    var input = next.putArray("input");
    input.addObject().put("role", "user").put("content", "one");
    input.addObject().put("type", "item_reference").set("id", first.at("/output/0/id"));
    input.addObject().put("role", "user").put("content", "[[tokens=1]]");
    good(post(next));
    assertThat(GATEWAY.upstream().body().at("/messages/1/content").asString())
        .isEqualTo(first.at("/output/0/content/0/text").asString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"input\":\"x\",\"previous_response_id\":\"resp_1\"|previous_response_not_found|previous_response_id",
        "\"input\":[{\"type\":\"item_reference\",\"id\":\"msg_1_0\"}]|previous_response_not_found|input[0]",
        "\"input\":[{\"type\":\"item_reference\",\"id\":7}]|previous_response_not_found|input[0]",
        "\"input\":\"x\",\"background\":true,\"store\":false|invalid_value|background",
        "\"input\":\"x\",\"conversation\":\"conv_1\"|responses_not_stored|conversation",
        "\"input\":\"x\",\"previous\\u005fresponse_id\":\"resp_1\"|previous_response_not_found|previous_response_id",
        "\"input\":[{\"type\":\"item\\u005freference\",\"id\":\"msg_1_0\"}]|previous_response_not_found|input[0]",
        "\"input\":\"x\",\"background\":\"yes\"|invalid_value|background",
        "\"input\":\"x\",\"background\":1|invalid_value|background",
        "\"input\":\"x\",\"store\":\"true\"|invalid_value|store",
        "\"input\":\"x\",\"store\":{}|invalid_value|store",
        "\"input\":\"x\",\"store\":\"\"|invalid_value|store",
        "\"input\":\"x\",\"previous_response_id\":\"\"|invalid_value|previous_response_id",
        "\"input\":\"x\",\"previous_response_id\":1|invalid_value|previous_response_id",
        "\"input\":\"x\",\"previous_response_id\":{}|invalid_value|previous_response_id",
        "\"input\":7|invalid_value|input"
      })
  void whatIsNotThereIsRefusedWithItsPlace(String members, String code, String place)
      throws IOException {
    String body = "{\"model\":\"sim\"," + members + "}";
    Response response = GATEWAY.send(Requests.post(PATH, GATEWAY.key(), body, ""));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.error().path("code").asString()).isEqualTo(code);
    assertThat(response.error().path("param").asString()).isEqualTo(place);
  }

  @Test
  void theItemsOfARequestAreListed() throws IOException {
    ObjectNode body = body("", "");
    var input = body.putArray("input");
    input.addObject().put("role", "user").put("content", "a");
    input
        .addObject()
        .put("type", "message")
        .put("id", "msg_own")
        .put("role", "assistant")
        .put("content", "b");
    input.addObject().put("role", "user").put("content", "[[tokens=1]]");
    String at = "/" + id(good(post(body))) + "/input_items";

    JsonNode all = good(ask("GET", at + "?order=asc"));
    assertThat(all.path("data").findValuesAsString("text"))
        .containsExactly("a", "b", "[[tokens=1]]");
    assertThat(all.at("/data/1/id").asString()).isEqualTo("msg_own");
    assertThat(all.at("/data/0/content/0/type").asString()).isEqualTo("input_text");
    assertThat(all.at("/data/1/content/0/type").asString()).isEqualTo("output_text");
    assertThat(all.path("has_more").asBoolean(true)).isFalse();

    JsonNode last = good(ask("GET", at + "?limit=2"));
    assertThat(last.path("data").findValuesAsString("text")).containsExactly("[[tokens=1]]", "b");
    assertThat(last.path("has_more").asBoolean(false)).isTrue();
    JsonNode rest = good(ask("GET", at + "?after=" + last.path("last_id").asString()));
    assertThat(rest.path("data").findValuesAsString("text")).containsExactly("a");
    for (String wrong : List.of("limit=0", "limit=101", "order=up", "after=x")) {
      assertThat(ask("GET", at + "?" + wrong).status()).as(wrong).isEqualTo(400);
    }
  }

  @Test
  void nobodySeesAnotherOrganisations() throws IOException {
    JsonNode own = good(post(body("tokens=1", "x")));
    String other = keyOfAnother();
    for (String[] each :
        new String[][] {
          {"GET", ""}, {"DELETE", ""}, {"POST", "/cancel"}, {"GET", "/input_items"}
        }) {
      Response response = GATEWAY.send(head(each[0], "/" + id(own) + each[1], other));
      assertThat(response.status()).as(each[0] + each[1]).isEqualTo(404);
    }
    String next = body("tokens=1", "x").put("previous_response_id", id(own)).toString();
    Response response = GATEWAY.send(Requests.post(PATH, other, next, ""));
    assertThat(response.error().path("code").asString()).isEqualTo("previous_response_not_found");
    assertThat(ask("GET", "/" + id(own)).status()).isEqualTo(200);
  }

  private static String keyOfAnother() {
    try (Store store = Stores.open(GATEWAY.database())) {
      var accounts = new AccountStore(store.dataSource());
      accounts.createOrganisation("other", null, false, ZoneId.of("Africa/Cairo"));
      var terms = new KeyStore.Terms(accounts.project("other").id(), null, null);
      String key = new KeyStore(store.dataSource()).create("", 100_000, terms).secret();
      GATEWAY.newKey(1000);
      return key;
    }
  }

  @Test
  void anAnswerGoesOnInTheBackground() throws IOException {
    Response begun = post(body("tokens=5 hold@2", "x").put("background", true));
    JsonNode response = good(begun);
    assertThat(response.path("status").asString()).isEqualTo("in_progress");
    assertThat(response.path("background").asBoolean(false)).isTrue();
    assertThat(good(ask("GET", "/" + id(response))).path("status").asString())
        .isEqualTo("in_progress");
    Response early = post(body("", "y").put("previous_response_id", id(response)));
    assertThat(early.error().path("code").asString()).isEqualTo("response_in_progress");

    GATEWAY.upstream().release();
    JsonNode done = await(id(response), "completed");
    assertThat(done.at("/output/0/content/0/text").asString()).isNotBlank();
    LedgerRow row = GATEWAY.row(begun);
    assertThat(row.outcome()).isEqualTo("completed");
    assertThat(row.completionTokens()).isEqualTo(5);

    Response stream = ask("GET", "/" + id(response) + "?stream=true");
    StreamedResponse whole = StreamedResponse.of(NamedEvents.of(stream.text()));
    assertThat(whole.response()).isEqualTo(done);
    Response rest = ask("GET", "/" + id(response) + "?stream=true&starting_after=4");
    assertThat(stream.text()).endsWith(rest.text());
    assertThat(NamedEvents.of(rest.text()).all().getFirst().path("sequence_number").asInt())
        .isEqualTo(5);
  }

  /** Its events are the same for whoever reads them, when and how often ever. */
  @Test
  void aReaderMayLeaveAndComeBack() throws IOException {
    String id;
    try (RawHttp client = GATEWAY.connect()) {
      ObjectNode body = body("tokens=6 hold@3", "x").put("background", true).put("stream", true);
      client.send(Requests.post(PATH, GATEWAY.key(), body.toString(), ""));
      assertThat(client.head().status()).isEqualTo(200);
      String first = until(client, "response.output_text.delta", 1);
      id = first.replaceAll("(?s).*\"id\":\"(resp_[a-z0-9]+)\".*", "$1");
    }
    try (RawHttp reader = GATEWAY.connect()) {
      reader.send(head("GET", "/" + id + "?stream=true", GATEWAY.key()));
      RawHttp.Head head = reader.head();
      GATEWAY.upstream().release();
      Response all = reader.body(head);
      StreamedResponse read = StreamedResponse.of(NamedEvents.of(all.text()));
      assertThat(read.response().path("status").asString()).isEqualTo("completed");
      assertThat(read.response()).isEqualTo(await(id, "completed"));
      assertThat(ask("GET", "/" + id + "?stream=true").text()).isEqualTo(all.text());
    }
  }

  @Test
  void oneInTheBackgroundIsCancelled() throws IOException {
    Response begun = post(body("tokens=9 hold@2", "x").put("background", true));
    String id = id(good(begun));
    try (RawHttp reader = GATEWAY.connect()) {
      reader.send(head("GET", "/" + id + "?stream=true", GATEWAY.key()));
      assertThat(reader.head().status()).isEqualTo(200);
      until(reader, "event: response.output_text.delta", 2);
      JsonNode cancelled = good(ask("POST", "/" + id + "/cancel"));
      assertThat(cancelled.path("status").asString()).isEqualTo("cancelled");
      assertThat(cancelled.at("/output/0/status").asString()).isEqualTo("incomplete");
      assertThat(until(reader, "[DONE]", 1)).contains("\"status\":\"cancelled\"");
      assertThat(good(ask("POST", "/" + id + "/cancel"))).isEqualTo(cancelled);
      assertThat(good(ask("GET", "/" + id))).isEqualTo(cancelled);
    }
    LedgerRow row = GATEWAY.row(begun);
    assertThat(row.outcome()).isEqualTo("client_gone");
    assertThat(row.completionTokens()).isEqualTo(2);
  }

  @Test
  void oneThatIsDeletedIsCancelled() throws IOException {
    Response begun = post(body("tokens=9 hold@2", "x").put("background", true));
    good(ask("DELETE", "/" + id(good(begun))));
    assertThat(GATEWAY.row(begun).outcome()).isEqualTo("client_gone");
    assertThat(ask("GET", "/" + id(good(begun))).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"status=500", "tokens=9 cut@2"})
  void oneInTheBackgroundFails(String script) throws IOException {
    post(body("tokens=1", "x"));
    Response begun = post(body(script, "x").put("background", true));
    JsonNode failed = await(id(good(begun)), "failed");
    assertThat(failed.path("error").path("code").asString()).isEqualTo("server_error");
    assertThat(GATEWAY.row(begun).outcome()).isEqualTo("failed");
    Response stream = ask("GET", "/" + id(failed) + "?stream=true");
    assertThat(StreamedResponse.of(NamedEvents.of(stream.text())).response()).isEqualTo(failed);
  }

  @Test
  void whatOnlyTheBackgroundAllowsIsRefusedElsewhere() throws IOException {
    String id = id(good(post(body("tokens=1", "x"))));
    for (String[] each : new String[][] {{"GET", "?stream=true"}, {"POST", "/cancel"}}) {
      Response response = ask(each[0], "/" + id + each[1]);
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.error().path("code").asString()).isEqualTo("response_not_in_background");
    }
    assertThat(ask("GET", "/" + id + "?stream=perhaps").status()).isEqualTo(400);
    assertThat(ask("POST", "/compact").status()).isEqualTo(404);
  }

  /** What is stored here means nothing to a target of the same language. */
  @Test
  void aConversationGoesOnAtATargetOfTheSameLanguage() throws IOException {
    JsonNode first =
        good(SAME.send(Requests.post(PATH, SAME.key(), body("tokens=2", "one").toString(), "")));
    SAME.upstream();
    ObjectNode next =
        body("tokens=3", "two").put("previous_response_id", id(first)).put("background", true);
    JsonNode second = good(SAME.send(Requests.post(PATH, SAME.key(), next.toString(), "")));
    JsonNode asked = SAME.upstream().body();
    assertThat(asked.has("previous_response_id") || asked.has("background")).isFalse();
    assertThat(asked.path("stream").asBoolean(false)).isTrue();
    assertThat(asked.path("input").findValuesAsString("role"))
        .containsExactly("user", "assistant", "user");
    assertThat(asked.at("/input/1/phase").asString()).isEqualTo("final_answer");

    String at = "/" + id(second);
    Awaitility.await("its end")
        .atMost(TestGateway.SOON)
        .until(() -> SAME.send(head("GET", at, SAME.key())).text().contains("\"completed\""));
    JsonNode done = good(SAME.send(head("GET", at, SAME.key())));
    assertThat(done.path("previous_response_id").asString()).isEqualTo(id(first));
    assertThat(done.path("background").asBoolean(false)).isTrue();
    assertThat(done.path("store").asBoolean(false)).isTrue();
    Response stream = SAME.send(head("GET", at + "?stream=true", SAME.key()));
    assertThat(StreamedResponse.of(NamedEvents.of(stream.text())).response()).isEqualTo(done);
  }

  /** However its name is written, and however large the body is. */
  @ParameterizedTest
  @ValueSource(ints = {10, 40_000})
  void aNameWithEscapesRefersToo(int length) throws IOException {
    JsonNode first =
        good(SAME.send(Requests.post(PATH, SAME.key(), body("tokens=2", "one").toString(), "")));
    SAME.upstream();
    String next =
        body("tokens=1", "x".repeat(length))
            .put("previous_response_id", id(first))
            .toString()
            .replace("previous_response_id", "previous\\u005fresponse_id");
    good(SAME.send(Requests.post(PATH, SAME.key(), next, "")));
    JsonNode asked = SAME.upstream().body();
    assertThat(asked.has("previous_response_id")).isFalse();
    assertThat(asked.path("input").findValuesAsString("role"))
        .containsExactly("user", "assistant", "user");
  }

  /** Who reads its events need not be there when they begin, or stay. */
  @Test
  void whoLeavesBeforeTheFirstEventLeavesNothing() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (RawHttp client = GATEWAY.connect()) {
        ObjectNode body = body("tokens=2", "x").put("background", true).put("stream", true);
        client.send(Requests.post(PATH, GATEWAY.key(), body.toString(), ""));
        client.reset();
      }
    }
  }

  @Test
  void oneThatAStopEndsHasFailed() throws Exception {
    Bounds quick = Bounds.DEFAULT.with(Deadline.DRAIN, Duration.ofMillis(100));
    var gateway = TestGateway.storing(Storing.USUAL, Dialect.OPENAI, quick);
    gateway.start();
    try {
      ObjectNode body = body("tokens=9 hold@2", "x").put("background", true);
      Response begun = gateway.send(Requests.post(PATH, gateway.key(), body.toString(), ""));
      String id = id(good(begun));
      gateway.stopGateway();
      try (Store store = Stores.open(gateway.database());
          Shelf shelf =
              Shelf.open(store.dataSource(), store.dataSource(), "another", Storing.USUAL)) {
        Kept kept = Objects.requireNonNull(shelf.findWithEvents("org_default", id, Room.ENDLESS));
        JsonNode response = JsonMapper.shared().readTree(kept.response());
        assertThat(kept.running()).isFalse();
        assertThat(response.path("status").asString()).isEqualTo("failed");
        assertThat(response.at("/error/code").asString()).isEqualTo("server_error");
        assertThat(Objects.requireNonNull(kept.events())).isNotEmpty();
      }
    } finally {
      gateway.closeRest();
    }
  }
}
