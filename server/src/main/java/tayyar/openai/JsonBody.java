package tayyar.openai;

import tayyar.api.ApiError;
import tayyar.api.Refused;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies of other dialects as trees, from which the body of a chat is made. */
public final class JsonBody {
  /** Numbers stay what they are, to the last digit. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** A body that becomes a tree, and then that of a chat, takes up to three times as long. */
  public static final int AT_ONCE_BYTES = 20 * 1024;

  /** More than any conversation has; in memory each takes up to fifty bytes. */
  private static final int VALUES_MAX = 200_000;

  private JsonBody() {}

  /**
   * Reads a body.
   *
   * @throws Refused where it is no JSON object, or has too many values
   */
  public static ObjectNode read(byte[] body) {
    if (body.length > VALUES_MAX && Values.count(body, ",[{") > VALUES_MAX) {
      throw new Refused(new ApiError.InvalidJson("it has more than " + VALUES_MAX + " values."));
    }
    try (JsonParser parser = Values.parser(body)) {
      JsonNode root = MAPPER.reader().readTree(parser);
      if (root instanceof ObjectNode object && parser.nextToken() == null) {
        return object;
      }
      throw new Refused(new ApiError.InvalidJson("it is not one object."));
    } catch (JacksonException e) {
      throw new Refused(new ApiError.InvalidJson(Values.where(e)));
    }
  }

  /** Returns an empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Returns an empty array. */
  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /** Returns a string. */
  public static JsonNode string(String text) {
    return MAPPER.getNodeFactory().stringNode(text);
  }

  /** Returns the bytes of a tree, on one line. */
  public static byte[] bytes(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }

  /** Returns the error for a value that can't be. */
  public static Refused wrong(String where, String detail) {
    return new Refused(new ApiError.InvalidValue(where, detail));
  }
}
