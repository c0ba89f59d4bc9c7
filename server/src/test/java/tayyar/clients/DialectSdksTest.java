package tayyar.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.Program;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The SDKs of the newer dialects: Anthropic's Messages, OpenAI's Responses. */
@Tag("clients")
@Timeout(120)
final class DialectSdksTest {
  private static final String SCHEMA = "{\"type\":\"object\"}";
  private static final String IMAGE = "aGk=";

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static ObjectNode object() {
    return JsonMapper.shared().createObjectNode();
  }

  private static ObjectNode ask(String base, String key, ObjectNode arguments) {
    ObjectNode ask = object().put("base", base).put("key", key);
    ask.set("arguments", arguments.put("model", TestGateway.MODEL));
    return ask;
  }

  private static ObjectNode messages(String text, boolean stream) {
    ObjectNode arguments = object().put("max_tokens", 100);
    arguments.putArray("messages").addObject().put("role", "user").put("content", text);
    String base = GATEWAY.baseUrl().replaceFirst("/v1$", "");
    return ask(base, GATEWAY.key(), arguments).put("stream", stream);
  }

  private static ObjectNode responses(String text, boolean stream) {
    return ask(GATEWAY.baseUrl(), GATEWAY.key(), object().put("input", text).put("stream", stream))
        .put("method", "responses.create");
  }

  private static ObjectNode arguments(ObjectNode ask) {
    return (ObjectNode) ask.path("arguments");
  }

  private static JsonNode lastResponse(JsonNode said) {
    return said.path("chunks").path(said.path("chunks").size() - 1).path("response");
  }

