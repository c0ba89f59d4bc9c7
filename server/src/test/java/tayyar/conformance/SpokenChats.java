package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import tayyar.testing.Events;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's chat completions. */
final class SpokenChats implements Spoken {
  private static final JsonMapper JSON = JsonMapper.shared();

  @Override
  public String path() {
    return "/v1/chat/completions";
  }

  @Override
  public ObjectNode body(String model, String text, boolean stream) {
    ObjectNode body =
        stream ? Requests.chatWithUsage(model, text) : Requests.chat(model, text, false);
    Requests.withTools(body);
    return body.put("max_tokens", 100);
  }

  @Override
  public ObjectNode goesOn(String model, ObjectNode answer, String result) {
    ObjectNode body = body(model, "x", true);
    ArrayNode messages = (ArrayNode) body.path("messages");
    JsonNode calls = answer.path("tool_calls");
    messages.addObject().put("role", "assistant").set("tool_calls", calls);
    messages
        .addObject()
        .put("role", "tool")
        .put("content", result)
        .set("tool_call_id", calls.path(0).path("id"));
    return body;
  }

  @Override
  public ObjectNode streamed(Response response) {
    Events events = response.events();
    assertThat(events.done()).isTrue();
    ObjectNode all = JSON.createObjectNode();
    Map<Integer, ObjectNode> calls = new TreeMap<>();
    ArrayNode details = JSON.createArrayNode();
    for (JsonNode chunk : events.chunks()) {
      JsonNode delta = chunk.path("choices").path(0).path("delta");
      for (String name : new String[] {"content", "reasoning_content"}) {
        if (delta.path(name).isString()) {
          all.put(name, all.path(name).asString("") + delta.path(name).asString());
        }
      }
      delta.path("reasoning_details").forEach(details::add);
      for (JsonNode piece : delta.path("tool_calls")) {
        ObjectNode call =
            calls.computeIfAbsent(piece.path("index").asInt(), _ -> JSON.createObjectNode());
        for (String name : new String[] {"id", "type", "extra_content"}) {
          if (!piece.path(name).isEmpty() || piece.path(name).isString()) {
            assertThat(call.has(name)).as("told once").isFalse();
            call.set(name, piece.path(name));
          }
        }
        JsonNode function = piece.path("function");
        ObjectNode its = call.withObject("/function");
        if (function.path("name").isString()) {
          its.set("name", function.path("name"));
        }
        its.put(
            "arguments",
            its.path("arguments").asString("") + function.path("arguments").asString(""));
      }
    }
    if (!calls.isEmpty()) {
      all.putArray("tool_calls").addAll(calls.values());
    }
    if (!details.isEmpty()) {
      all.set("reasoning_details", details);
    }
    all.put("finish_reason", events.finishReason());
    all.set("usage", events.usage());
    return alike(all);
  }

  @Override
  public ObjectNode whole(Response response) {
    JsonNode choice = response.json().path("choices").path(0);
    ObjectNode all = (ObjectNode) choice.path("message");
    all.remove("refusal");
    all.remove("role");
    all.set("finish_reason", choice.path("finish_reason"));
    all.set("usage", response.json().path("usage"));
    return alike(all);
  }

  /** No content is none, in whatever form. */
  private static ObjectNode alike(ObjectNode all) {
    if (all.path("content").asString("").isEmpty()) {
      all.remove("content");
    }
    assertThat(all.path("usage").path("completion_tokens").asInt(-1)).isNotNegative();
    return all;
  }

  @Override
  public void assertFailed(Response response) {
    assertThat(response.events().error().path("message").asString()).isNotEmpty();
  }

  @Override
  public String text(ObjectNode answer) {
    return answer.path("content").asString("");
  }

  @Override
  public JsonNode input(ObjectNode answer) {
    assertThat(answer.path("tool_calls")).hasSize(1);
    JsonNode function = answer.path("tool_calls").path(0).path("function");
    return JSON.readTree(function.path("arguments").asString());
  }
}
