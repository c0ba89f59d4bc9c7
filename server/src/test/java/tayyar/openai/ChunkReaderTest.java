package tayyar.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
import tayyar.api.Part;
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
    public void part(int choice, Part part) {
      switch (part) {
        case ToolCall piece -> all.add(choice + line(piece));
        case Part.Logprobs(Kind of, byte[] entries) ->
            all.add(choice + (of == Kind.CONTENT ? " logprobs " : " refusal's ") + text(entries));
        case Part.Member(Part.Member.Place place, String name, byte[] json) ->
            all.add(choice + " " + place + " " + name + " " + text(json));
        case Part.Native _ -> throw new AssertionError("it is OpenAI's");
        case Part.Vector _ -> throw new AssertionError("no vector was asked for");
      }
    }

    private static String line(ToolCall piece) {
      String id = text(piece.id()).replaceAll("^call_[0-9a-z]{11,13}$", "made");
      return (piece.custom() ? " custom " : " call ")
          + piece.index()
          + " "
          + id
          + " "
          + text(piece.name())
          + "("
          + text(piece.arguments())
          + ")"
          + text(piece.more());
    }

    private static String text(byte[] json) {
      return new String(json, UTF_8);
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

  private static String calls(String... calls) {
    return delta("{\"tool_calls\":[" + String.join(",", calls) + "]}");
  }

  private static String call(String head, String name, String arguments) {
    return "{%s\"type\":\"function\",\"function\":{\"name\":\"%s\",\"arguments\":\"%s\"}}"
        .formatted(head, name, arguments);
  }

  private static String more(String head, String arguments) {
    return "{%s\"function\":{\"arguments\":\"%s\"}}".formatted(head, arguments);
  }

  @Test
  void callsOfOneIndexAndOtherIdsAreOthers() {
    assertThat(
            lines(
                calls(call("\"index\":0,\"id\":\"a\",", "f", "{1")),
                calls(more("\"index\":0,", "}")),
                calls(call("\"index\":0,\"id\":\"b\",", "f", "{2")),
                calls(more("\"index\":0,", "}")),
                calls(more("\"index\":0,\"id\":\"a\",", "late"))))
        .containsExactly(
            "0 call 0 a f({1)",
            "0 call 0  (})",
            "0 call 1 b f({2)",
            "0 call 1  (})",
            "0 call 0  (late)");
  }

  @Test
  void callsWithNeitherIndexNorIdAreToldApartByTheirNames() {
    assertThat(
            lines(
                calls(call("", "f", "{1}")),
                calls(call("", "f", "{2}"), call("\"id\":\"\",", "g", "{3}")),
                end("stop")))
        .containsExactly(
            "0 call 0 made f({1})",
            "0 call 1 made f({2})", "0 call 2 made g({3})", "0 finish tool_calls");
  }

  @Test
  void indexesOfCallsBeginAtZeroAndHaveNoGaps() {
    assertThat(
            lines(
                calls(call("\"index\":1,\"id\":\"a\",", "f", "1")),
                calls(call("\"index\":5,\"id\":\"b\",", "g", "2")),
                calls(more("\"index\":1,", "3"))))
        .containsExactly("0 call 0 a f(1)", "0 call 1 b g(2)", "0 call 0  (3)");
  }

  @Test
  void whatACallHasBesidesGoesWithIt() {
    assertThat(
            lines(
                calls(
                    call(
                        "\"index\":0,\"id\":\"a\",\"extra_content\":{\"google\": {\"s\":\"x\"}},",
                        "f",
                        "1")),
                calls("{\"index\":0,\"extra_content\":[1]}")))
        .containsExactly(
            "0 call 0 a f(1),\"extra_content\":{\"google\":{\"s\":\"x\"}}",
            "0 call 0  (),\"extra_content\":[1]");
  }

  @Test
  void customToolsAreCalledWithAnyText() {
    assertThat(
            lines(
                calls(
                    "{\"index\":0,\"id\":\"c\",\"type\":\"custom\","
                        + "\"custom\":{\"name\":\"code\",\"input\":\"\"}}"),
                calls("{\"index\":0,\"custom\":{\"input\":\"print(1)\"}}")))
        .containsExactly("0 custom 0 c code()", "0 custom 0  (print(1))");
  }

  @Test
  void contentMayBeInParts() {
    assertThat(
            lines(
                delta(
                    "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"h\"},"
                        + "{\"type\":\"text\",\"text\":\"m\"}]},{\"type\":\"text\",\"text\":\"a\"}]}"),
                delta("{\"content\":{\"type\":\"text\",\"text\":\"b\"}}"),
                delta("{\"content\":[{\"type\":\"refusal\",\"refusal\":\"no\"},\"c\"]}"),
                delta("{\"content\":[{\"type\":\"image_url\",\"image_url\":1}]}")))
        .containsExactly(
            "0 REASONING hm",
            "0 CONTENT a",
            "0 CONTENT b",
            "0 CONTENT c",
            "0 REFUSAL no",
            "0 MESSAGE images [{\"type\":\"image_url\",\"image_url\":1}]");
  }

  @Test
  void halvesOfACharacterAreJoined() {
    assertThat(
            lines(
                delta("{\"content\":\"A\\ud83d\"}"),
                delta("{\"reasoning_content\":\"\\ud83d\"}"),
                delta("{\"content\":\"\\ude00B\"}"),
                delta("{\"reasoning_content\":\"x\"}"),
                delta("{\"content\":\"\\ude00\"}"),
                delta("{\"content\":\"\\ud83d\"}"),
                end("stop")))
        .containsExactly(
            "0 CONTENT A",
            "0 CONTENT \ud83d\ude00B",
            "0 REASONING \ufffdx",
            "0 CONTENT \ufffd",
            "0 CONTENT \ufffd",
            "0 finish stop");
  }

  @Test
  void halvesInArgumentsAreJoined() {
    assertThat(
            lines(
                calls(call("\"index\":0,\"id\":\"a\",", "f", "\\ud83d")),
                calls(more("\"index\":0,", "\\ude00"))))
        .containsExactly("0 call 0 a f()", "0 call 0  (\ud83d\ude00)");
  }

  /** The bytes of a character in two events, then one that is none. */
  @Test
  void bytesOfACharacterAreJoined() {
    String[] pieces = {"1 \u00e2\u0082", "\u00ac", "\u00ff!", "\u00e2"};
    for (String piece : pieces) {
      byte[] bytes = delta("{\"content\":\"" + piece + "\"}").getBytes(ISO_8859_1);
      assertThat(reader.read(bytes, 0, bytes.length)).isNull();
    }
    assertThat(lines(end("stop")))
        .containsExactly(
            "0 CONTENT 1 ",
            "0 CONTENT \u20ac",
            "0 CONTENT \ufffd!",
            "0 CONTENT \ufffd",
            "0 finish stop");
  }

  @Test
  void severalObjectsInOneEventAreAllRead() {
    String two = delta("{\"content\":\"a\"}") + delta("{\"content\":\"b\"}");
    assertThat(lines(two, two.replace("}{", "}\n{"), delta("{\"content\":\"c\"}")))
        .containsExactly("0 CONTENT a", "0 CONTENT b", "0 CONTENT a", "0 CONTENT b", "0 CONTENT c");
    assertThat(read(delta("{\"content\":\"d\"}") + "{\"choices\":[{\"ind")).isNotNull();
    assertThat(read(delta("{\"content\":\"d\"}") + "x")).isNotNull();
    assertThat(read(delta("{\"content\":\"d\"}") + "[1]")).isNotNull();
  }

  @Test
  void whatNobodyHereUnderstandsGoesToTheClient() {
    assertThat(
            lines(
                "{\"system_fingerprint\":\"fp\",\"service_tier\":null,\"choices\":[{\"index\":0,\"delta\":"
                    + "{\"role\":\"assistant\",\"content\":\"\"}}]}",
                "{\"system_fingerprint\":\"fp\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],"
                    + "\"citations\":[\"u\"]}",
                delta("{\"annotations\":[{\"a\": 1}],\"audio\":null,\"images\":[]}"),
                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\",\"stop_reason\":7}],"
                    + "\"citations\":[\"u\",\"v\"]}"))
        .containsExactly(
            "0 ANSWER system_fingerprint \"fp\"",
            "0 CONTENT a",
            "0 MESSAGE annotations [{\"a\":1}]",
            "0 finish stop",
            "0 ANSWER citations [\"u\",\"v\"]");
  }

  @Test
  void moreMayFollowAnEnd() {
    assertThat(
            lines(
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"},\"finish_reason\":\"length\"}]}"))
        .containsExactly("0 CONTENT a", "0 finish stop", "0 CONTENT b", "0 finish length");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"index\":0,\"delta\":{},\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"index\":0,\"text\":\"a\",\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"index\":0,\"delta\":null,\"text\":\"a\",\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"index\":0,\"text\":\"a\",\"message\":{},\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"index\":0,\"delta\":\"a\",\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"index\":0,\"delta\":[{\"text\":\"a\"}],\"finish_reason\":\"stop\"}]}",
        "{\"choices\":{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}}"
      })
  void aTextInAnotherPlaceIsGiven(String chunk) {
    assertThat(lines(chunk)).containsExactly("0 CONTENT a", "0 finish stop");
  }

  private static String withMessage(String delta, String message) {
    return "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"%s\"},\"delta\":{\"content\":\"%s\"}}]}"
        .formatted(message, delta);
  }

  /** Perplexity's, and with an end like MiniMax's. */
  @Test
  void aMessageBesideOrBehindItsDeltasRepeatsThem() {
    assertThat(
            lines(
                withMessage("a\\n", "a\\n"),
                withMessage("b", "a\\nb"),
                withMessage("c", "a\\nbc"),
                withMessage("", "a\\nbc"),
                "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\\nbc\"},\"finish_reason\":\"stop\"}]}"))
        .containsExactly("0 CONTENT a\\n", "0 CONTENT b", "0 CONTENT c", "0 finish stop");
  }

  @Test
  void aMessageBehindAMessageIsAFailure() {
    String message = "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"}}]}";
    assertThat(lines(message)).containsExactly("0 CONTENT a");
    assertThat(read(message)).isInstanceOf(ApiError.UpstreamFailed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1025", "99999999999"})
  void aTextOfAChoiceThatCannotBeIsAFailure(String index) {
    String chunk = delta("{\"content\":\"a\"}").replace("\"index\":0", "\"index\":" + index);
    assertThat(read(chunk)).isInstanceOf(ApiError.UpstreamFailed.class);
    assertThat(lines.all).isEmpty();
  }

  @Test
  void aNumberIsATextAndAThoughtMayBeAnything() {
    assertThat(
            lines(
                delta("{\"content\":7}"),
                delta("{\"content\":1.50}"),
                delta("{\"reasoning\":{\"content\":\"hm\"}}"),
                delta("{\"content\":{\"words\":\"a\"}}"),
                end("stop")))
        .containsExactly(
            "0 CONTENT 7",
            "0 CONTENT 1.50",
            "0 MESSAGE reasoning {\"content\":\"hm\"}",
            "0 MESSAGE content_parts [{\"words\":\"a\"}]",
            "0 finish stop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"index\":0,\"id\":\"x\",\"function\":{\"name\":\"f\",\"arguments\":\"[1]\"}}",
        "[{\"index\":0,\"id\":\"x\",\"function\":{\"name\":\"f\",\"arguments\":[1]}}]",
        "[{\"index\":0,\"id\":\"x\",\"name\":\"f\",\"arguments\":\"[1]\"}]",
        "[{\"index\":0,\"id\":\"x\",\"function\":\"f\",\"arguments\":[1]}]"
      })
  void aCallMayHaveAnotherForm(String calls) {
    assertThat(lines(delta("{\"tool_calls\":" + calls + "}"), end("tool_calls")))
        .containsExactly("0 call 0 x f([1])", "0 finish tool_calls");
  }

  @Test
  void partsMayStandAtTheBeginningOfABuffer() {
    byte[] bytes = delta("{\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}").getBytes(UTF_8);
    assertThat(reader.read(bytes, 0, bytes.length)).isNull();
    assertThat(lines.all).containsExactly("0 CONTENT a");
  }

  @Test
  void aDocumentSaysAllAtOnce() {
    byte[] body =
        ("{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"up\",\"choices\":[{"
                + "\"message\":{\"role\":\"assistant\",\"content\":\"a\\n\",\"refusal\":null,"
                + "\"reasoning_content\":\"hm\",\"annotations\":[1]},\"logprobs\":{\"content\":[{\"t\":1}],"
                + "\"refusal\":[{\"t\":2}]},\"stop_reason\":7,\"finish_reason\":\"stop\"},"
                + "{\"message\":{\"content\":\"b\"},\"finish_reason\":\"length\"}],\"kv\":{\"a\":1},"
                + "\"error\":null,\"service_tier\":\"default\","
                + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}")
            .getBytes(UTF_8);
    assertThat(reader.readDocument(body)).isNull();
    reader.tellMembers();
    assertThat(lines.all)
        .containsExactly(
            "0 REASONING hm",
            "0 logprobs {\"t\":1}",
            "0 CONTENT a\\n",
            "0 refusal's {\"t\":2}",
            "0 MESSAGE annotations [1]",
            "0 CHOICE stop_reason 7",
            "0 finish stop",
            "1 CONTENT b",
            "1 finish length",
            "usage 3+2",
            "0 ANSWER kv {\"a\":1}",
            "0 ANSWER service_tier \"default\"");
  }

  @Test
  void aCallWhoseNameNeverComesIsAFailure() {
    String arguments =
        "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"arguments\":\"%s\"}}]}";
    assertThat(read(delta(arguments.formatted("{}")))).isNull();
    assertThat(read(end("tool_calls")))
        .isEqualTo(new ApiError.UnreadableAnswer("it calls a tool without a name."));
    assertThat(read(delta(arguments.formatted("x".repeat(70_000)))))
        .isEqualTo(new ApiError.UnreadableAnswer("it calls more tools than we take."));
  }
}
