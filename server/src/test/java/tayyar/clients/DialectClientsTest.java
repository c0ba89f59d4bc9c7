package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.accounts.AccountStore;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.store.Store;
import tayyar.testing.Program;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * SDKs and frameworks of the newer dialects, each with its own loop of tools. What the tool gives
 * is the simulator's script for the next round, so a loop goes on only where it was told as it was.
 */
@Tag("clients")
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
final class DialectClientsTest {
  /** Who asks, in which program, by which dialect. */
  enum Client {
    ANTHROPIC_NODE("anthropic", true, 402),
    ANTHROPIC_PYTHON("anthropic", false, 402),
    OPENAI_NODE("responses", true, 429),
    AI_OPENAI("ai-openai", true, 429),
    AI_ANTHROPIC("ai-anthropic", true, 402),
    AI_COMPATIBLE("ai-compatible", true, 402),
    OPENAI_AGENTS("agents", false, 429),
    LANGCHAIN("langchain", false, 402);

    private final String inProgram;
    private final boolean node;
    private final int emptyBalance;

    Client(String inProgram, boolean node, int emptyBalance) {
      this.inProgram = inProgram;
      this.node = node;
      this.emptyBalance = emptyBalance;
    }
  }

  private static final String PICTURE = "data:image/png;base64,aGk=";
  private static final String FOUND = "مشمس 🙂 [[numbered tokens=3]]";

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();
  private @Nullable Program node;
  private @Nullable Program python;

  /** They keep connections. */
  @AfterAll
  void stop() throws IOException {
    for (Program each : new @Nullable Program[] {node, python}) {
      if (each != null) {
        each.close();
      }
    }
    node = null;
    python = null;
  }

  static Stream<Arguments> streamedAndWhole() {
    return Stream.of(Client.values())
        .flatMap(each -> Stream.of(Arguments.of(each, true), Arguments.of(each, false)));
  }

  private static String script(String file) {
    return "[[calls@1 tool=look arguments={\"name\":\"" + file + "\"}]]";
  }

  private static ObjectNode ask(Client client, String text, boolean stream) {
    ObjectNode ask = JsonMapper.shared().createObjectNode();
    ask.put("client", client.inProgram).put("text", text).put("stream", stream);
    ask.put("base", GATEWAY.baseUrl().replaceFirst("/v1$", "")).put("key", GATEWAY.key());
    ask.put("model", TestGateway.MODEL).put("image", "").put("leaveAfter", 0);
    ask.putObject("files").put("one", script("two")).put("two", FOUND);
    return ask;
  }

  private JsonNode answered(Client client, ObjectNode ask) throws IOException {
    if (client.node) {
      node = node == null ? Programs.nodeDialects() : node;
      return node.ask(ask);
    }
    python = python == null ? Programs.pythonDialects() : python;
    return python.ask(ask);
  }

  private JsonNode good(Client client, ObjectNode ask) throws IOException {
    JsonNode said = answered(client, ask);
    assertThat(said.has("error")).as(said.toString()).isFalse();
    return said;
  }

  @ParameterizedTest
  @MethodSource("streamedAndWhole")
  void reads(Client client, boolean stream) throws IOException {
    JsonNode said = good(client, ask(client, "[[numbered tokens=5]] x", stream));
    assertThat(said.path("text").asString()).isEqualTo("0 1 2 3 4 ");
    assertThat(said.path("pieces").asInt()).isEqualTo(stream ? 5 : 0);
    assertThat(said.path("finish").asString()).isIn("end_turn", "completed", "stop");
    assertThat(said.path("input").asInt()).isPositive();
    assertThat(said.path("output").asInt()).isEqualTo(5);
    assertThat(GATEWAY.upstream().body().path("stream").asBoolean(false)).isEqualTo(stream);
  }

  @ParameterizedTest
  @MethodSource("streamedAndWhole")
  void toolsAreCalledInTwoRounds(Client client, boolean stream) throws IOException {
    JsonNode said = good(client, ask(client, script("one") + " x", stream));
    assertThat(said.path("rounds").asInt()).isGreaterThanOrEqualTo(3);
    assertThat(said.path("text").asString()).isEqualTo("0 1 2 ");
    GATEWAY.upstream();
    GATEWAY.upstream();
    JsonNode told = GATEWAY.upstream().body().path("messages");
    List<String> roles = told.valueStream().map(each -> each.path("role").asString()).toList();
    assertThat(roles).endsWith("user", "assistant", "tool", "assistant", "tool");
    assertThat(told.path(told.size() - 1).path("content").asString()).isEqualTo(FOUND);
    JsonNode call = told.path(told.size() - 2);
    assertThat(call.path("content").asString()).isEqualTo("the ");
    assertThat(call.path("tool_calls").path(0).path("id"))
        .isEqualTo(told.path(told.size() - 1).path("tool_call_id"));
  }

