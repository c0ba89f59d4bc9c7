package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import tayyar.testing.NamedEvents;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.StreamedResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the compliance tests of Open Responses ask of a server, in cases of our own. Each answer and
 * each event is held to {@code openapi.json} besides, as all that our clients read.
 *
 * @see <a href="https://www.openresponses.org/compliance">The compliance tests</a>
 */
enum OpenResponses {
  /** One message of the user. */
  TEXT("[{\"type\":\"message\",\"role\":\"user\",\"content\":\"@ Name three rivers.\"}]"),
  /** The same as a text. */
  PLAIN("\"@ Name three rivers.\""),
  /** A message of the system among the items. */
  SYSTEM(
      "[{\"type\":\"message\",\"role\":\"system\",\"content\":\"You speak in rhymes.\"},"
          + "{\"type\":\"message\",\"role\":\"user\",\"content\":\"@ Good morning.\"}]"),
  /** Turns that were before, in both forms of the assistant's. */
  TURNS(
      "[{\"type\":\"message\",\"role\":\"user\",\"content\":\"I am Nour.\"},"
          + "{\"type\":\"message\",\"role\":\"assistant\",\"content\":\"Welcome, Nour.\"},"
          + "{\"type\":\"message\",\"role\":\"user\",\"content\":\"I live in Cairo.\"},"
          + "{\"type\":\"message\",\"id\":\"msg_1\",\"status\":\"completed\",\"role\":\"assistant\","
          + "\"content\":[{\"type\":\"output_text\",\"text\":\"A great city.\",\"annotations\":[]}]},"
          + "{\"type\":\"message\",\"role\":\"user\",\"content\":\"@ Who am I?\"}]"),
  /** The assistant's words of each phase, sent back. */
  PHASES(
      "[{\"type\":\"message\",\"role\":\"assistant\",\"phase\":\"commentary\",\"content\":\"I count.\"},"
          + "{\"type\":\"message\",\"role\":\"assistant\",\"phase\":\"final_answer\",\"content\":\"Six.\"},"
          + "{\"type\":\"message\",\"role\":\"user\",\"content\":\"@ Say it again.\"}]"),
  /** A picture given in place. */
  IMAGE(
      "[{\"type\":\"message\",\"role\":\"user\",\"content\":["
          + "{\"type\":\"input_text\",\"text\":\"@ What is this?\"},"
          + "{\"type\":\"input_image\",\"image_url\":\"data:image/png;base64,aGk=\"}]}]"),
  /** A function that is called, and has no more than a request must have. */
  CALL(
      "[{\"type\":\"message\",\"role\":\"user\",\"content\":\"@calls@0 How warm is it in Aswan?\"}]"),
  /** The model's thinking. */
  THINKING("\"@reasoning=3 Think first.\""),
  /** Log-probabilities. */
  LOGPROBS("\"@ Say a word.\"");

  /** Those that the embedded model can answer: it sees no pictures, and calls no tool by itself. */
  static final List<OpenResponses> OF_TEXT = List.of(TEXT, PLAIN, SYSTEM, TURNS, PHASES, LOGPROBS);

  private static final String FUNCTION =
      "{\"type\":\"function\",\"name\":\"warmth\",\"parameters\":{\"type\":\"object\","
          + "\"properties\":{\"place\":{\"type\":\"string\"}},\"required\":[\"place\"]}}";

  /** Sends a request. */
  interface Server {
    Response send(String request) throws IOException;
  }

  private final String input;

  OpenResponses(String input) {
    this.input = input;
  }

  /**
   * Asks for a whole answer and for a stream, and checks both.
   *
   * @param model the server's
   * @param script what the simulator is told; empty in front of a real model
   * @return the whole one, and the one that the stream ends with
   */
  List<ObjectNode> check(Server server, String key, String model, String script)
      throws IOException {
    ObjectNode body = JsonMapper.shared().createObjectNode().put("model", model);
    body.set(
        "input", JsonMapper.shared().readTree(input.replaceAll("@([a-z]*[=@]?[0-9]?)", script)));
    if (this == CALL) {
      body.putArray("tools").add(JsonMapper.shared().readTree(FUNCTION));
    }
    if (this == LOGPROBS) {
      body.putArray("include").add("message.output_text.logprobs");
    }
    if (script.isEmpty()) {
      body.put("max_output_tokens", 200).put("temperature", 0);
    }
    Response whole = server.send(Requests.post("/v1/responses", key, body.toString(), ""));
    assertThat(whole.status()).as(whole.text()).isEqualTo(200);
    body.put("stream", true);
    Response stream = server.send(Requests.post("/v1/responses", key, body.toString(), ""));
    assertThat(stream.status()).as(stream.text()).isEqualTo(200);
    assertThat(stream.field("Content-Type")).startsWith("text/event-stream");
    NamedEvents events = NamedEvents.of(stream.text());
    ObjectNode last = StreamedResponse.of(events).response();
    List<ObjectNode> both = List.of((ObjectNode) whole.json(), last);
    both.forEach(this::check);
    return both;
  }

  private void check(ObjectNode response) {
    JsonNode output = response.path("output");
    assertThat(output).isNotEmpty();
    assertThat(response.path("status").asString()).as(response.toString()).isEqualTo("completed");
    assertThat(response.path("completed_at").asLong(0))
        .isGreaterThanOrEqualTo(response.path("created_at").asLong(Long.MAX_VALUE));
    JsonNode usage = response.path("usage");
    assertThat(usage.path("input_tokens").asInt() + usage.path("output_tokens").asInt())
        .isEqualTo(usage.path("total_tokens").asInt(-1));
    assertThat(usage.path("input_tokens").asInt()).isPositive();
    JsonNode last = output.path(output.size() - 1);
    assertThat(last.path("type").asString()).isEqualTo(this == CALL ? "function_call" : "message");
    switch (this) {
      case CALL -> {
        assertThat(JsonMapper.shared().readTree(last.path("arguments").asString())).isNotNull();
        assertThat(response.path("tools").path(0).path("strict").isNull()).isTrue();
      }
      case LOGPROBS -> assertThat(last.path("content").path(0).path("logprobs")).isNotEmpty();
      case THINKING -> assertThat(output.path(0).path("type").asString()).isEqualTo("reasoning");
      default -> assertThat(last.path("content").path(0).path("text").asString()).isNotBlank();
    }
  }
}
