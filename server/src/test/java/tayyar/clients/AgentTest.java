package tayyar.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tayyar.accounts.AccountStore;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.store.Store;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;

/**
 * What coding agents make of our answers. The simulator calls their tools with the arguments that
 * its script gives, and what a tool prints is the script of the next round: where a result is not
 * told as it was, the loop does not go on.
 */
@Tag("clients")
@Timeout(180)
abstract class AgentTest {
  /** The smallest picture. */
  private static final String PNG =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  @TempDir Path folder;

  /** A gateway that is asked by an agent. */
  record Asked(InetSocketAddress address, String key, String model) {
    String base() {
      return "http://127.0.0.1:" + address.getPort();
    }
  }

  /** Starts the agent with a prompt. */
  abstract Agent start(Asked asked, String prompt, String... more) throws IOException;

  /** The words of a script that call the agent's shell. */
  abstract String shell(String command);

  /** All texts that the model has said, as the agent shows them. */
  abstract List<String> texts(Agent.Said said);

  /** The error that it ended with, as it shows it. */
  abstract String error(Agent.Said said);

  Asked asked(String key) {
    return new Asked(GATEWAY.address(), key, TestGateway.MODEL);
  }

  Agent.Said ask(Asked asked, String prompt, String... more)
      throws IOException, InterruptedException {
    try (Agent agent = start(asked, prompt, more)) {
      return agent.end();
    }
  }

  private Path work() throws IOException {
    return Files.createDirectories(folder.resolve("work"));
  }

  Path picture() throws IOException {
    return Files.write(work().resolve("a.png"), Base64.getDecoder().decode(PNG));
  }

  /** The key's rows: all of them, since the ledger keeps the order and one more follows. */
  static List<LedgerRow> rows(String key) throws IOException {
    GATEWAY.row(GATEWAY.send(Requests.post(GATEWAY.key(), "")));
    return GATEWAY.rowsOf(key);
  }

  static List<JsonNode> messages(ReceivedRequest upstream) {
    return upstream.body().path("messages").valueStream().toList();
  }

  static List<String> roles(ReceivedRequest upstream) {
    return messages(upstream).stream().map(each -> each.path("role").asString()).toList();
  }

  @Test
  void streams() throws Exception {
    String key = GATEWAY.newKey(100);
    Agent.Said said = ask(asked(key), "[[numbered tokens=5]] x");
    assertThat(texts(said)).as(said.errors()).containsExactly("0 1 2 3 4 ");
    assertThat(said.status()).isZero();

    LedgerRow row = GATEWAY.rowOf(key);
    assertThat(row.outcome()).isEqualTo("completed");
    assertThat(row.completionTokens()).isEqualTo(5);
    ReceivedRequest upstream = GATEWAY.upstream();
    assertThat(upstream.body().path("stream").asBoolean()).isTrue();
    assertThat(roles(upstream)).containsExactly("system", "user");
  }

  @Test
  void toolsAreCalledInTwoRounds() throws Exception {
    Files.writeString(work().resolve("one.txt"), "[[calls@1 " + shell("cat two.txt") + "]]");
    Files.writeString(work().resolve("two.txt"), "[[numbered tokens=3]] مشمس 🙂");
    String key = GATEWAY.newKey(100);
    Agent.Said said = ask(asked(key), "[[calls@1 " + shell("cat one.txt") + "]] x");

    assertThat(said.status()).as(said.errors()).isZero();
    assertThat(texts(said)).hasSize(3).endsWith("0 1 2 ");
    assertThat(rows(key)).hasSize(3).allMatch(row -> row.outcome().equals("completed"));
    GATEWAY.upstream();
    GATEWAY.upstream();
    ReceivedRequest last = GATEWAY.upstream();
    assertThat(roles(last)).startsWith("system", "user", "assistant", "tool", "assistant", "tool");
    JsonNode first = messages(last).get(2).path("tool_calls").path(0).path("id");
    JsonNode second = messages(last).get(4).path("tool_calls").path(0).path("id");
    assertThat(first).isNotEqualTo(second);
    assertThat(messages(last).get(3).path("tool_call_id")).isEqualTo(first);
    assertThat(messages(last).get(5).path("tool_call_id")).isEqualTo(second);
    assertThat(messages(last).get(5).path("content").asString()).contains("مشمس 🙂");
  }

  @Test
  void aModelThatIsNotThereIsToldAtOnce() throws Exception {
    String key = GATEWAY.newKey(100);
    long before = GATEWAY.simulator().requests();
    Agent.Said said = ask(new Asked(GATEWAY.address(), key, "nobody"), "x");
    assertThat(said.status()).isEqualTo(1);
    assertThat(error(said)).contains("nobody");
    assertThat(rows(key)).isNotEmpty().allMatch(row -> row.status() == 404);
    assertThat(GATEWAY.simulator().requests()).isEqualTo(before);
  }

  @Test
  void anEmptyBalanceIsToldAtOnceWithOneRequest() throws Exception {
    try (TestFleet fleet = TestFleet.pair("tokens=5");
        Store store = Stores.open(fleet.database())) {
      var accounts = new AccountStore(store.dataSource());
      accounts.setPrice(TestFleet.MODEL, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 0, null);
      accounts.changePays("default", true);
      String key = fleet.newKey();
      Agent.Said said = ask(new Asked(fleet.address(), key, TestFleet.MODEL), "x");
      assertThat(said.status()).isEqualTo(1);
      assertThat(error(said)).as(said.errors()).contains(emptyBalance());
      fleet.mark();
      assertThat(fleet.rows()).filteredOn(row -> row.status() == emptyStatus()).hasSize(1);
      assertThat(fleet.simulator(0).requests()).isZero();
    }
  }

  @Test
  void aContextThatIsTooSmallIsToldAtOnceWithOneRequest() throws Exception {
    String key = GATEWAY.newKey(100);
    Agent.Said said = ask(asked(key), "[[errorevent@0 code=context_length_exceeded]] x");
    assertThat(said.status()).isEqualTo(1);
    assertThat(error(said)).as(said.errors()).contains(tooLong());
    assertThat(rows(key)).hasSize(1).allMatch(row -> row.status() == 400);
  }

  /** What the agent shows of a conversation that is too long. */
  abstract String tooLong();

  /** What the agent shows of an empty balance. */
  abstract String emptyBalance();

  /** The status that an empty balance has in the agent's dialect. */
  abstract int emptyStatus();

  @Test
  void whoEndsItEndsTheAnswer() throws Exception {
    String key = GATEWAY.newKey(100);
    try (Agent agent = start(asked(key), "[[tokens=9 hold@3]] x")) {
      ReceivedRequest upstream = GATEWAY.upstream();
      assertThat(upstream.awaitHeld(TestGateway.SOON)).isEqualTo(3);
      agent.stop();
      assertThat(upstream.awaitEnd(TestGateway.SOON))
          .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 3));
    }
    assertThat(GATEWAY.rowOf(key).status()).isEqualTo(499);
  }

  /** What a picture is to the model. */
  static String pictureAddress() {
    return "data:image/png;base64," + PNG;
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}
