package tayyar.simulate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** Embeddings: each number depends only on the input's index and its own place. */
final class Vectors {
  private static final int DIMENSIONS = 8;

  private Vectors() {}

  /** The list that answers a request. */
  static String json(JsonNode body, Script script) {
    JsonNode input = body.path("input");
    int inputs = input.isArray() && !input.path(0).isNumber() ? input.size() : 1;
    boolean asked = body.path("encoding_format").asString("").equals("base64");
    boolean base64 = script.has(Word.BASE64) || (asked && !script.has(Word.FLOATS));
    int dimensions = body.path("dimensions").asInt(DIMENSIONS);
    StringJoiner data = new StringJoiner(",", "[", "]");
    // The last input first: clients must order an answer by its indices.
    for (int i = inputs - 1; i >= 0; i--) {
      String vector = base64 ? encoded(i, dimensions) : numbers(i, dimensions);
      data.add("{\"object\":\"embedding\",\"embedding\":" + vector + ",\"index\":" + i + "}");
    }
    return data.toString();
  }

  /** The number of words or tokens of the input. */
  static int tokens(JsonNode input) {
    if (!input.isArray()) {
      return input.isNumber() ? 1 : input.asString("").split("\\s+", -1).length;
    }
    int tokens = 0;
    for (JsonNode one : input) {
      tokens += tokens(one);
    }
    return tokens;
  }

  private static float at(int input, int place) {
    return (input * 100 - place) / 7f;
  }

  private static String numbers(int input, int dimensions) {
    StringJoiner numbers = new StringJoiner(",", "[", "]");
    for (int place = 0; place < dimensions; place++) {
      numbers.add(Float.toString(at(input, place)));
    }
    return numbers.toString();
  }

  private static String encoded(int input, int dimensions) {
    ByteBuffer floats =
        ByteBuffer.allocate(dimensions * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int place = 0; place < dimensions; place++) {
      floats.putFloat(at(input, place));
    }
    return "\"" + Base64.getEncoder().encodeToString(floats.array()) + "\"";
  }
}
