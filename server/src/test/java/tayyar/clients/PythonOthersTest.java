package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.Offer;
import tayyar.api.Model;
import tayyar.routing.Fleet;
import tayyar.testing.Program;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the SDK for Python makes of embeddings, completions and the list of models. */
@Tag("clients")
final class PythonOthersTest {
  private static TestFleet fleet;
  private static @Nullable Program program;

  @BeforeAll
  static void start() throws IOException {
    fleet =
        TestFleet.start(
            List.of(""),
            all ->
                List.of(
                    new Offer.Remote(
                        new Model("vec", 1, "tests", null, null, List.of(), Model.VECTORS),
                        all.stream().map(target -> new Fleet.Member(target, 1, 0)).toList(),
                        TestFleet.rules(),
                        Map.of()),
                    TestFleet.model("talk", TestFleet.rules(), all)));
  }

  /** Not once before all: a class that is skipped as a whole is counted by nobody. */
  @BeforeEach
  void program() throws IOException {
    if (program == null) {
      program = Programs.pythonOthers();
    }
  }

  @AfterAll
  static void stop() throws IOException {
    if (program != null) {
      program.close();
    }
    fleet.close();
  }

  private static JsonNode said(String method, String arguments) throws IOException {
    ObjectNode ask = JsonMapper.shared().createObjectNode();
    ask.put("base", "http://127.0.0.1:" + fleet.address().getPort() + "/v1");
    ask.put("key", fleet.key());
    ask.put("method", method);
    ask.set("arguments", JsonMapper.shared().readTree(arguments));
    return Objects.requireNonNull(program).ask(ask);
  }

  private static JsonNode embedded(String rest) throws IOException {
    return said("embeddings.create", "{\"model\":\"vec\"," + rest + "}");
  }

  private static JsonNode completed(String rest) throws IOException {
    return said("completions.create", "{\"model\":\"talk\"," + rest + "}");
  }

  /** The SDK asks for base64 where its user says nothing, and decodes it. */
  @Test
  void vectorsComeAsNumbersWhateverWasAsked() throws IOException {
    String input = "\"input\":[\"one\",\"اثنان\"],\"dimensions\":5";
    JsonNode usual = embedded(input).path("answer");
    JsonNode floats = embedded(input + ",\"encoding_format\":\"float\"").path("answer");

    for (JsonNode answer : List.of(usual, floats)) {
      assertThat(answer.path("object").asString()).isEqualTo("list");
      assertThat(answer.path("model").asString()).isEqualTo("vec");
      assertThat(answer.path("data").size()).isEqualTo(2);
      assertThat(answer.path("usage").path("prompt_tokens").asInt()).isPositive();
      for (int i = 0; i < 2; i++) {
        JsonNode one = answer.path("data").path(i);
        assertThat(one.path("index").asInt()).isEqualTo(i);
        assertThat(one.path("embedding").size()).isEqualTo(5);
        assertThat(one.path("embedding").path(1).floatValue()).isEqualTo((i * 100 - 1) / 7f);
      }
    }
  }

  @Test
  void tokensAreTakenAsWellAsTexts() throws IOException {
    JsonNode answer = embedded("\"input\":[[1,2,3],[4]]").path("answer");

    assertThat(answer.path("data").size()).isEqualTo(2);
  }

  @Test
  void wrongInputsHaveTheirCodes() throws IOException {
    JsonNode empty = embedded("\"input\":\"\"");
    JsonNode many = embedded("\"input\":[" + "\"x\",".repeat(2_048) + "\"x\"]");

    assertThat(empty.path("error").asString()).isEqualTo("BadRequestError");
    assertThat(empty.path("code").asString()).isEqualTo("empty_input");
    assertThat(many.path("error").asString()).isIn("BadRequestError", "APIStatusError");
    assertThat(many.path("code").asString()).isEqualTo("input_too_large");
  }

  @Test
  void modelsAreListedByWhatTheyMake() throws IOException {
    JsonNode all = said("models.list", "{}").path("answer").path("data");
    JsonNode vectors =
        said("models.list", "{\"extra_query\":{\"modality\":\"embed\"}}")
            .path("answer")
            .path("data");

    assertThat(all.valueStream().map(each -> each.path("id").asString())).contains("vec", "talk");
    assertThat(vectors.valueStream().map(each -> each.path("id").asString()))
        .containsExactly("vec");
  }

  @Test
  void completionsAreTheSameStreamedAndWhole() throws IOException {
    JsonNode whole = completed("\"prompt\":\"[[numbered tokens=4]]\"").path("answer");
    JsonNode chunks =
        completed(
                "\"prompt\":\"[[numbered tokens=4]]\",\"stream\":true,"
                    + "\"stream_options\":{\"include_usage\":true}")
            .path("chunks");

    StringBuilder text = new StringBuilder();
    String finish = "";
    for (JsonNode chunk : chunks) {
      JsonNode choice = chunk.path("choices").path(0);
      text.append(choice.path("text").asString(""));
      finish = choice.path("finish_reason").asString(finish);
    }
    assertThat(whole.path("object").asString()).isEqualTo("text_completion");
    assertThat(whole.path("choices").path(0).path("text").asString()).isEqualTo("0 1 2 3 ");
    assertThat(text).hasToString("0 1 2 3 ");
    assertThat(finish).isEqualTo("stop");
    assertThat(chunks.path(chunks.size() - 1).path("usage").path("completion_tokens").asInt())
        .isEqualTo(whole.path("usage").path("completion_tokens").asInt())
        .isEqualTo(4);
  }

  @Test
  void aFailureInTheMiddleIsAnError() throws IOException {
    JsonNode said = completed("\"prompt\":\"[[tokens=9 cut@3]]\",\"stream\":true");

    assertThat(said.path("error").asString()).isEqualTo("APIError");
    assertThat(said.path("code").asString()).isEqualTo("upstream_failed");
  }
}
