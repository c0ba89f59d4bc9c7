package tayyar.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The members of a request that its response repeats, each with what stands for an absent one. */
final class Repeated {
  private record Member(String name, String otherwise) {}

  private static final List<Member> MEMBERS =
      List.of(
          new Member("instructions", "null"),
          new Member("max_output_tokens", "null"),
          new Member("max_tool_calls", "null"),
          new Member("parallel_tool_calls", "true"),
          new Member("temperature", "1"),
          new Member("top_p", "1"),
          new Member("presence_penalty", "0"),
          new Member("frequency_penalty", "0"),
          new Member("top_logprobs", "0"),
          new Member("tool_choice", "\"auto\""),
          new Member("tools", "[]"),
          new Member("text", "{\"format\":{\"type\":\"text\"}}"),
          new Member("reasoning", "{\"effort\":null,\"summary\":null}"),
          new Member("truncation", "\"disabled\""),
          new Member("metadata", "{}"),
          new Member("service_tier", "\"default\""),
          new Member("safety_identifier", "null"),
          new Member("prompt_cache_key", "null"));

  /** What each response has, since nothing is stored. */
  private static final String ALWAYS =
      ",\"previous_response_id\":null,\"store\":false,\"background\":false";

  private Repeated() {}

  static byte[] of(ObjectNode request) {
    var out = new ByteArrayOutputStream(512);
    for (Member member : MEMBERS) {
      out.writeBytes((",\"" + member.name + "\":").getBytes(UTF_8));
      JsonNode value = value(request, member.name);
      boolean absent = value.isMissingNode() || value.isNull();
      out.writeBytes(absent ? member.otherwise.getBytes(UTF_8) : JsonBody.bytes(value));
    }
    out.writeBytes(ALWAYS.getBytes(UTF_8));
    return out.toByteArray();
  }

  private static JsonNode value(ObjectNode request, String name) {
    JsonNode value = request.path(name);
    return switch (name) {
      case "reasoning" -> value.isObject() ? reasoning(value) : value;
      case "text" -> value.isObject() ? text(value) : value;
      default -> value;
    };
  }

  private static ObjectNode reasoning(JsonNode value) {
    ObjectNode out = JsonBody.object();
    out.set("summary", value.path("summary").isString() ? value.path("summary") : null);
    out.set("effort", value.path("effort").isString() ? value.path("effort") : null);
    return out;
  }

  private static ObjectNode text(JsonNode value) {
    var out = (ObjectNode) value.deepCopy();
    if (!out.path("format").isObject()) {
      out.putObject("format").put("type", "text");
    }
    return out;
  }
}
