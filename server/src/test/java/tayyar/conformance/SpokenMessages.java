package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import tayyar.testing.NamedEvents;
import tayyar.testing.Response;
import tayyar.testing.StreamedMessage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Anthropic's Messages. */
final class SpokenMessages implements Spoken {
  private static final String TOOLS =
      "[{\"name\":\"weather\",\"input_schema\":{\"type\":\"object\"}},"
          + "{\"name\":\"now\",\"input_schema\":{\"type\":\"object\"}},"
          + "{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]";

  @Override
  public String path() {
    return "/v1/messages";
  }

  @Override
  public ObjectNode body(String model, String text, boolean stream) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", model).put("max_tokens", 100).put("stream", stream);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    body.set("tools", JsonMapper.shared().readTree(TOOLS));
    return body;
  }

  @Override
  public ObjectNode goesOn(String model, ObjectNode answer, String result) {
    ObjectNode body = body(model, "x", true);
    ArrayNode messages = (ArrayNode) body.path("messages");
    messages.addObject().put("role", "assistant").set("content", answer.path("content"));
    messages
        .addObject()
        .put("role", "user")
        .putArray("content")
        .addObject()
        .put("type", "tool_result")
        .put("content", result)
        .set("tool_use_id", answer.path("content").path(0).path("id"));
    return body;
  }

  private static StreamedMessage read(Response response) {
    return StreamedMessage.of(NamedEvents.of(response.text()));
  }

  private static ObjectNode alike(ObjectNode message) {
    assertThat(message.remove("id").asString()).startsWith("msg_");
    assertThat(message.path("role").asString()).isEqualTo("assistant");
    assertThat(message.path("content")).isNotEmpty();
    assertThat(message.path("usage").path("output_tokens").asInt(-1)).isNotNegative();
    return message;
  }

  @Override
  public ObjectNode streamed(Response response) {
    return alike(read(response).whole());
  }

  @Override
  public ObjectNode whole(Response response) {
    return alike((ObjectNode) response.json());
  }

  @Override
  public void assertFailed(Response response) {
    StreamedMessage message = read(response);
    assertThat(message.error().path("type").asString()).isIn("overloaded_error", "api_error");
    assertThat(message.error().path("message").asString()).isNotEmpty();
  }

  @Override
  public String text(ObjectNode answer) {
    return String.join("", StreamedMessage.texts(answer.path("content"), "text"));
  }

  @Override
  public JsonNode input(ObjectNode answer) {
    assertThat(answer.path("content")).hasSize(1);
    return answer.path("content").path(0).path("input");
  }
}
