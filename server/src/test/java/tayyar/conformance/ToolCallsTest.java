package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.Called;
import tayyar.testing.Events;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tool calls and JSON of a schema through the gateway: the same streamed and not. */
@Tag("socket")
final class ToolCallsTest {
  private static final ObjectMapper JSON = JsonMapper.shared();

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static ObjectNode chat(String words, boolean stream) {
    String text = "[[" + words + "]]";
    return stream
        ? Requests.chatWithUsage(TestGateway.MODEL, text)
        : Requests.chat(TestGateway.MODEL, text, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "calls@0",
        "calls@4",
        "calls@2 arabic seed=11",
        "calls@1 arabic bytewise",
        "calls@3 reasoning=2 seed=4",
        "calls@0 finishwithtoken",
        "calls@1 nullcontent roleevery usageevery errornull",
        "calls@1 finish=stop",
      })
  void callsAreTheSameStreamedAndWhole(String words) throws IOException {
    Response streamed = GATEWAY.chat(Requests.withTools(chat(words, true)));
    Response plain = GATEWAY.chat(Requests.withTools(chat(words, false)));

    Events events = streamed.events();
    List<Called> calls = Called.of(events);
    assertThat(calls).extracting(Called::name).containsExactly("weather", "now");
    assertThat(calls).allMatch(call -> call.pieces().size() > 2 && isObject(call.arguments()));
    JsonNode choice = plain.json().path("choices").path(0);
    JsonNode message = choice.path("message");
    assertThat(Called.of(plain.json())).isEqualTo(calls.stream().map(Called::whole).toList());
    assertThat(message.path("content").asString("")).isEqualTo(events.content());
    assertThat(message.path("content").isNull()).isEqualTo(words.contains("calls@0"));
    assertThat(message.path("reasoning_content").asString(""))
        .isEqualTo(events.joined("reasoning_content"));
    assertThat(events.finishReason())
        .isEqualTo(words.contains("finish=stop") ? "stop" : "tool_calls")
        .isEqualTo(choice.path("finish_reason").asString());
    assertThat(GATEWAY.row(streamed).completionTokens())
        .isEqualTo(GATEWAY.row(plain).completionTokens());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "arabic seed=11", "bytewise seed=2", "crlf comments"})
  void jsonOfASchemaIsTheSameStreamedAndWhole(String words) throws IOException {
    Response streamed = GATEWAY.chat(Requests.withSchema(chat(words, true)));
    Response plain = GATEWAY.chat(Requests.withSchema(chat(words, false)));

    String content = streamed.events().content();
    assertThat(isObject(content)).isTrue();
    assertThat(plain.json().path("choices").path(0).path("message").path("content").asString())
        .isEqualTo(content);
    assertThat(streamed.events().finishReason()).isEqualTo("stop");
  }

  private static boolean isObject(String json) {
    return JSON.readTree(json).isObject();
  }
}
