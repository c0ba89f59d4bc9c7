package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;

/** Why answers end, in the words of those who end them. */
class FinishWordsTest {

  @ParameterizedTest
  @CsvSource({
    "stop, STOP",
    "STOP, STOP",
    "end_turn, STOP",
    "stop_sequence, STOP",
    "eos_token, STOP",
    "COMPLETE, STOP",
    "length, LENGTH",
    "MAX_TOKENS, LENGTH",
    "max_output_tokens, LENGTH",
    "model_length, LENGTH",
    "model_context_window_exceeded, LENGTH",
    "maxTokens, LENGTH",
    "tool_calls, TOOL_CALLS",
    "tool_use, TOOL_CALLS",
    "TOOL_CALL, TOOL_CALLS",
    "function_call, FUNCTION_CALL",
    "content_filter, CONTENT_FILTER",
    "SAFETY, CONTENT_FILTER",
    "sensitive, CONTENT_FILTER",
    "RECITATION, CONTENT_FILTER",
    "PROHIBITED_CONTENT, CONTENT_FILTER",
    "BLOCKLIST, CONTENT_FILTER",
    "SPII, CONTENT_FILTER",
    "refusal, CONTENT_FILTER",
    "guardrail_intervened, CONTENT_FILTER",
    "' Content-Filter ', CONTENT_FILTER",
  })
  void areReasons(String word, FinishReason reason) {
    assertThat(FinishWords.reason(word)).isEqualTo(reason);
    assertThat(FinishWords.failure(word)).isNull();
    assertThat(FinishWords.isNone(word)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "error",
        "ERROR",
        "abort",
        "network_error",
        "timeout",
        "insufficient_system_resource",
        "server_error",
        "cancelled"
      })
  void areFailuresOfTheTarget(String word) {
    assertThat(FinishWords.failure(word)).isInstanceOf(ApiError.UpstreamFailed.class);
    assertThat(FinishWords.reason(word)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "malformed_model_output"})
  void areFailuresOfTheModel(String word) {
    assertThat(FinishWords.failure(word)).isInstanceOf(ApiError.UnreadableAnswer.class);
    assertThat(FinishWords.reason(word)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "null", "None", "NULL", "_"})
  void areNone(String word) {
    assertThat(FinishWords.isNone(word)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"weather", "OTHER", "end of the world", "停止"})
  void areUnknown(String word) {
    assertThat(FinishWords.reason(word)).isNull();
    assertThat(FinishWords.failure(word)).isNull();
    assertThat(FinishWords.isNone(word)).isFalse();
  }

  private static String chunk(String reason) {
    return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":"
        + reason
        + "}]}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"weather\"|0 STOP|weather",
        "{\"type\":\"length\",\"length\":5}|0 LENGTH|''",
        "\"null\"||''",
        "\" \"||''",
        "null||''",
        "false||''",
        "[\"stop\"]||''",
        "{}||''",
      })
  void inAChunk(String reason, String end, String odd) {
    var given = new UsualChunkPropertiesTest.Given();
    var reader = new ChunkReader(given, true);
    byte[] bytes = chunk(reason).getBytes(UTF_8);

    assertThat(reader.read(bytes, 0, bytes.length)).isNull();
    assertThat(given.all)
        .isEqualTo(end == null ? List.of("0 CONTENT a") : List.of("0 CONTENT a", end));
    assertThat(reader.oddEnd()).isEqualTo(odd);
  }

  @Test
  void aFailureComesBehindItsText() {
    var given = new UsualChunkPropertiesTest.Given();
    byte[] bytes = chunk("\"network_error\"").getBytes(UTF_8);

    assertThat(new ChunkReader(given, true).read(bytes, 0, bytes.length))
        .isInstanceOf(ApiError.UpstreamFailed.class);
    assertThat(given.all).containsExactly("0 CONTENT a");
  }
}
