package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.LedgerRow;
import tools.jackson.databind.JsonNode;

/** Claude Code, which speaks Messages. */
final class ClaudeCodeTest extends AgentTest {
  private final Map<String, String> settings =
      new HashMap<>(
          Map.of(
              "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1",
              "DISABLE_AUTOUPDATER", "1",
              "DISABLE_TELEMETRY", "1",
              "DISABLE_ERROR_REPORTING", "1",
              "CLAUDE_CODE_MAX_RETRIES", "0"));

  @Override
  Agent start(Asked asked, String prompt, String... more) throws IOException {
    settings.put("ANTHROPIC_BASE_URL", asked.base());
    settings.put("ANTHROPIC_AUTH_TOKEN", asked.key());
    List<String> all = new ArrayList<>(List.of("--print", "--verbose", "--model", asked.model()));
    all.addAll(List.of("--output-format", "stream-json", "--include-partial-messages"));
    all.addAll(List.of("--allowedTools", "Bash(cat *)", "Read"));
    all.addAll(List.of(more));
    all.addAll(List.of("--", prompt));
    return Agent.start(folder, "claude", settings, all);
  }

  @Override
  String shell(String command) {
    return "tool=Bash arguments="
        + encoded("{\"command\":\"" + command + "\",\"description\":\"reads\"}");
  }

  @Override
  List<String> texts(Agent.Said said) {
    return said.of("assistant").stream()
        .flatMap(each -> each.path("message").path("content").valueStream())
        .filter(block -> block.path("type").asString().equals("text"))
        .map(block -> block.path("text").asString())
        .toList();
  }

  private static JsonNode result(Agent.Said said) {
    assertThat(said.of("result")).as(said.toString()).hasSize(1);
    return said.of("result").getFirst();
  }

  @Override
  String error(Agent.Said said) {
    assertThat(result(said).path("is_error").asBoolean()).isTrue();
    return result(said).path("result").asString();
  }

  @Override
  String tooLong() {
    return "Prompt is too long";
  }

  @Override
  String emptyBalance() {
    return "402 The balance of";
  }

  @Override
  int emptyStatus() {
    return 402;
  }

  @Test
  void tokensAreToldAsTheLedgerHasThem() throws Exception {
    String key = GATEWAY.newKey(100);
    JsonNode usage = result(ask(asked(key), "[[tokens=5]] x")).path("usage");
    LedgerRow row = GATEWAY.rowOf(key);
    assertThat(usage.path("input_tokens").asInt()).isEqualTo(row.promptTokens());
    assertThat(usage.path("output_tokens").asInt()).isEqualTo(5);
  }

  /** A picture that a tool gives stands behind the tool's result. */
  @Test
  void picturesAreTold() throws Exception {
    String file = encoded("{\"file_path\":\"" + picture() + "\"}");
    Agent.Said said = ask(asked(GATEWAY.key()), "[[calls@0 tool=Read arguments=" + file + "]] x");
    assertThat(said.status()).as(said.errors()).isZero();
    GATEWAY.upstream();
    ReceivedRequest second = GATEWAY.upstream();
    assertThat(roles(second)).containsExactly("system", "user", "assistant", "tool", "user");
    assertThat(messages(second).getLast().toString()).contains(pictureAddress());
  }

  /**
   * After a 400 it asks again with fewer of its own features, which are nothing to a model here.
   */
  @Test
  void aRefusalIsTold() throws Exception {
    String key = GATEWAY.newKey(100);
    assertThat(error(ask(asked(key), "[[status=400]] x"))).contains("400 The simulator was told");
    assertThat(rows(key))
        .hasSizeBetween(1, 8)
        .allMatch(row -> row.status() == 400 && row.promptTokens() == 0);
  }

  @Test
  void aBrokenStreamIsAskedForAgainAsAWhole() throws Exception {
    String key = GATEWAY.newKey(100);
    Agent.Said said = ask(asked(key), "[[numbered tokens=9 cut@3]] x");
    assertThat(said.status()).isEqualTo(1);
    assertThat(error(said)).contains("The server behind this model failed");
    assertThat(rows(key)).hasSize(2).allMatch(row -> row.outcome().equals("failed"));
    assertThat(GATEWAY.upstream().body().path("stream").asBoolean()).isTrue();
    assertThat(GATEWAY.upstream().body().path("stream").asBoolean()).isFalse();
  }

  @Test
  void theMostTokensAreTold() throws Exception {
    settings.put("CLAUDE_CODE_MAX_OUTPUT_TOKENS", "7");
    Agent.Said said = ask(asked(GATEWAY.key()), "[[numbered tokens=20]] x");
    assertThat(GATEWAY.upstream().body().path("max_tokens").asInt()).isEqualTo(7);
    assertThat(result(said).path("result").asString()).as(said.errors()).contains("7 output token");
  }

  @Test
  void anAnswerThatIsCutShortIsAskedForAgainWithMore() throws Exception {
    Agent.Said said = ask(asked(GATEWAY.key()), "[[numbered tokens=3 finish=length]] x");
    assertThat(said.status()).as(said.errors()).isZero();
    int first = GATEWAY.upstream().body().path("max_tokens").asInt();
    assertThat(GATEWAY.upstream().body().path("max_tokens").asInt()).isGreaterThan(first);
  }
}
