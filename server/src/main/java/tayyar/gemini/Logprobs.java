package tayyar.gemini;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Log-probabilities in the form of a chat.
 *
 * @see <a href="https://ai.google.dev/api/generate-content#LogprobsResult">LogprobsResult</a>
 */
final class Logprobs {
  private Logprobs() {}

  /**
   * Returns the entries as {@link tayyar.api.Part.Logprobs} has them; empty where there are none.
   */
  static byte[] entries(JsonNode result) {
    ArrayNode all = JsonBody.array();
    JsonNode chosen = result.path("chosenCandidates");
    for (int i = 0; i < chosen.size(); i++) {
      ObjectNode entry = entry(chosen.get(i));
      ArrayNode best = entry.putArray("top_logprobs");
      for (JsonNode one : result.path("topCandidates").path(i).path("candidates")) {
        best.add(entry(one));
      }
      all.add(entry);
    }
    byte[] json = JsonBody.bytes(all);
    return all.isEmpty() ? new byte[0] : Arrays.copyOfRange(json, 1, json.length - 1);
  }

  private static ObjectNode entry(JsonNode of) {
    String token = of.path("token").asString("");
    ObjectNode entry = JsonBody.object().put("token", token);
    if (of.path("logProbability").isNumber()) {
      entry.set("logprob", of.path("logProbability"));
    } else {
      entry.put("logprob", 0); // What is 0 need not be written there.
    }
    ArrayNode bytes = entry.putArray("bytes");
    for (byte each : token.getBytes(UTF_8)) {
      bytes.add(each & 0xFF);
    }
    return entry;
  }
}
