package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.api.Target.Dialect;
import tayyar.testing.BytesUpstream;
import tayyar.testing.LedgerRow;
import tayyar.testing.NamedEvents;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;

/** Targets that tell a prompt's tokens before the first token of the answer. */
@Tag("socket")
final class EarlyUsageTest {
  private static final String ASK =
      "{\"model\":\"pair\",\"max_tokens\":9,\"stream\":true,"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"four letters\"}]}";

  private static final String END =
      "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";

  /** The first chunk, as vLLM writes it with {@code continuous_usage_stats}. */
  private static String role(int prompt) {
    return "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
        + "\"logprobs\":null,\"finish_reason\":null}],"
        + usage(prompt, 0)
        + "}";
  }

  private static String word(String text) {
    return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}";
  }

  private static String usage(int prompt, int written) {
    return "\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}"
        .formatted(prompt, written, prompt + written);
  }

  private static String event(String data) {
    return "data: " + data + "\n\n";
  }

  private static Response ask(TestFleet fleet) throws IOException {
    return fleet.post("/messages", ASK);
  }

  private static int atTheStart(Response response) {
    List<JsonNode> events = NamedEvents.of(response.text()).all();
    return events.getFirst().at("/message/usage/input_tokens").asInt();
  }

  @Test
  void theFirstEventHasThem() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      String end = "{\"choices\":[]," + usage(41, 2) + "}";
      upstream.streams(role(41), word("a"), word("b"), END, end);
      Response response = ask(fleet);
      assertThat(atTheStart(response)).isEqualTo(41);
      LedgerRow row = fleet.row(response);
      assertThat(row.promptTokens()).isEqualTo(41);
      assertThat(row.completionTokens()).isEqualTo(2);
      assertThat(row.estimated()).isFalse();
    }
  }

  @Test
  void whereTheyComeAtTheEndTheFirstEventHasAnEstimate() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.streams(word("a"), END, "{\"choices\":[]," + usage(41, 1) + "}");
      Response response = ask(fleet);
      assertThat(atTheStart(response)).isEqualTo(3);
      assertThat(fleet.row(response).promptTokens()).isEqualTo(41);
    }
  }

  /** Google's chunks have them beside their text. */
  @Test
  void theyMayComeWithTheFirstText() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(Dialect.GEMINI, upstream)) {
      for (String finish : List.of(",\"finishReason\":\"STOP\"", "")) {
        String first =
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}"
                + finish
                + "}],\"usageMetadata\":{\"promptTokenCount\":41,\"candidatesTokenCount\":1,"
                + "\"totalTokenCount\":42}}";
        String second = "{\"candidates\":[{\"finishReason\":\"STOP\"}]}";
        upstream.streamsRaw(event(first) + (finish.isEmpty() ? event(second) : ""));
        Response response = ask(fleet);
        assertThat(atTheStart(response)).isEqualTo(41);
        LedgerRow row = fleet.row(response);
        assertThat(row.promptTokens()).isEqualTo(41);
        assertThat(row.completionTokens()).isEqualTo(1);
        assertThat(row.estimated()).isFalse();
      }
    }
  }

  @Test
  void ofATryThatFailedNothingIsPaid() throws IOException {
    try (var first = new BytesUpstream();
        var second = new BytesUpstream();
        var fleet = TestFleet.before(first, second)) {
      first.breaksOff(200, "text/event-stream", event(role(999)));
      second.streams(role(7), word("a"), END, "{\"choices\":[]," + usage(7, 1) + "}");
      Response response = ask(fleet);
      assertThat(atTheStart(response)).isEqualTo(7);
      LedgerRow row = fleet.row(response);
      assertThat(row.attempts()).isEqualTo(2);
      assertThat(row.promptTokens()).isEqualTo(7);

      second.breaksOff(200, "text/event-stream", event(role(999)));
      Response failed = ask(fleet);
      assertThat(failed.status()).isEqualTo(503);
      assertThat(fleet.row(failed).promptTokens()).isZero();
    }
  }

  @Test
  void anAnswerThatBreaksOffIsPaidByThem() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      String begun = event(role(41)) + event(word("a")) + event(word("b"));
      upstream.breaksOff(200, "text/event-stream", begun);
      Response response = ask(fleet);
      assertThat(NamedEvents.of(response.text()).types()).endsWith("error");
      LedgerRow row = fleet.row(response);
      assertThat(row.promptTokens()).isEqualTo(41);
      assertThat(row.completionTokens()).isEqualTo(2);
      assertThat(row.estimated()).isTrue();
    }
  }

  /** They are asked for at the end alone, as OpenAI has it. */
  @Test
  void clientsOfChatsAreNotToldEarly() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.streams(role(41), word("a"), END, "{\"choices\":[]," + usage(41, 1) + "}");
      List<JsonNode> chunks = fleet.stream("x").events().chunks();
      for (JsonNode chunk : chunks.subList(0, chunks.size() - 1)) {
        assertThat(chunk.path("usage").isNull()).isTrue();
      }
      assertThat(chunks.getLast().at("/usage/prompt_tokens").asInt()).isEqualTo(41);
    }
  }
}
