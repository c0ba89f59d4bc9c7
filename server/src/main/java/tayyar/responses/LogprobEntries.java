package tayyar.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Log-probabilities of tokens as a response has them: each with its bytes and with others, which
 * not every server tells.
 */
final class LogprobEntries {
  private LogprobEntries() {}

  /** Returns entries with commas between as an array. */
  static JsonNode tree(byte[] entries) {
    byte[] array = new byte[entries.length + 2];
    System.arraycopy(entries, 0, array, 1, entries.length);
    array[0] = '[';
    array[array.length - 1] = ']';
    return LooseJson.tree(array, 0, array.length);
  }

  /** Returns the entries with what they lack; with commas between, as they came. */
  static byte[] whole(byte[] entries) {
    ArrayNode out = JsonBody.array();
    for (JsonNode entry : tree(entries)) {
      ObjectNode whole = withBytes(entry);
      ArrayNode others = JsonBody.array();
      entry.path("top_logprobs").forEach(other -> others.add(withBytes(other)));
      out.add(whole.set("top_logprobs", others));
    }
    byte[] json = JsonBody.bytes(out);
    return Arrays.copyOfRange(json, 1, json.length - 1);
  }

  private static ObjectNode withBytes(JsonNode entry) {
    var out = (ObjectNode) entry.deepCopy();
    if (!out.path("bytes").isArray()) {
      ArrayNode bytes = out.putArray("bytes");
      for (byte each : out.path("token").asString("").getBytes(UTF_8)) {
        bytes.add(each & 0xff);
      }
    }
    return out;
  }
}
