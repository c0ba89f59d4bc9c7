package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import tayyar.testing.NamedEvents;
import tayyar.testing.Response;
import tayyar.testing.StreamedResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's Responses. */
final class SpokenResponses implements Spoken {
  private static final String TOOLS =
      "[{\"type\":\"function\",\"name\":\"weather\",\"parameters\":{\"type\":\"object\"}},"
          + "{\"type\":\"function\",\"name\":\"now\",\"parameters\":{\"type\":\"object\"}},"
          + "{\"type\":\"web_search\"},{\"type\":\"namespace\",\"name\":\"x\"}]";

  /** What each response has, whatever its state. */
  private static final List<String> MEMBERS =
      List.of(
          "id",
          "object",
          "created_at",
          "completed_at",
          "status",
          "incomplete_details",
          "model",
          "previous_response_id",
          "instructions",
          "output",
          "error",
          "tools",
          "tool_choice",
          "truncation",
          "parallel_tool_calls",
          "text",
          "top_p",
          "presence_penalty",
          "frequency_penalty",
          "top_logprobs",
          "temperature",
          "reasoning",
          "usage",
          "max_output_tokens",
          "max_tool_calls",
          "store",
          "background",
          "service_tier",
          "metadata",
          "safety_identifier",
          "prompt_cache_key");

  @Override
  public String path() {
    return "/v1/responses";
  }

  @Override
  public ObjectNode body(String model, String text, boolean stream) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", model).put("max_output_tokens", 100).put("stream", stream);
    body.put("input", text);
    body.set("tools", JsonMapper.shared().readTree(TOOLS));
    return body;
  }

  @Override
  public ObjectNode goesOn(String model, ObjectNode answer, String result) {
    ObjectNode body = body(model, "x", true);
    ArrayNode items = body.putArray("input");
    items.addObject().put("role", "user").put("content", "x");
    items.addAll((ArrayNode) answer.path("output"));
    items
        .addObject()
        .put("type", "function_call_output")
        .put("output", result)
        .set("call_id", answer.path("output").path(0).path("call_id"));
    return body;
  }

  private static StreamedResponse read(Response response) {
    return StreamedResponse.of(NamedEvents.of(response.text()));
  }

  private static ObjectNode alike(ObjectNode response) {
    assertThat(response.propertyNames()).containsAll(MEMBERS);
    assertThat(response.remove("id").asString()).startsWith("resp_");
    assertThat(response.path("output")).isNotEmpty();
    assertThat(response.path("usage").path("output_tokens").asInt(-1)).isNotNegative();
    response.remove(List.of("created_at", "completed_at"));
    response.path("output").forEach(item -> ((ObjectNode) item).remove("id"));
    return response;
  }

  @Override
  public ObjectNode streamed(Response response) {
    return alike(read(response).response());
  }

  @Override
  public ObjectNode whole(Response response) {
    return alike((ObjectNode) response.json());
  }

  @Override
  public void assertFailed(Response response) {
    StreamedResponse failed = read(response);
    assertThat(failed.error().path("message").asString()).isNotEmpty();
    ObjectNode its = failed.response();
    assertThat(its.path("status").asString()).isEqualTo("failed");
    assertThat(its.path("error").path("code").asString()).isEqualTo("server_error");
    JsonNode output = its.path("output");
    assertThat(output.path(output.size() - 1).path("status").asString()).isEqualTo("incomplete");
  }

  @Override
  public String text(ObjectNode answer) {
    var all = new StringBuilder();
    for (JsonNode item : answer.path("output")) {
      boolean said = item.path("type").asString().equals("message");
      all.append(said ? item.path("content").path(0).path("text").asString("") : "");
    }
    return all.toString();
  }

  @Override
  public JsonNode input(ObjectNode answer) {
    assertThat(answer.path("output")).hasSize(1);
    String arguments = answer.path("output").path(0).path("arguments").asString();
    return JsonMapper.shared().readTree(arguments.isEmpty() ? "{}" : arguments);
  }
}
