package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.ApiError;
import tayyar.api.Attempt;
import tayyar.api.FinishReason;
import tayyar.api.Sink;
import tayyar.api.ToolCall;
import tayyar.api.Usage;

/** The chunks of each upstream, as it writes them, and what is understood of them. */
class ChunkReaderTest {

  /** Writes down what it is told, a line each. */
  private static final class Lines implements Sink {
    final List<String> all = new ArrayList<>();

    @Override
    public void attempt(Attempt now) {
      all.add("attempt");
    }

    @Override
    public void delta(int choice, Kind kind, byte[] json, int from, int to) {
      all.add(choice + " " + kind + " " + new String(json, from, to - from, UTF_8));
    }

    @Override
    public void toolCall(int choice, ToolCall piece) {
      String id = new String(piece.id(), UTF_8).replaceAll("^call_[0-9a-z]{11,13}$", "made");
      all.add(
          choice
              + " call "
              + piece.index()
              + " "
              + id
              + " "
              + new String(piece.name(), UTF_8)
              + "("
              + new String(piece.arguments(), UTF_8)
              + ")");
    }

    @Override
    public void logprobs(int choice, byte[] entries) {
      all.add(choice + " logprobs " + new String(entries, UTF_8));
    }

    @Override
    public void flush() {
      all.add("flush");
    }

    @Override
    public void finish(int choice, FinishReason reason) {
      all.add(choice + " finish " + reason.wire());
    }

    @Override
    public void usage(Usage usage) {
      all.add("usage " + usage.promptTokens() + "+" + usage.completionTokens());
    }

    @Override
    public void done() {
      all.add("done");
    }

    @Override
    public void failed(ApiError error) {
      all.add("failed");
    }
  }

  private final Lines lines = new Lines();
  private final ChunkReader reader = new ChunkReader(lines, true);

  private @Nullable ApiError read(String chunk) {
    byte[] bytes = ("  " + chunk).getBytes(UTF_8);
    return reader.read(bytes, 2, bytes.length);
  }

  private List<String> lines(String... chunks) {
    for (String chunk : chunks) {
      assertThat(read(chunk)).isNull();
    }
    return lines.all;
  }

