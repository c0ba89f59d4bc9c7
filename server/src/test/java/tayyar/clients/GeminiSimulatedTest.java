package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tayyar.testing.Given;
import tayyar.testing.Program;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Google's SDK, asking the simulator: it vouches for the form in which that plays Google's API, for
 * no server of theirs can be asked here.
 */
@Tag("clients")
@Timeout(120)
final class GeminiSimulatedTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static Simulator simulator;
  private static Program python;

  @BeforeAll
  static void start() throws Exception {
    String path = Given.PYTHON.path().toString();
    Process there = new ProcessBuilder(path, "-c", "import google.genai").start();
    if (there.waitFor() != 0) {
      throw Given.missing("google-genai, which needs Python 3.11");
    }
    var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    simulator = Simulator.start(any, Script.of(""));
    python = Programs.pythonGemini();
  }

  @AfterAll
  static void stop() throws IOException {
    if (python != null) {
      python.close();
      simulator.close();
    }
  }

  private static ObjectNode ask(String text, boolean stream) {
    ObjectNode ask = JSON.createObjectNode().put("key", "k").put("stream", stream);
    ask.put("base", "http://127.0.0.1:" + simulator.address().getPort());
    ObjectNode arguments = ask.putObject("arguments").put("model", "gemini-3-flash");
    content(arguments.putArray("contents"), "user").addObject().put("text", text);
    return ask;
  }

  private static ArrayNode content(ArrayNode contents, String role) {
    return contents.addObject().put("role", role).putArray("parts");
  }

  private static ObjectNode config(ObjectNode ask) {
    return ask.withObject("/arguments/config");
  }

  private static ArrayNode contents(ObjectNode ask) {
    return (ArrayNode) ask.path("arguments").path("contents");
  }

  private static JsonNode last(JsonNode said) {
    return said.path("answers").path(said.path("answers").size() - 1);
  }

  private static JsonNode asked() {
    return simulator.next(TestGateway.SOON).body();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[[tokens=7]] x", "[[tokens=9 arabic seed=3 bytewise crlf]] x"})
  void textIsTheSameStreamedAndWhole(String text) throws IOException {
    simulator.forget();
    JsonNode streamed = python.ask(ask(text, true));
    JsonNode whole = python.ask(ask(text, false));
    assertThat(streamed.path("error").isMissingNode()).as(streamed.toString()).isTrue();
    assertThat(streamed.path("text")).isEqualTo(whole.path("text"));
    assertThat(whole.path("text").asString()).isNotEmpty();
    assertThat(streamed.path("answers").size()).isGreaterThan(6);
    assertThat(whole.path("answers")).hasSize(1);
    for (JsonNode answer : new JsonNode[] {last(streamed), last(whole)}) {
      assertThat(answer.path("candidates").path(0).path("finish_reason").asString())
          .isEqualTo("STOP");
      assertThat(answer.path("usage_metadata").path("candidates_token_count").asInt()).isIn(7, 9);
      assertThat(answer.path("model_version").asString()).isEqualTo("gemini-3-flash");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thoughtsAreToldApart(boolean stream) throws IOException {
    JsonNode said = python.ask(ask("[[tokens=7 reasoning=4]] x", stream));
    JsonNode usage = last(said).path("usage_metadata");
    assertThat(usage.path("thoughts_token_count").asInt()).isEqualTo(4);
    assertThat(usage.path("candidates_token_count").asInt()).isEqualTo(3);
    assertThat(said.toString()).contains("\"thought\":true").contains("thought_signature");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void toolsAreCalledAndTheirResultsTold(boolean stream) throws IOException {
    String tools =
        """
        [{"function_declarations":[
        {"name":"weather","parameters":{"type":"OBJECT","properties":{"city":{"type":"STRING"}}}},
        {"name":"now","parameters_json_schema":{"type":"object","properties":{"zone":{"type":"integer"}}}}]}]
        """;
    ObjectNode first = ask("[[calls@0]] x", stream);
    config(first).set("tools", JSON.readTree(tools));
    config(first).putObject("automatic_function_calling").put("disable", true);
    JsonNode said = python.ask(first);

    ObjectNode second = ask("x", stream);
    second.path("arguments").path("config");
    ArrayNode called = content(contents(second), "model");
    ArrayNode results = content(contents(second), "user");
    for (JsonNode answer : said.path("answers")) {
      for (JsonNode part : answer.path("candidates").path(0).path("content").path("parts")) {
        called.add(part);
        JsonNode call = part.path("function_call");
        ObjectNode result = results.addObject().putObject("function_response");
        result.set("id", call.path("id"));
        result.set("name", call.path("name"));
        result.putObject("response").put("output", "[[tokens=2]] مشمس");
      }
    }
    assertThat(called).as(said.toString()).hasSize(2);
    assertThat(called.path(0).path("function_call").path("args").path("city").isString()).isTrue();
    assertThat(called.path(1).path("function_call").path("args").path("zone").isNumber()).isTrue();
    simulator.forget();
    JsonNode answer = python.ask(second);
    assertThat(answer.path("error").isMissingNode()).as(answer.toString()).isTrue();
    assertThat(answer.path("text").asString()).isNotEmpty();
    JsonNode sent = asked().path("contents").path(1).path("parts").path(0);
    assertThat(sent.path("thoughtSignature").asString()).isNotEmpty();
  }

  @Test
  void aPictureGoesAlong() throws IOException {
    ObjectNode ask = ask("[[tokens=2]] x", false);
    ((ArrayNode) contents(ask).path(0).path("parts"))
        .addObject()
        .putObject("inline_data")
        .put("mime_type", "image/png")
        .put("data", "aGk=");
    simulator.forget();
    assertThat(python.ask(ask).path("text").asString()).isNotEmpty();
    assertThat(asked().path("contents").path(0).path("parts").path(1).path("inlineData").toString())
        .contains("aGk=");
  }

  @Test
  void whatIsAskedIsTakenInItsForm() throws IOException {
    ObjectNode ask = ask("x", false);
    config(ask)
        .put("system_instruction", "be brief")
        .put("max_output_tokens", 5)
        .put("temperature", 0.5)
        .put("top_k", 4)
        .put("seed", 7)
        .put("response_mime_type", "application/json")
        .set("response_json_schema", JSON.readTree("{\"type\":\"object\"}"));
    config(ask).putArray("stop_sequences").add("END");
    config(ask).putObject("thinking_config").put("include_thoughts", true);
    JsonNode said = python.ask(ask);
    assertThat(said.path("error").isMissingNode()).as(said.toString()).isTrue();
    assertThat(said.path("text").asString()).startsWith("{");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void errorsAreTheirs(boolean stream) throws IOException {
    JsonNode refused = python.ask(ask("[[status=429]] x", stream));
    assertThat(refused.path("error").asString()).isEqualTo("ClientError");
    assertThat(refused.path("status").asInt()).isEqualTo(429);
    assertThat(refused.path("message").asString()).isNotEmpty();

    ObjectNode wrong = ask("x", stream);
    for (int i = 0; i < 6; i++) {
      config(wrong).withArray("stop_sequences").add("" + i);
    }
    assertThat(python.ask(wrong).path("status").asInt()).isEqualTo(400);
  }

  @Test
  void anErrorMayComeInAStream() throws IOException {
    JsonNode said = python.ask(ask("[[tokens=5 errorevent@2 code=503]] x", true));
    assertThat(said.path("error").asString()).as(said.toString()).isEqualTo("ServerError");
    assertThat(said.path("status").asInt()).isEqualTo(503);
    assertThat(said.path("answers")).hasSize(2);
  }
}
