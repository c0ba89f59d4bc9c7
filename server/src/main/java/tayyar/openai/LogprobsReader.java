package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the log-probabilities of a completion's text: four lists beside each other, or a list with
 * an entry for each token, which is the form of a chat and which some servers have here as well.
 */
final class LogprobsReader {
  /** Replaces minus infinity and what is no number, as vLLM does. */
  static final String NONE = "-9999.0";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private LogprobsReader() {}

  /**
   * The value under the parser by token, as {@link tayyar.api.Part.Logprobs} has it; empty where
   * there are none. What a list lacks is null.
   */
  static byte[] read(JsonParser p) {
    JsonNode root = LooseJson.tree(p);
    var out = new ByteArrayOutputStream();
    for (JsonNode entry : root.path("content")) {
      line(out, entry.path("token"));
      line(out, finite(entry.path("logprob")));
      line(out, best(entry.path("top_logprobs")));
      line(out, NODES.nullNode());
    }
    JsonNode tokens = root.path("tokens");
    for (int i = 0; i < tokens.size(); i++) {
      line(out, tokens.path(i));
      line(out, finite(root.path("token_logprobs").path(i)));
      line(out, best(root.path("top_logprobs").path(i)));
      line(out, root.path("text_offset").path(i));
    }
    return out.toByteArray();
  }

  private static void line(ByteArrayOutputStream out, JsonNode value) {
    out.writeBytes((value.isMissingNode() ? "null" : value.toString()).getBytes(UTF_8));
    out.write('\n');
  }

  /** Some write infinity as a word, some as a string. */
  private static JsonNode finite(JsonNode value) {
    boolean none =
        value.isNumber()
            ? !Double.isFinite(value.doubleValue())
            : value.asString("").matches("(?i)[+-]?inf(inity)?|nan");
    return none ? NODES.numberNode(Double.parseDouble(NONE)) : value;
  }

  /** The best tokens with theirs: an object, or a list of entries, which becomes one. */
  private static JsonNode best(JsonNode value) {
    ObjectNode best = NODES.objectNode();
    if (value.isArray() && (value.isEmpty() || value.path(0).has("token"))) {
      for (JsonNode entry : value) {
        best.set(entry.path("token").asString(""), finite(entry.path("logprob")));
      }
      return best;
    }
    for (Map.Entry<String, JsonNode> one : value.properties()) {
      best.set(one.getKey(), finite(one.getValue()));
    }
    return value.isObject() ? best : value;
  }
}
