package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.LedgerRow;
import tools.jackson.databind.JsonNode;

/** Codex, which speaks Responses. */
final class CodexTest extends AgentTest {
  @Override
  Agent start(Asked asked, String prompt, String... more) throws IOException {
    return codex(
        asked,
        prompt,
        List.of(more),
        "model_provider=\"tayyar\"",
        "model_providers.tayyar={name=\"Tayyar\",env_key=\"TAYYAR_KEY\",wire_api=\"responses\","
            + "request_max_retries=1,stream_max_retries=1,base_url=\""
            + asked.base()
            + "/v1\"}");
  }

  /**
   * It runs what the script says, and that is harmless: its sandbox is not to be had everywhere.
   */
  private Agent codex(Asked asked, String prompt, List<String> more, String... settings)
      throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of("exec", "--json", "--ephemeral", "--skip-git-repo-check", "--model"));
    all.addAll(List.of(asked.model(), "--dangerously-bypass-approvals-and-sandbox"));
    for (String setting : settings) {
      all.addAll(List.of("-c", setting));
    }
    all.addAll(List.of("-c", "analytics.enabled=false", "-c", "check_for_update_on_startup=false"));
    all.addAll(more);
    all.addAll(List.of("--", prompt));
    Map<String, String> keys = Map.of("TAYYAR_KEY", asked.key(), "CODEX_API_KEY", asked.key());
    return Agent.start(folder, "codex", keys, all);
  }

  @Override
  String shell(String command) {
    return "tool=exec_command arguments=" + encoded("{\"cmd\":\"" + command + "\"}");
  }

  @Override
  List<String> texts(Agent.Said said) {
    return said.of("item.completed").stream()
        .map(each -> each.path("item"))
        .filter(item -> item.path("type").asString().equals("agent_message"))
        .map(item -> item.path("text").asString())
        .toList();
  }

  @Override
  String error(Agent.Said said) {
    List<JsonNode> failed = said.of("turn.failed");
    assertThat(failed).as(said.toString()).hasSize(1);
    return failed.getFirst().path("error").path("message").asString();
  }

  @Override
  String tooLong() {
    return "ran out of room in the model's context window";
  }

  @Override
  String emptyBalance() {
    return "Quota exceeded";
  }

  @Override
  int emptyStatus() {
    return 429;
  }

  @Test
  void tokensAreToldAsTheLedgerHasThem() throws Exception {
    String key = GATEWAY.newKey(100);
    JsonNode usage = ask(asked(key), "[[tokens=5]] x").of("turn.completed").getFirst();
    LedgerRow row = GATEWAY.rowOf(key);
    assertThat(usage.path("usage").path("input_tokens").asInt()).isEqualTo(row.promptTokens());
    assertThat(usage.path("usage").path("output_tokens").asInt()).isEqualTo(5);
  }

  @Test
  void picturesAreTold() throws Exception {
    Agent.Said said = ask(asked(GATEWAY.key()), "[[tokens=2]] x", "--image", picture().toString());
    assertThat(texts(said)).as(said.errors()).hasSize(1);
    assertThat(messages(GATEWAY.upstream()).getLast().toString()).contains(pictureAddress());
  }

  @Test
  void aRefusalIsToldAtOnce() throws Exception {
    String key = GATEWAY.newKey(100);
    assertThat(error(ask(asked(key), "[[status=400]] x"))).contains("was told to fail");
    assertThat(GATEWAY.rowOf(key).status()).isEqualTo(400);
  }

  @Test
  void aBrokenStreamIsToldAndAskedForAgain() throws Exception {
    String key = GATEWAY.newKey(100);
    Agent.Said said = ask(asked(key), "[[numbered tokens=9 cut@3]] x");
    assertThat(said.status()).as(said.errors()).isZero();
    assertThat(said.of("error").getFirst().path("message").asString())
        .contains("The server behind this model failed");
    assertThat(texts(said)).hasSize(2).startsWith("0 1 2 ");
    assertThat(rows(key)).extracting(LedgerRow::outcome).containsExactly("failed", "completed");
  }

  @Test
  void anAnswerThatIsCutShortIsShown() throws Exception {
    Agent.Said said = ask(asked(GATEWAY.key()), "[[numbered tokens=3 finish=length]] x");
    assertThat(texts(said)).containsExactly("0 1 2 ");
    assertThat(error(said)).contains("max_output_tokens");
  }

  /** With its own provider at our address it wants a WebSocket first. */
  @Test
  void withoutWebSocketItGoesOnWithEvents() throws Exception {
    String key = GATEWAY.newKey(100);
    String base = "openai_base_url=\"" + asked(key).base() + "/v1\"";
    try (Agent codex = codex(asked(key), "[[numbered tokens=3]] x", List.of(), base)) {
      Agent.Said said = codex.end();
      assertThat(said.errors()).contains("failed to connect to Responses WebSocket");
      assertThat(texts(said)).containsExactly("0 1 2 ");
    }
    assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("completed");
    ReceivedRequest upstream = GATEWAY.upstream();
    assertThat(upstream.body().path("stream").asBoolean()).isTrue();
  }
}
