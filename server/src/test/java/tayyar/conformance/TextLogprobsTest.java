package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tayyar.testing.BytesUpstream;
import tayyar.testing.LedgerRow;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Log-probabilities of a completion, in each form that servers send. */
@Tag("socket")
class TextLogprobsTest {
  private static BytesUpstream upstream;
  private static TestFleet fleet;

  /**
   * A form.
   *
   * @param what it is
   * @param choices two chunks' choices, without their index
   * @param tokens and so on: what the client gets, all chunks together
   */
  record Form(
      String what,
      List<String> choices,
      String tokens,
      String logprobs,
      String best,
      String offsets) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static final String TWO = "[\"Hel\",\"lo\"]";

  private static Form four(String what, String first, String second, String... lists) {
    return new Form(
        what,
        List.of(
            "\"text\":\"Hel\",\"logprobs\":" + first + ",\"finish_reason\":null",
            "\"text\":\"lo\",\"logprobs\":" + second + ",\"finish_reason\":\"stop\""),
        lists[0],
        lists[1],
        lists[2],
        lists[3]);
  }

  static final List<Form> FORMS =
      List.of(
          four(
              "OpenAI, vLLM: four lists",
              "{\"tokens\":[\"Hel\"],\"token_logprobs\":[-0.5],\"top_logprobs\":[{\"Hel\":-0.5,\"Hi\":-1.25}],\"text_offset\":[0]}",
              "{\"tokens\":[\"lo\"],\"token_logprobs\":[-0.25],\"top_logprobs\":[{\"lo\":-0.25}],\"text_offset\":[3]}",
              TWO,
              "[-0.5,-0.25]",
              "[{\"Hel\":-0.5,\"Hi\":-1.25},{\"lo\":-0.25}]",
              "[0,3]"),
          four(
              "no best ones",
              "{\"text_offset\":[0],\"token_logprobs\":[-0.5],\"tokens\":[\"Hel\"],\"top_logprobs\":null}",
              "{\"text_offset\":[3],\"token_logprobs\":[-0.25],\"tokens\":[\"lo\"],\"top_logprobs\":[null]}",
              TWO,
              "[-0.5,-0.25]",
              "[null,null]",
              "[0,3]"),
          four(
              "no places",
              "{\"tokens\":[\"Hel\"],\"token_logprobs\":[-0.5]}",
              "{\"tokens\":[\"lo\"],\"token_logprobs\":[-0.25],\"top_logprobs\":[{}]}",
              TWO,
              "[-0.5,-0.25]",
              "[null,{}]",
              "[null,null]"),
          four(
              "the prompt's first token has none",
              "{\"tokens\":[\"Hel\"],\"token_logprobs\":[null],\"top_logprobs\":[null],\"text_offset\":[0]}",
              "{\"tokens\":[\"lo\"],\"token_logprobs\":[-0.25],\"top_logprobs\":[{\"lo\":-0.25}],\"text_offset\":[3]}",
              TWO,
              "[null,-0.25]",
              "[null,{\"lo\":-0.25}]",
              "[0,3]"),
          four(
              "llama.cpp: an entry for each token",
              "{\"content\":[{\"id\":9,\"token\":\"Hel\",\"bytes\":[72],\"logprob\":-0.5,\"top_logprobs\":[{\"id\":9,\"token\":\"Hel\",\"logprob\":-0.5},{\"token\":\"Hi\",\"logprob\":-1.25}]}]}",
              "{\"content\":[{\"token\":\"lo\",\"logprob\":-0.25,\"top_logprobs\":[]}],\"refusal\":null}",
              TWO,
              "[-0.5,-0.25]",
              "[{\"Hel\":-0.5,\"Hi\":-1.25},{}]",
              "[null,null]"),
          four(
              "SGLang: infinity by Python",
              "{\"tokens\":[\"Hel\"],\"token_logprobs\":[-Infinity],\"top_logprobs\":[{\"Hel\":-Infinity,\"Hi\":NaN}],\"text_offset\":[0]}",
              "{\"tokens\":[\"lo\"],\"token_logprobs\":[NaN],\"top_logprobs\":[{\"lo\":Infinity}],\"text_offset\":[3]}",
              TWO,
              "[-9999.0,-9999.0]",
              "[{\"Hel\":-9999.0,\"Hi\":-9999.0},{\"lo\":-9999.0}]",
              "[0,3]"),
          four(
              "infinity as a string, a token of that name",
              "{\"tokens\":[\"Hel\"],\"token_logprobs\":[\"-inf\"],\"top_logprobs\":[{\"-inf\":\"-Infinity\"}],\"text_offset\":[0]}",
              "{\"content\":[{\"token\":\"lo\",\"logprob\":-Infinity,\"top_logprobs\":[{\"token\":\"nan\",\"logprob\":NaN}]}]}",
              TWO,
              "[-9999.0,-9999.0]",
              "[{\"-inf\":-9999.0},{\"nan\":-9999.0}]",
              "[0,null]"),
          four(
              "several tokens at once, what has to be escaped",
              "{\"tokens\":[\"H\",\"\\n\\\"\",\"\\u0633\"],\"token_logprobs\":[-1,-2.5e-7,0],\"top_logprobs\":[{},{\"\\\\\":-1},{}],\"text_offset\":[0,1,2]}",
              "null",
              "[\"H\",\"\\n\\\"\",\"س\"]",
              "[-1,-2.5E-7,0]",
              "[{},{\"\\\\\":-1},{}]",
              "[0,1,2]"),
          new Form(
              "tokens without a text, at the end",
              List.of(
                  "\"text\":\"Hello\",\"logprobs\":{\"tokens\":[\"Hello\"],\"token_logprobs\":[-1]},\"finish_reason\":null",
                  "\"text\":\"\",\"logprobs\":{\"tokens\":[\"</s>\"],\"token_logprobs\":[-2]},\"finish_reason\":\"stop\""),
              "[\"Hello\",\"</s>\"]",
              "[-1,-2]",
              "[null,null]",
              "[null,null]"),
          new Form(
              "logprobs ahead of their text",
              List.of(
                  "\"logprobs\":{\"tokens\":[\"Hello\"],\"token_logprobs\":[-1]},\"finish_reason\":null,\"text\":\"Hello\"",
                  "\"finish_reason\":\"length\",\"logprobs\":null,\"text\":\"\""),
              "[\"Hello\"]",
              "[-1]",
              "[null]",
              "[null]"),
          four("null", "null", "null", "[]", "[]", "[]", "[]"),
          four("empty", "{}", "{\"tokens\":[],\"token_logprobs\":null}", "[]", "[]", "[]", "[]"),
          four("of another kind", "-0.5", "[1]", "[]", "[]", "[]", "[]"));