  private static String outputText(JsonNode response) {
    return response.path("output").path(0).path("content").path(0).path("text").asString("");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[[tokens=7]] x", "[[tokens=9 arabic seed=3 bytewise]] x"})
  void textIsTheSameStreamedAndWhole(String text) throws IOException {
    try (Program anthropic = Programs.pythonAnthropic();
        Program openai = Programs.pythonOthers()) {
      JsonNode streamed = anthropic.ask(messages(text, true));
      JsonNode whole = anthropic.ask(messages(text, false)).path("answer");
      String said = whole.path("content").path(0).path("text").asString();
      assertThat(streamed.path("text").asString()).isEqualTo(said).isNotEmpty();
      assertThat(streamed.path("answer").path("content")).isEqualTo(whole.path("content"));
      assertThat(streamed.path("answer").path("stop_reason").asString()).isEqualTo("end_turn");

      assertThat(outputText(lastResponse(openai.ask(responses(text, true))))).isEqualTo(said);
      assertThat(outputText(openai.ask(responses(text, false)).path("answer"))).isEqualTo(said);
    }
  }

  @Test
  void tokensAreCounted() throws IOException {
    try (Program anthropic = Programs.pythonAnthropic();
        Program openai = Programs.pythonOthers()) {
      ObjectNode message = messages("Twenty letters and so", false).put("method", "count_tokens");
      arguments(message).remove("max_tokens");
      ObjectNode input = responses("Twenty letters and so", false);
      arguments(input).remove("stream");
      input.put("method", "responses.input_tokens.count");
      for (JsonNode said : List.of(anthropic.ask(message), openai.ask(input))) {
        assertThat(said.path("answer").path("input_tokens").asInt())
            .as(said.toString())
            .isEqualTo(6);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void toolsAreCalledAndTheirResultsTold(boolean stream) throws IOException {
    try (Program anthropic = Programs.pythonAnthropic()) {
      ObjectNode first = messages("[[calls@1]] x", stream);
      ObjectNode tool = arguments(first).putArray("tools").addObject().put("name", "weather");
      tool.set("input_schema", JsonMapper.shared().readTree(SCHEMA));
      JsonNode called = anthropic.ask(first).path("answer");
      assertThat(called.path("stop_reason").asString()).isEqualTo("tool_use");
      JsonNode call = called.path("content").path(1);
      assertThat(call.path("name").asString()).isEqualTo("weather");

      ObjectNode second = messages("[[tokens=3]] x", stream);
      var turns = (ArrayNode) arguments(second).path("messages");
      turns.addObject().put("role", "assistant").set("content", called.path("content"));
      ArrayNode results = turns.addObject().put("role", "user").putArray("content");
      results
          .addObject()
          .put("type", "tool_result")
          .put("content", "مشمس")
          .set("tool_use_id", call.path("id"));
      GATEWAY.simulator().forget();
      assertThat(anthropic.ask(second).path("answer").path("stop_reason").asString())
          .isEqualTo("end_turn");
      JsonNode told = GATEWAY.upstream().body().path("messages");
      assertThat(told.path(1).path("tool_calls").path(0).path("id")).isEqualTo(call.path("id"));
      assertThat(told.path(2).path("content").asString()).isEqualTo("مشمس");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void toolsOfResponsesToo(boolean stream) throws IOException {
    try (Program openai = Programs.pythonOthers()) {
      ObjectNode first = responses("[[calls@0]] x", stream);
      ObjectNode tool = arguments(first).putArray("tools").addObject().put("type", "function");
      tool.put("name", "weather").set("parameters", JsonMapper.shared().readTree(SCHEMA));
      JsonNode said = openai.ask(first);
      JsonNode response = stream ? lastResponse(said) : said.path("answer");
      JsonNode call = response.path("output").path(0);
      assertThat(call.path("type").asString()).isEqualTo("function_call");

      ObjectNode second = responses("", stream);
      ArrayNode items = arguments(second).putArray("input");
      items.addObject().put("role", "user").put("content", "[[tokens=3]] x");
      items.add(call);
      items
          .addObject()
          .put("type", "function_call_output")
          .put("output", "مشمس")
          .set("call_id", call.path("call_id"));
      GATEWAY.simulator().forget();
      assertThat(openai.ask(second).path("error").isMissingNode()).isTrue();
      JsonNode told = GATEWAY.upstream().body().path("messages");
      assertThat(told.path(1).path("tool_calls").path(0).path("id"))
          .isEqualTo(call.path("call_id"));
      assertThat(told.path(2).path("content").asString()).isEqualTo("مشمس");
    }
  }

  @Test
  void picturesAreTold() throws IOException {
    try (Program anthropic = Programs.pythonAnthropic()) {
      ObjectNode ask = messages("", true);
      ArrayNode content =
          ((ObjectNode) arguments(ask).path("messages").path(0)).putArray("content");
      content.addObject().put("type", "text").put("text", "[[tokens=2]] x");
      ObjectNode source = content.addObject().put("type", "image").putObject("source");
      source.put("type", "base64").put("media_type", "image/png").put("data", IMAGE);
      GATEWAY.simulator().forget();
      assertThat(anthropic.ask(ask).path("error").isMissingNode()).isTrue();
      JsonNode part = GATEWAY.upstream().body().path("messages").path(0).path("content").path(1);
      assertThat(part.path("image_url").path("url").asString())
          .isEqualTo("data:image/png;base64," + IMAGE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "[[status=400]] x,BadRequestError,400,invalid_request_error",
    "[[status=429]] x,ServiceUnavailableError,503,overloaded_error"
  })
  void errorsBeforeTheAnswerAreTheSdksOwn(String text, String error, int status, String type)
      throws IOException {
    try (Program anthropic = Programs.pythonAnthropic()) {
      for (boolean stream : new boolean[] {true, false}) {
        JsonNode said = anthropic.ask(messages(text, stream));
        assertThat(said.path("error").asString()).isEqualTo(error);
        assertThat(said.path("status").asInt()).isEqualTo(status);
        assertThat(said.path("type").asString()).isEqualTo(type);
      }
    }
  }

  @Test
  void aWrongKeyIsTheSdksOwnErrorToo() throws IOException {
    try (Program anthropic = Programs.pythonAnthropic()) {
      JsonNode wrong = anthropic.ask(messages("x", true).put("key", "sk-no"));
      assertThat(wrong.path("error").asString()).isEqualTo("AuthenticationError");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut@2", "errorevent@2"})
  void anErrorInTheMiddleIsSeen(String fault) throws IOException {
    try (Program anthropic = Programs.pythonAnthropic();
        Program openai = Programs.pythonOthers()) {
      JsonNode said = anthropic.ask(messages("[[tokens=9 " + fault + "]] x", true));
      assertThat(said.path("error").asString()).isEqualTo("APIStatusError");
      assertThat(said.path("type").asString()).isEqualTo("overloaded_error");
      assertThat(said.path("text").asString()).isNotEmpty();

      JsonNode failed = openai.ask(responses("[[tokens=9 " + fault + "]] x", true));
      assertThat(lastResponse(failed).path("status").asString()).isEqualTo("failed");
      assertThat(lastResponse(failed).path("error").path("message").asString()).isNotEmpty();
    }
  }
}
