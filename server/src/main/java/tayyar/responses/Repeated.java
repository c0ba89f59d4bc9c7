package tayyar.responses;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The members of a request that its response repeats, in the form that a response has them. What is
 * absent, or no such value, has its default.
 */
final class Repeated {
  /**
   * One of them.
   *
   * @param otherwise what stands for an absent one
   * @param fits whether a value may be repeated
   * @param form the value as a response has it
   */
  private record Member(
      String name, String otherwise, Predicate<JsonNode> fits, UnaryOperator<JsonNode> form) {
    Member(String name, String otherwise, Predicate<JsonNode> fits) {
      this(name, otherwise, fits, value -> value);
    }
  }

  private static final List<Member> MEMBERS =
      List.of(
          new Member("instructions", "null", JsonNode::isString),
          new Member("max_output_tokens", "null", JsonNode::isIntegralNumber),
          new Member("max_tool_calls", "null", JsonNode::isIntegralNumber),
          new Member("parallel_tool_calls", "true", JsonNode::isBoolean),
          new Member("temperature", "1", JsonNode::isNumber),
          new Member("top_p", "1", JsonNode::isNumber),
          new Member("presence_penalty", "0", JsonNode::isNumber),
          new Member("frequency_penalty", "0", JsonNode::isNumber),
          new Member("top_logprobs", "0", JsonNode::isIntegralNumber),
          new Member("tool_choice", "\"auto\"", Repeated::isChoice),
          new Member("tools", "[]", JsonNode::isArray, Repeated::tools),
          new Member(
              "text", "{\"format\":{\"type\":\"text\"}}", JsonNode::isObject, Repeated::text),
          new Member(
              "reasoning",
              "{\"effort\":null,\"summary\":null}",
              JsonNode::isObject,
              Repeated::reasoning),
          new Member("truncation", "\"disabled\"", JsonNode::isString),
          new Member("metadata", "{}", JsonNode::isObject),
          new Member("safety_identifier", "null", JsonNode::isString),
          new Member("prompt_cache_key", "null", JsonNode::isString),
          new Member("previous_response_id", "null", JsonNode::isString));

  /** How a request is served; a target may say otherwise. */
  static final String TIER = "service_tier";

  private static final String TIER_NAME = ",\"" + TIER + "\":";

  private Repeated() {}

  /**
   * Makes them, each with a comma before it.
   *
   * @param background whether the answer goes on without its client
   */
  static byte[] of(ObjectNode request, boolean background) {
    var out = new ByteArrayOutputStream(512);
    for (Member member : MEMBERS) {
      JsonNode value = request.path(member.name);
      out.writeBytes((",\"" + member.name + "\":").getBytes(UTF_8));
      out.writeBytes(
          member.fits.test(value)
              ? JsonBody.bytes(member.form.apply(value))
              : member.otherwise.getBytes(UTF_8));
    }
    out.writeBytes((",\"background\":" + background + TIER_NAME).getBytes(UTF_8));
    JsonNode tier = request.path(TIER);
    out.writeBytes(JsonBody.bytes(tier.isString() ? tier : JsonBody.string("default")));
    return out.toByteArray();
  }

  /** Returns them with another tier, the last of them. */
  static byte[] served(byte[] repeated, byte[] tier) {
    String all = new String(repeated, ISO_8859_1);
    int to = all.lastIndexOf(TIER_NAME) + TIER_NAME.length();
    byte[] told = Arrays.copyOf(repeated, to + tier.length);
    System.arraycopy(tier, 0, told, to, tier.length);
    return told;
  }

  private static boolean isChoice(JsonNode value) {
    return value.isString()
        ? value.asString().matches("none|auto|required")
        : value.path("type").isString();
  }

  /** A response's function has all members, whatever the request left out. */
  private static JsonNode tools(JsonNode value) {
    ArrayNode out = JsonBody.array();
    for (JsonNode tool : value) {
      out.add(
          tool.path("type").asString("").equals("function")
              ? whole(tool, "description", "parameters", "strict")
              : tool);
    }
    return out;
  }

  private static JsonNode whole(JsonNode object, String... names) {
    var out = (ObjectNode) object.deepCopy();
    for (String name : names) {
      if (!out.has(name)) {
        out.putNull(name);
      }
    }
    return out;
  }

  private static ObjectNode reasoning(JsonNode value) {
    ObjectNode out = JsonBody.object();
    out.set("summary", value.path("summary").isString() ? value.path("summary") : null);
    out.set("effort", value.path("effort").isString() ? value.path("effort") : null);
    return out;
  }

  private static ObjectNode text(JsonNode value) {
    var out = (ObjectNode) value.deepCopy();
    JsonNode format = out.path("format");
    if (!format.isObject()) {
      out.putObject("format").put("type", "text");
    } else if (format.path("type").asString("").equals("json_schema")) {
      out.set("format", schema(format));
    }
    return out;
  }

  private static JsonNode schema(JsonNode format) {
    var out = (ObjectNode) whole(format, "description");
    if (!out.path("strict").isBoolean()) {
      out.put("strict", false);
    }
    return out;
  }
}