  @BeforeAll
  static void start() throws IOException {
    upstream = new BytesUpstream();
    fleet = TestFleet.before(upstream);
  }

  @AfterAll
  static void stop() throws IOException {
    fleet.close();
    upstream.close();
  }

  private static Response ask(Form form, boolean stream) throws IOException {
    upstream.streams(
        form.choices().stream()
            .map(choice -> "{\"choices\":[{\"index\":0," + choice + "}]}")
            .toArray(String[]::new));
    return fleet.post(
        "/completions",
        "{\"model\":\"%s\",\"prompt\":\"a\",\"logprobs\":2,\"stream\":%s}"
            .formatted(TestFleet.MODEL, stream));
  }

  @ParameterizedTest
  @FieldSource("FORMS")
  void streamed(Form form) throws IOException {
    Response response = ask(form, true);

    assertThat(response.status()).isEqualTo(200);
    String text = "";
    ArrayNode[] lists = new ArrayNode[LISTS.size()];
    for (int i = 0; i < lists.length; i++) {
      lists[i] = JsonMapper.shared().createArrayNode();
    }
    for (JsonNode chunk : response.events().chunks()) {
      assertThat(chunk.has("error")).as(chunk.toString()).isFalse();
      JsonNode choice = chunk.path("choices").path(0);
      text += choice.path("text").asString();
      for (int i = 0; i < lists.length; i++) {
        choice.path("logprobs").path(LISTS.get(i)).forEach(lists[i]::add);
      }
    }
    assertThat(text).startsWith("Hello");
    assertThat(lists).extracting(ArrayNode::toString).containsExactly(expected(form));
    assertGood(response);
  }

  private static final List<String> LISTS =
      List.of("tokens", "token_logprobs", "top_logprobs", "text_offset");

  private static String[] expected(Form form) {
    return new String[] {form.tokens(), form.logprobs(), form.best(), form.offsets()};
  }

  @ParameterizedTest
  @FieldSource("FORMS")
  void whole(Form form) throws IOException {
    Response response = ask(form, false);

    assertThat(response.status()).isEqualTo(200);
    JsonNode choice = response.json().path("choices").path(0);
    assertThat(choice.path("text").asString()).isEqualTo("Hello");
    JsonNode logprobs = choice.path("logprobs");
    if (form.tokens().equals("[]")) {
      assertThat(logprobs.isNull()).isTrue();
    } else {
      assertThat(LISTS.stream().map(list -> logprobs.path(list).toString()))
          .containsExactly(expected(form));
    }
    assertGood(response);
  }

  private static void assertGood(Response response) {
    LedgerRow row = fleet.row(response);
    assertThat(row.outcome()).isEqualTo("completed");
    assertThat(row.tries()).isEmpty();
  }

  /** Those of a chat are entries, and stay what they are. */
  @Test
  void chatEntriesStayAsTheyAre() throws IOException {
    String entry =
        "{\"token\":\"a\",\"logprob\":%s,\"bytes\":[97],\"top_logprobs\":[{\"token\":\"NaN\",\"logprob\":%s}]}";
    upstream.streams(
        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"logprobs\":{\"content\":["
            + entry.formatted("-Infinity", "NaN")
            + "]},\"finish_reason\":\"stop\"}],\"timings\":{\"x\":NaN}}");
    Response response = fleet.stream("hello");

    assertThat(response.events().content()).isEqualTo("a");
    assertThat(response.text()).contains(entry.formatted("-9999.0", "-9999.0"));
    assertGood(response);
  }
}