  private static String delta(String delta) {
    return "{\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":null}]}";
  }

  private static String end(String reason) {
    return "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}";
  }

  @Test
  void vllmEndsWithItsLastTokenAndTellsMoreThanTheSchema() {
    assertThat(
            lines(
                "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                    + "\"logprobs\":null,\"finish_reason\":null}],\"prompt_token_ids\":null}",
                delta("{\"reasoning\":\"hm\",\"reasoning_content\":\"hm\"}"),
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"نعم\"},\"stop_reason\":null,"
                    + "\"token_ids\":[1],\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}"))
        .containsExactly("0 REASONING hm", "0 CONTENT نعم", "0 finish stop", "usage 3+2");
  }

  @Test
  void llamaCppBeginsWithNullAndTellsItsTimes() {
    assertThat(
            lines(
                delta("{\"role\":\"assistant\",\"content\":null}"),
                delta("{\"content\":\"Hi\"}"),
                "{\"choices\":[{\"finish_reason\":\"length\",\"index\":0,\"delta\":{}}],"
                    + "\"timings\":{\"prompt_n\":7,\"deep\":{\"a\":[1]}}}"))
        .containsExactly("0 CONTENT Hi", "0 finish length");
  }

  @Test
  void ollamaSaysItsRoleEveryTimeAndCallsAToolAtOnce() {
    assertThat(
            lines(
                delta("{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":\"so\"}"),
                "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\","
                    + "\"tool_calls\":[{\"id\":\"call_x\",\"index\":0,\"type\":\"function\","
                    + "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}}]},"
                    + "\"finish_reason\":\"\"}],\"system_fingerprint\":\"fp_ollama\"}",
                end("tool_calls")))
        .containsExactly(
            "0 REASONING so", "0 call 0 call_x f({\\\"a\\\":1})", "0 finish tool_calls");
  }

  @Test
  void sglangTellsTheNameLate() {
    assertThat(
            lines(
                delta(
                    "{\"content\":null,\"reasoning_content\":null,"
                        + "\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":"
                        + "{\"name\":null,\"arguments\":\"{\"}}]}"),
                delta("{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"weather\"}}]}"),
                delta(
                    "{\"tool_calls\":[{\"index\":0,\"function\":"
                        + "{\"name\":\"weather\",\"arguments\":\"}\"}}]}"),
                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\","
                    + "\"matched_stop\":null}]}"))
        .containsExactly("0 call 0 c1 weather({)", "0 call 0  (})", "0 finish tool_calls");
  }

  @Test
  void severalCallsAtOnceAreKeptApart() {
    assertThat(
            lines(
                delta(
                    "{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"1\"}},"
                        + "{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"\"}}]}"),
                delta(
                    "{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"2\"}},"
                        + "{\"index\":0,\"function\":{\"arguments\":\"3\"}}]}")))
        .containsExactly("0 call 0 a f(1)", "0 call 1 b g()", "0 call 1  (2)", "0 call 0  (3)");
  }

  @Test
  void geminiNumbersNoCallsAndEndsThemWithStop() {
    assertThat(
            lines(
                delta(
                    "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}"),
                delta(
                    "{\"tool_calls\":[{\"id\":\"q\",\"function\":"
                        + "{\"name\":\"g\",\"arguments\":{\"a\":\"b\\nc\"}}}]}"),
                end("stop")))
        .containsExactly(
            "0 call 0 made f({})",
            "0 call 1 q g({\\\"a\\\":\\\"b\\\\nc\\\"})",
            "0 finish tool_calls");
  }

  @Test
  void groqSendsNoCallsAndItsUsageTwice() {
    assertThat(
            lines(
                "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"a\","
                    + "\"tool_calls\":[]},\"finish_reason\":null}],\"x_groq\":{\"id\":\"r\"}}",
                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
                    + "\"x_groq\":{\"usage\":{\"prompt_tokens\":9}}}",
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}"))
        .containsExactly("0 CONTENT a", "0 finish stop", "usage 5+1");
  }

  @Test
  void azureBeginsWithNothingAndAddsFilters() {
    assertThat(
            lines(
                "{\"id\":\"\",\"object\":\"\",\"model\":\"\",\"choices\":[],"
                    + "\"prompt_filter_results\":[{\"prompt_index\":0}]}",
                "{\"choices\":[{\"index\":0,\"content_filter_offsets\":{\"start\":0},"
                    + "\"finish_reason\":null}]}",
                delta("{\"content\":\"x\"}"),
                "{\"choices\":[{\"index\":0,\"delta\":{},\"content_filter_results\":{},"
                    + "\"finish_reason\":\"content_filter\"}]}"))
        .containsExactly("0 CONTENT x", "0 finish content_filter");
  }

  @Test
  void deepSeekXaiAndMistralPutUsageIntoTheLastChoice() {
    assertThat(
            lines(
                delta("{\"content\":null,\"reasoning_content\":\"hm\"}"),
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},"
                    + "\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":6,"
                    + "\"prompt_cache_hit_tokens\":0}}",
                "{\"choices\":[]}"))
        .containsExactly("0 REASONING hm", "0 finish stop", "usage 4+6");
  }

  @Test
  void openRouterReportsAFailureInTheMiddle() {
    assertThat(lines(delta("{\"content\":\"a\"}"))).containsExactly("0 CONTENT a");
    assertThat(
            read(
                "{\"error\":{\"code\":502,\"message\":\"gone\"},\"provider\":\"p\",\"choices\":"
                    + "[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}"))
        .isInstanceOf(ApiError.UpstreamFailed.class);
    assertThat(reader.complete()).isFalse();
  }

  @Test
  void logprobsComeAheadOfTheirText() {
    assertThat(
            lines(
                "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"},\"logprobs\":{\"content\":[\n"
                    + " {\"token\":\"x\",\"logprob\":-0.25,\"bytes\":[120],\"top_logprobs\":[]}]},"
                    + "\"finish_reason\":null}]}"))
        .containsExactly(
            "1 logprobs {\"token\":\"x\",\"logprob\":-0.25,\"bytes\":[120],\"top_logprobs\":[]}",
            "1 CONTENT x");
  }

  @Test
  void theOlderFunctionCallIsACallWithoutIndex() {
    assertThat(
            lines(
                delta("{\"function_call\":{\"name\":\"f\",\"arguments\":\"\"}}"),
                delta("{\"function_call\":{\"arguments\":\"{}\"}}"),
                end("function_call")))
        .containsExactly("0 call -1  f()", "0 call -1  ({})", "0 finish function_call");
  }

  @Test
  void whatIsNoObjectAmongThemIsReadOver() {
    assertThat(
            lines(
                "{\"choices\":[null,[1],{\"index\":0,\"delta\":{\"tool_calls\":[null,[{}],"
                    + "{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"1\"}},7],"
                    + "\"function_call\":[1],\"content\":\"x\"},\"finish_reason\":null}],"
                    + "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}"))
        .containsExactly("0 CONTENT x", "0 call 0 a f(1)", "usage 5+1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\n",
        "null",
        " null ",
        "[]",
        "\"\"",
        "ping",
        "{}",
        "{\"type\":\"ping\"}"
      })
  void signsOfLifeSayNothing(String data) {
    assertThat(lines(data, delta("{\"content\":\"a\"}"), data, delta("{\"content\":\"b\"}"), data))
        .containsExactly("0 CONTENT a", "0 CONTENT b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pong", "nul", "[1]", "1", "true", "\"a\"", "{", "[", "pingpingpingping"})
  void whatIsNeitherAChunkNorASignOfLifeIsAFailure(String data) {
    assertThat(read(data)).isInstanceOf(ApiError.UpstreamFailed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "\" \"", "false", "{}", "[]", "0"})
  void anErrorThatSaysNothingIsNone(String value) {
    String chunk = delta("{\"content\":\"a\"}").replaceFirst("}$", ",\"error\":" + value + "}");
    assertThat(lines(chunk, chunk, chunk, end("stop")))
        .containsExactly("0 CONTENT a", "0 CONTENT a", "0 CONTENT a", "0 finish stop");
  }

  @Test
  void moreCallsThanAnybodyMakesAreMoreThanWeTake() {
    StringBuilder calls = new StringBuilder();
    for (int i = 0; i <= 128; i++) {
      calls
          .append(i == 0 ? "" : ",")
          .append("{\"id\":\"c" + i + "\",\"function\":{\"name\":\"f\"}}");
    }
    assertThat(read(delta("{\"tool_calls\":[" + calls + "]}")))
        .isEqualTo(new ApiError.UnreadableAnswer("it calls more tools than we take."));
  }
}
