package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.LedgerRow;
import tayyar.testing.Logged;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;
import tayyar.upstream.Upstreams;

/** However an upstream writes its stream, the client reads ours. */
@Tag("socket")
class UpstreamOdditiesTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static final String SAID = "tokens=12 arabic seed=9 ";

  /** The events without what differs between two answers. */
  private static List<String> stream(String words) throws IOException {
    Response response =
        GATEWAY.chat(Requests.chatWithUsage(TestGateway.MODEL, "[[" + SAID + words + "]]"));
    assertThat(response.status()).isEqualTo(200);
    return response.events().data().stream()
        .map(data -> data.replaceAll("chatcmpl-[a-z0-9]+", "id"))
        .map(data -> data.replaceAll("\"(created|prompt_tokens|total_tokens)\":[0-9]+", ""))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytewise",
        "crlf",
        "nospace",
        "comments",
        "idfield",
        "roleevery",
        "errornull",
        "nullcontent",
        "nochoices",
        "finishwithtoken",
        "earlyhead",
        "comments crlf idfield nospace roleevery errornull",
      })
  void theClientSeesNoDifference(String oddity) throws IOException {
    assertThat(stream(oddity)).isEqualTo(stream(""));
  }

  @Test
  void usageInEachChunkIsGivenOnce() throws IOException {
    List<String> data = stream("usageevery");

    assertThat(data.stream().filter(event -> event.contains("\"usage\":{"))).hasSize(1);
    assertThat(data.get(data.size() - 2)).contains("\"usage\":{");
  }

  @Test
  void missingUsageIsEstimated() throws IOException {
    Response response =
        GATEWAY.chat(Requests.chatWithUsage(TestGateway.MODEL, "[[" + SAID + "nousage]]"));

    assertThat(response.events().usage().path("completion_tokens").asInt()).isEqualTo(12);
    assertThat(response.events().usage().path("prompt_tokens").asInt()).isPositive();
    LedgerRow row = GATEWAY.row(response);
    assertThat(row.completionTokens()).isEqualTo(12);
    assertThat(row.estimated()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "stop,           stop",
    "length,         length",
    "tool_calls,     tool_calls",
    "content_filter, content_filter",
    "function_call,  function_call",
    "end_turn,       stop",
    "eos,            stop",
    "STOP,           stop",
    "max_tokens,     length",
    "MAX_TOKENS,     length",
    "tool_use,       tool_calls",
    "model_length,   length",
    "RECITATION,     content_filter",
    "weather,        stop",
  })
  void finishReasonsAreOurs(String theirs, String ours) throws IOException {
    Response response = GATEWAY.stream("[[tokens=2 finish=" + theirs + "]]");

    assertThat(response.events().finishReason()).isEqualTo(ours);
  }

  @ParameterizedTest
  @CsvSource({
    "error,                   upstream_failed",
    "abort,                   upstream_failed",
    "network_error,           upstream_failed",
    "MALFORMED_FUNCTION_CALL, unreadable_answer",
  })
  void finishReasonsThatAreFailures(String theirs, String code) throws IOException {
    Response response = GATEWAY.stream("[[tokens=2 finish=" + theirs + "]]");

    assertThat(response.events().error().path("code").asString()).isEqualTo(code);
    assertThat(response.events().finishReason()).isEmpty();
    assertThat(response.events().done()).isTrue();
    LedgerRow row = GATEWAY.row(response);
    assertThat(row.outcome()).isEqualTo("failed");
    assertThat(row.tries()).startsWith("upstream " + code + " ");
  }

  /** Once for each word. */
  @Test
  void aFinishReasonThatNobodyKnowsIsLogged() throws IOException {
    try (var log = Logged.of(Upstreams.class)) {
      for (int i = 0; i < 3; i++) {
        GATEWAY.stream("[[tokens=2 finish=strange]]");
        GATEWAY.stream("[[tokens=2 finish=stop]]");
      }
      assertThat(log.count("a finish_reason that nobody knows is passed on as stop")).isEqualTo(1);
      assertThat(log.events().getFirst().getKeyValuePairs().toString())
          .contains("upstream", "strange");
    }
  }

  @Test
  void aPlainAnswerInPlaceOfAStreamIsToldAsAFailureOrStreamed() throws IOException {
    Response response = GATEWAY.stream("[[tokens=3 plain]]");

    if (response.status() == 200) {
      assertThat(response.events().done()).isTrue();
    } else {
      assertThat(response.error().path("code").asString()).isEqualTo("upstream_failed");
    }
  }
}
