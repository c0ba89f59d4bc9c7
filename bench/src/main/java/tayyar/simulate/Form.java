package tayyar.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Values that a JSON Schema asks for, with words and numbers that a seed decides. It knows type,
 * properties, items, enum and const; without a schema it makes an object with one text.
 */
final class Form {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final int DEPTH_MAX = 8;
  private static final int PIECE_CHARS = 7;

  private final List<byte[]> vocabulary;
  private final long seed;
  private int made;

  /**
   * Makes values that depend only on the script, on a number beside its seed, and on the schemas.
   */
  Form(Script script, int beside) {
    this.vocabulary = Speech.vocabulary(script);
    this.seed = script.number(Word.SEED, 0) * 1_000L + beside;
  }

  /** The JSON text of an object. */
  String object(JsonNode schema) {
    ObjectNode object = JSON.createObjectNode();
    schema
        .path("properties")
        .properties()
        .forEach(one -> object.set(one.getKey(), value(one.getValue(), 0)));
    if (object.isEmpty()) {
      object.put("text", words(6));
    }
    return JSON.writeValueAsString(object);
  }

  private JsonNode value(JsonNode schema, int depth) {
    JsonNodeFactory nodes = JSON.getNodeFactory();
    if (schema.has("const")) {
      return schema.path("const");
    }
    if (!schema.path("enum").isEmpty()) {
      return schema.path("enum").path((int) (next() % schema.path("enum").size()));
    }
    return switch (type(schema)) {
      case "object" -> inner(schema, depth);
      case "array" -> {
        ArrayNode array = nodes.arrayNode();
        yield depth == DEPTH_MAX ? array : array.add(value(schema.path("items"), depth + 1));
      }
      case "integer" -> nodes.numberNode(next() % 1_000);
      case "number" -> nodes.numberNode(next() % 1_000 / 8.0);
      case "boolean" -> nodes.booleanNode(next() % 2 == 0);
      case "null" -> nodes.nullNode();
      default -> nodes.stringNode(words(3));
    };
  }

  /** Strict schemas write an optional value as {@code ["string", "null"]}. */
  private static String type(JsonNode schema) {
    JsonNode type = schema.path("type");
    String said = type.isArray() ? type.path(0).asString("") : type.asString("");
    boolean object = said.isEmpty() && schema.has("properties");
    return object ? "object" : said.toLowerCase(Locale.ROOT); // Google's types may be large.
  }

  private ObjectNode inner(JsonNode schema, int depth) {
    ObjectNode object = JSON.createObjectNode();
    if (depth < DEPTH_MAX) {
      schema
          .path("properties")
          .properties()
          .forEach(one -> object.set(one.getKey(), value(one.getValue(), depth + 1)));
    }
    return object;
  }

  private String words(int count) {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < count; i++) {
      byte[] word = vocabulary.get((int) (next() % vocabulary.size()));
      words.append(JSON.readValue("\"" + new String(word, UTF_8) + "\"", String.class));
    }
    return words.toString().strip();
  }

  private long next() {
    return Speech.Endless.mixed(seed, made++) >>> 33;
  }

  /** A text in pieces of a few characters, each as the inside of a JSON string. */
  static List<byte[]> pieces(String text) {
    List<byte[]> pieces = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int to = Math.min(text.length(), from + PIECE_CHARS);
      to += to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? 1 : 0;
      pieces.add(JsonString.escape(text.substring(from, to)));
      from = to;
    }
    return pieces;
  }
}