  @ParameterizedTest
  @EnumSource
  void picturesAreTold(Client client) throws IOException {
    var _ = good(client, ask(client, "[[tokens=2]] x", true).put("image", PICTURE));
    JsonNode told = GATEWAY.upstream().body().path("messages");
    assertThat(told.path(told.size() - 1).path("content").path(1).path("image_url").path("url"))
        .hasToString("\"" + PICTURE + "\"");
  }

  @ParameterizedTest
  @MethodSource("streamedAndWhole")
  void errorsBeforeTheAnswerHaveTheirStatusAndWords(Client client, boolean stream)
      throws IOException {
    JsonNode refused = answered(client, ask(client, "[[status=400]] x", stream));
    assertThat(refused.path("status").asInt()).as(refused.toString()).isEqualTo(400);
    assertThat(refused.path("words").asString()).contains("The simulator was told to fail.");

    JsonNode failed = answered(client, ask(client, "[[tokens=5 cut@0]] x", stream));
    assertThat(failed.path("status").asInt()).as(failed.toString()).isEqualTo(503);

    JsonNode nobody = answered(client, ask(client, "x", stream).put("model", "nobody"));
    assertThat(nobody.path("status").asInt()).as(nobody.toString()).isEqualTo(404);
    assertThat(nobody.path("words").asString()).contains("'nobody' does not exist");

    JsonNode wrong = answered(client, ask(client, "x", stream).put("key", "sk-nobody"));
    assertThat(wrong.path("status").asInt()).as(wrong.toString()).isEqualTo(401);
  }

  @ParameterizedTest
  @EnumSource
  void anErrorInTheMiddleIsSeen(Client client) throws IOException {
    JsonNode said = answered(client, ask(client, "[[numbered tokens=9 cut@3]] x", true));
    assertThat(said.has("error")).as(said.toString()).isTrue();
    assertThat(said.path("words").asString()).contains("The server behind this model failed");
    assertThat(said.path("text").asString()).isEqualTo("0 1 2 ");
  }

  @ParameterizedTest
  @EnumSource
  void whoLeavesEndsTheAnswer(Client client) throws IOException {
    String key = GATEWAY.newKey(100);
    ObjectNode ask = ask(client, "[[numbered tokens=9 hold@3]] x", true).put("key", key);
    JsonNode said = good(client, ask.put("leaveAfter", 3));
    assertThat(said.path("text").asString()).isEqualTo("0 1 2 ");
    assertThat(GATEWAY.upstream().awaitEnd(TestGateway.SOON))
        .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 3));
    Awaitility.await("its row")
        .atMost(TestGateway.SOON)
        .until(
            () ->
                GATEWAY.rowsOf(key).stream().anyMatch(row -> row.outcome().equals("client_gone")));
  }

  @Test
  void anEmptyBalanceIsToldToEach() throws IOException {
    try (TestFleet fleet = TestFleet.pair("tokens=5");
        Store store = Stores.open(fleet.database())) {
      var accounts = new AccountStore(store.dataSource());
      accounts.setPrice(TestFleet.MODEL, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 0, null);
      accounts.changePays("default", true);
      String key = fleet.newKey();
      String base = "http://127.0.0.1:" + fleet.address().getPort();
      for (Client client : Client.values()) {
        ObjectNode ask = ask(client, "x", true).put("base", base).put("key", key);
        JsonNode said = answered(client, ask.put("model", TestFleet.MODEL));
        assertThat(said.path("status").asInt()).as(said.toString()).isEqualTo(client.emptyBalance);
        assertThat(said.path("words").asString()).contains("The balance of");
      }
      assertThat(fleet.simulator(0).requests()).isZero();
      stop();
    }
  }

  /** The AI SDK counts on stored responses unless it is told otherwise. */
  @Test
  void whoRefersToWhatWasStoredIsToldHowToDoWithout() throws IOException {
    ObjectNode ask = ask(Client.AI_OPENAI, script("one") + " x", true);
    JsonNode said = answered(Client.AI_OPENAI, ask.put("client", "ai-openai-stored"));
    assertThat(said.path("status").asInt()).as(said.toString()).isEqualTo(400);
    assertThat(said.path("words").asString()).contains("store: false");
  }
}
